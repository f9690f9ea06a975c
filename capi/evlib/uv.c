/* SPDX-License-Identifier: MIT
 *
 * The library in a libuv loop. C because libuv calls it, and because it must
 * be loadable without libuv being a need of the library (reason 3).
 */
#include "evlib.h"
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

/* SIGSEGV and SIGFPE stay with the process: a handler that returns from them
 * would run into the same fault for ever. */
static const int caught[] = { SIGINT, SIGTERM, SIGHUP };
#define CAUGHT (sizeof(caught) / sizeof(caught[0]))

struct part {
	struct lwsgo_loop_host host;
	uv_loop_t *loop;
	uv_loop_t own;
	uv_poll_t io;
	uv_timer_t timer;
	uv_idle_t idle;
	uv_signal_t signals[CAUGHT];
	unsigned int signals_used;
	unsigned int handles; /* not yet closed */
	unsigned int running; /* calls of run() on the stack */
	int closing;
	int64_t armed; /* when the timer fires, 0: it is not set */
};

static void turn(struct part *p);

static void
on_io(uv_poll_t *h, int status, int events)
{
	(void)status;
	(void)events;
	turn(h->data);
}

static void
on_timer(uv_timer_t *h)
{
	struct part *p = h->data;

	p->armed = 0;
	turn(p);
}

static void
on_idle(uv_idle_t *h)
{
	turn(h->data);
}

static void
turn(struct part *p)
{
	int64_t due = p->host.turn(p->host.context, p->host.tsi);
	uint64_t now, at;

	if (due == LWSGO_LOOP_GONE)
		return;
	if (due == LWSGO_LOOP_NOW)
		uv_idle_start(&p->idle, on_idle);
	else
		uv_idle_stop(&p->idle);
	if (due <= 0 || (p->armed && p->armed <= due))
		return;
	/* both clocks are CLOCK_MONOTONIC, the loop's is of its last look */
	at = ((uint64_t)due + 999) / 1000;
	now = uv_now(p->loop);
	uv_timer_start(&p->timer, on_timer, at > now ? at - now : 0, 0);
	p->armed = due;
}

static void
on_signal(uv_signal_t *h, int signum)
{
	struct part *p = h->data;

	if (p->host.old_signal_cb) {
		((uv_signal_cb)p->host.old_signal_cb)(h, signum);
		return;
	}
	if (p->host.signal_cb) {
		p->host.signal_cb(h, signum);
		return;
	}
	p->host.log(LLL_ERR, "internal signal handler caught signal %d\n",
		    signum);
	p->host.destroy(p->host.context);
}

static void
uv_loop_end(struct part *p)
{
	while (p->handles)
		uv_run(p->loop, UV_RUN_NOWAIT);
	if (uv_loop_close(p->loop))
		p->host.log(LLL_WARN, "libuv: handles of the program's are "
			    "left in the library's loop\n");
	free(p);
}

static void
on_closed(uv_handle_t *h)
{
	struct part *p = h->data;

	if (!--p->handles && p->loop != &p->own)
		free(p);
}

static void
drop(void *handle)
{
	uv_close((uv_handle_t *)handle, on_closed);
}

static void
uv_part_close(void *part)
{
	struct part *p = part;
	unsigned int n;

	p->closing = 1;
	drop(&p->io);
	drop(&p->timer);
	drop(&p->idle);
	for (n = 0; n < p->signals_used; n++)
		drop(&p->signals[n]);
	if (p->loop != &p->own)
		return; /* the program's loop closes the handles */
	if (p->running)
		uv_stop(p->loop);
	else
		uv_loop_end(p);
}

static void
uv_part_run(void *part)
{
	struct part *p = part;

	p->running++;
	uv_run(p->loop, UV_RUN_DEFAULT);
	if (!--p->running && p->closing && p->loop == &p->own)
		uv_loop_end(p);
}

static int
uv_watch_signals(struct part *p)
{
	unsigned int n, want = CAUGHT;

	if (p->host.options & LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN)
		want = 2;
	for (n = 0; n < want; n++) {
		uv_signal_init(p->loop, &p->signals[n]);
		p->signals[n].data = p;
		p->signals_used++;
		p->handles++;
		if (uv_signal_start(&p->signals[n], on_signal, caught[n]))
			return 1;
	}
	return 0;
}

static void *
uv_part_open(const struct lwsgo_loop_host *host)
{
	struct part *p = calloc(1, sizeof(*p));
	int r;

	if (!p) {
		host->log(LLL_ERR, "libuv: out of memory\n");
		return NULL;
	}
	p->host = *host;
	p->loop = host->foreign;
	if (!p->loop) {
		p->loop = &p->own;
		r = uv_loop_init(p->loop);
		if (r) {
			host->log(LLL_ERR, "uv_loop_init: %s\n", uv_strerror(r));
			free(p);
			return NULL;
		}
	} else
		host->log(LLL_NOTICE, " Using foreign event loop...\n");
	r = uv_poll_init(p->loop, &p->io, host->fd);
	if (r) {
		host->log(LLL_ERR, "uv_poll_init: %s\n", uv_strerror(r));
		if (p->loop == &p->own)
			uv_loop_close(p->loop);
		free(p);
		return NULL;
	}
	uv_timer_init(p->loop, &p->timer);
	uv_idle_init(p->loop, &p->idle);
	p->io.data = p->timer.data = p->idle.data = p;
	p->handles = 3;
	r = uv_poll_start(&p->io, UV_READABLE, on_io);
	if (!r && p->loop == &p->own && !host->no_signals)
		r = uv_watch_signals(p);
	if (r) {
		host->log(LLL_ERR, "libuv: cannot watch: %s\n", uv_strerror(r));
		uv_part_close(p);
		return NULL;
	}
	uv_idle_start(&p->idle, on_idle);
	return p;
}

static void
uv_part_forked(void *part)
{
	struct part *p = part;

	if (p->loop == &p->own)
		uv_loop_fork(p->loop);
	uv_poll_stop(&p->io);
	uv_poll_start(&p->io, UV_READABLE, on_io);
}

static void *
uv_part_loop(void *part)
{
	return ((struct part *)part)->loop;
}

static void
uv_part_stop(void *part)
{
	uv_stop(((struct part *)part)->loop);
}

static void
uv_part_soon(void *part)
{
	struct part *p = part;

	uv_idle_start(&p->idle, on_idle);
}

static const struct lwsgo_loop_ops ops = {
	"libuv",
	uv_part_open,
	uv_part_run,
	uv_part_close,
	uv_part_forked,
	uv_part_loop,
	uv_part_stop,
	uv_part_soon,
};

LWSGO_EVLIB_EXPORT const struct lwsgo_plugin evlib_uv = {
	"libuv event loop", LWSGO_EVLIB_CLASS, LWSGO_EVLIB_MAGIC, &ops,
};
