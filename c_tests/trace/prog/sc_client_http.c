/* SPDX-License-Identifier: MIT */
/* What an HTTP client sends, redirects, several transactions on a connection. */
#include "httpc.h"

/* ---- methods ---- */

#define OK5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static void with_method(const char *method)
{
	hc_method = method;
	hc_then_close = strcmp(method, "PUT"); /* only GET, PUT and POST are kept warm */
	hc_answered(OK5);
}

static void put_empty(void) { with_method("PUT"); }
static void delete(void) { with_method("DELETE"); }
static void options(void) { with_method("OPTIONS"); }
static void patch(void) { with_method("PATCH"); }
static void connect_method(void) { with_method("CONNECT"); }
static void unknown_method(void) { with_method("BREW"); }

static void host_port(void)
{
	hc_host = "host.test:8080";
	hc_origin = "https://origin.test";
	rig.info.options |= LWS_SERVER_OPTION_JUST_USE_RAW_ORIGIN;
	hc_answered(OK5);
}

static void no_origin_path(void)
{
	hc_path = "";
	hc_no_origin = true;
	hc_answered(OK5);
}

/* ---- bodies ---- */


static int add_length(event *e, int n)
{
	unsigned char **p = e->in, *end = *p + e->len;
	char v[12];

	return lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, (unsigned char *)v,
	                                    snprintf(v, sizeof v, "%d", n), p, end);
}

static int form_hook(event *e)
{
	static int step;

	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE: {
		char b[LWS_PRE + 600], *p = b + LWS_PRE, *end = b + sizeof b;
		int r = 0;

		switch (step++) {
		case 0:
			r = lws_client_http_multipart(e->wsi, "text", NULL, NULL, &p, end);
			p += snprintf(p, (size_t)(end - p), "my text field");
			break;
		case 1:
			r = lws_client_http_multipart(e->wsi, "file", "myfile.txt", "text/plain", &p, end);
			p += snprintf(p, (size_t)(end - p), "file contents");
			break;
		case 2:
			r = lws_client_http_multipart(e->wsi, NULL, NULL, NULL, &p, end);
			break;
		default:
			return 0;
		}
		if (r)
			say(e->conn, "  lws_client_http_multipart is %d", r);
		if (step == 3)
			lws_client_http_body_pending(e->wsi, 0);
		put(e, b + LWS_PRE, (size_t)(p - b - LWS_PRE), step == 3 ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
		if (step < 3)
			lws_callback_on_writable(e->wsi);
		return 0;
	}
	default:
		break;
	}
	return hc_reader(e);
}

/* The boundary is another one each time: B stands for it. */
static void form_script(peer *p)
{
	char type[128], *b, *q, text[1024] = "", *out = text;
	const char *start;

	if (!p_accept(p) || !p_head_quiet(p))
		return;
	if (!p_header(p, "content-type", type, sizeof type) || !(b = strchr(type, '"')) ||
	    !(q = strchr(b + 1, '"'))) {
		say(p->name, "no boundary");
		return;
	}
	*q = 0;
	say(p->name, "<- %.*s, boundary of %s", (int)(b - type), type, strlen(b + 1) > 10 ? "some length" : "none");
	do {
		out = text;
		start = (char *)p->buf;
		while (start < (char *)p->buf + p->have && out < text + sizeof text - 2) {
			if (!strncmp(start, b + 1, strlen(b + 1))) {
				*out++ = 'B';
				start += strlen(b + 1);
			} else {
				*out++ = *start++;
			}
		}
		*out = 0;
	} while (!strstr(text, "--\r\n") && hc_more(p));
	say(p->name, "<- %s", RENDER(text, (size_t)(out - text)));
	p->have = 0;
	p_put(p, OK5);
	p_rest(p);
}

static void multipart(void)
{
	hc_method = "POST";
	hc_flags = LCCSCF_HTTP_MULTIPART_MIME;
	hc_with(form_hook, form_script);
}

static int urlencoded_hook(event *e)
{
	static int sent;

	if (e->reason == LWS_CALLBACK_CLIENT_HTTP_WRITEABLE && !sent++) {
		lws_client_http_body_pending(e->wsi, 0);
		put(e, "a=b&c=d", 7, LWS_WRITE_HTTP_FINAL);
		return 0;
	}
	return hc_reader(e);
}

static void urlencoded_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_body(p, 7);
	p_put(p, OK5);
	p_rest(p);
}

static void urlencoded(void)
{
	hc_method = "POST";
	hc_flags = LCCSCF_HTTP_X_WWW_FORM_URLENCODED;
	hc_with(urlencoded_hook, urlencoded_script);
}

/* A body of many pieces, larger than the socket takes at once. */
#define PIECE 3000
#define PIECES 60

static int upload_hook(event *e)
{
	static int sent;

	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		if (add_length(e, PIECE * PIECES))
			return -1;
		lws_client_http_body_pending(e->wsi, 1);
		return 0;
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE: {
		char b[PIECE];

		if (sent == PIECES)
			return 0;
		memset(b, 'a' + sent % 26, sizeof b);
		if (++sent == PIECES)
			lws_client_http_body_pending(e->wsi, 0);
		put(e, b, sizeof b, sent == PIECES ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
		if (sent < PIECES)
			lws_callback_on_writable(e->wsi);
		return 0;
	}
	default:
		break;
	}
	return hc_reader(e);
}

static void upload_script(peer *p)
{
	uint32_t h = FNV0;
	size_t n = 0;

	if (!p_accept(p) || !p_head(p))
		return;
	while (n < PIECE * PIECES && (p->have || hc_more(p))) {
		h = fnv(h, p->buf, p->have);
		n += p->have;
		p->have = 0;
	}
	say(p->name, "<- body %zu %08x", n, h);
	p_put(p, OK5);
	p_rest(p);
}

static void upload(void)
{
	hc_method = "PUT";
	hc_with(upload_hook, upload_script);
}

/* The answer comes before the body is complete. */
static void early_answer_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_body(p, 5);
	p_put(p, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
	p_close(p);
}

static int half_hook(event *e)
{
	static int sent;

	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		if (add_length(e, 10))
			return -1;
		lws_client_http_body_pending(e->wsi, 1);
		return 0;
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		if (!sent++) {
			put(e, "12345", 5, LWS_WRITE_HTTP);
			lws_client_http_body_pending(e->wsi, 0);
		}
		return 0;
	default:
		break;
	}
	return hc_reader(e);
}

static void short_upload(void)
{
	hc_method = "POST";
	hc_with(half_hook, early_answer_script);
}

static int auth_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER) {
		unsigned char **p = e->in, *end = *p + e->len;
		char b[128], small[16];

		say(e->conn, "  lws_http_basic_auth_gen: %d, too small %d",
		    lws_http_basic_auth_gen("user", "pa ss:word", b, sizeof b),
		    lws_http_basic_auth_gen("user", "pa ss:word", small, sizeof small));
		if (lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_AUTHORIZATION, (unsigned char *)b,
		                                 (int)strlen(b), p, end))
			return -1;
		return 0;
	}
	return hc_reader(e);
}

static void basic_auth(void)
{
	hc_answer = OK5;
	hc_with(auth_hook, hc_answer_script);
}

static int refuse_hook(event *e)
{
	return e->reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER ? -1 : hc_reader(e);
}

static void refuse_append(void)
{
	hc_answer = OK5;
	hc_with(refuse_hook, hc_answer_script);
}

static int refuse_filter_hook(event *e)
{
	return e->reason == LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH ? -1 : hc_reader(e);
}

static void refuse_filter(void)
{
	hc_answer = OK5;
	hc_with(refuse_filter_hook, hc_answer_script);
}

/* ---- reading ---- */

/* Reads with tiny buffers, several times a callback. */
static int sips_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP) {
		for (int i = 0; i < 3; i++) {
			char b[LWS_PRE + 4], *px = b + LWS_PRE;
			int len = 4;

			if (lws_http_client_read(e->wsi, &px, &len) < 0)
				return -1;
		}
		return 0;
	}
	return hc_reader(e);
}

static void sips(void)
{
	hc_answer = "HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\nabcdefghijklmnopqrstuvwxyz";
	hc_with(sips_hook, hc_answer_script);
}

static void sips_chunked(void)
{
	hc_answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	            "1\r\na\r\na\r\nbcdefghijk\r\n3;x=y\r\nlmn\r\n0\r\n\r\n";
	hc_with(sips_hook, hc_answer_script);
}

static void trailers(void)
{
	hc_answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
}

static void both_framings(void)
{
	hc_answered("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
	            "5\r\nhello\r\n0\r\n\r\n");
}

static void interim(void)
{
	hc_then_close = true;
	hc_answered("HTTP/1.1 100 Continue\r\n\r\n" OK5);
}

/* ---- redirects ---- */

static const char *redirects[6];

/* Answers one request after the other, each on a connection of its own. */
static void redirects_script(peer *p)
{
	char text[512];

	for (int i = 0; redirects[i]; i++) {
		if (!p_accept(p) || !p_head(p))
			return;
		if (strstr(p->head, "content-length: 4"))
			p_body(p, 4);
		snprintf(text, sizeof text, redirects[i], rig.port);
		p_put(p, text);
		if (!redirects[i + 1])
			p_rest(p);
		p_close(p);
	}
}

static int redirect_hook(event *e)
{
	static int sent;

	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_HTTP_REDIRECT:
		say(e->conn, "  redirect code %zu", e->len);
		break;
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		say(e->conn, "  redirected to GET %d", lws_http_is_redirected_to_get(e->wsi));
		sent = 0;
		if (strcmp(hc_method, "POST") || lws_http_is_redirected_to_get(e->wsi))
			break;
		if (add_length(e, 4))
			return -1;
		lws_client_http_body_pending(e->wsi, 1);
		return 0;
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		if (!strcmp(hc_method, "POST") && !lws_http_is_redirected_to_get(e->wsi) && !sent++) {
			put(e, "body", 4, LWS_WRITE_HTTP_FINAL);
			lws_client_http_body_pending(e->wsi, 0);
		}
		return 0;
	default:
		break;
	}
	return hc_reader(e);
}

#define TO(code, where) "HTTP/1.1 " code " Moved\r\nLocation: " where "\r\nContent-Length: 0\r\n\r\n"

static void follow(const char *a, const char *b, const char *c, const char *d)
{
	redirects[0] = a;
	redirects[1] = b;
	redirects[2] = c;
	redirects[3] = d;
	hc_with(redirect_hook, redirects_script);
}

static void redirect_301(void) { follow(TO("301", "http://127.0.0.1:%d/a/b?c=d"), OK5, NULL, NULL); }
static void redirect_absolute_path(void) { follow(TO("308", "/next/one"), OK5, NULL, NULL); }
static void redirect_twice(void) { follow(TO("302", "/one"), TO("307", "/two"), OK5, NULL); }

static void redirect_303(void)
{
	hc_method = "POST";
	follow(TO("303", "/result"), OK5, NULL, NULL);
}

static void redirect_307(void)
{
	hc_method = "POST";
	follow(TO("307", "/again"), OK5, NULL, NULL);
}

/* The last one is not followed. */
static void endless_script(peer *p)
{
	for (int i = 0; i <= HC_REDIRECTS && p_accept(p) && p_head(p); i++) {
		p_put(p, TO("302", "/on"));
		if (i == HC_REDIRECTS)
			p_rest(p);
		p_close(p);
	}
}

static void redirect_endless(void) { hc_with(redirect_hook, endless_script); }

static void redirect_nowhere(void)
{
	follow("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", NULL, NULL, NULL);
}

static void redirect_no_follow(void)
{
	hc_flags = LCCSCF_HTTP_NO_FOLLOW_REDIRECT;
	follow("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 5\r\n\r\nthere", NULL, NULL, NULL);
}

/* The next server is not there. */
static void redirect_refused(void) { follow(TO("302", "http://127.0.0.1:1/x"), NULL, NULL, NULL); }

static const scenario sc_client_http[] = {
    {"hcm-put", put_empty},
    {"hcm-delete", delete},
    {"hcm-options", options},
    {"hcm-patch", patch},
    {"hcm-connect", connect_method},
    {"hcm-unknown", unknown_method},
    {"hcm-host-port", host_port},
    {"hcm-no-origin", no_origin_path},
    {"hcm-multipart", multipart},
    {"hcm-urlencoded", urlencoded},
    {"hcm-upload", upload},
    {"hcm-short-upload", short_upload},
    {"hcm-basic-auth", basic_auth},
    {"hcm-refuse-append", refuse_append},
    {"hcm-refuse-filter", refuse_filter},
    {"hcm-sips", sips},
    {"hcm-sips-chunked", sips_chunked},
    {"hcm-trailers", trailers},
    {"hcm-both-framings", both_framings},
    {"hcm-interim", interim},
    {"hcm-redirect-301", redirect_301},
    {"hcm-redirect-308", redirect_absolute_path},
    {"hcm-redirect-twice", redirect_twice},
    {"hcm-redirect-303", redirect_303},
    {"hcm-redirect-307", redirect_307},
    {"hcm-redirect-endless", redirect_endless},
    {"hcm-redirect-nowhere", redirect_nowhere},
    {"hcm-redirect-no-follow", redirect_no_follow},
    {"hcm-redirect-refused", redirect_refused},
    {NULL, NULL},
};

SCENARIOS(sc_client_http)
