/* SPDX-License-Identifier: MIT */
/*
 * Which member of lws_context_creation_info counts where. One info, with all the
 * members of a group, is the context's, then a vhost's. Each kind of vhost is asked
 * the same: the context's own (where there is no EXPLICIT_VHOSTS), bare ones made
 * before and after the first service, and one that is made with the group. What a
 * member of theirs says may differ, so that both are told apart.
 *
 * Seen to fail: with a library that ignores the members, one whose vhosts take them from
 * the context's info, and one where a vhost's info overrules what is the context's. Each
 * group noticed at least one of the three.
 */
#ifndef MEMBERS_H
#define MEMBERS_H

#include "client.h"
#include "web.h"

extern const struct lws_protocols member_protocols[]; /* http, chat */

/* What a group does to an info; of is "context" or "own". */
typedef void (*group_fn)(struct lws_context_creation_info *i, const char *of);

extern struct members {
	void (*common)(struct lws_context_creation_info *i); /* what all infos have */
	bool together;  /* questions are asked at one time, each by a peer of its own */
	bool early_own; /* the early vhost is made with the group, too */
	struct lws_client_connect_info client; /* what clients ask for */
	struct lws_vhost *vhost;               /* the newest */
} members;

/* Servers: ask is a peer's, which is to connect. With together it marks "asked" before it waits. */
void members_serve(group_fn of, script_fn ask, hook_fn hook, bool explicit);
/* The same of a context that is there. */
void members_ask(group_fn of, script_fn ask, bool explicit);
/* Clients of such vhosts connect to peers that answer. */
void members_connect(group_fn of, script_fn answer, hook_fn hook, bool explicit);

/* One request and its answer. */
void ask_for(peer *p, const char *request);

#define BOTH_BY(how, name, ask, hook)                                                                 \
	static void name##_explicit(void)                                                             \
	{                                                                                             \
		how(name, ask, hook, true);                                                           \
	}                                                                                             \
	static void name##_default(void)                                                              \
	{                                                                                             \
		how(name, ask, hook, false);                                                          \
	}
#define BOTH(name, ask, hook) BOTH_BY(members_serve, name, ask, hook)
#define BOTH_CLIENTS(name, answer, hook) BOTH_BY(members_connect, name, answer, hook)
/* Their places in a list of scenarios. */
#define BOTH_LISTED(text, name) {text "-explicit", name##_explicit}, {text "-default", name##_default}

#endif
