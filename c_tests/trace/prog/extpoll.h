/* SPDX-License-Identifier: MIT */
/* The program's own poll() drives the library (quirk 13). */
#ifndef EXTPOLL_H
#define EXTPOLL_H

#include "trace.h"

/* How many descriptors the library has announced so far, and has now. */
extern int ext_announced, ext_count;

/* For a hook: takes note of descriptors; false if the event is about none. */
bool ext_event(event *e);
/* As serve(); false when nothing happens any more, though somebody waits. */
bool ext_serve(void);

#endif
