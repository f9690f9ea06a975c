/* SPDX-License-Identifier: MIT */
/* What a server program can learn of a request, and who is let in. */
#include "site.h"

#include <unistd.h>

static int ok(event *e, const char *text)
{
	return lws_return_http_status(e->wsi, 200, text) || lws_http_transaction_completed(e->wsi) ? -1 : 0;
}

/* ---- headers ---- */

static int cookie_hook(event *e)
{
	static const char *const names[] = {"session", "last", "missing", "sess"};

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	for (size_t i = 0; i < LWS_ARRAY_SIZE(names); i++)
		for (size_t size = 4; size <= 64; size += 60) {
			char v[64] = "";
			size_t n = size;
			int r = lws_http_cookie_get(e->wsi, names[i], v, &n);

			say(e->conn, "  %s in %zu: %d %s %zu", names[i], size, r, r ? "" : v, r ? 0 : n);
		}
	return ok(e, "cookies");
}

static void cookies(void)
{
	static const char *const r[] = {GET("/none"),
	                                "GET /a HTTP/1.1\r\nHost: t\r\nCookie: session=abcdef; other=1; last=xyz\r\n\r\n",
	                                "GET /b HTTP/1.1\r\nHost: t\r\nCookie: last=0123456789; session=\r\n\r\n",
	                                NULL};

	exchange(cookie_hook, r);
}

static int custom_hook(event *e)
{
	static const char *const names[] = {"x-one:", "x-two:", "X-One:", "x-on", "host:"};

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	for (size_t i = 0; i < LWS_ARRAY_SIZE(names); i++) {
		int n = (int)strlen(names[i]);
		char v[32] = "?", t[4] = "?";

		say(e->conn, "  %s length %d, copied %d, cut %d", names[i], lws_hdr_custom_length(e->wsi, names[i], n),
		    lws_hdr_custom_copy(e->wsi, v, sizeof v, names[i], n), lws_hdr_custom_copy(e->wsi, t, sizeof t, names[i], n));
		say(e->conn, "  '%s' '%s'", v, t);
	}
	return ok(e, "custom");
}

static void custom_headers(void)
{
	static const char *const r[] = {
	    "GET /a HTTP/1.1\r\nHost: t\r\nX-One: first value\r\nx-two:2\r\nX-ONE: again\r\n\r\n", GET("/b"), NULL};

	exchange(custom_hook, r);
}

/* Headers are gone after lws_http_headers_detach, the answer is not. */
static int detach_hook(event *e)
{
	char v[32] = "?", *uri = NULL;
	int n = 0;

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	say(e->conn, "  before: %d", lws_hdr_total_length(e->wsi, WSI_TOKEN_HOST));
	say(e->conn, "  detach %d", lws_http_headers_detach(e->wsi));
	say(e->conn, "  after: %d, copy %d, fragment %d, custom %d, again %d", lws_hdr_total_length(e->wsi, WSI_TOKEN_HOST),
	    lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_HOST), lws_hdr_copy_fragment(e->wsi, v, sizeof v, WSI_TOKEN_HOST, 0),
	    lws_hdr_custom_length(e->wsi, "x-one:", 6), lws_http_headers_detach(e->wsi));
	say(e->conn, "  method %d", lws_http_get_uri_and_method(e->wsi, &uri, &n));
	return ok(e, "detached");
}

static void headers_detach(void)
{
	static const char *const r[] = {GET("/a"), GET("/b"), NULL};

	exchange(detach_hook, r);
}

static int fragment_hook(event *e)
{
	static const enum lws_token_indexes tokens[] = {WSI_TOKEN_HTTP_ACCEPT, WSI_TOKEN_HTTP_URI_ARGS, WSI_TOKEN_GET_URI,
	                                                WSI_TOKEN_HTTP_CONTENT_TYPE};

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	for (size_t i = 0; i < LWS_ARRAY_SIZE(tokens); i++) {
		char v[64] = "";

		say(e->conn, "  %s total %d, copy in 4 %d", lws_token_to_string(tokens[i]), lws_hdr_total_length(e->wsi, tokens[i]),
		    lws_hdr_copy(e->wsi, v, 4, tokens[i]));
		for (int f = 0; f < 5; f++) {
			int r;

			v[0] = 0;
			r = lws_hdr_copy_fragment(e->wsi, v, sizeof v, tokens[i], f);
			say(e->conn, "  %d: %d %d '%s'", f, lws_hdr_fragment_length(e->wsi, tokens[i], f), r, v);
		}
	}
	return ok(e, "fragments");
}

static void fragments(void)
{
	static const char *const r[] = {"GET /p;q&r?a=1&bc=22;&d=e=f HTTP/1.1\r\nHost: t\r\nAccept: text/html\r\nAccept: */*\r\n\r\n",
	                                GET("/?"), NULL};

	exchange(fragment_hook, r);
}

/* ---- options of the vhost ---- */

static void strict_headers(void)
{
	rig.info.options |= LWS_SERVER_OPTION_STS | LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE;
	rig.info.server_string = "me";
	exchange(simple_hook, get_one);
}

static int no_name_hook(event *e)
{
	uint8_t buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf;

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	if (lws_add_http_header_status(e->wsi, 200 | LWSAHH_FLAG_NO_SERVER_NAME, &p, end) ||
	    lws_add_http_header_content_length(e->wsi, 0, &p, end) ||
	    lws_finalize_write_http_header(e->wsi, start, &p, end))
		return 1;
	return lws_http_transaction_completed(e->wsi) ? -1 : 0;
}

static void no_server_name(void)
{
	static const char *const r[] = {GET("/a"), GET("/b"), NULL};

	rig.info.server_string = "me";
	exchange(no_name_hook, r);
}

static const struct lws_protocol_vhost_options bad2 = {NULL, NULL, "spider", "404 no spiders here"};
static const struct lws_protocol_vhost_options bad1 = {&bad2, NULL, "curl/", "403"};

static void reject_agents(void)
{
	static const char *const r[] = {"GET /a HTTP/1.1\r\nHost: t\r\nUser-Agent: nice\r\n\r\n",
	                                "GET /b HTTP/1.1\r\nHost: t\r\nUser-Agent: a spider 1\r\n\r\n", NULL};

	rig.info.reject_service_keywords = &bad1;
	rig.info.error_document_404 = "/gone";
	exchange(simple_hook, r);
}

/* ---- vhosts of one port ---- */

static int vhost_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		say(e->conn, "  on %s", lws_get_vhost_name(lws_get_vhost(e->wsi)));
		return ok(e, lws_get_vhost_name(lws_get_vhost(e->wsi)));
	}
	return PASS;
}

static const struct lws_protocols other_protocols[] = {
    {"dyn", cb1, sizeof(struct web_session), 0, 0, NULL, 0},
    {"http", cb0, sizeof(struct web_session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

#define HOST(h) "GET /x HTTP/1.1\r\nHost: " h "\r\n\r\n"

static void vhosts(const char *const *r, const struct lws_protocols *second)
{
	static const char *const names[] = {"first.test", "one.test", "deep.one.test", "two"};
	struct lws_context_creation_info i;

	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!server(web_protocols, vhost_hook))
		return;
	i = rig.info;
	i.port = 0;
	for (size_t n = 0; n < LWS_ARRAY_SIZE(names); n++) {
		struct lws_vhost *vh;

		i.vhost_name = names[n];
		if (n == 1)
			i.protocols = second;
		vh = lws_create_vhost(rig.ctx, &i);
		if (!n)
			rig.port = i.port = lws_get_vhost_listen_port(vh);
	}
	requests = r;
	peer_start("peer0", requests_peer);
	finish();
}

static void host_choice(void)
{
	static const char *const r[] = {HOST("first.test"), HOST("one.test"), HOST("one.test:99"), HOST("deep.one.test"),
	                                HOST("x.one.test"), HOST("y.deep.one.test"), HOST("a.b.one.test:1"), HOST("xone.test"),
	                                HOST("ONE.test"), HOST("unknown"), HOST("tw"), HOST("two"), HOST("a.two"), HOST("t"),
	                                "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", HOST(""), NULL};

	vhosts(r, web_protocols);
}

/* The second vhost has its protocols in another order. */
static void host_protocols(void)
{
	static const char *const r[] = {HOST("first.test"), HOST("one.test"), HOST("first.test"), NULL};

	vhosts(r, other_protocols);
}

/* ---- who is let in ---- */

#define AUTH(value) "GET /p/plain.txt HTTP/1.1\r\nHost: t\r\nAuthorization: " value "\r\n\r\n"

static char users[80];
static struct lws_http_mount locked = {MOUNT_AT("/p"), .origin = "dyn", .origin_protocol = LWSMPRO_CALLBACK};

static int locked_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION) {
		say(e->conn, "  '%s' %zu", (char *)e->in, e->len);
		return !strcmp(e->in, "cb:");
	}
	if (e->reason == LWS_CALLBACK_HTTP) {
		char v[64] = "";
		int n = lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_HTTP_AUTHORIZATION);

		say(e->conn, "  user %d '%s'", n, v);
		return ok(e, "in");
	}
	return PASS;
}

static const char *const tries[] = {GET("/p/plain.txt"),
                                    AUTH("Basic dXNlcjpzZWNyZXQ="), /* user:secret */
                                    AUTH("basic Y2I6"),             /* cb: */
                                    AUTH("Basic bGFzdDpsaW5l"),     /* last:line */
                                    AUTH("Basic dXNlcjp3cm9uZw=="), /* user:wrong */
                                    AUTH("Basic dXNlcg=="),         /* user */
                                    AUTH("Bearer token"), AUTH("Basic"), NULL};

static void auth_file(void)
{
	FILE *f;

	snprintf(users, sizeof users, "/tmp/trace-users-XXXXXX");
	f = fdopen(mkstemp(users), "w");
	fputs("other:x\r\nuser:secret\nlast:line", f);
	fclose(f);
	locked.basic_auth_login_file = users;
	rig.info.mounts = &locked;
	exchange(locked_hook, tries);
	remove(users);
}

static void auth_callback(void)
{
	locked.auth_mask = 1u << 28;
	rig.info.mounts = &locked;
	exchange(locked_hook, tries);
}

static void auth_unknown_mode(void)
{
	locked.auth_mask = 2u << 28;
	rig.info.mounts = &locked;
	exchange(locked_hook, tries);
}

static void auth_no_file(void)
{
	locked.basic_auth_login_file = "/nonexistent/users";
	rig.info.mounts = &locked;
	exchange(locked_hook, tries);
}

/* ---- CONNECT ---- */

static int tunnel_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_RX)
		put(e, "tunnelled", 9, LWS_WRITE_RAW);
	return PASS;
}

static void tunnel_peer(peer *p)
{
	p_connect(p);
	p_put(p, "CONNECT far.test:99 HTTP/1.1\r\nHost: far.test:99\r\n\r\n");
	p_body(p, 9);
	p_close(p);
}

static void tunnel(void)
{
	if (server(web_protocols, tunnel_hook)) {
		peer_start("peer0", tunnel_peer);
		finish();
	}
}

/* ---- upgrades only for the right host ---- */

static const char *const *hosts;

static void strict_peer(peer *p)
{
	for (size_t i = 0; hosts[i]; i++) {
		char host[64], req[400];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(host, sizeof host, hosts[i], rig.port);
#pragma GCC diagnostic pop
		snprintf(req, sizeof req,
		         "GET /chat HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
		         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", host);
		p_connect(p);
		p_put(p, req);
		if (p_head(p))
			p_shut_frame(p, 1000, "");
		p_rest(p);
		p_close(p);
	}
}

static void strict(const char *const *h)
{
	hosts = h;
	rig.info.vhost_name = "trace.test";
	rig.info.options |= LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK;
	if (server(web_protocols, NULL)) {
		peer_start("peer0", strict_peer);
		finish();
	}
}

static void strict_host(void)
{
	static const char *const h[] = {"trace.test:%d", "trace.test", "other.test:%d", "trace.test:%d0",
	                                "trace.test:x",  "[::1]:%d",   NULL};

	strict(h);
}

static void strict_host_prefix(void)
{
	static const char *const h[] = {"trace.te:%d", NULL};

	strict(h);
}

/* ---- the program says no to what was accepted ---- */

static int instantiated_hook(event *e)
{
	return e->reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED ? -1 : PASS;
}

static void silent_end_peer(peer *p)
{
	p_connect(p);
	p_rest(p);
}

static void refuse_instantiated(void)
{
	if (server(web_protocols, instantiated_hook)) {
		peer_start("peer0", silent_end_peer);
		finish();
	}
}

/* ---- two connections at a time ---- */

static int order_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP)
		return ok(e, e->conn);
	return PASS;
}

static void first_peer(peer *p)
{
	p_connect(p);
	p_put(p, GET("/first"));
	p_response(p);
	mark("first is answered");
	await("second is answered");
	p_put(p, GET("/again"));
	p_response(p);
	p_close(p);
}

static void second_peer(peer *p)
{
	await("first is answered");
	p_connect(p);
	p_put(p, GET("/second"));
	p_response(p);
	p_close(p);
	mark("second is answered");
}

/* With room for the headers of one request, an idle connection holds none. */
static void header_pool(void)
{
	rig.info.max_http_header_pool = 1;
	rig.info.keepalive_timeout = 30;
	if (server(web_protocols, order_hook)) {
		peer_start("peer0", first_peer);
		peer_start("peer1", second_peer);
		finish();
	}
}

static const scenario sc_httpd_requests[] = {
    {"httpd-cookies", cookies},
    {"httpd-custom-headers", custom_headers},
    {"httpd-headers-detach", headers_detach},
    {"httpd-fragments", fragments},
    {"httpd-strict-headers", strict_headers},
    {"httpd-no-server-name", no_server_name},
    {"httpd-reject-agents", reject_agents},
    {"httpd-host-choice", host_choice},
    {"httpd-host-protocols", host_protocols},
    {"httpd-auth-file", auth_file},
    {"httpd-auth-callback", auth_callback},
    {"httpd-auth-unknown-mode", auth_unknown_mode},
    {"httpd-auth-no-file", auth_no_file},
    {"httpd-tunnel", tunnel},
    {"httpd-strict-host", strict_host},
    {"httpd-strict-host-prefix", strict_host_prefix},
    {"httpd-refuse-instantiated", refuse_instantiated},
    {"httpd-header-pool", header_pool},
    {NULL, NULL},
};

SCENARIOS(sc_httpd_requests)
