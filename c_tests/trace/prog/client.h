/* SPDX-License-Identifier: MIT */
/* What the scenarios of WebSocket clients share. */
#ifndef CLIENT_H
#define CLIENT_H

#include "trace.h"

/* The begin of an answer that grants the upgrade. */
#define UP101 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"

extern const struct lws_protocols client_protocols[];

/* What the client asks for; NULL leaves the default or nothing. */
extern const char *want_protocol, *local_protocol, *want_path, *want_host, *want_origin;
extern bool no_origin;

/* A peer script that connects cli0 in the service thread. */
void client_starter(peer *p);
/* A context with hook, a raw server with script (or none), and what starter connects. */
void client_run(const struct lws_protocols *protocols, hook_fn hook, script_fn script, script_fn starter);
/* The same with cli0. */
void client_with(hook_fn hook, script_fn script);
/* A hook that sends hello. */
int talk(event *e);
/* A server that accepts chat, takes a message, answers and closes. */
void chat_script(peer *p);
/* One that accepts without a protocol, takes a message and closes. */
void no_protocol_script(peer *p);

#endif
