/* SPDX-License-Identifier: MIT */
/* Sharing a port, ports that need privileges, the backlog, where a listener is bound. */
#include "httpc.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

static int option(int fd, int level, int name)
{
	int v = -1;
	socklen_t n = sizeof v;

	return getsockopt(fd, level, name, &v, &n) ? -1 : v;
}

/* The sockets that listen: for what address, with what options. */
static void show_listeners(void)
{
	for (int fd = 0; fd < 256; fd++) {
		struct sockaddr_in6 a = {0};
		socklen_t n = sizeof a;
		struct tcp_info info;
		char text[64] = "";

		if (option(fd, SOL_SOCKET, SO_ACCEPTCONN) != 1 || getsockname(fd, (void *)&a, &n))
			continue;
		inet_ntop(a.sin6_family,
		          a.sin6_family == AF_INET6 ? (void *)&a.sin6_addr : &((struct sockaddr_in *)&a)->sin_addr, text,
		          sizeof text);
		n = sizeof info;
		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n))
			info.tcpi_sacked = 0;
		say(GLOBAL, "listens at %s, reuse address %d, port %d, keepalive %d, backlog %s", text,
		    option(fd, SOL_SOCKET, SO_REUSEADDR), option(fd, SOL_SOCKET, SO_REUSEPORT),
		    option(fd, SOL_SOCKET, SO_KEEPALIVE), info.tcpi_sacked >= 128 ? "long" : "short");
	}
}

static int serve_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(e->wsi, 200, NULL) || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return hc_reader(e);
}

static void backlog(void)
{
	rig.info.ka_time = 20;
	rig.info.ka_interval = 4;
	rig.info.ka_probes = 2;
	if (server(hc_protocols, serve_hook)) {
		show_listeners();
		finish();
	}
}

/* ---- one port for several ---- */

/* Another context on the same port: "made" if that goes. */
static struct lws_context *another(uint64_t options)
{
	struct lws_context_creation_info info = rig.info;
	struct lws_context *c;

	info.port = rig.port;
	info.options |= options;
	info.pcontext = NULL;
	c = lws_create_context(&info);
	say(GLOBAL, "another context: %s", c ? "made" : "NULL");
	return c;
}

static void share_contexts(void)
{
	struct lws_context *c;

	rig.info.options |= LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE;
	if (!server(hc_protocols, serve_hook))
		return;
	show_listeners();
	c = another(0);
	if (c)
		lws_context_destroy(c);
	peer_start("peer1", hc_starter);
	finish();
}

static void share_one_side(void)
{
	struct lws_context *c;

	if (!server(hc_protocols, serve_hook))
		return;
	c = another(LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE);
	if (c)
		lws_context_destroy(c);
	finish();
}

/* A vhost more on that port, with another interface: a socket of its own. */
static void share_vhost_iface(void)
{
	if (!server(hc_protocols, serve_hook))
		return;
	say(GLOBAL, "second vhost %s", second_vhost("127.0.0.9") ? "made" : "NULL");
	show_listeners();
	finish();
}

/* ---- ports that need a privilege ---- */

static bool humble(void)
{
	int first = 0;
	FILE *f = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "r");

	if (f && fscanf(f, "%d", &first) != 1)
		first = 0;
	if (f)
		fclose(f);
	if (geteuid() || first < 100) {
		say(GLOBAL, "not root, or low ports are nothing special");
		return false;
	}
	if (setgid(65534) || setuid(65534))
		abort();
	return true;
}

static void low_port(const char *iface, uint64_t options)
{
	struct lws_vhost *vh;

	if (!humble())
		return;
	rig.info.port = 99;
	rig.info.iface = iface;
	rig.info.options |= options;
	if (!server(hc_protocols, serve_hook))
		return;
	vh = lws_get_vhost_by_name(rig.ctx, "default");
	say(GLOBAL, "vhost %s, port %d", vh ? "made" : "missing", vh ? lws_get_vhost_listen_port(vh) : 0);
	show_listeners();
	finish();
}

static void low_port_refused(void) { low_port("127.0.0.1", 0); }
static void low_port_fatal(void) { low_port("127.0.0.1", LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND); }

/* ---- where it is bound ---- */

static void dual(const char *iface)
{
	rig.info.iface = iface;
	if (server_v6(hc_protocols, serve_hook)) {
		show_listeners();
		finish();
	}
}

static void dual_all(void) { dual(NULL); }
static void dual_v4(void) { dual("127.0.0.1"); }
static void dual_v6(void) { dual("::1"); }
static void dual_lo(void) { dual("lo"); }

static const scenario sc_sockets_gaps[] = {
    {"sockg-backlog", backlog},
    {"sockg-share-contexts", share_contexts},
    {"sockg-share-one-side", share_one_side},
    {"sockg-share-vhost-iface", share_vhost_iface},
    {"sockg-low-port", low_port_refused},
    {"sockg-low-port-fatal", low_port_fatal},
    {"sockg-dual-all", dual_all},
    {"sockg-dual-v4", dual_v4},
    {"sockg-dual-v6", dual_v6},
    {"sockg-dual-lo", dual_lo},
    {NULL, NULL},
};

SCENARIOS(sc_sockets_gaps)
