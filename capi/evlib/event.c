/* SPDX-License-Identifier: MIT
 *
 * The library in a libevent loop. C because libevent calls it, and because it
 * must be loadable without libevent being a need of the library (reason 3).
 */
#include "evlib.h"
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

struct part {
	struct lwsgo_loop_host host;
	struct event_base *loop;
	struct event *io;
	struct event *timer;
	struct event *sigint;
	unsigned int running; /* calls of run() on the stack */
	int closing;
	int64_t armed; /* when the timer fires, 0: it is not set */
};

static void
turn(struct part *p)
{
	struct timeval tv = { 0, 0 };
	int64_t due = p->host.turn(p->host.context, p->host.tsi);
	int64_t wait;

	if (due == LWSGO_LOOP_GONE || due == LWSGO_LOOP_IDLE ||
	    (p->armed && p->armed <= due))
		return;
	/* At once is a timer of no time: it comes in the loop's next round.
	 * One that is early, as the loop counts from its last look at the
	 * clock, is set again. */
	wait = due ? due - p->host.now() : 0;
	if (wait > 0) {
		tv.tv_sec = (time_t)(wait / 1000000);
		tv.tv_usec = (suseconds_t)(wait % 1000000);
	}
	evtimer_add(p->timer, &tv);
	p->armed = due ? due : 1;
}

static void
on_io(evutil_socket_t fd, short what, void *data)
{
	(void)fd;
	(void)what;
	turn(data);
}

static void
on_timer(evutil_socket_t fd, short what, void *data)
{
	struct part *p = data;

	(void)fd;
	(void)what;
	p->armed = 0;
	turn(p);
}

static void
on_signal(evutil_socket_t signum, short what, void *data)
{
	struct part *p = data;

	if (p->host.old_signal_cb)
		((event_callback_fn)p->host.old_signal_cb)(signum, what, NULL);
	else if (p->host.signal_cb)
		p->host.signal_cb((void *)(lws_intptr_t)signum, (int)signum);
	else
		event_base_loopbreak(p->loop);
}

static void
event_drop(struct event *e)
{
	if (e)
		event_free(e);
}

static void
event_part_end(struct part *p)
{
	if (!p->host.foreign)
		event_base_free(p->loop);
	free(p);
}

static void
event_part_close(void *part)
{
	struct part *p = part;

	p->closing = 1;
	event_drop(p->io);
	event_drop(p->timer);
	event_drop(p->sigint);
	if (!p->host.foreign && p->running)
		event_base_loopexit(p->loop, NULL);
	if (!p->running)
		event_part_end(p);
}

static void
event_part_run(void *part)
{
	struct part *p = part;

	p->running++;
	event_base_dispatch(p->loop);
	if (!--p->running && p->closing)
		event_part_end(p);
}

static void *
event_part_open(const struct lwsgo_loop_host *host)
{
	struct timeval none = { 0, 0 };
	struct part *p = calloc(1, sizeof(*p));

	if (!p) {
		host->log(LLL_ERR, "libevent: out of memory\n");
		return NULL;
	}
	p->host = *host;
	p->loop = host->foreign ? host->foreign : event_base_new();
	if (!p->loop) {
		host->log(LLL_ERR, "libevent: creating event base failed\n");
		free(p);
		return NULL;
	}
	p->io = event_new(p->loop, host->fd, EV_READ | EV_PERSIST, on_io, p);
	p->timer = evtimer_new(p->loop, on_timer, p);
	if (!host->foreign && !host->no_signals)
		p->sigint = evsignal_new(p->loop, SIGINT, on_signal, p);
	if (!p->io || !p->timer || (!host->foreign && !host->no_signals && !p->sigint) ||
	    event_add(p->io, NULL) || evtimer_add(p->timer, &none) ||
	    (p->sigint && event_add(p->sigint, NULL))) {
		host->log(LLL_ERR, "libevent: cannot watch\n");
		event_part_close(p);
		return NULL;
	}
	p->armed = 1;
	return p;
}

static void
event_part_forked(void *part)
{
	struct part *p = part;

	if (!p->host.foreign)
		event_reinit(p->loop);
	event_del(p->io);
	event_add(p->io, NULL);
}

static void *
event_part_loop(void *part)
{
	return ((struct part *)part)->loop;
}

static void
event_part_stop(void *part)
{
	event_base_loopbreak(((struct part *)part)->loop);
}

static void
event_part_soon(void *part)
{
	event_active(((struct part *)part)->io, EV_READ, 1);
}

static const struct lwsgo_loop_ops ops = {
	"libevent",
	event_part_open,
	event_part_run,
	event_part_close,
	event_part_forked,
	event_part_loop,
	event_part_stop,
	event_part_soon,
};

LWSGO_EVLIB_EXPORT const struct lwsgo_plugin evlib_event = {
	"libevent event loop", LWSGO_EVLIB_CLASS, LWSGO_EVLIB_MAGIC, &ops,
};
