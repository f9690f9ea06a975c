/* SPDX-License-Identifier: MIT */
/* What 4.3 changed on clients, where no other scenario comes by. */
#include "client.h"
#include "httpc.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#define OK5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

static struct lws *cli;

static void remember(struct lws_client_connect_info *i)
{
	i->pwsi = &cli;
}

/* ---- a child that is redirected ---- */

static int family_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CHILD_CLOSING)
		say(e->conn, "  of %s", e->in ? label(e->in) : "nobody");
	if (e->reason == LWS_CALLBACK_COMPLETED_CLIENT_HTTP)
		say(e->conn, "  its parent is %s", lws_get_parent(e->wsi) ? label(lws_get_parent(e->wsi)) : "nobody");
	return hc_reader(e);
}

static int child_port;

static void connect_child(void *arg)
{
	struct lws_client_connect_info i = client_info("/child", "web");

	(void)arg;
	i.method = "GET";
	i.parent_wsi = cli;
	i.port = child_port;
	if (i.ssl_connection & LCCSCF_USE_SSL)
		i.ssl_connection |= LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	client("cli1", &i);
}

static void parent_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	in_loop(connect_child, NULL);
	await("COMPLETED_CLIENT_HTTP");
	p_close(p);
}

static void child_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n");
	p_close(p);
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, OK5);
	p_close(p);
}

static void redirected_child(void)
{
	int port;

	hc_adjust = remember;
	if (!no_server(hc_protocols, family_hook))
		return;
	peer_listen("peer0", parent_script);
	port = rig.port;
	peer_listen("peer2", child_script);
	child_port = rig.port;
	rig.port = port;
	peer_start("peer1", hc_starter);
	finish();
}

/* ---- which vhost ---- */

static const struct lws_protocols second_protocols[] = {
    {"other", cb2, 0, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static void no_vhost(struct lws_client_connect_info *i)
{
	i->vhost = NULL;
	i->local_protocol_name = NULL;
	i->protocol = NULL;
}

static int vhost_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED)
		say(e->conn, "  vhost %s", lws_get_vhost_name(lws_get_vhost(e->wsi)));
	return hc_reader(e);
}

static void default_vhost(void)
{
	struct lws_context_creation_info i = rig.info;

	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	hc_adjust = no_vhost;
	hc_answer = OK5;
	if (!no_server(hc_protocols, vhost_hook))
		return;
	i.options = rig.info.options;
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.protocols = hc_protocols;
	i.vhost_name = "first";
	lws_create_vhost(rig.ctx, &i);
	i.protocols = second_protocols;
	i.vhost_name = "default";
	lws_create_vhost(rig.ctx, &i);
	peer_listen("peer0", hc_answer_script);
	peer_start("peer1", hc_starter);
	finish();
}

#if ABI19

/* Exported, and in no header. */
struct lws *lws_client_reset(struct lws **wsi, int ssl, const char *address, int port, const char *path,
                             const char *host, char weak);

static int second_port;

static void two_servers(hook_fn hook, script_fn first, script_fn second)
{
	int port;

	hc_adjust = remember;
	if (!no_server(hc_protocols, hook))
		return;
	peer_listen("peer0", first);
	port = rig.port;
	peer_listen("peer2", second);
	second_port = rig.port;
	rig.port = port;
	peer_start("peer1", hc_starter);
	finish();
}

/* ---- lws_client_reset, and then the program closes ---- */

static void reset(struct lws *wsi)
{
	struct lws *w = wsi, *made = lws_client_reset(&w, over_tls ? LCCSCF_USE_SSL : 0, "127.0.0.1", second_port,
	                                              "new/path", "second.test", 1);

	say("cli0", "lws_client_reset: %s", made == wsi ? "the same" : made ? "another" : "NULL");
}

static void reset_and_kill(void *arg)
{
	(void)arg;
	reset(cli);
	lws_set_timeout(cli, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

static void silent_script(peer *p)
{
	if (p_accept(p) && p_head(p)) {
		in_loop(reset_and_kill, NULL);
		p_rest(p);
	}
}

static void reset_kill(void)
{
	hc_answer = OK5;
	two_servers(hc_reader, silent_script, hc_answer_script);
}

static int reset_hook(event *e)
{
	static int times;

	if (e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ && !times++) {
		reset(e->wsi);
		return -1;
	}
	return hc_reader(e);
}

static void reset_reading(void)
{
	hc_answer = OK5;
	two_servers(reset_hook, hc_answer_script, hc_answer_script);
}

/* ---- CONNECTING ---- */

static int refuse_from = 1;

static int connecting_hook(event *e)
{
	static int times;

	if (e->reason == LWS_CALLBACK_CONNECTING && ++times >= refuse_from) {
		say(e->conn, "  refuses");
		return -1;
	}
	return hc_reader(e);
}

static void starter_only(peer *p)
{
	hc_starter(p);
	rig.quit = true;
	wake();
}

static void connecting_refused(void)
{
	hc_port = 1;
	client_run(hc_protocols, connecting_hook, NULL, starter_only);
}

static const char *leads_to;

static void redirect_script(peer *p)
{
	char text[256];

	if (!p_accept(p) || !p_head(p))
		return;
	snprintf(text, sizeof text, "HTTP/1.1 302 Found\r\nLocation: %s:%d/there\r\nContent-Length: 0\r\n\r\n", leads_to, second_port);
	p_put(p, text);
	p_rest(p);
}

static const char *second_url(void) { return over_tls ? "https://127.0.0.1" : "http://127.0.0.1"; }

/* The second one is. */
static void redirect_connecting_refused(void)
{
	refuse_from = 2;
	second_port = 1;
	leads_to = second_url();
	hc_with(connecting_hook, redirect_script);
}

/* ---- a redirect to plain HTTP that is allowed ---- */

static void plain_script(peer *p)
{
	struct pollfd f = {.fd = p->listener, .events = POLLIN};

	if (poll(&f, 1, 8000) == 1)
		over_tls = false;
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, OK5);
	p_rest(p);
}

static void downgrade(void)
{
	hc_flags = LCCSCF_ACCEPT_TLS_DOWNGRADE_REDIRECTS;
	leads_to = "http://127.0.0.1";
	two_servers(hc_reader, redirect_script, plain_script);
}

/* ---- what the network is asked for ---- */

static int network_hook(event *e)
{
	int fd = (int)(intptr_t)e->in, v = -1;
	socklen_t n = sizeof v;

	if (e->reason == LWS_CALLBACK_CONNECTING) {
		getsockopt(fd, SOL_SOCKET, SO_PRIORITY, &v, &n);
		say(e->conn, "  priority %d", v);
		getsockopt(fd, IPPROTO_IP, IP_TOS, &v, &n);
		say(e->conn, "  service %#x", (unsigned)v);
	}
	return hc_reader(e);
}

static void with_priority(struct lws_client_connect_info *i)
{
	i->priority = 3;
}

static void priority(void)
{
	hc_adjust = with_priority;
	hc_answer = OK5;
	hc_with(network_hook, hc_answer_script);
}

static void service(int flags)
{
	hc_flags = flags;
	hc_answer = OK5;
	hc_with(network_hook, hc_answer_script);
}

static void low_latency(void) { service(LCCSCF_IP_LOW_LATENCY); }
static void reliable_and_cheap(void) { service(LCCSCF_IP_HIGH_RELIABILITY | LCCSCF_IP_LOW_COST); }

#endif

static const scenario sc_client_43[] = {
#if ABI19
    {"hc43-reset-kill", reset_kill},
    {"hc43-reset-reading", reset_reading},
    {"hc43-priority", priority},
    {"hc43-low-latency", low_latency},
    {"hc43-reliable-and-cheap", reliable_and_cheap},
    {"hc43-connecting-refused", connecting_refused},
    {"hc43-redirect-connecting-refused", redirect_connecting_refused},
    {"hc43-downgrade", downgrade},
#endif
    {"hc43-redirected-child", redirected_child},
    {"hc43-default-vhost", default_vhost},
    {NULL, NULL},
};

SCENARIOS(sc_client_43)
