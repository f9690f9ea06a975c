/* SPDX-License-Identifier: MIT */
/* What the scenarios of frames between a raw peer and a server share. */
#ifndef FRAMES_H
#define FRAMES_H

#include "trace.h"

/* The protocol the peer asks for: dflt, tiny (rx_buffer_size 16) or wide (10000). */
extern const char *frames_proto;

/* A server with hook, and script behind the accepted upgrade. */
void frames_with(hook_fn hook, script_fn script);
/* n letters, to be freed. */
char *pattern(size_t n);
/* A hook that answers each message with its length. */
int count_only(event *e);
/* Closes normally and prints what still comes. */
void bye(peer *p);

#endif
