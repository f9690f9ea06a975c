/* SPDX-License-Identifier: MIT */
/* An HTTP/1 server whose answers come from callbacks, and raw clients. */
#include "trace.h"

struct session {
	int step;
	size_t left;
};

static const struct lws_protocols protos[] = {
    {"http", cb0, sizeof(struct session), 0, 0, NULL, 0},
    {"dyn", cb1, sizeof(struct session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const char *const *requests; /* sent one after the other's answer */
static bool at_once;                /* sent in one packet */

static void requests_peer(peer *p)
{
	int n = 0;

	p_connect(p);
	if (at_once) {
		char all[4096] = "";

		for (; requests[n]; n++)
			strcat(all, requests[n]);
		p_put(p, all);
		for (int i = 0; i < n && p_response(p); i++)
			;
	} else {
		for (; requests[n]; n++) {
			p_put(p, requests[n]);
			if (!p_response(p))
				break;
		}
	}
	p_close(p);
}

static void exchange(hook_fn hook, const char *const *r)
{
	requests = r;
	if (server(protos, hook)) {
		peer_start("peer0", requests_peer);
		finish();
	}
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: trace.test\r\n\r\n"
static const char *const get_one[] = {GET("/thing"), NULL};

/* ---- an answer with a length, sent in two WRITEABLEs ---- */

static int head(event *e, unsigned code, const char *type, lws_filepos_t length)
{
	uint8_t buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;

	if (lws_add_http_common_headers(e->wsi, code, type, length, &p, end))
		return 1;
	return lws_finalize_write_http_header(e->wsi, start, &p, end);
}

static int simple_hook(event *e)
{
	struct session *s = e->user;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		s->step = 0;
		if (head(e, HTTP_STATUS_OK, "text/plain", 11))
			return 1;
		lws_callback_on_writable(e->wsi);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!s)
			return PASS;
		if (!s->step++) {
			put(e, "hello ", 6, LWS_WRITE_HTTP);
			lws_callback_on_writable(e->wsi);
			return 0;
		}
		if (s->step == 2) {
			put(e, "world", 5, LWS_WRITE_HTTP_FINAL);
			if (lws_http_transaction_completed(e->wsi))
				return -1;
			return 0;
		}
		break;
	default:
		break;
	}
	return PASS;
}

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
	if (server(protos, simple_hook)) {
		peer_start("peer0", idle_peer);
		finish();
	}
}

/* ---- answers without a length ---- */

static int chunkless_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_HTTP) {
		if (head(e, HTTP_STATUS_OK, "text/plain", LWS_ILLEGAL_HTTP_CONTENT_LEN))
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
		struct session *s = e->user;

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

/* ---- reading the request ---- */

static void show(event *e, const char *name, enum lws_token_indexes t)
{
	char v[256];
	int total = lws_hdr_total_length(e->wsi, t), n = lws_hdr_copy(e->wsi, v, sizeof v, t);

	if (total || n)
		say(e->conn, "  %s: total %d copy %d %s", name, total, n, n > 0 ? v : "");
}

static int reading_hook(event *e)
{
	char v[64];
	int n;

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	show(e, "get", WSI_TOKEN_GET_URI);
	show(e, "post", WSI_TOKEN_POST_URI);
	show(e, "put", WSI_TOKEN_PUT_URI);
	show(e, "delete", WSI_TOKEN_DELETE_URI);
	show(e, "options", WSI_TOKEN_OPTIONS_URI);
	show(e, "head", WSI_TOKEN_HEAD_URI);
	show(e, "host", WSI_TOKEN_HOST);
	show(e, "accept", WSI_TOKEN_HTTP_ACCEPT);
	show(e, "agent", WSI_TOKEN_HTTP_USER_AGENT);
	show(e, "cookie", WSI_TOKEN_HTTP_COOKIE);
	show(e, "referer", WSI_TOKEN_HTTP_REFERER);
	show(e, "length", WSI_TOKEN_HTTP_CONTENT_LENGTH);
	show(e, "args", WSI_TOKEN_HTTP_URI_ARGS);
	for (int i = 0; (n = lws_hdr_copy_fragment(e->wsi, v, sizeof v, WSI_TOKEN_HTTP_URI_ARGS, i)) > 0; i++)
		say(e->conn, "  argument %d: %d %s", i, n, v);
	say(e->conn, "  fragment past the end %d", n);
	say(e->conn, "  by name: %s",
	    lws_get_urlarg_by_name(e->wsi, "b=", v, sizeof v) ? lws_get_urlarg_by_name(e->wsi, "b=", v, sizeof v)
	                                                      : "(none)");
	say(e->conn, "  no such: %s", lws_get_urlarg_by_name(e->wsi, "zz=", v, sizeof v) ? "found" : "(none)");
	n = lws_hdr_custom_length(e->wsi, "x-own:", 6);
	say(e->conn, "  custom %d", n);
	if (n > 0 && lws_hdr_custom_copy(e->wsi, v, sizeof v, "x-own:", 6) >= 0)
		say(e->conn, "  custom copy %s", v);
	say(e->conn, "  too small %d", lws_hdr_copy(e->wsi, v, 3, WSI_TOKEN_HOST));
	{
		char *uri = NULL;
		int len = 0, m = lws_http_get_uri_and_method(e->wsi, &uri, &len);

		say(e->conn, "  method %d uri %.*s", m, len, uri ? uri : "");
	}
	if (lws_return_http_status(e->wsi, 200, "read") || lws_http_transaction_completed(e->wsi))
		return -1;
	return 0;
}

static void reading(void)
{
	static const char *const r[] = {
	    "GET /path/to%20it?a=1&b=two%20words&c HTTP/1.1\r\nHost: trace.test\r\nAccept: text/*\r\n"
	    "User-Agent: raw\r\nCookie: k=v; w=x\r\nReferer: http://before.test/\r\nX-Own: seventeen\r\n\r\n",
	    NULL};

	exchange(reading_hook, r);
}

static void methods(void)
{
	static const char *const r[] = {"OPTIONS /o HTTP/1.1\r\nHost: t\r\n\r\n",
	                                "DELETE /d HTTP/1.1\r\nHost: t\r\n\r\n",
	                                "PUT /p HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n",
	                                "PATCH /a HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\n\r\n", NULL};

	exchange(reading_hook, r);
}

static void paths(void)
{
	static const char *const r[] = {GET("/a//b/./c/../d"), GET("/up/../../x"), GET("/%2e%2e/x"),
	                                GET("/plus+and%2Bplus?q=a+b%2Bc"), NULL};

	exchange(reading_hook, r);
}

static void absolute_uri(void)
{
	static const char *const r[] = {
	    "GET http://trace.test/abs?x=y HTTP/1.1\r\nHost: trace.test\r\n\r\n", NULL};

	exchange(reading_hook, r);
}

static void folded_header(void)
{
	static const char *const r[] = {
	    "GET / HTTP/1.1\r\nHOST:trace.test\r\naccept:   a\r\nCooKIE:one=1\r\n\r\n", NULL};

	exchange(reading_hook, r);
}

/* ---- bodies ---- */

static int body_hook(event *e)
{
	struct session *s = e->user;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		show(e, "post", WSI_TOKEN_POST_URI);
		show(e, "length", WSI_TOKEN_HTTP_CONTENT_LENGTH);
		show(e, "type", WSI_TOKEN_HTTP_CONTENT_TYPE);
		s->left = 0;
		return 0;
	case LWS_CALLBACK_HTTP_BODY:
		s->left += e->len;
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION: {
		char t[40];

		snprintf(t, sizeof t, "got %zu", s->left);
		if (lws_return_http_status(e->wsi, 200, t) || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	default:
		break;
	}
	return PASS;
}

#define POST(path, n) "POST " path " HTTP/1.1\r\nHost: trace.test\r\nContent-Length: " #n "\r\n\r\n"

static void post_small(void)
{
	static const char *const r[] = {POST("/form", 11) "hello=world", NULL};

	exchange(body_hook, r);
}

static void post_twice(void)
{
	static const char *const r[] = {POST("/a", 5) "first", POST("/b", 6) "second", NULL};

	exchange(body_hook, r);
}

static void post_empty(void)
{
	static const char *const r[] = {POST("/none", 0), NULL};

	exchange(body_hook, r);
}

static void post_large_peer(peer *p)
{
	char *b = malloc(100000);

	for (int i = 0; i < 100000; i++)
		b[i] = (char)('A' + i % 23);
	p_connect(p);
	p_put(p, POST("/large", 100000));
	p_send(p, b, 100000);
	p_response(p);
	p_close(p);
	free(b);
}

static void post_large(void)
{
	if (server(protos, body_hook)) {
		peer_start("peer0", post_large_peer);
		finish();
	}
}

static void post_split_peer(peer *p)
{
	p_connect(p);
	p_put(p, POST("/split", 10) "12345");
	await("HTTP_BODY");
	p_put(p, "67890");
	p_response(p);
	p_close(p);
}

static void post_split(void)
{
	if (server(protos, body_hook)) {
		peer_start("peer0", post_split_peer);
		finish();
	}
}

static void post_cut_peer(peer *p)
{
	p_connect(p);
	p_put(p, POST("/cut", 10) "12345");
	await("HTTP_BODY");
	p_close(p);
}

static void post_cut(void)
{
	if (server(protos, body_hook)) {
		peer_start("peer0", post_cut_peer);
		finish();
	}
}

static void post_expect(void)
{
	static const char *const r[] = {"POST /e HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n"
	                                "Expect: 100-continue\r\n\r\nhi",
	                                NULL};

	exchange(body_hook, r);
}

static void post_chunked(void)
{
	static const char *const r[] = {"POST /c HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n"
	                                "Connection: close\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
	                                NULL};

	exchange(body_hook, r);
}

/* ---- refusals ---- */

static enum lws_callback_reasons refuse_at;

static int refuse_hook(event *e)
{
	int r = body_hook(e);

	return e->reason == refuse_at ? -1 : r;
}

static void refuse(enum lws_callback_reasons at)
{
	static const char *const r[] = {POST("/form", 11) "hello=world", NULL};

	refuse_at = at;
	exchange(refuse_hook, r);
}

static void refuse_http(void) { refuse(LWS_CALLBACK_HTTP); }
static void refuse_body(void) { refuse(LWS_CALLBACK_HTTP_BODY); }
static void refuse_filter(void) { refuse(LWS_CALLBACK_FILTER_HTTP_CONNECTION); }
static void refuse_bind(void) { refuse(LWS_CALLBACK_HTTP_BIND_PROTOCOL); }

static int refuse_writeable_hook(event *e)
{
	return e->reason == LWS_CALLBACK_HTTP_WRITEABLE ? -1 : simple_hook(e);
}

static void refuse_writeable(void) { exchange(refuse_writeable_hook, get_one); }

/* The default handler answers. */
static void dummy_answers(void)
{
	rig.dummy = true;
	exchange(NULL, get_one);
}

/* A program that answers nothing: HTTP returns 0. */
static void unanswered_peer(peer *p)
{
	p_connect(p);
	p_put(p, GET("/thing"));
	await("HTTP");
	p_close(p);
}

static void unanswered(void)
{
	rig.info.timeout_secs = 2;
	if (server(protos, NULL)) {
		peer_start("peer0", unanswered_peer);
		finish();
	}
}

/* ---- CALLBACK mounts ---- */

static const struct lws_http_mount mount_dyn = {
    .mountpoint = "/dyn", .mountpoint_len = 4, .protocol = "dyn", .origin_protocol = LWSMPRO_CALLBACK};

static int mount_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		show(e, "get", WSI_TOKEN_GET_URI);
		say(e->conn, "  vhost %s", lws_get_vhost_name(lws_get_vhost(e->wsi)));
		if (lws_return_http_status(e->wsi, 200, e->proto) || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return PASS;
}

static void callback_mount(void)
{
	static const char *const r[] = {GET("/dyn/page?x=1"), GET("/plain"), GET("/dyn"), GET("/dynamic"), NULL};

	rig.info.mounts = &mount_dyn;
	exchange(mount_hook, r);
}

static void mount_post(void)
{
	static const char *const r[] = {POST("/dyn/form", 3) "abc", NULL};

	rig.info.mounts = &mount_dyn;
	exchange(body_hook, r);
}

/* ---- access ---- */

static int auth_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION) {
		const char *pair = e->in;

		say(e->conn, "  asked about %s", pair);
		return !strcmp(pair, "user:secret");
	}
	return mount_hook(e);
}

static const struct lws_http_mount mount_auth = {.mountpoint = "/dyn",
                                                 .mountpoint_len = 4,
                                                 .protocol = "dyn",
                                                 .origin_protocol = LWSMPRO_CALLBACK,
                                                 .auth_mask = 1 << 28 /* the callback decides */,
                                                 .basic_auth_login_file = "unused"};

#define WITH_AUTH(v) "GET /dyn/x HTTP/1.1\r\nHost: t\r\nAuthorization: " v "\r\n\r\n"

static void basic_auth(void)
{
	static const char *const r[] = {GET("/dyn/x"), WITH_AUTH("Basic dXNlcjpzZWNyZXQ="),
	                                WITH_AUTH("Basic dXNlcjp3cm9uZw=="), NULL};

	rig.info.mounts = &mount_auth;
	exchange(auth_hook, r);
}

static const struct lws_protocol_vhost_options rejected = {NULL, NULL, "badbot", ""};

static void reject_keyword(void)
{
	static const char *const r[] = {
	    "GET /a HTTP/1.1\r\nHost: t\r\nUser-Agent: badbot 1.0\r\n\r\n", NULL};

	rig.info.reject_service_keywords = &rejected;
	exchange(mount_hook, r);
}

static int access_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CHECK_ACCESS_RIGHTS)
		return 1;
	return mount_hook(e);
}

static void access_refused(void)
{
	static const char *const r[] = {GET("/dyn/x"), NULL};

	rig.info.mounts = &mount_dyn;
	exchange(access_hook, r);
}

/* ---- large answers ---- */

#define LARGE 300000

static int large_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_HTTP) {
		s->left = LARGE;
		if (head(e, HTTP_STATUS_OK, "text/plain", LARGE))
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
	if (server(protos, simple_hook)) {
		peer_start("peer0", huge_head_peer);
		finish();
	}
}

/* Two vhosts on one port, chosen by the Host header. */
static void vhosts_by_host(void)
{
	static const char *const r[] = {"GET /1 HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n", NULL};
	struct lws_context_creation_info i;
	struct lws_vhost *vh;

	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!server(protos, mount_hook))
		return;
	i = rig.info;
	i.port = 0;
	i.vhost_name = "zero.test";
	vh = lws_create_vhost(rig.ctx, &i);
	rig.port = i.port = lws_get_vhost_listen_port(vh);
	i.vhost_name = "one.test";
	i.server_string = "one";
	vh = lws_create_vhost(rig.ctx, &i);
	say(GLOBAL, "second vhost %s", vh ? "made" : "failed");
	requests = r;
	peer_start("peer0", requests_peer);
	finish();
}

const scenario sc_http_server[] = {
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
    {"http-reading", reading},
    {"http-methods", methods},
    {"http-paths", paths},
    {"http-absolute-uri", absolute_uri},
    {"http-header-forms", folded_header},
    {"http-post-small", post_small},
    {"http-post-twice", post_twice},
    {"http-post-empty", post_empty},
    {"http-post-large", post_large},
    {"http-post-split", post_split},
    {"http-post-cut", post_cut},
    {"http-post-expect", post_expect},
    {"http-post-chunked", post_chunked},
    {"http-basic-auth", basic_auth},
    {"http-reject-keyword", reject_keyword},
    {"http-access-refused", access_refused},
    {"http-refuse-http", refuse_http},
    {"http-refuse-body", refuse_body},
    {"http-refuse-filter", refuse_filter},
    {"http-refuse-bind", refuse_bind},
    {"http-refuse-writeable", refuse_writeable},
    {"http-dummy-answers", dummy_answers},
    {"http-unanswered", unanswered},
    {"http-callback-mount", callback_mount},
    {"http-mount-post", mount_post},
    {"http-large-answer", large_answer},
    {"http-huge-head", huge_head},
    {"http-vhosts-by-host", vhosts_by_host},
    {NULL, NULL},
};
