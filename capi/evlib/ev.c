/* SPDX-License-Identifier: MIT
 *
 * The library in a libev loop. C because libev calls it, and because it must
 * be loadable without libev being a need of the library (reason 3).
 */
#include "evlib.h"
#include <ev.h>
#include <signal.h>
#include <stdlib.h>

struct part {
	struct lwsgo_loop_host host;
	struct ev_loop *loop;
	ev_io io;
	ev_timer timer;
	ev_idle idle;
	ev_signal sigint;
	unsigned int running; /* calls of run() on the stack */
	int closing;
	int64_t armed; /* when the timer fires, 0: it is not set */
};

static void
turn(struct part *p)
{
	int64_t due = p->host.turn(p->host.context, p->host.tsi);
	double wait;

	if (due == LWSGO_LOOP_GONE)
		return;
	if (due == LWSGO_LOOP_NOW)
		ev_idle_start(p->loop, &p->idle);
	else
		ev_idle_stop(p->loop, &p->idle);
	if (due <= 0 || (p->armed && p->armed <= due))
		return;
	/* the loop counts from its last look at the clock */
	wait = (double)(due - p->host.now()) / 1e6 + ev_time() -
	       ev_now(p->loop);
	ev_timer_stop(p->loop, &p->timer);
	ev_timer_set(&p->timer, wait > 0 ? wait : 0, 0);
	ev_timer_start(p->loop, &p->timer);
	p->armed = due;
}

static void
on_io(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	turn(w->data);
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct part *p = w->data;

	(void)loop;
	(void)revents;
	p->armed = 0;
	turn(p);
}

static void
on_idle(struct ev_loop *loop, ev_idle *w, int revents)
{
	(void)loop;
	(void)revents;
	turn(w->data);
}

static void
on_signal(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct part *p = w->data;

	if (p->host.old_signal_cb)
		((void (*)(struct ev_loop *, ev_signal *, int))
			 p->host.old_signal_cb)(loop, w, revents);
	else if (p->host.signal_cb)
		p->host.signal_cb(w, w->signum);
	else
		ev_break(loop, EVBREAK_ALL);
}

static void
ev_part_end(struct part *p)
{
	if (!p->host.foreign)
		ev_loop_destroy(p->loop);
	free(p);
}

static void
ev_part_close(void *part)
{
	struct part *p = part;

	p->closing = 1;
	ev_io_stop(p->loop, &p->io);
	ev_timer_stop(p->loop, &p->timer);
	ev_idle_stop(p->loop, &p->idle);
	if (!p->host.foreign) {
		if (!p->host.no_signals)
			ev_signal_stop(p->loop, &p->sigint);
		if (p->running)
			ev_break(p->loop, EVBREAK_ONE);
	}
	if (!p->running)
		ev_part_end(p);
}

static void
ev_part_run(void *part)
{
	struct part *p = part;

	p->running++;
	ev_run(p->loop, 0);
	if (!--p->running && p->closing)
		ev_part_end(p);
}

static void *
ev_part_open(const struct lwsgo_loop_host *host)
{
	struct part *p = calloc(1, sizeof(*p));

	if (!p) {
		host->log(LLL_ERR, "libev: out of memory\n");
		return NULL;
	}
	p->host = *host;
	p->loop = host->foreign ? host->foreign : ev_loop_new(0);
	if (!p->loop) {
		host->log(LLL_ERR, "libev: creating a loop failed\n");
		free(p);
		return NULL;
	}
	ev_io_init(&p->io, on_io, host->fd, EV_READ);
	ev_timer_init(&p->timer, on_timer, 0, 0);
	ev_idle_init(&p->idle, on_idle);
	/* behind nobody: an idle watcher runs only when nothing of its own
	 * priority is to be done */
	ev_set_priority(&p->idle, EV_MAXPRI);
	p->io.data = p->timer.data = p->idle.data = p;
	ev_io_start(p->loop, &p->io);
	ev_idle_start(p->loop, &p->idle);
	if (!host->foreign && !host->no_signals) {
		ev_signal_init(&p->sigint, on_signal, SIGINT);
		p->sigint.data = p;
		ev_signal_start(p->loop, &p->sigint);
	}
	return p;
}

static void
ev_part_forked(void *part)
{
	struct part *p = part;

	if (!p->host.foreign)
		ev_loop_fork(p->loop);
	ev_io_stop(p->loop, &p->io);
	ev_io_set(&p->io, p->host.fd, EV_READ);
	ev_io_start(p->loop, &p->io);
}

static void *
ev_part_loop(void *part)
{
	return ((struct part *)part)->loop;
}

static void
ev_part_stop(void *part)
{
	ev_break(((struct part *)part)->loop, EVBREAK_ALL);
}

static void
ev_part_soon(void *part)
{
	struct part *p = part;

	ev_idle_start(p->loop, &p->idle);
}

static const struct lwsgo_loop_ops ops = {
	"libev",
	ev_part_open,
	ev_part_run,
	ev_part_close,
	ev_part_forked,
	ev_part_loop,
	ev_part_stop,
	ev_part_soon,
};

LWSGO_EVLIB_EXPORT const struct lwsgo_plugin evlib_ev = {
	"libev event loop", LWSGO_EVLIB_CLASS, LWSGO_EVLIB_MAGIC, &ops,
};
