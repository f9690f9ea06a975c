/* SPDX-License-Identifier: MIT */
/* How a client gets to its server: names, addresses, interfaces, unix sockets, proxies, limits. */
#include "httpc.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#define OK5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

/* ---- names: the resolver of this program ---- */

typedef int (*gai_fn)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* Names that end in .trace are ours; a list is made so that freeaddrinfo() takes it. */
static struct addrinfo *entry(int family, const void *addr, struct addrinfo *next)
{
	struct addrinfo *a = calloc(1, sizeof *a + sizeof(struct sockaddr_in6));
	struct sockaddr_in *in = (void *)(a + 1);
	struct sockaddr_in6 *in6 = (void *)(a + 1);

	a->ai_family = family;
	a->ai_socktype = SOCK_STREAM;
	a->ai_addr = (void *)(a + 1);
	a->ai_next = next;
	in->sin_family = (sa_family_t)family;
	if (family == AF_INET) {
		a->ai_addrlen = sizeof *in;
		memcpy(&in->sin_addr, addr, 4);
	} else {
		a->ai_addrlen = sizeof *in6;
		memcpy(&in6->sin6_addr, addr, 16);
	}
	return a;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **res)
{
	gai_fn real = (gai_fn)dlsym(RTLD_NEXT, "getaddrinfo");

	if (name && !strcmp(name, "several.trace")) {
		*res = entry(AF_INET6, &in6addr_loopback,
		             entry(AF_INET, "\x7f\0\0\x09", entry(AF_INET, "\x7f\0\0\x01", NULL)));
		return 0;
	}
	if (name && !strcmp(name, "nowhere.trace"))
		return EAI_NONAME;
	if (name && !strcmp(name, "slow.trace")) {
		mark("looking up");
		await("served meanwhile");
		*res = entry(AF_INET, "\x7f\0\0\x01", NULL);
		return 0;
	}
	if (name && !strcmp(name, "never.trace")) {
		mark("looking up");
		for (;;)
			pause();
	}
	return real(name, service, hints, res);
}

static void several(void)
{
	hc_address = "several.trace";
	peer_alone = true;
	hc_answered(OK5);
}

static void several_dead(void)
{
	hc_address = "several.trace";
	hc_port = 1;
	hc_with(hc_reader, NULL);
}

static void nowhere(void)
{
	hc_address = "nowhere.trace";
	hc_port = 80;
	hc_with(hc_reader, NULL);
}

/* A look-up that takes its time, while a server of the same context answers. */
static int both_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(e->wsi, 200, NULL) || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return hc_reader(e);
}

static void meanwhile_script(peer *p)
{
	await("looking up");
	if (!p_connect(p))
		return;
	p_put(p, "GET /meanwhile HTTP/1.1\r\nHost: a\r\n\r\n");
	p_response(p);
	p_close(p);
	mark("served meanwhile");
}

static void slow_name(void)
{
	hc_address = "slow.trace";
	if (server(hc_protocols, both_hook)) {
		peer_start("peer0", meanwhile_script);
		peer_start("peer1", hc_starter);
		finish();
	}
}

/* One that never ends: the connection times out, the context can be destroyed. */
static void never_name(void)
{
	hc_address = "never.trace";
	rig.info.connect_timeout_secs = 1;
	if (server(hc_protocols, both_hook)) {
		peer_start("peer0", meanwhile_script);
		peer_start("peer1", hc_starter);
		finish();
	}
}

/* ---- addresses and interfaces ---- */

static int listen_at(int family, const void *addr, socklen_t len)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (bind(fd, addr, len) || listen(fd, 4))
		return -1;
	return fd;
}

static void accept_at(peer *p, int fd)
{
	p->listener = fd;
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, OK5);
	p_rest(p);
}

static int special = -1;

static void special_script(peer *p)
{
	accept_at(p, special);
}

static void with_special(void)
{
	if (special >= 0 && no_server(hc_protocols, hc_reader)) {
		peer_start("peer0", special_script);
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void ipv6(void)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	socklen_t n = sizeof a;

	special = listen_at(AF_INET6, &a, n);
	if (special < 0) {
		say(GLOBAL, "no IPv6 here");
		return;
	}
	getsockname(special, (void *)&a, &n);
	hc_port = ntohs(a.sin6_port);
	hc_address = "::1";
	hc_host = "[::1]";
	with_special();
}

/* The vhost does not do IPv6. */
static void ipv6_disabled(void)
{
	rig.info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	hc_address = "::1";
	hc_port = 1;
	hc_with(hc_reader, NULL);
}

static void unix_at(const char *path)
{
	struct sockaddr_un u = {.sun_family = AF_UNIX};
	socklen_t n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));

	memcpy(u.sun_path, path, strlen(path));
	if (path[0] == '@')
		u.sun_path[0] = 0;
	special = listen_at(AF_UNIX, &u, n);
	if (special < 0)
		say(GLOBAL, "no unix socket here");
}

static void unix_path(void)
{
	static char at[64];

	snprintf(at, sizeof at, "+/tmp/trace-client-%d", (int)getpid());
	unix_at(at + 1);
	hc_address = at;
	with_special();
	unlink(at + 1);
}

static void unix_abstract(void)
{
	static char at[64];

	snprintf(at, sizeof at, "+@trace-client-%d", (int)getpid());
	unix_at(at + 1);
	hc_address = at;
	with_special();
}

static void from_script(peer *p)
{
	struct sockaddr_in a;
	socklen_t n = sizeof a;

	if (!p_accept(p) || !p_head_quiet(p))
		return;
	getpeername(p->fd, (void *)&a, &n);
	say(p->name, "comes from %s", inet_ntoa(a.sin_addr));
	p_put(p, OK5);
	p_rest(p);
}

static void from(const char *iface)
{
	hc_iface = iface;
	hc_with(hc_reader, from_script);
}

static void iface_address(void) { from("127.0.0.3"); }
static void iface_name(void)
{
	rig.info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	from("lo");
}

static void iface_missing(void)
{
	hc_iface = "nosuchif0";
	hc_port = 1;
	hc_with(hc_reader, NULL);
}

/* ---- limits of time ---- */

/* A listener that is full: connections neither succeed nor fail. */
static void full(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (void *)&a, n) || listen(fd, 0) || getsockname(fd, (void *)&a, &n))
		abort();
	hc_port = ntohs(a.sin_port);
	for (int i = 0; i < 4; i++)
		if (connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&a, n) && errno != EINPROGRESS)
			abort();
}

static void attempt_limit(void)
{
	full();
	rig.info.timeout_secs = 1;
	hc_with(hc_reader, NULL);
}

static void connect_limit(void)
{
	full();
	rig.info.connect_timeout_secs = 1;
	hc_with(hc_reader, NULL);
}

static void killer(void *arg)
{
	struct lws *wsi = *(struct lws **)arg;

	lws_set_timeout(wsi, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_SYNC);
}

static struct lws *pending;

static void remember(struct lws_client_connect_info *i)
{
	i->pwsi = &pending;
}

static void kill_script(peer *p)
{
	hc_starter(p);
	in_loop(killer, &pending);
}

static void killed_connecting(void)
{
	full();
	hc_adjust = remember;
	if (no_server(hc_protocols, hc_reader)) {
		peer_start("peer1", kill_script);
		finish();
	}
}

/* ---- proxies ---- */

static const char *proxy_answer = "HTTP/1.1 200 OK\r\n\r\n";
static char proxy_text[96];
static const char *proxy_user = "";

/* Takes CONNECT, answers, and is the server too. */
static void proxy_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, proxy_answer);
	if (!strstr(proxy_answer, " 200 ")) {
		p_rest(p);
		return;
	}
	if (!p_head(p))
		return;
	p_put(p, OK5);
	p_rest(p);
}

static void proxied(bool by_env)
{
	peer_listen("peer0", proxy_script);
	snprintf(proxy_text, sizeof proxy_text, "%s127.0.0.1:%d", proxy_user, rig.port);
	if (by_env)
		setenv("http_proxy", proxy_text, 1);
	else
		rig.info.http_proxy_address = proxy_text;
	hc_address = "far.trace";
	hc_port = 99;
	if (no_server(hc_protocols, hc_reader)) {
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void proxy_info(void) { proxied(false); }
static void proxy_env(void) { proxied(true); }

static void proxy_auth(void)
{
	proxy_user = "http://me:secret@";
	proxied(false);
}

static void proxy_refuses(void)
{
	proxy_answer = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
	proxied(false);
}

static void proxy_silent_script(peer *p)
{
	if (p_accept(p) && p_head(p))
		p_rest(p);
}

static void proxy_silent(void)
{
	peer_listen("peer0", proxy_silent_script);
	snprintf(proxy_text, sizeof proxy_text, "127.0.0.1:%d", rig.port);
	rig.info.http_proxy_address = proxy_text;
	rig.info.timeout_secs = 1;
	hc_address = "far.trace";
	if (no_server(hc_protocols, hc_reader)) {
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void proxy_port_script(peer *p)
{
	if (p_accept(p) && p_head(p))
		p_close(p);
}

/* The port comes by itself; the proxy hangs up. */
static void proxy_port(void)
{
	peer_listen("peer0", proxy_port_script);
	rig.info.http_proxy_address = "127.0.0.1";
	rig.info.http_proxy_port = (unsigned)rig.port;
	hc_address = "far.trace";
	if (no_server(hc_protocols, hc_reader)) {
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void set_proxy(void)
{
	static const char *const texts[] = {"h:1", "http://h:2", "a:b@h:3", "[::1]:4", "[::1:5", "h", ""};
	struct lws_vhost *vh;

	if (!no_server(hc_protocols, hc_reader))
		return;
	vh = lws_get_vhost_by_name(rig.ctx, "default");
	say(GLOBAL, "no port yet: %d", lws_set_proxy(vh, "h"));
	for (size_t i = 0; i < LWS_ARRAY_SIZE(texts); i++)
		say(GLOBAL, "lws_set_proxy(%s): %d", texts[i], lws_set_proxy(vh, texts[i]));
	finish();
}

/* A WebSocket through the proxy. */
static void proxy_ws_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, proxy_answer);
	if (!hc_grant(p, "Sec-WebSocket-Protocol: web\r\n"))
		return;
	p_frame_plain(p, TEXT, "through", 7);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void proxy_ws(void)
{
	peer_listen("peer0", proxy_ws_script);
	snprintf(proxy_text, sizeof proxy_text, "127.0.0.1:%d", rig.port);
	rig.info.http_proxy_address = proxy_text;
	hc_address = "far.trace";
	hc_method = NULL;
	if (no_server(hc_protocols, hc_reader)) {
		peer_start("peer1", hc_starter);
		finish();
	}
}

/* ---- what the program gets ---- */

static struct lws *given;

static int made_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED || e->reason == LWS_CALLBACK_WSI_CREATE ||
	    e->reason == LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP)
		say(e->conn, "  pwsi %s, opaque %s, parent %s, user %s", given == e->wsi ? "set" : "not set",
		    lws_get_opaque_user_data(e->wsi) == &given ? "set" : "not set",
		    lws_get_parent(e->wsi) ? "set" : "none", e->user ? "set" : "none");
	return hc_reader(e);
}

static void adjust_made(struct lws_client_connect_info *i)
{
	i->pwsi = &given;
	i->opaque_user_data = &given;
}

static void made(void)
{
	hc_adjust = adjust_made;
	hc_answer = OK5;
	hc_with(made_hook, hc_answer_script);
}

static void local_name(void)
{
	hc_protocol = NULL;
	hc_local = "other";
	hc_answered(OK5);
}

static void local_unknown(void)
{
	hc_local = "nobody";
	hc_answered(OK5);
}

static enum lws_callback_reasons refuse_at;

static int refuse_hook(event *e)
{
	return e->reason == refuse_at ? -1 : hc_reader(e);
}

static void refuse(enum lws_callback_reasons at)
{
	refuse_at = at;
	hc_answer = OK5;
	hc_with(refuse_hook, hc_answer_script);
}

static void refuse_new(void) { refuse(LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED); }
static void refuse_create(void) { refuse(LWS_CALLBACK_WSI_CREATE); }
static void refuse_bind(void) { refuse(LWS_CALLBACK_CLIENT_HTTP_BIND_PROTOCOL); }

/* A client that a server's connection opens and owns. */
static int family_hook(event *e)
{
	static struct lws *parent;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		if (!strcmp(e->in, "/inner"))
			return both_hook(e);
		parent = e->wsi;
		{
			struct lws_client_connect_info i = client_info("/inner", "web");

			i.method = "GET";
			i.parent_wsi = e->wsi;
			client("cli0", &i);
		}
		lws_set_timeout(e->wsi, PENDING_TIMEOUT_HTTP_CONTENT, 2);
		return 0;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		say(e->conn, "  parent %s, child %s", lws_get_parent(e->wsi) == parent ? "right" : "wrong",
		    lws_get_child(parent) == e->wsi ? "right" : "wrong");
		break;
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		if (lws_return_http_status(parent, 200, "from the child"))
			return -1;
		break;
	default:
		break;
	}
	return hc_reader(e);
}

static void family_script(peer *p)
{
	if (!p_connect(p))
		return;
	p_put(p, "GET /outer HTTP/1.1\r\nHost: a\r\n\r\n");
	p_response(p);
	p_close(p);
}

static void family(void)
{
	if (server(hc_protocols, family_hook)) {
		peer_start("peer0", family_script);
		finish();
	}
}

/* ---- trying again ---- */

static lws_sorted_usec_list_t again;
static uint16_t tries;
static const uint32_t delays[] = {1, 2, 3};
static const lws_retry_bo_t policy = {
    .retry_ms_table = delays,
    .retry_ms_table_count = 3,
    .conceal_count = 4,
};

static void try_again(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	say(GLOBAL, "try %d", tries);
	hc_connect("cli0");
}

static int retry_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR) {
		int r = lws_retry_sul_schedule(rig.ctx, 0, &again, &policy, try_again, &tries);

		say(GLOBAL, "lws_retry_sul_schedule: %d", r);
		rig.hold = !r;
	}
	if (e->reason == LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP)
		rig.hold = false;
	return hc_reader(e);
}

static void retry_script(peer *p)
{
	for (int i = 0; i < 3; i++) {
		if (!p_accept(p) || !p_head_quiet(p))
			return;
		p_close(p);
	}
	if (!p_accept(p) || !p_head_quiet(p))
		return;
	p_put(p, OK5);
	p_rest(p);
}

static void retry(void)
{
	hc_with(retry_hook, retry_script);
}

static void retry_ends_script(peer *p)
{
	for (int i = 0; i < 5; i++) {
		if (!p_accept(p) || !p_head_quiet(p))
			return;
		p_close(p);
	}
}

static void retry_ends(void)
{
	hc_with(retry_hook, retry_ends_script);
}

static int retry_wsi_hook(event *e)
{
	static int times;

	if (e->reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR) {
		int r = lws_retry_sul_schedule_retry_wsi(e->wsi, &again, try_again, &tries);

		say(GLOBAL, "lws_retry_sul_schedule_retry_wsi: %d", r);
		rig.hold = !r && ++times < 3;
	}
	return hc_reader(e);
}

static void with_policy(struct lws_client_connect_info *i)
{
	i->retry_and_idle_policy = &policy;
}

static void retry_wsi(void)
{
	hc_adjust = with_policy;
	hc_with(retry_wsi_hook, retry_ends_script);
}

static const scenario sc_client_connect[] = {
    {"hcc-several", several},
    {"hcc-several-dead", several_dead},
    {"hcc-nowhere", nowhere},
    {"hcc-slow-name", slow_name},
    {"hcc-never-name", never_name},
    {"hcc-ipv6", ipv6},
    {"hcc-ipv6-disabled", ipv6_disabled},
    {"hcc-unix", unix_path},
    {"hcc-unix-abstract", unix_abstract},
    {"hcc-iface-address", iface_address},
    {"hcc-iface-name", iface_name},
    {"hcc-iface-missing", iface_missing},
    {"hcc-attempt-limit", attempt_limit},
    {"hcc-connect-limit", connect_limit},
    {"hcc-killed-connecting", killed_connecting},
    {"hcc-proxy-info", proxy_info},
    {"hcc-proxy-env", proxy_env},
    {"hcc-proxy-auth", proxy_auth},
    {"hcc-proxy-refuses", proxy_refuses},
    {"hcc-proxy-silent", proxy_silent},
    {"hcc-proxy-port", proxy_port},
    {"hcc-set-proxy", set_proxy},
    {"hcc-proxy-ws", proxy_ws},
    {"hcc-made", made},
    {"hcc-local-name", local_name},
    {"hcc-local-unknown", local_unknown},
    {"hcc-refuse-new", refuse_new},
    {"hcc-refuse-create", refuse_create},
    {"hcc-refuse-bind", refuse_bind},
    {"hcc-family", family},
    {"hcc-retry", retry},
    {"hcc-retry-ends", retry_ends},
    {"hcc-retry-wsi", retry_wsi},
    {NULL, NULL},
};

SCENARIOS(sc_client_connect)
