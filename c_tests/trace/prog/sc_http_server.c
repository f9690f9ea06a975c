/* SPDX-License-Identifier: MIT */
/* An HTTP/1 server whose answers come from callbacks, and raw clients. */
#include "web.h"

/* ---- an answer with a length, sent in two WRITEABLEs ---- */

static void simple(void)
{
	rig.flat = true;
	exchange(simple_hook, get_one);
}

/* ---- how long a connection lasts ---- */

static const char *const get_three[] = {GET("/one"), GET("/two"), GET("/three"), NULL};
static void keep_alive(void) { exchange(simple_hook, get_three); }

static void pipelined(void)
{
	static const char *const two[] = {GET("/one"), GET("/two"), NULL};

	at_once = true;
	exchange(simple_hook, two);
}

static void http10(void)
{
	static const char *const r[] = {"GET /old HTTP/1.0\r\n\r\n", NULL};

	exchange(simple_hook, r);
}

static void http10_keep(void)
{
	static const char *const r[] = {"GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	                                "GET /older HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", NULL};

	exchange(simple_hook, r);
}

static void connection_close(void)
{
	static const char *const r[] = {
	    "GET /last HTTP/1.1\r\nHost: trace.test\r\nConnection: close\r\n\r\n", NULL};

	exchange(simple_hook, r);
}

static void head_method(void)
{
	static const char *const r[] = {"HEAD /thing HTTP/1.1\r\nHost: trace.test\r\n\r\n", NULL};

	requests = r;
	exchange(simple_hook, r);
}

/* The connection waits for a second request that does not come. */
static void idle_peer(peer *p)
{
	p_connect(p);
	p_put(p, GET("/one"));
	p_response(p);
	p_rest(p);
}

static void keepalive_timeout(void)
{
	rig.info.keepalive_timeout = 1;
	if (server(web_protocols, simple_hook)) {
		peer_start("peer0", idle_peer);
		finish();
	}
}

/* ---- answers without a length ---- */

static int chunkless_hook(event *e)
{
	struct web_session *s = e->user;

	if (e->reason == LWS_CALLBACK_HTTP) {
		if (web_head(e, HTTP_STATUS_OK, "text/plain", LWS_ILLEGAL_HTTP_CONTENT_LEN))
			return 1;
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	if (e->reason == LWS_CALLBACK_HTTP_WRITEABLE && s) {
		if (s->step++ < 3) {
			put(e, "some text\n", 10, s->step == 3 ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
			lws_callback_on_writable(e->wsi);
			return 0;
		}
		return lws_http_transaction_completed(e->wsi) ? -1 : 0;
	}
	return PASS;
}

static void chunkless(void) { exchange(chunkless_hook, get_one); }

/* ---- ready-made answers ---- */

static unsigned status_code;
static const char *status_text;

static int status_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		int n = lws_return_http_status(e->wsi, status_code, status_text);

		say(e->conn, "  lws_return_http_status %d", n);
		if (n || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return PASS;
}

static void status(unsigned code, const char *text)
{
	status_code = code;
	status_text = text;
	exchange(status_hook, get_one);
}

static void status_404(void) { status(404, NULL); }
static void status_200(void) { status(200, "fine"); }
static void status_500(void) { status(500, "<b>oops</b>"); }
static void status_304(void) { status(304, NULL); }

static int redirect_hook(event *e)
{
	uint8_t buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start;

	if (e->reason == LWS_CALLBACK_HTTP) {
		int n = lws_http_redirect(e->wsi, HTTP_STATUS_MOVED_PERMANENTLY,
		                          (const unsigned char *)"http://other.test/x", 19, &p,
		                          start + 1024);

		say(e->conn, "  lws_http_redirect %s", n < 0 ? "negative" : "ok");
		if (n < 0 || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return PASS;
}

static void redirect(void) { exchange(redirect_hook, get_one); }

/* Every kind of header that can be added. */
static int headers_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		uint8_t buf[LWS_PRE + 2048], *start = buf + LWS_PRE, *p = start, *end = start + 2048;

		if (lws_add_http_header_status(e->wsi, 201, &p, end) ||
		    lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_CONTENT_TYPE,
		                                 (unsigned char *)"text/css", 8, &p, end) ||
		    lws_add_http_header_by_name(e->wsi, (unsigned char *)"x-some:",
		                                (unsigned char *)"thing", 5, &p, end) ||
		    lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_SET_COOKIE,
		                                 (unsigned char *)"a=b; Path=/", 11, &p, end) ||
		    lws_add_http_header_content_length(e->wsi, 2, &p, end) ||
		    lws_finalize_http_header(e->wsi, &p, end))
			return 1;
		say(e->conn, "  headers write %s",
		    lws_write(e->wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS) > 0 ? "ok" : "bad");
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	if (e->reason == LWS_CALLBACK_HTTP_WRITEABLE) {
		struct web_session *s = e->user;

		if (s->step++)
			return PASS;
		put(e, "hi", 2, LWS_WRITE_HTTP_FINAL);
		return lws_http_transaction_completed(e->wsi) ? -1 : 0;
	}
	return PASS;
}

static void headers(void) { exchange(headers_hook, get_one); }

static const struct lws_protocol_vhost_options canned2 = {NULL, NULL, "x-canned-two:", "2"};
static const struct lws_protocol_vhost_options canned1 = {&canned2, NULL, "x-canned-one:", "1"};

static void canned_headers(void)
{
	rig.info.headers = &canned1;
	rig.info.server_string = "trace-server";
	exchange(simple_hook, get_one);
}

static void canned_status(void)
{
	rig.info.headers = &canned1;
	rig.info.server_string = "trace-server";
	status(404, "nothing");
}

/* ---- large answers ---- */

#define LARGE 300000

static int large_hook(event *e)
{
	struct web_session *s = e->user;

	if (e->reason == LWS_CALLBACK_HTTP) {
		s->left = LARGE;
		if (web_head(e, HTTP_STATUS_OK, "text/plain", LARGE))
			return 1;
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	if (e->reason == LWS_CALLBACK_HTTP_WRITEABLE && s && s->left) {
		static char b[5000];
		size_t n = s->left < sizeof b ? s->left : sizeof b;

		for (size_t i = 0; i < n; i++)
			b[i] = (char)('a' + (s->left - i) % 26);
		s->left -= n;
		put(e, b, n, s->left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL);
		if (!s->left)
			return lws_http_transaction_completed(e->wsi) ? -1 : 0;
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	return PASS;
}

static void large_answer(void)
{
	static const char *const r[] = {GET("/large"), GET("/large"), NULL};

	exchange(large_hook, r);
}

/* Request heads larger than the header store. */
static void huge_head_peer(peer *p)
{
	char *b = malloc(9000);

	memset(b, 'x', 8999);
	b[8999] = 0;
	p_connect(p);
	p_put(p, "GET / HTTP/1.1\r\nHost: t\r\nCookie: ");
	p_put(p, b);
	p_put(p, "\r\n\r\n");
	p_head(p);
	free(b);
}

static void huge_head(void)
{
	if (server(web_protocols, simple_hook)) {
		peer_start("peer0", huge_head_peer);
		finish();
	}
}

static const scenario sc_http_server[] = {
    {"http-simple", simple},
    {"http-keep-alive", keep_alive},
    {"http-pipelined", pipelined},
    {"http-10", http10},
    {"http-10-keep", http10_keep},
    {"http-connection-close", connection_close},
    {"http-head", head_method},
    {"http-keepalive-timeout", keepalive_timeout},
    {"http-no-length", chunkless},
    {"http-status-404", status_404},
    {"http-status-200", status_200},
    {"http-status-500", status_500},
    {"http-status-304", status_304},
    {"http-redirect", redirect},
    {"http-headers", headers},
    {"http-canned-headers", canned_headers},
    {"http-canned-status", canned_status},
    {"http-large-answer", large_answer},
    {"http-huge-head", huge_head},
    {NULL, NULL},
};

SCENARIOS(sc_http_server)
