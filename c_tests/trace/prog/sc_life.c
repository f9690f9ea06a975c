/* SPDX-License-Identifier: MIT */
/* Contexts and vhosts: creation, destruction, and what protocols are told of it. */
#include "trace.h"

#include <arpa/inet.h>
#include <sys/socket.h>

static const struct lws_protocols two[] = {
    {"alpha", cb0, 0, 0, 0, NULL, 0},
    {"beta", cb1, 32, 128, 7, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static void turn(void *arg)
{
	say(GLOBAL, "turn %s", (char *)arg);
}

static void life_peer(peer *p)
{
	(void)p;
	in_loop(turn, "first");
	in_loop(turn, "second");
}

static void create_destroy(void)
{
	if (server(two, NULL)) {
		say(GLOBAL, "port %s", rig.port > 0 ? "chosen" : "missing");
		say(GLOBAL, "lws_context_user %p", lws_context_user(rig.ctx));
		finish();
	}
}

static void create_destroy_no_listen(void)
{
	if (no_server(two, NULL)) {
		struct lws_vhost *vh = lws_get_vhost_by_name(rig.ctx, "default");

		say(GLOBAL, "default vhost %s", vh ? "exists" : "missing");
		say(GLOBAL, "port %d", vh ? lws_get_vhost_listen_port(vh) : 0);
		finish();
	}
}

/* PROTOCOL_INIT and _DESTROY with their vhost, and per-vhost memory. */
static int on_vhost(event *e)
{
	if (e->reason == LWS_CALLBACK_PROTOCOL_INIT) {
		const struct lws_protocol_vhost_options *pvo = e->in;
		struct lws_vhost *vh = lws_get_vhost(e->wsi);
		const struct lws_protocols *p = lws_get_protocol(e->wsi);
		char *mem;

		say(e->conn, "  vhost %s, protocol %s id %u, before zalloc %s", lws_get_vhost_name(vh),
		    p->name, p->id, lws_protocol_vh_priv_get(vh, p) ? "set" : "NULL");
		mem = lws_protocol_vh_priv_zalloc(vh, p, 64);
		say(e->conn, "  zeroed %d, found again %d", !mem[0] && !memcmp(mem, mem + 1, 63),
		    lws_protocol_vh_priv_get(vh, p) == mem);
		snprintf(mem, 64, "%s/%s", lws_get_vhost_name(vh), p->name);
		for (; pvo; pvo = pvo->next)
			say(e->conn, "  option %s=%s", pvo->name, pvo->value);
	}
	if (e->reason == LWS_CALLBACK_PROTOCOL_DESTROY) {
		struct lws_vhost *vh = lws_get_vhost(e->wsi);
		const struct lws_protocols *p = lws_get_protocol(e->wsi);
		char *mem = lws_protocol_vh_priv_get(vh, p);

		say(e->conn, "  memory '%s'", mem ? mem : "(none)");
	}
	return 0;
}

static const struct lws_protocol_vhost_options option2 = {NULL, NULL, "colour", "blue"};
static const struct lws_protocol_vhost_options option1 = {&option2, NULL, "size", "3"};
static const struct lws_protocol_vhost_options pvo_beta = {NULL, &option1, "beta", ""};

static void vhost_memory(void)
{
	rig.info.pvo = &pvo_beta;
	if (server(two, on_vhost)) {
		peer_start("peer0", life_peer);
		finish();
	}
}

static const struct lws_protocol_vhost_options pvo_alpha_only = {NULL, NULL, "alpha", ""};

/* With pvo given, a protocol without an entry there. */
static void pvo_alpha(void)
{
	rig.info.pvo = &pvo_alpha_only;
	if (server(two, on_vhost)) {
		peer_start("peer0", life_peer);
		finish();
	}
}

static int finalized;

static void on_finalize(struct lws_vhost *vh, void *arg)
{
	finalized++;
	say(GLOBAL, "finalize %s arg %s", lws_get_vhost_name(vh), (char *)arg);
}

static struct lws_vhost *vhost(const char *name, int port)
{
	struct lws_context_creation_info i = rig.info;
	struct lws_vhost *vh;

	i.vhost_name = name;
	i.port = port;
	i.iface = "127.0.0.1";
	i.finalize = on_finalize;
	i.finalize_arg = (void *)name;
	i.user = (void *)name;
	vh = lws_create_vhost(rig.ctx, &i);
	say(GLOBAL, "vhost %s %s, user %s", name, vh ? "made" : "failed",
	    vh ? (char *)lws_vhost_user(vh) : "");
	return vh;
}

static void explicit_vhosts(void)
{
	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!server(two, on_vhost))
		return;
	say(GLOBAL, "no vhosts yet: %s", lws_get_vhost_by_name(rig.ctx, "default") ? "default" : "none");
	vhost("first", 0);
	vhost("second", 0);
	say(GLOBAL, "by name: %s", lws_get_vhost_name(lws_get_vhost_by_name(rig.ctx, "second")));
	peer_start("peer0", life_peer);
	finish();
	say(GLOBAL, "finalized %d", finalized);
}

static void drop_second(void *arg)
{
	say(GLOBAL, "destroy second");
	lws_vhost_destroy(lws_get_vhost_by_name(rig.ctx, "second"));
	say(GLOBAL, "destroy returns; by name %s",
	    lws_get_vhost_by_name(rig.ctx, "second") ? "found" : "gone");
	(void)arg;
}

static void drop_peer(peer *p)
{
	(void)p;
	in_loop(turn, "first");
	in_loop(drop_second, NULL);
	in_loop(turn, "last");
}

static void vhost_destroy_idle(void)
{
	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!server(two, on_vhost))
		return;
	vhost("first", CONTEXT_PORT_NO_LISTEN);
	vhost("second", CONTEXT_PORT_NO_LISTEN);
	peer_start("peer0", drop_peer);
	finish();
}

/* When are protocols initialised: at creation, or at the first turn? */
static void init_at_first_turn(void)
{
	if (!no_server(two, on_vhost))
		return;
	say(GLOBAL, "created");
	peer_start("peer0", life_peer);
	finish();
}

/* The port is taken by somebody else. */
static int taken(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&a, n) || listen(fd, 1) || getsockname(fd, (struct sockaddr *)&a, &n))
		abort();
	rig.info.port = ntohs(a.sin_port);
	return fd;
}

static void port_taken_fatal(void)
{
	int fd = taken();

	rig.info.options |= LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	if (server(two, NULL))
		finish();
	close(fd);
}

static void port_taken_vhost(void)
{
	int fd = taken(), port = rig.info.port;

	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (server(two, NULL)) {
		rig.info.options |= LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
		vhost("taken", port);
		peer_start("peer0", life_peer);
		finish();
	}
	close(fd);
}

static void context_user(void)
{
	static char what[] = "mine";

	rig.info.user = what;
	if (!no_server(two, NULL))
		return;
	say(GLOBAL, "user %s", (char *)lws_context_user(rig.ctx));
	say(GLOBAL, "threads %d, vhost of protocol %s", lws_get_count_threads(rig.ctx),
	    lws_vhost_name_to_protocol(lws_get_vhost_by_name(rig.ctx, "default"), "beta") ? "found"
	                                                                                 : "missing");
	say(GLOBAL, "no such: %s",
	    lws_vhost_name_to_protocol(lws_get_vhost_by_name(rig.ctx, "default"), "gamma") ? "found"
	                                                                                  : "missing");
	finish();
}

static const scenario sc_life[] = {
    {"create-destroy", create_destroy},
    {"create-destroy-no-listen", create_destroy_no_listen},
    {"vhost-memory", vhost_memory},
    {"pvo-one-protocol", pvo_alpha},
    {"explicit-vhosts", explicit_vhosts},
    {"vhost-destroy-idle", vhost_destroy_idle},
    {"init-at-first-turn", init_at_first_turn},
    {"port-taken-fatal", port_taken_fatal},
    {"port-taken-vhost", port_taken_vhost},
    {"context-user", context_user},
    {NULL, NULL},
};

SCENARIOS(sc_life)
