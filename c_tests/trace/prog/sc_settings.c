/* SPDX-License-Identifier: MIT */
/*
 * Which member of lws_context_creation_info counts where. The same questions go
 * to vhosts of contexts that are made in several ways: what the context's info
 * says and the vhost's does not, and the other way round.
 */
#include "site.h"
#include "trace.h"

#include <arpa/inet.h>

/* Protocol 0 answers whatever mounts do not. */
static const struct lws_protocols protocols[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"chat", cb1, 0, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

/* ---- retry_and_idle_policy ---- */

static const uint32_t delays[] = {10};
static const lws_retry_bo_t hasty = {delays, 1, 1, 1, 60, 0}, /* asks after a second */
    calm = {delays, 1, 1, 200, 210, 0}, unset = {delays, 1, 1, 0, 5, 0},
    no_hangup = {delays, 1, 1, 1, 0, 0};

static lws_sorted_usec_list_t sul;

static void never(lws_sorted_usec_list_t *s)
{
	(void)s;
}

/* How often a connection's policy would try again tells whose policy it is. */
static void tell_policy(struct lws *wsi, const char *where)
{
	uint16_t tries = 0;

	while (!lws_retry_sul_schedule_retry_wsi(wsi, &sul, never, &tries))
		;
	lws_sul_cancel(&sul);
	say(where, "  gives up at try %u", tries);
}

static int on_policy(event *e)
{
	if (e->reason == LWS_CALLBACK_ESTABLISHED || e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		tell_policy(e->wsi, e->conn);
	return PASS;
}

/* A vhost that says nothing but what it must; more is put in by the caller. */
static struct lws_context_creation_info bare(const char *name)
{
	struct lws_context_creation_info i = {0};

	i.vhost_name = name;
	i.protocols = protocols;
	i.iface = "127.0.0.1";
	i.options = rig.info.options & (LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_EXPLICIT_VHOSTS);
	tls_info(&i);
	return i;
}

static struct lws_vhost *add(const struct lws_context_creation_info *i)
{
	struct lws_vhost *vh = lws_create_vhost(rig.ctx, i);

	say(GLOBAL, "vhost %s %s", i->vhost_name, vh ? "made" : "NULL");
	if (vh)
		rig.port = lws_get_vhost_listen_port(vh);
	return vh;
}

static void add_bare(void *name)
{
	struct lws_context_creation_info i = bare(name);

	add(&i);
}

static void add_calm(void *name)
{
	struct lws_context_creation_info i = bare(name);

	i.retry_and_idle_policy = &calm;
	add(&i);
}

static void add_hasty(void *name)
{
	struct lws_context_creation_info i = bare(name);

	i.retry_and_idle_policy = &hasty;
	add(&i);
}

static void pinged(peer *p)
{
	if (p_connect(p) && p_upgrade(p, "chat", NULL))
		p_frames(p, 1);
	p_close(p);
}

/* Connected only: what its policy would do is told at ESTABLISHED. */
static void greet(peer *p)
{
	if (p_connect(p))
		p_upgrade(p, "chat", NULL);
	p_close(p);
}

static void pinged_early_and_late(peer *p)
{
	pinged(p);
	in_loop(add_bare, "late");
	pinged(p);
	in_loop(add_calm, "calm");
	greet(p);
}

static bool context(const lws_retry_bo_t *policy, bool explicit)
{
	rig.info.retry_and_idle_policy = policy;
	if (explicit)
		rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	return server(protocols, on_policy);
}

static void retry_explicit(void)
{
	if (!context(&hasty, true))
		return;
	add_bare("early");
	peer_start("peer0", pinged_early_and_late);
	finish();
}

static void retry_default_vhost(void)
{
	if (!context(&hasty, false))
		return;
	peer_start("peer0", pinged_early_and_late);
	finish();
}

/* No seconds to ping after: the default counts, and a vhost's own says its own. */
static void greet_both(peer *p)
{
	greet(p);
	in_loop(add_hasty, "hasty");
	pinged(p);
}

static void retry_unset(void)
{
	if (!context(&unset, true))
		return;
	add_bare("early");
	peer_start("peer0", greet_both);
	finish();
}

/* Clients go by the context's, or what they are given: never by their vhost's. */
static void accept_ping(peer *p)
{
	if (p_accept(p) && p_accept_ws(p, NULL))
		p_frames(p, 1);
	p_close(p);
}

static void retry_client(const lws_retry_bo_t *of_context, const lws_retry_bo_t *of_vhost,
                         const lws_retry_bo_t *own)
{
	struct lws_context_creation_info i;
	struct lws_client_connect_info c;

	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	rig.info.retry_and_idle_policy = of_context;
	if (!no_server(protocols, on_policy))
		return;
	i = bare("clients");
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.retry_and_idle_policy = of_vhost;
	add(&i);
	peer_listen("peer0", accept_ping);
	c = client_info("/", "chat");
	c.retry_and_idle_policy = own;
	client("cli0", &c);
	finish();
}

static void retry_client_context(void)
{
	retry_client(&hasty, &calm, NULL);
}

static void retry_client_own(void)
{
	retry_client(&calm, NULL, &hasty);
}

/* Without seconds to hang up after there are no questions either. */
static void stay(peer *p)
{
	if (p_connect(p) && p_upgrade(p, "chat", NULL)) {
		p_text(p, "quiet");
		p_pause(1500);
	}
	p_close(p);
}

static void retry_no_hangup(void)
{
	if (!context(&no_hangup, false))
		return;
	peer_start("peer0", stay);
	finish();
}

static const scenario sc_settings[] = {
    {"settings-retry-explicit", retry_explicit},
    {"settings-retry-default-vhost", retry_default_vhost},
    {"settings-retry-unset", retry_unset},
    {"settings-retry-client", retry_client_context},
    {"settings-retry-client-own", retry_client_own},
    {"settings-retry-no-hangup", retry_no_hangup},
    {NULL, NULL},
};

SCENARIOS(sc_settings)
