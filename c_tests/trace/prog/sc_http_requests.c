/* SPDX-License-Identifier: MIT */
/* What an HTTP/1 server makes of requests: heads, bodies, mounts, access. */
#include "web.h"

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
	struct web_session *s = e->user;

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
	if (server(web_protocols, body_hook)) {
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
	if (server(web_protocols, body_hook)) {
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
	if (server(web_protocols, body_hook)) {
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
	if (server(web_protocols, NULL)) {
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

static const struct lws_protocol_vhost_options rejected = {NULL, NULL, "badbot", "403"};

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

/* Two vhosts on one port, chosen by the Host header. */
static void vhosts_by_host(void)
{
	static const char *const r[] = {"GET /1 HTTP/1.1\r\nHost: one.test\r\nConnection: close\r\n\r\n", NULL};
	struct lws_context_creation_info i;
	struct lws_vhost *vh;

	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!server(web_protocols, mount_hook))
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

static const scenario sc_http_requests[] = {
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
    {"http-vhosts-by-host", vhosts_by_host},
    {NULL, NULL},
};

SCENARIOS(sc_http_requests)
