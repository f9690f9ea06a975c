/* SPDX-License-Identifier: MIT
 *
 * An echo server and its clients in one context, and a trace of what their
 * callbacks saw, for the scenarios of main.c.
 */
#ifndef RIG_H
#define RIG_H

#include "loop.h"

struct rig {
	struct lws_context *context;
	struct lws_context **pcontext; /* NULL: &context */
	void *loop;	/* the program's, NULL: the library makes its own */
	int port;
	int messages;	/* each client sends so many, then closes */
	int limit;	/* stops the loop after so many ticks */
	int tls;	/* LOOPS_CERT and LOOPS_KEY name the files */
	void (*signal_cb)(void *handle, int signum);
	/* what the scenario does in between; any may be NULL */
	void (*ticked)(void);
	void (*all_closed)(void); /* the last connection's callback */
	/* callback of anything else; nonzero is its answer */
	int (*other)(struct lws *wsi, enum lws_callback_reasons reason,
		     void *in, size_t len);
	/* what happened */
	int ticks, pipe_bytes, open, clients_open, established, echoed;
};

extern struct rig rig;

void say(struct lws *wsi, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void say_all(void);
void make_loop(void);
int end_loop(void);
int make_context(void);
struct lws *make_client(void);
void destroy(const char *where);
void each_server(void (*fn)(struct lws *wsi));

#endif
