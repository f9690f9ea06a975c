/* SPDX-License-Identifier: MIT */
/*
 * Members of lws_context_creation_info that are a context's (members.h): what the
 * infos of vhosts say there is passed over.
 *
 * Seen to fail besides: crowd with a library that serves one connection less, makes one
 * client less, adopts without a limit; process with one whose name is then empty; end with
 * one that closes in the order of creation.
 */
#include "members.h"
#include "peer.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

/* ---- the system, and what is let go at the end ---- */

static int on_state(struct lws_state_manager *mgr, struct lws_state_notify_link *link, int current, int target)
{
	say(GLOBAL, "%s: the %s hears %d -> %d", mgr->name, link->name, current, target);
	return 0;
}

static lws_state_notify_link_t link_context = {{NULL, NULL, NULL}, on_state, "context's"},
                               link_own = {{NULL, NULL, NULL}, on_state, "vhost's"};
static lws_state_notify_link_t *const links_context[] = {&link_context, NULL}, *const links_own[] = {&link_own, NULL};
static const lws_system_ops_t ops_context = {.wake_latency_us = 5}, ops_own = {.wake_latency_us = 6};

static int on_message(void *opaque, lws_smd_class_t class_, lws_usec_t when, void *buf, size_t len)
{
	(void)when;
	say(GLOBAL, "the %s gets class %u: '%.*s'", (char *)opaque, (unsigned int)class_, (int)len, (char *)buf);
	return 0;
}

/* So large that the allocator has it from the kernel, and gives it back there. */
#define BAGGAGE (4u << 20)
static void *baggage[2];

static void system_of(struct lws_context_creation_info *i, const char *of)
{
	bool own = !strcmp(of, "own");

	i->system_ops = own ? &ops_own : &ops_context;
	i->register_notifier_list = own ? links_own : links_context;
	i->early_smd_cb = on_message;
	i->early_smd_opaque = own ? "vhost's" : "context's";
	i->early_smd_class_filter = LWSSMDCL_INTERACTION;
	i->external_baggage_free_on_destroy = baggage[own] = malloc(BAGGAGE);
}

static void tell_system(void *arg)
{
	char text[] = "hello";
	void *p = lws_smd_msg_alloc(rig.ctx, LWSSMDCL_INTERACTION, sizeof text);

	(void)arg;
	say(GLOBAL, "operations of the %s",
	    lws_system_get_ops(rig.ctx) == &ops_context ? "context" : lws_system_get_ops(rig.ctx) ? "vhost" : "nobody");
	if (p) {
		memcpy(p, text, sizeof text);
		lws_smd_msg_send(rig.ctx, p);
	}
}

static void nothing(void *arg)
{
	(void)arg;
}

static void ask_system(peer *p)
{
	(void)p;
	in_loop(tell_system, NULL);
	in_loop(nothing, NULL); /* messages are told in turns */
	in_loop(nothing, NULL);
}

static void system_end(bool explicit)
{
	members_serve(system_of, ask_system, NULL, explicit);
	for (int k = 0; k < 2; k++)
		say(GLOBAL, "baggage of the %s %s", k ? "vhost" : "context",
		    msync((void *)((uintptr_t)baggage[k] & ~4095ul), 4096, MS_ASYNC) && errno == ENOMEM ? "freed" : "kept");
}

static void system_explicit(void)
{
	system_end(true);
}

static void system_default(void)
{
	system_end(false);
}

/* ---- limits of the process, and its name ---- */

static void process(struct lws_context_creation_info *i, const char *of)
{
	bool own = !strcmp(of, "own");

	i->rlimit_nofile = own ? 400 : 500;
	if (!own)
		i->options |= LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME;
}

static void process_own(struct lws_context_creation_info *i, const char *of)
{
	if (strcmp(of, "own"))
		return;
	i->rlimit_nofile = 400;
	i->options |= LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME;
}

static void ask_process(peer *p)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	if (r.rlim_cur <= 500)
		say(p->name, "at most %d of %d descriptors", (int)r.rlim_cur, (int)r.rlim_max);
	say(p->name, "the name is %s", strcmp(lws_canonical_hostname(rig.ctx), "unknown") ? "the host's" : "not asked for");
}

BOTH(process, ask_process, NULL)
BOTH(process_own, ask_process, NULL)

/* ---- how many connections there are at a time ---- */

static void crowd(struct lws_context_creation_info *i, const char *of)
{
	rig.dummy = true;
	i->fd_limit_per_thread = strcmp(of, "own") ? 6 : 40;
}

static void crowd_own(struct lws_context_creation_info *i, const char *of)
{
	rig.dummy = true;
	i->fd_limit_per_thread = strcmp(of, "own") ? 0 : 6;
}

/* One after the other until one is not answered; they stay open until then. It is answered when one has gone. */
static void ask_crowd(peer *p)
{
	struct timeval wait = {.tv_sec = 1}, long_wait = {.tv_sec = 8};
	int fds[9], n = 0;
	static int gone;

	while (n < 9 && p_connect(p)) {
		fds[n++] = p->fd;
		setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
		p_put(p, GET("/none"));
		if (!p_head_quiet(p))
			break;
	}
	say(p->name, "%d were answered", n - p->ended);
	close(fds[0]);
	if (p->ended) {
		setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &long_wait, sizeof long_wait);
		p->ended = p->told = false;
		say(p->name, "then one more %s", p_head_quiet(p) ? "was" : "was not");
	}
	for (int k = 1; k < n; k++)
		close(fds[k]);
	p->fd = -1;
	await_n("WSI_DESTROY", gone += n);
}

BOTH(crowd, ask_crowd, NULL)
BOTH(crowd_own, ask_crowd, NULL)

static void (*many)(void *);

static int connected;

/* Clients have a limit of their own: so many are made until one is not. */
static void connect_many(void *arg)
{
	struct lws_client_connect_info c;
	char name[16];

	for (int n = 0; n < 7; n++) {
		c = client_info("/", "chat");
		c.vhost = arg;
		snprintf(name, sizeof name, "cli%d", n);
		connected += !!client(name, &c);
	}
}

/* Sockets that the program brings have as many places as those that are accepted. */
static void adopt_many(void *arg)
{
	int pair[2];

	for (int n = 0; n < 7; n++) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
			abort();
		say(GLOBAL, "  adopted: %d",
		    !!lws_adopt_descriptor_vhost(arg, LWS_ADOPT_SOCKET, (lws_sock_file_fd_type)pair[0], "chat", NULL));
	}
}

/* Never accepts; those that wait in its queue count as connected. */
static void hold(peer *p)
{
	(void)p;
	in_loop(many, members.vhost);
	if (many == connect_many)
		await_n("CLIENT_APPEND_HANDSHAKE_HEADER", connected);
	rig.quit = true;
	wake();
	await("the end of the process");
}

static void crowd_of(void (*fn)(void *))
{
	many = fn;
	rig.info.fd_limit_per_thread = 4;
	if (!no_server(member_protocols, NULL))
		return;
	members.vhost = lws_get_vhost_by_name(rig.ctx, "default");
	peer_listen("peer0", hold);
	finish();
}

static void crowd_clients(void)
{
	crowd_of(connect_many);
}

static void crowd_adopted(void)
{
	crowd_of(adopt_many);
}

/* ---- the end ---- */

static void nobody(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	(void)i;
}

static int on_end(event *e)
{
	if (rig.stopping && (e->reason == LWS_CALLBACK_WSI_DESTROY || e->reason == LWS_CALLBACK_PROTOCOL_DESTROY))
		say(e->conn, "  of vhost %s", lws_get_vhost_name(lws_get_vhost(e->wsi)));
	return PASS;
}

/* Goes before the end: whoever has its place then goes in another order. */
static void leave(peer *p)
{
	if (p_connect(p))
		p_upgrade(p, "chat", NULL);
	mark("is there");
	await("leave");
	p_close(p);
}

/* A WebSocket of each vhost is still open when the context is destroyed. */
static void stay(peer *p)
{
	static int staying;

	if (!staying) {
		peer_start("peer-leaves", leave);
		await("is there");
	}
	if (p_connect(p))
		p_upgrade(p, "chat", NULL);
	if (++staying == 3) {
		mark("leave");
		await("WSI_DESTROY");
		rig.quit = true;
	}
	mark("asked");
	wake();
	await("the end of the process");
}

static void end_of(bool explicit)
{
	rig.flat = members.together = true;
	members_serve(nobody, stay, on_end, explicit);
}

static void end_explicit(void)
{
	end_of(true);
}

static void end_default(void)
{
	end_of(false);
}

static const scenario sc_settings_context[] = {
    BOTH_LISTED("settings-system", system),
    BOTH_LISTED("settings-process", process),
    BOTH_LISTED("settings-process-own", process_own),
    BOTH_LISTED("settings-crowd", crowd),
    BOTH_LISTED("settings-crowd-own", crowd_own),
    {"settings-crowd-clients", crowd_clients},
    {"settings-crowd-adopted", crowd_adopted},
    BOTH_LISTED("settings-end", end),
    {NULL, NULL},
};

SCENARIOS(sc_settings_context)
