/* SPDX-License-Identifier: MIT
 *
 * What the library and its event-loop plugins agree on.
 *
 * A plugin watches one descriptor (the library's epoll) and one timer in the
 * loop, whatever the number of connections, and calls turn() when either
 * fires. It uses nothing of the library but what it is given here, so that it
 * cannot pull another libwebsockets into the process.
 */
#ifndef LWSGO_EVLIB_H
#define LWSGO_EVLIB_H

#include <libwebsockets.h>

/* The class that a plugin of ours names in its header. The original's plugins
 * name another one, as they reach into structs that only the original has:
 * each library refuses the other's. A change of this file changes the number. */
#define LWSGO_EVLIB_CLASS "lws_evlib_plugin (Go) 4"

/* What turn() answers besides a time. */
#define LWSGO_LOOP_NOW ((int64_t)0)	/* there is more to do: call again */
#define LWSGO_LOOP_IDLE ((int64_t)-1)	/* nothing is due */
#define LWSGO_LOOP_GONE ((int64_t)-2)	/* the plugin's part has been closed */

struct lwsgo_loop_host {
	struct lws_context *context;
	int tsi;	/* which of its service threads this loop is */
	int fd;		/* readable when there is something to do */
	void *foreign;	/* the program's loop, NULL: make one */
	uint64_t options;
	void (*signal_cb)(void *handle, int signum); /* may be NULL */
	/* What programs of v1.7 to v2.4 set: an own loop leaves SIGINT alone, or
	 * hands it to this callback of the loop library's own type. */
	int no_signals;
	void (*old_signal_cb)(void);

	/* Handles what is ready and returns without waiting. The answer is when
	 * to call next, in µs of CLOCK_MONOTONIC, or one of the above. The
	 * first call is due as soon as the loop runs. */
	int64_t (*turn)(struct lws_context *cx, int tsi);
	/* lws_context_destroy() */
	void (*destroy)(struct lws_context *cx);
	lws_usec_t (*now)(void); /* that clock */
	void (*log)(int level, const char *format, ...);
};

struct lwsgo_loop_ops {
	const char *name;
	/* Starts watching; NULL (after a log line) when that is not possible. */
	void *(*open)(const struct lwsgo_loop_host *host);
	/* Runs the loop until something stops it. */
	void (*run)(void *part);
	/* Stops watching; host->fd may be closed afterwards. An own loop that is
	 * running is told to stop, and is freed when run() returns. */
	void (*close)(void *part);
	/* In a forked child host->fd is another file of the same number: watch
	 * it anew. An own loop is made fit for the child. */
	void (*forked)(void *part);
	/* The loop itself. */
	void *(*loop)(void *part);
	/* Makes run() return. */
	void (*stop)(void *part);
	/* Has turn() called in the loop's next round: a call of the loop's thread. */
	void (*soon)(void *part);
};

/* What a plugin exports by its name. The public lws_plugin_evlib is not the same in all
 * ABIs, this is: one plugin serves them. An original library still finds the name, the
 * class and a number where it looks for them, and refuses it. */
struct lwsgo_plugin {
	const char *name;
	const char *_class; /* LWSGO_EVLIB_CLASS */
	unsigned int api_magic; /* LWSGO_EVLIB_MAGIC: v4.1's */
	const struct lwsgo_loop_ops *ops;
};

#define LWSGO_EVLIB_MAGIC 190

#define LWSGO_EVLIB_EXPORT __attribute__((visibility("default")))

#endif
