/* SPDX-License-Identifier: MIT */
#include "loop.h"
#include <event2/event.h>

static struct event_base *loop;
static struct event *timer, *io;
static void (*on_readable)(void);
static void (*on_tick)(void);

static void
timer_cb(evutil_socket_t fd, short what, void *p)
{
	(void)fd;
	(void)what;
	(void)p;
	on_tick();
}

static void
io_cb(evutil_socket_t fd, short what, void *p)
{
	(void)fd;
	(void)what;
	(void)p;
	on_readable();
}

static void *
make(int fd, void (*readable)(void), void (*tick)(void))
{
	static const struct timeval tv = { 0, 2000 };

	on_readable = readable;
	on_tick = tick;
	loop = event_base_new();
	timer = event_new(loop, -1, EV_PERSIST, timer_cb, NULL);
	event_add(timer, &tv);
	io = event_new(loop, fd, EV_READ | EV_PERSIST, io_cb, NULL);
	event_add(io, NULL);
	return loop;
}

static void
run(void)
{
	event_base_dispatch(loop);
}

static void
stop(void)
{
	event_base_loopbreak(loop);
}

static void
unwatch(void)
{
	event_free(timer);
	event_free(io);
}

static int
end(void)
{
	int left;

	event_base_dispatch(loop); /* ends when no event is left */
	left = event_base_get_num_events(loop, EVENT_BASE_COUNT_ADDED |
						       EVENT_BASE_COUNT_ACTIVE);
	event_base_free(loop);
	return left;
}

const struct loop the_loop = {
	"event", LWS_SERVER_OPTION_LIBEVENT, make, run, stop, unwatch, end,
};
