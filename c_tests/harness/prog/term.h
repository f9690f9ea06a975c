/* SPDX-License-Identifier: MIT */
/* A test program's context, and its end by a signal: while (!stopping && lws_service(context, 0) >= 0). */
#ifndef TERM_H
#define TERM_H

#include <libwebsockets.h>
#include <signal.h>

static struct lws_context *context;
static volatile sig_atomic_t stopping;

static inline void
on_term(int sig)
{
	(void)sig;
	stopping = 1;
	if (context)
		lws_cancel_service(context);
}
#endif
