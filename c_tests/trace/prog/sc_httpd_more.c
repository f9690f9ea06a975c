/* SPDX-License-Identifier: MIT */
/* Vhosts that go during transactions, mounts that need what the build lacks, requests that wait for room. */
#include "site.h"

/* ---- a vhost is destroyed in the middle ---- */

static const char *until; /* the mark that says where the transaction stands */
static const char *const *steps;
static bool file_peer; /* takes a part of a large file */

static void drop_served(void *arg)
{
	(void)arg;
	lws_vhost_destroy(lws_get_vhost_by_name(rig.ctx, "served"));
}

static void dropped_peer(peer *p)
{
	p_connect(p);
	if (file_peer)
		p_small_window(p);
	p_put(p, steps[0]);
	for (int i = 1; steps[i]; i++) {
		p_response(p);
		p_put(p, steps[i]);
	}
	if (file_peer)
		p_head(p);
	await(until);
	in_loop(drop_served, NULL);
	p_close(p); /* the reference leaves it open (quirk 35) */
}

/* The transactions' last one is in hand at that mark when their vhost goes; another vhost stays. */
static void dropped(hook_fn hook, const struct lws_http_mount *mounts, const char *const *sent, const char *at)
{
	struct lws_context_creation_info i;
	struct lws_vhost *vh;

	steps = sent;
	until = at;
	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	rig.info.keepalive_timeout = 30;
	if (!server(web_protocols, hook))
		return;
	i = rig.info;
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.vhost_name = "stays";
	lws_create_vhost(rig.ctx, &i);
	i.port = 0;
	i.mounts = mounts;
	i.vhost_name = "served";
	vh = lws_create_vhost(rig.ctx, &i);
	rig.port = lws_get_vhost_listen_port(vh);
	peer_start("peer0", dropped_peer);
	finish();
}

/* Answers a request with half of what it announces. */
static int half_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (web_head(e, HTTP_STATUS_OK, "text/plain", 11))
			return 1;
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	if (e->reason == LWS_CALLBACK_HTTP_WRITEABLE && e->user && !((struct web_session *)e->user)->step++) {
		put(e, "hello ", 6, LWS_WRITE_HTTP);
		mark("half");
		return 0;
	}
	return PASS;
}

static int take_hook(event *e)
{
	return e->reason == LWS_CALLBACK_HTTP ? 0 : PASS;
}

static void destroy_answering(void)
{
	static const char *const r[] = {GET("/a"), NULL};

	dropped(half_hook, NULL, r, "half");
}

static void destroy_receiving(void)
{
	static const char *const r[] = {"POST /form HTTP/1.1\r\nHost: t\r\nContent-Length: 20\r\n\r\nten bytes.", NULL};

	dropped(take_hook, NULL, r, "HTTP_BODY");
}

static const char *const idle[] = {GET("/a"), "", NULL};

/* Between two requests. */
static void destroy_idle(void) { dropped(simple_hook, NULL, idle, "HTTP_DROP_PROTOCOL"); }

/* The second and third request came with the first, which is in hand. */
static void destroy_pipelined(void)
{
	static const char *const r[] = {GET("/a") GET("/b") GET("/c"), NULL};

	dropped(half_hook, NULL, r, "half");
}

static const char *const small_site[] = {"x.txt", "x", NULL};

static void destroy_sending_file(void)
{
	static const struct lws_http_mount all = {SITE_AT("/"), .def = "x.txt"};
	static const char *const r[] = {GET("/large.txt"), NULL};
	size_t size = 8 << 20;
	char *b = calloc(1, size);

	site_make(small_site);
	site_file("large.txt", b, size);
	free(b);
	file_peer = rig.dummy = true;
	dropped(NULL, &all, r, "FILTER_HTTP_CONNECTION");
	site_drop();
}

/* The call comes from a callback of a connection of that vhost. */
static int self_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		drop_served(NULL);
		say(e->conn, "  destroyed");
		return lws_return_http_status(e->wsi, 200, "the last") || lws_http_transaction_completed(e->wsi) ? -1 : 0;
	}
	return PASS;
}

static void destroy_inside(void)
{
	static const char *const r[] = {GET("/a"), "", NULL};

	dropped(self_hook, NULL, r, "HTTP_DROP_PROTOCOL");
}

/* ---- mounts of kinds that need a proxy or CGI ---- */

static int tell_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP)
		return lws_return_http_status(e->wsi, 200, "the callback") || lws_http_transaction_completed(e->wsi) ? -1 : 0;
	return PASS;
}

static void foreign_mount(hook_fn hook, unsigned char kind, const char *origin, const char *protocol)
{
	static const char *const r[] = {GET("/m/x.txt"), GET("/m/none"),
	                                "POST /m/x.txt HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi", GET("/other"),
	                                GET("/m"), NULL};
	struct lws_http_mount m = {MOUNT_AT("/m"), .origin = origin, .origin_protocol = kind, .protocol = protocol};

	site_make(small_site);
	if (!origin)
		m.origin = site_root;
	site_exchange(&m, hook, r);
}

static void mount_http(void) { foreign_mount(NULL, LWSMPRO_HTTP, "127.0.0.1:1/up", NULL); }
static void mount_https(void) { foreign_mount(NULL, LWSMPRO_HTTPS, "127.0.0.1:1/up", NULL); }
static void mount_cgi(void) { foreign_mount(NULL, LWSMPRO_CGI, "/bin/true", NULL); }
static void mount_http_site(void) { foreign_mount(NULL, LWSMPRO_HTTP, NULL, NULL); }
static void mount_cgi_site(void) { foreign_mount(NULL, LWSMPRO_CGI, NULL, NULL); }
static void mount_http_protocol(void) { foreign_mount(tell_hook, LWSMPRO_HTTP, "127.0.0.1:1/up", "dyn"); }
static void mount_cgi_protocol(void) { foreign_mount(tell_hook, LWSMPRO_CGI, "/bin/true", "dyn"); }

/* ---- more requests under way than there is room for headers ---- */

static void begun_peer(peer *p)
{
	p_connect(p);
	p_put(p, "GET /first HTTP/1.1\r\nHo");
	await("SERVER_NEW_CLIENT_INSTANTIATED");
	mark("begun");
	await("second is answered");
	p_put(p, "st: t\r\n\r\n");
	p_response(p);
	p_close(p);
}

static void passing_peer(peer *p)
{
	await("begun");
	p_connect(p);
	p_put(p, GET("/second"));
	p_response(p);
	p_close(p);
	mark("second is answered");
}

/* The reference lets the second connection wait until the first one's headers are complete, or time out. */
static void pool_wait(void)
{
	rig.info.max_http_header_pool = 1;
	if (server(web_protocols, simple_hook)) {
		peer_start("peer0", begun_peer);
		peer_start("peer1", passing_peer);
		finish();
	}
}

static const scenario sc_httpd_more[] = {
    {"httpd-destroy-answering", destroy_answering},
    {"httpd-destroy-receiving", destroy_receiving},
    {"httpd-destroy-idle", destroy_idle},
    {"httpd-destroy-pipelined", destroy_pipelined},
    {"httpd-destroy-sending-file", destroy_sending_file},
    {"httpd-destroy-inside", destroy_inside},
    {"httpd-mount-http", mount_http},
    {"httpd-mount-https", mount_https},
    {"httpd-mount-cgi", mount_cgi},
    {"httpd-mount-http-site", mount_http_site},
    {"httpd-mount-cgi-site", mount_cgi_site},
    {"httpd-mount-http-protocol", mount_http_protocol},
    {"httpd-mount-cgi-protocol", mount_cgi_protocol},
    {"httpd-pool-wait", pool_wait},
    {NULL, NULL},
};

SCENARIOS(sc_httpd_more)
