/* SPDX-License-Identifier: MIT */
/* How a server's answers leave and end: streams, left-over bodies, time limits. */
#include "site.h"

/* ---- events for as long as it takes ---- */

static int sse_hook(event *e)
{
	struct web_session *s = e->user;
	uint8_t buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		if (lws_add_http_common_headers(e->wsi, 200, "text/event-stream", LWS_ILLEGAL_HTTP_CONTENT_LEN, &p, end) ||
		    lws_finalize_write_http_header(e->wsi, start, &p, end))
			return 1;
		say(e->conn, "  mark %d, headers %d", lws_http_mark_sse(e->wsi), lws_hdr_total_length(e->wsi, WSI_TOKEN_HOST));
		lws_set_timer_usecs(e->wsi, 700000);
		return 0;
	case LWS_CALLBACK_TIMER:
		lws_callback_on_writable(e->wsi);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!s)
			return PASS;
		put(e, "data: x\n\n", 9, LWS_WRITE_HTTP);
		if (++s->step == 3)
			return -1;
		lws_set_timer_usecs(e->wsi, 700000);
		return 0;
	default:
		return PASS;
	}
}

/* Longer than the time for an answer. */
static void sse(void)
{
	rig.info.timeout_secs = 1;
	exchange(sse_hook, get_one);
}

/* ---- chunks ---- */

static int chunked_hook(event *e)
{
	struct web_session *s = e->user;
	uint8_t buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf;

	if (e->reason == LWS_CALLBACK_HTTP) {
		s->step = 0;
		if (lws_add_http_header_status(e->wsi, 200, &p, end) ||
		    lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING, (unsigned char *)"chunked", 7, &p, end) ||
		    lws_finalize_write_http_header(e->wsi, start, &p, end))
			return 1;
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	if (e->reason == LWS_CALLBACK_HTTP_WRITEABLE && s) {
		if (s->step++ < 2) {
			put(e, "6\r\npiece \r\n", 11, LWS_WRITE_HTTP);
			lws_callback_on_writable(e->wsi);
			return 0;
		}
		if (s->step == 3) {
			put(e, "0\r\n\r\n", 5, LWS_WRITE_HTTP_FINAL);
			return lws_http_transaction_completed(e->wsi) ? -1 : 0;
		}
	}
	return PASS;
}

static void chunked(void)
{
	static const char *const r[] = {GET("/a"), GET("/b"), NULL};

	exchange(chunked_hook, r);
}

/* ---- statuses ---- */

static unsigned code;
static const char *body;

static int status_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		int n = lws_return_http_status(e->wsi, code++, body);

		say(e->conn, "  lws_return_http_status %d", n);
		return n || lws_http_transaction_completed(e->wsi) ? -1 : 0;
	}
	return PASS;
}

static void statuses(unsigned first, const char *text)
{
	static const char *const r[] = {GET("/1"), GET("/2"), GET("/3"), GET("/4"), GET("/5"), GET("/6"), GET("/7"),
	                                GET("/8"), GET("/9"), GET("/10"), NULL};

	code = first;
	body = text;
	exchange(status_hook, r);
}

static void status_4xx(void) { statuses(399, NULL); }
static void status_41x(void) { statuses(409, "words"); }
static void status_5xx(void) { statuses(498, ""); }

/* More than the library's page has room for. */
static void status_long(void)
{
	static char text[600];

	memset(text, 'w', sizeof text - 1);
	code = 500;
	body = text;
	exchange(status_hook, get_one);
}

/* ---- bodies that nobody wants ---- */

static int ignore_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP)
		return lws_return_http_status(e->wsi, 403, NULL) || lws_http_transaction_completed(e->wsi) ? -1 : 0;
	return PASS;
}

static void unwanted_peer(peer *p)
{
	p_connect(p);
	p_put(p, "POST /a HTTP/1.1\r\nHost: t\r\nContent-Length: 10\r\n\r\n12345");
	p_response(p);
	p_put(p, "67890");
	p_put(p, GET("/b"));
	p_response(p);
	p_close(p);
}

static void unwanted_body(void)
{
	if (server(web_protocols, ignore_hook)) {
		peer_start("peer0", unwanted_peer);
		finish();
	}
}

/* The answer is complete before the body is. */
static int early_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP_BODY)
		return lws_return_http_status(e->wsi, 200, "early") || lws_http_transaction_completed(e->wsi) ? -1 : 0;
	if (e->reason == LWS_CALLBACK_HTTP && lws_hdr_total_length(e->wsi, WSI_TOKEN_GET_URI))
		return ignore_hook(e);
	return PASS;
}

static void early_answer(void)
{
	if (server(web_protocols, early_hook)) {
		peer_start("peer0", unwanted_peer);
		finish();
	}
}

/* ---- an end behind what is still queued ---- */

static int queued_hook(event *e)
{
	static char b[150000];

	if (e->reason == LWS_CALLBACK_HTTP) {
		if (web_head(e, 200, "text/plain", sizeof b))
			return 1;
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	if (e->reason == LWS_CALLBACK_HTTP_WRITEABLE && e->user && !((struct web_session *)e->user)->step++) {
		memset(b, 'q', sizeof b);
		put(e, b, sizeof b, LWS_WRITE_HTTP_FINAL);
		return lws_http_transaction_completed(e->wsi) ? -1 : 0;
	}
	return PASS;
}

static void queued_peer(peer *p)
{
	p_connect(p);
	p_small_window(p);
	p_put(p, "GET /q HTTP/1.1\r\nHost: t\r\n\r\n");
	p_head(p);
	p_pause(300);
	p_body(p, 150000);
	p_close(p);
}

static void queued_end(void)
{
	if (server(web_protocols, queued_hook)) {
		peer_start("peer0", queued_peer);
		finish();
	}
}

/* ---- time limits ---- */

static void with_peer(hook_fn hook, script_fn script)
{
	if (server(web_protocols, hook)) {
		peer_start("peer0", script);
		finish();
	}
}

static void silent_peer(peer *p)
{
	p_connect(p);
	p_patient(p);
	p_rest(p);
}

static void silent(void)
{
	rig.info.timeout_secs_ah_idle = 1;
	rig.info.timeout_secs = 1; /* over TLS this is the limit */
	with_peer(simple_hook, silent_peer);
}

/* A header line now and then does not gain time. */
static void dribble_peer(peer *p)
{
	p_connect(p);
	p_patient(p);
	p_put(p, "GET /slow HTTP/1.1\r\nHost: t\r\n");
	for (int i = 0; i < 6; i++) {
		p_put(p, "X-Slow: y\r\n");
		p_pause(400);
	}
	p_put(p, "\r\n");
	p_rest(p);
}

static void dribble(void)
{
	rig.info.timeout_secs_ah_idle = 1;
	rig.info.timeout_secs = 1; /* over TLS the time begins with this */
	with_peer(simple_hook, dribble_peer);
}

static void second_slow_peer(peer *p)
{
	p_connect(p);
	p_patient(p);
	p_put(p, GET("/first"));
	p_response(p);
	p_put(p, "GET /second HTTP/1.1\r\nHo");
	p_rest(p);
}

static void second_slow(void)
{
	rig.info.timeout_secs_ah_idle = 1;
	rig.info.keepalive_timeout = 30;
	with_peer(simple_hook, second_slow_peer);
}

static int body_hook(event *e)
{
	(void)e;
	return PASS;
}

static void slow_body_peer(peer *p)
{
	p_connect(p);
	p_patient(p);
	p_put(p, "POST /b HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nsome");
	p_rest(p);
}

static void slow_body(void)
{
	rig.info.timeout_secs = 1;
	with_peer(body_hook, slow_body_peer);
}

/* A program that never answers. */
static void no_answer_peer(peer *p)
{
	p_connect(p);
	p_patient(p);
	p_put(p, GET("/never"));
	p_rest(p);
}

static void no_answer(void)
{
	rig.info.timeout_secs = 1;
	with_peer(body_hook, no_answer_peer);
}

/* ---- header limits ---- */

static void long_header_peer(peer *p)
{
	for (size_t n = 100; n <= 900; n += 200) {
		char req[1200];

		snprintf(req, sizeof req, "GET /%zu HTTP/1.1\r\nHost: t\r\nReferer: %0*d\r\nConnection: close\r\n\r\n", n, (int)n, 7);
		p_connect(p);
		p_put(p, req);
		p_rest(p);
		p_close(p);
	}
}

static int length_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		say(e->conn, "  referer %d", lws_hdr_total_length(e->wsi, WSI_TOKEN_HTTP_REFERER));
		return ignore_hook(e);
	}
	return PASS;
}

static void header_limit(void)
{
	rig.info.max_http_header_data = 512;
	with_peer(length_hook, long_header_peer);
}

static struct lws_token_limits limits;

/* A value that is too long for its token is cut. */
static void token_limit(void)
{
	static const char *const r[] = {"GET /a HTTP/1.1\r\nHost: t\r\nReferer: 0123456789\r\nAccept: abcdefgh\r\n\r\n", NULL};

	for (size_t i = 0; i < LWS_ARRAY_SIZE(limits.token_limit); i++)
		limits.token_limit[i] = 1000;
	limits.token_limit[WSI_TOKEN_HTTP_REFERER] = 5;
	rig.info.token_limits = &limits;
	exchange(length_hook, r);
}

static const scenario sc_httpd_answers[] = {
    {"httpd-sse", sse},
    {"httpd-chunked", chunked},
    {"httpd-status-4xx", status_4xx},
    {"httpd-status-41x", status_41x},
    {"httpd-status-5xx", status_5xx},
    {"httpd-status-long", status_long},
    {"httpd-unwanted-body", unwanted_body},
    {"httpd-early-answer", early_answer},
    {"httpd-queued-end", queued_end},
    {"httpd-silent", silent},
    {"httpd-dribble", dribble},
    {"httpd-second-slow", second_slow},
    {"httpd-slow-body", slow_body},
    {"httpd-no-answer", no_answer},
    {"httpd-header-limit", header_limit},
    {"httpd-token-limit", token_limit},
    {NULL, NULL},
};

SCENARIOS(sc_httpd_answers)
