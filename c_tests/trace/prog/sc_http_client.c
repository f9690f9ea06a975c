/* SPDX-License-Identifier: MIT */
/* An HTTP/1 client and raw servers. */
#include "httpc.h"

static void plain(void)
{
	rig.flat = true;
	hc_answered("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
}

static void empty_body(void) { hc_answered("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"); }
static void status_404(void)
{
	hc_answered("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
}
static void status_204(void)
{
	hc_then_close = true;
	hc_answered("HTTP/1.1 204 No Content\r\n\r\n");
}
static void chunked(void)
{
	hc_answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	         "5\r\nhello\r\n6\r\n world\r\n1\r\n!\r\n0\r\n\r\n");
}

static void close_delimited(void)
{
	hc_then_close = true;
	hc_answered("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end");
}

static void connection_close(void)
{
	hc_then_close = true;
	hc_answered("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
}

static void http10(void)
{
	hc_then_close = true;
	hc_answered("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello");
}

static void cut_body(void)
{
	hc_then_close = true;
	hc_answered("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
}

static void bad_chunk(void)
{
	hc_answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
}

/* The body comes in several packets, each seen before the next is sent. */
static void slow_script(peer *p)
{
	if (!p_accept(p) || !p_head_quiet(p))
		return;
	p_put(p, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
	await("ESTABLISHED_CLIENT_HTTP");
	p_put(p, "one");
	await_n("RECEIVE_CLIENT_HTTP_READ", 1);
	p_put(p, "two");
	await_n("RECEIVE_CLIENT_HTTP_READ", 2);
	p_put(p, "six");
	p_rest(p);
}

static void slow_body(void) { hc_with(hc_reader, slow_script); }

static void large_script(peer *p)
{
	char *b = malloc(200000);

	for (int i = 0; i < 200000; i++)
		b[i] = (char)('a' + i % 25);
	if (p_accept(p) && p_head_quiet(p)) {
		p_put(p, "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n");
		p_send(p, b, 200000);
		p_rest(p);
	}
	free(b);
}

static void large_body(void) { hc_with(hc_reader, large_script); }

static void large_chunked_script(peer *p)
{
	char *b = malloc(50000);

	memset(b, 'k', 50000);
	if (p_accept(p) && p_head_quiet(p)) {
		p_put(p, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		for (int i = 0; i < 3; i++) {
			p_put(p, "c350\r\n");
			p_send(p, b, 50000);
			p_put(p, "\r\n");
		}
		p_put(p, "0\r\n\r\n");
		p_rest(p);
	}
	free(b);
}

static void large_chunked(void) { hc_with(hc_reader, large_chunked_script); }

/* ---- reading the answer's head ---- */

static void show(event *e, const char *name, enum lws_token_indexes t)
{
	char v[128];
	int n = lws_hdr_copy(e->wsi, v, sizeof v, t);

	say(e->conn, "  %s: %d %s", name, n, n > 0 ? v : "");
}

static int head_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP ||
	    e->reason == LWS_CALLBACK_COMPLETED_CLIENT_HTTP) {
		show(e, "type", WSI_TOKEN_HTTP_CONTENT_TYPE);
		show(e, "length", WSI_TOKEN_HTTP_CONTENT_LENGTH);
		show(e, "server", WSI_TOKEN_HTTP_SERVER);
		show(e, "cookie", WSI_TOKEN_HTTP_SET_COOKIE);
		show(e, "line", WSI_TOKEN_HTTP);
	}
	return hc_reader(e);
}

static void head_read(void)
{
	hc_answer = "HTTP/1.1 200 Fine Indeed\r\nContent-Type: text/plain\r\nServer: raw\r\n"
	         "Set-Cookie: a=b\r\nX-Other: 1\r\nContent-Length: 5\r\n\r\nhello";
	hc_with(head_hook, hc_answer_script);
}

/* ---- what is sent ---- */

static int append_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER) {
		unsigned char **p = e->in, *end = *p + e->len;

		if (lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_USER_AGENT,
		                                 (unsigned char *)"trace", 5, p, end) ||
		    lws_add_http_header_by_name(e->wsi, (unsigned char *)"x-mine:",
		                                (unsigned char *)"1", 1, p, end))
			return -1;
	}
	return hc_reader(e);
}

static void request_headers(void)
{
	hc_path = "/a%20b?c=d";
	hc_answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
	hc_with(append_hook, hc_answer_script);
}

static void head_request(void)
{
	hc_method = "HEAD";
	hc_then_close = true;
	hc_answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

static int post_hook(event *e)
{
	struct session *s = e->user;

	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: {
		unsigned char **p = e->in, *end = *p + e->len;

		if (lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH,
		                                 (unsigned char *)"10", 2, p, end))
			return -1;
		lws_client_http_body_pending(e->wsi, 1);
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		if (s->step++ == 0) {
			put(e, "12345", 5, LWS_WRITE_HTTP);
			lws_callback_on_writable(e->wsi);
		} else if (s->step == 2) {
			put(e, "67890", 5, LWS_WRITE_HTTP_FINAL);
			lws_client_http_body_pending(e->wsi, 0);
		}
		return 0;
	default:
		break;
	}
	return hc_reader(e);
}

static void post_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_body(p, 10);
	p_put(p, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
	p_rest(p);
}

static void post(void)
{
	hc_method = "POST";
	hc_with(post_hook, post_script);
}

/* ---- redirects ---- */

static void redirect_script(peer *p)
{
	char text[256];

	if (!p_accept(p) || !p_head(p))
		return;
	snprintf(text, sizeof text,
	         "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/other?x=1\r\nContent-Length: 0\r\n\r\n",
	         rig.port);
	p_put(p, text);
	p_close(p);
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew");
	p_rest(p);
}

static void redirected(void) { hc_with(hc_reader, redirect_script); }

static int no_redirect_hook(event *e)
{
	return e->reason == LWS_CALLBACK_CLIENT_HTTP_REDIRECT ? 1 : hc_reader(e);
}

static void redirect_refused_script(peer *p)
{
	if (!p_accept(p) || !p_head_quiet(p))
		return;
	p_put(p, "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
	p_rest(p);
}

static void redirect_refused(void) { hc_with(no_redirect_hook, redirect_refused_script); }

/* ---- failures ---- */

static void hang_up_script(peer *p)
{
	if (p_accept(p))
		p_head_quiet(p);
	p_close(p);
}

static void hang_up(void) { hc_with(hc_reader, hang_up_script); }

static void silent_script(peer *p)
{
	if (p_accept(p) && p_head_quiet(p))
		p_rest(p);
}

static void silent(void)
{
	rig.info.timeout_secs = 2;
	hc_with(hc_reader, silent_script);
}

static void garbage(void)
{
	hc_answered("this is no answer\r\n\r\n");
}

static enum lws_callback_reasons refuse_at;

static int refuse_hook(event *e)
{
	return e->reason == refuse_at ? -1 : hc_reader(e);
}

static void refuse(enum lws_callback_reasons at)
{
	refuse_at = at;
	hc_answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
	hc_with(refuse_hook, hc_answer_script);
}

static void refuse_established(void) { refuse(LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP); }
static void refuse_read(void) { refuse(LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ); }
static void refuse_completed(void) { refuse(LWS_CALLBACK_COMPLETED_CLIENT_HTTP); }

/* ---- both ends are the library's ---- */

static int both_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(e->wsi, 200, "to the client") ||
		    lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return hc_reader(e);
}

static void both_ends(void)
{
	if (server(hc_protocols, both_hook)) {
		peer_start("peer1", hc_starter);
		finish();
	}
}

static const scenario sc_http_client[] = {
    {"hcli-plain", plain},
    {"hcli-empty-body", empty_body},
    {"hcli-404", status_404},
    {"hcli-204", status_204},
    {"hcli-chunked", chunked},
    {"hcli-close-delimited", close_delimited},
    {"hcli-connection-close", connection_close},
    {"hcli-http10", http10},
    {"hcli-cut-body", cut_body},
    {"hcli-bad-chunk", bad_chunk},
    {"hcli-slow-body", slow_body},
    {"hcli-large-body", large_body},
    {"hcli-large-chunked", large_chunked},
    {"hcli-head-read", head_read},
    {"hcli-request-headers", request_headers},
    {"hcli-head-request", head_request},
    {"hcli-post", post},
    {"hcli-redirected", redirected},
    {"hcli-redirect-refused", redirect_refused},
    {"hcli-hang-up", hang_up},
    {"hcli-silent", silent},
    {"hcli-garbage", garbage},
    {"hcli-refuse-established", refuse_established},
    {"hcli-refuse-read", refuse_read},
    {"hcli-refuse-completed", refuse_completed},
    {"hcli-both-ends", both_ends},
    {NULL, NULL},
};

SCENARIOS(sc_http_client)
