/* SPDX-License-Identifier: MIT */
#include "loop.h"
#include <uv.h>

static uv_loop_t loop;
static uv_timer_t timer;
static uv_poll_t poll_;
static void (*on_readable)(void);
static void (*on_tick)(void);

static void
timer_cb(uv_timer_t *t)
{
	(void)t;
	on_tick();
}

static void
poll_cb(uv_poll_t *h, int status, int events)
{
	(void)h;
	(void)status;
	(void)events;
	on_readable();
}

static void *
make(int fd, void (*readable)(void), void (*tick)(void))
{
	on_readable = readable;
	on_tick = tick;
	uv_loop_init(&loop);
	uv_timer_init(&loop, &timer);
	uv_timer_start(&timer, timer_cb, 2, 2);
	uv_poll_init(&loop, &poll_, fd);
	uv_poll_start(&poll_, UV_READABLE, poll_cb);
	return &loop;
}

static void
run(void)
{
	uv_run(&loop, UV_RUN_DEFAULT);
}

static void
stop(void)
{
	uv_stop(&loop);
}

static void
unwatch(void)
{
	uv_close((uv_handle_t *)&timer, NULL);
	uv_close((uv_handle_t *)&poll_, NULL);
}

static int
end(void)
{
	uv_run(&loop, UV_RUN_DEFAULT); /* ends when no handle is left */
	return uv_loop_close(&loop);
}

const struct loop the_loop = {
	"uv", LWS_SERVER_OPTION_LIBUV, make, run, stop, unwatch, end,
};
