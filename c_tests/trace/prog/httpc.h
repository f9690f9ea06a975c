/* SPDX-License-Identifier: MIT */
/* What the scenarios of HTTP clients share. */
#ifndef HTTPC_H
#define HTTPC_H

#include "peer.h"

/* How many redirects a client follows. */
#define HC_REDIRECTS (ABI19 ? 4 : 3)

struct session {
	int step;
};

extern const struct lws_protocols hc_protocols[];

/* What the client asks for. */
extern const char *hc_method, *hc_path, *hc_protocol, *hc_local, *hc_host, *hc_origin, *hc_address, *hc_iface;
extern int hc_flags, hc_port; /* port 0: rig.port */
extern bool hc_no_origin;
/* Further changes to what the client asks for. */
extern void (*hc_adjust)(struct lws_client_connect_info *i);

/* Connects a client of that name; in the service thread. */
struct lws *hc_connect(const char *name);
/* A peer script that connects those clients in the service thread: cli0. */
extern const char *hc_names[];
void hc_starter(peer *p);
/* A hook that reads everything. */
int hc_reader(event *e);
/* A context with hook, a raw server with script, and the clients. */
void hc_with(hook_fn hook, script_fn script);
/* The same with a server that reads a head, sends hc_answer, and waits for the end. */
extern const char *hc_answer;
extern bool hc_then_close; /* the server ends the connection behind it */
void hc_answer_script(peer *p);
void hc_answered(const char *text);
/* Reads an upgrade request on a connection that is there already, grants it. */
bool hc_grant(peer *p, const char *more);
/* Reads some more into p->buf; false at the end, which is printed. */
bool hc_more(peer *p);

#endif
