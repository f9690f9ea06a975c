/* SPDX-License-Identifier: MIT */
/* What 4.3 changed on servers, where no other scenario comes by. */
#include "web.h"

/* ---- when the age of certificates is told ---- */

static void later_vhost(void *arg)
{
	struct lws_context_creation_info i = rig.info;

	(void)arg;
	say(GLOBAL, "later vhost");
	i.vhost_name = "later";
	i.port = CONTEXT_PORT_NO_LISTEN_SERVER;
	tls_info(&i);
	lws_create_vhost(rig.ctx, &i);
	say(GLOBAL, "later vhost made");
}

static void ages_peer(peer *p)
{
	(void)p;
	p_pause(100);
	in_loop(later_vhost, NULL);
	p_pause(6000);
}

static void cert_ages(void)
{
	tls_begin();
	if (server(web_protocols, NULL)) {
		peer_start("peer0", ages_peer);
		finish();
	}
}

/* ---- several cookies and arguments ---- */

static int headers_hook(event *e)
{
	static const struct {
		enum lws_token_indexes t;
		const char *name;
	} ask[] = {{WSI_TOKEN_HTTP_COOKIE, "cookie"}, {WSI_TOKEN_HTTP_URI_ARGS, "args"}, {WSI_TOKEN_HTTP_ACCEPT, "accept"}};

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	for (size_t i = 0; i < LWS_ARRAY_SIZE(ask); i++) {
		char all[64] = "?";
		int n = lws_hdr_copy(e->wsi, all, sizeof all, ask[i].t);

		say(e->conn, "  %s: total %d, copied %d '%s'", ask[i].name, lws_hdr_total_length(e->wsi, ask[i].t), n, all);
		for (int f = 0; lws_hdr_fragment_length(e->wsi, ask[i].t, f) > 0; f++) {
			lws_hdr_copy_fragment(e->wsi, all, sizeof all, ask[i].t, f);
			say(e->conn, "    '%s'", all);
		}
	}
	return lws_return_http_status(e->wsi, 200, "done") ? -1 : lws_http_transaction_completed(e->wsi);
}

static void several_peer(peer *p)
{
	if (!p_connect(p))
		return;
	p_put(p, "GET /a?x=1&y=2&z HTTP/1.1\r\nHost: t\r\nCookie: a=1; b=2\r\nAccept: text/html\r\nAccept: text/plain\r\n"
	         "Connection: close\r\n\r\n");
	p_response(p);
	p_rest(p);
}

static void several_values(void)
{
	if (server(web_protocols, headers_hook)) {
		peer_start("peer0", several_peer);
		finish();
	}
}

/* ---- who is sent to https ---- */

static void plain_peer(peer *p)
{
	static const char *const ask[] = {"/", "/some/page?one=1&two=2"};

	for (size_t i = 0; i < LWS_ARRAY_SIZE(ask); i++) {
		char text[128];

		if (!p_connect(p))
			return;
		snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: trace.test\r\nConnection: close\r\n\r\n", ask[i]);
		p_put(p, text);
		p_response(p);
		p_close(p);
	}
}

static void to_https(void)
{
	rig.info.options |= LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS | LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT;
	tls_begin();
	if (server(web_protocols, NULL)) {
		over_tls = false; /* for the peer */
		peer_start("peer0", plain_peer);
		finish();
	}
}

/* ---- what a mount is asked for by which method ---- */

static void methods_peer(peer *p)
{
	static const char *const methods[] = {"PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"};

	for (size_t i = 0; i < LWS_ARRAY_SIZE(methods); i++) {
		char text[128];

		if (!p_connect(p))
			return;
		snprintf(text, sizeof text, "%s /dyn/x HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\nConnection: close\r\n\r\nab", methods[i]);
		p_put(p, text);
		p_rest(p);
		p_close(p);
	}
}

static int methods_hook(event *e)
{
	char *uri;
	int n, m;

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	m = lws_http_get_uri_and_method(e->wsi, &uri, &n);
	say(e->conn, "  method %d, '%.*s', told '%s'", m, n, uri, (const char *)e->in);
	return -1;
}

static void mount_methods(void)
{
	static struct lws_http_mount m = {
	    .mountpoint = "/dyn", .mountpoint_len = 4, .origin = "/nowhere", .protocol = "dyn", .origin_protocol = LWSMPRO_FILE};

	rig.info.mounts = &m;
	if (server(web_protocols, methods_hook)) {
		peer_start("peer0", methods_peer);
		finish();
	}
}

/* ---- what the log tells of the lives of objects ---- */

#if ABI19
/* Lines by group; times, ports and ages are left out, and the netlink socket that is theirs alone. */
static void lives_emit(int level, const char *line)
{
	const char *at = strstr(line, "__lws_lc_"), *tag = at ? strchr(at, '[') : NULL;
	char group[16], text[128], *end;

	if (level != LLL_NOTICE || !tag || strstr(tag, "netlink") || sscanf(tag, "[%15[a-z]|", group) != 1)
		return;
	snprintf(text, sizeof text, "%s", line + strcspn(line, "N")); /* behind the time */
	end = strchr(text, ')');
	if (end)
		end[1] = 0;
	for (char *p = strchr(text, '['), *port; p && (port = strrchr(p, '|')); p = NULL)
		if (port[1] >= '1' && port[1] <= '9')
			memmove(port + 1, strchr(port, ']'), strlen(strchr(port, ']')) + 1);
	say(group, "%s", text);
}

static void lives_peer(peer *p)
{
	await("COMPLETED_CLIENT_HTTP");
	if (p_connect(p)) {
		p_put(p, "GET /a HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
		p_response(p);
		p_rest(p);
	}
}

static int lives_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP) {
		char buf[LWS_PRE + 256], *at = buf + LWS_PRE;
		int n = 256;

		lws_http_client_read(e->wsi, &at, &n);
		return 0;
	}
	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	return lws_return_http_status(e->wsi, 200, "done") ? -1 : lws_http_transaction_completed(e->wsi);
}

static void lives(const char *name)
{
	struct lws_client_connect_info i;

	rig.log = lives_emit;
	rig.info.vhost_name = name;
	if (!server(web_protocols, lives_hook))
		return;
	i = client_info("/b", "http");
	i.method = "GET";
	client("cli0", &i);
	peer_start("peer0", lives_peer);
	finish();
}

static void lives_default(void)
{
	lives(NULL);
}

static void lives_named(void)
{
	lives("alpha");
}

/* The same lines into a log context, in which the process' emitter has no part. */
static void mine_emit(struct lws_log_cx *cx, int level, const char *line, size_t len)
{
	(void)cx;
	if (len != strlen(line))
		say(GLOBAL, "a line of %d bytes is said to have %d", (int)strlen(line), (int)len);
	lives_emit(level, line);
}

static void mine_prepend(struct lws_log_cx *cx, void *obj, char **p, char *e)
{
	(void)cx;
	(void)obj;
	*p += lws_snprintf(*p, lws_ptr_diff_size_t(e, *p), "mine: ");
}

static void mine_refcount(struct lws_log_cx *cx, int more)
{
	if (!cx->refcount)
		say(GLOBAL, "log context is free %d", more);
}

static void lives_context(void)
{
	static struct lws_log_cx mine = {.u.emit_cx = mine_emit, .refcount_cb = mine_refcount, .prepend = mine_prepend,
	                                 .lll_flags = LLLF_LOG_CONTEXT_AWARE | LLL_ERR | LLL_NOTICE};

	rig.info.log_cx = &mine;
	if (!no_server(web_protocols, lives_hook))
		return;
	lwsl_cx_notice(rig.ctx, "__lws_lc_: [user| of the program");
	finish();
}
#endif

static const scenario sc_server_43[] = {
#if ABI19
    {"log-lives", lives_default},
    {"log-lives-named", lives_named},
    {"log-lives-context", lives_context},
#endif
    {"cert-ages", cert_ages},
    {"values-several", several_values},
    {"to-https", to_https},
    {"mount-methods", mount_methods},
    {NULL, NULL},
};

SCENARIOS(sc_server_43)
