/* SPDX-License-Identifier: MIT */
#include "members.h"

const struct lws_protocols member_protocols[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"chat", cb1, 0, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

struct members members;
static group_fn group;
static script_fn question;
static bool clients;
static int asked;

static void add(const char *name, bool with_group)
{
	struct lws_context_creation_info i = {0};
	struct lws_vhost *vh;

	i.vhost_name = name;
	i.protocols = member_protocols;
	i.iface = "127.0.0.1";
	i.port = clients ? CONTEXT_PORT_NO_LISTEN : 0;
	i.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	if (members.common)
		members.common(&i);
	if (with_group)
		group(&i, "own");
	tls_info(&i);
	members.vhost = vh = lws_create_vhost(rig.ctx, &i);
	say(GLOBAL, "vhost %s: %s", name, vh ? lws_get_vhost_name(vh) : "NULL");
	if (!vh)
		return;
	if (!clients)
		rig.port = lws_get_vhost_listen_port(vh);
	say(GLOBAL, "  user %s, protocols %s %s", lws_vhost_user(vh) ? (char *)lws_vhost_user(vh) : "none",
	    lws_vhost_name_to_protocol(vh, "http") ? "http" : "-",
	    lws_vhost_name_to_protocol(vh, "http-only") ? "http-only" : "-");
}

static void add_now(void *name)
{
	add(name, !strcmp(name, "own"));
}

static void ask_of(peer *p, const char *vhost)
{
	char name[16];

	if (!members.together) {
		question(p);
		return;
	}
	snprintf(name, sizeof name, "peer-%s", vhost);
	peer_start(name, question);
	await_n("asked", ++asked);
}

static bool explicit_vhosts;

static void ask_all(peer *p)
{
	ask_of(p, explicit_vhosts ? "early" : "default");
	in_loop(add_now, "late");
	ask_of(p, "late");
	in_loop(add_now, "own");
	ask_of(p, "own");
}

void members_ask(group_fn of, script_fn ask, bool explicit)
{
	group = of;
	question = ask;
	explicit_vhosts = explicit;
	rig.protocols = member_protocols;
	if (explicit)
		add("early", members.early_own);
	peer_start("peer0", ask_all);
	finish();
}

/* ---- clients ---- */

static void connect_now(void *vhost)
{
	struct lws_client_connect_info c = client_info("/", "chat");
	char name[16];

	c.vhost = lws_get_vhost_by_name(rig.ctx, vhost);
	if (members.client.method) {
		c.method = members.client.method;
		c.protocol = NULL;
	}
	if (members.client.alpn)
		c.alpn = members.client.alpn;
	if (members.client.ssl_connection)
		c.ssl_connection = members.client.ssl_connection;
	if (members.client.port)
		c.port = members.client.port;
	if (members.client.origin)
		c.origin = members.client.origin;
	snprintf(name, sizeof name, "cli-%s", (char *)vhost);
	if (!client(name, &c))
		mark("answered"); /* there is nothing to answer */
}

static void answering(peer *p)
{
	question(p);
	p_close(p);
	mark("answered");
}

static void connect_of(char *vhost)
{
	char name[16];

	snprintf(name, sizeof name, "peer-%s", vhost);
	peer_listen(name, answering);
	in_loop(connect_now, vhost);
	if (!members.together)
		await_n("answered", ++asked);
}

static void connect_all(peer *p)
{
	(void)p;
	connect_of(explicit_vhosts ? "early" : "default");
	in_loop(add_now, "late");
	connect_of("late");
	in_loop(add_now, "own");
	connect_of("own");
}

/* ---- contexts ---- */

static bool context(group_fn of, hook_fn hook, bool explicit)
{
	bool made;

	if (members.common)
		members.common(&rig.info);
	of(&rig.info, "context");
	if (explicit)
		rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	made = clients ? no_server(member_protocols, hook) : server(member_protocols, hook);
	if (!made)
		return false;
	if (!explicit)
		members.vhost = lws_get_vhost_by_name(rig.ctx, "default");
	say(GLOBAL, "context user %s", lws_context_user(rig.ctx) ? (char *)lws_context_user(rig.ctx) : "none");
	return true;
}

void members_serve(group_fn of, script_fn ask, hook_fn hook, bool explicit)
{
	if (context(of, hook, explicit))
		members_ask(of, ask, explicit);
}

void members_connect(group_fn of, script_fn answer, hook_fn hook, bool explicit)
{
	clients = true;
	if (!context(of, hook, explicit))
		return;
	group = of;
	question = answer;
	explicit_vhosts = explicit;
	if (explicit)
		add("early", false);
	peer_start("peer0", connect_all);
	finish();
}

void ask_for(peer *p, const char *request)
{
	if (p_connect(p)) {
		p_put(p, request);
		p_response(p);
	}
	p_close(p);
}
