/* SPDX-License-Identifier: MIT */
#include "loop.h"
#include <ev.h>

static struct ev_loop *loop;
static ev_timer timer;
static ev_io io;
static void (*on_readable)(void);
static void (*on_tick)(void);

static void
timer_cb(struct ev_loop *l, ev_timer *t, int revents)
{
	(void)l;
	(void)t;
	(void)revents;
	on_tick();
}

static void
io_cb(struct ev_loop *l, ev_io *w, int revents)
{
	(void)l;
	(void)w;
	(void)revents;
	on_readable();
}

static void *
make(int fd, void (*readable)(void), void (*tick)(void))
{
	on_readable = readable;
	on_tick = tick;
	loop = ev_loop_new(0);
	ev_timer_init(&timer, timer_cb, .002, .002);
	ev_timer_start(loop, &timer);
	ev_io_init(&io, io_cb, fd, EV_READ);
	ev_io_start(loop, &io);
	return loop;
}

static void
run(void)
{
	ev_run(loop, 0);
}

static void
stop(void)
{
	ev_break(loop, EVBREAK_ALL);
}

static void
unwatch(void)
{
	ev_timer_stop(loop, &timer);
	ev_io_stop(loop, &io);
}

static int
end(void)
{
	ev_run(loop, 0); /* ends when no watcher is left */
	ev_loop_destroy(loop);
	return 0;
}

const struct loop the_loop = {
	"ev", LWS_SERVER_OPTION_LIBEV, make, run, stop, unwatch, end,
};
