/* SPDX-License-Identifier: MIT */
/* What the scenarios of HTTP servers share. */
#ifndef WEB_H
#define WEB_H

#include "trace.h"

struct web_session {
	int step;
	size_t left;
};

#define GET(path) "GET " path " HTTP/1.1\r\nHost: trace.test\r\n\r\n"

extern const struct lws_protocols web_protocols[];
extern const char *const get_one[];

/* What requests_peer sends: one after the other's answer, or all in one packet. */
extern const char *const *requests;
extern bool at_once;
void requests_peer(peer *p);
/* A server with hook and a peer that sends r. */
void exchange(hook_fn hook, const char *const *r);
/* Sends a response head. */
int web_head(event *e, unsigned code, const char *type, lws_filepos_t length);
/* Answers every request with 11 bytes in two WRITEABLEs. */
int simple_hook(event *e);

#endif
