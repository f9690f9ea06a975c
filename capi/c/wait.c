/* SPDX-License-Identifier: MIT
 *
 * The wait of the service loop, and what may be called from anywhere.
 * C because of reason 4: the wait happens on the program's own stack, with no
 * Go frame under it (pthread_cancel, signal handlers), and lws_cancel_service
 * must be async-signal-safe.
 */
#include "../evlib/evlib.h"
#include "entry.h"
#include "lws_private.h"
#include "short.h"
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define EVENTS 256
/* Behind a turn with so many events there often is more at once. A look costs less than
 * to sleep and to be woken, which the peer's send pays for. */
#define MANY 8

extern int go_lwsgo_before(struct lws_context *cx, int tsi);
extern int go_lwsgo_turn(struct lws_context *cx, int tsi, const struct epoll_event *ev,
			 int n, int64_t now);
extern int go_lws_service_fd_tsi(struct lws_context *cx, int tsi,
				 struct lws_pollfd *pfd, int64_t now);

void
lwsgo_kick(struct lws_context *cx)
{
	int tsi;

	for (tsi = 0; tsi < cx->threads; tsi++)
		lwsgo_kick_pt(cx, &cx->pt[tsi]);
}

void
lwsgo_kick_pt(struct lws_context *cx, struct lwsgo_pt *pt)
{
	uint64_t one = 1;
	int e = errno;

	__atomic_store_n(&pt->pending, 1, __ATOMIC_SEQ_CST);
	/* Who ends the context says so, and waits for kicks: no descriptor is closed, or
	 * another's by then, where this writes. Nobody is cancelled in between. */
	__atomic_add_fetch(&cx->kicks, 1, __ATOMIC_SEQ_CST);
	/* A program that polls for us, or may, waits where we cannot see it. */
	if (!__atomic_load_n(&cx->dead, __ATOMIC_SEQ_CST) &&
	    (__atomic_load_n(&pt->waiting, __ATOMIC_SEQ_CST) ||
	     __atomic_load_n(&cx->external, __ATOMIC_SEQ_CST) != 2))
		syscall(SYS_write, pt->wakefd, &one, sizeof(one));
	__atomic_sub_fetch(&cx->kicks, 1, __ATOMIC_SEQ_CST);
	errno = e;
}

LWS_VISIBLE void
lws_cancel_service(struct lws_context *context)
{
	int tsi;

	if (!context || __atomic_load_n(&context->dead, __ATOMIC_SEQ_CST))
		return;
	for (tsi = 0; tsi < context->threads; tsi++)
		__atomic_store_n(&context->pt[tsi].cancel, 1, __ATOMIC_SEQ_CST);
	lwsgo_kick(context);
}

LWS_VISIBLE void
lws_cancel_service_pt(struct lws *wsi)
{
	struct lws_context *cx = wsi ? wsi->context : NULL;
	struct lwsgo_pt *pt;

	if (!cx || __atomic_load_n(&cx->dead, __ATOMIC_SEQ_CST))
		return;
	pt = lwsgo_pt_of(cx, wsi->tsi);
	__atomic_store_n(&pt->cancel, 1, __ATOMIC_SEQ_CST);
	lwsgo_kick_pt(cx, pt);
}

int
lwsgo_on_thread(struct lwsgo_pt *pt)
{
	return __atomic_load_n(&pt->self, __ATOMIC_RELAXED) ==
	       (unsigned long)pthread_self();
}

/* The caller serves pt from now on. */
static void
served(struct lwsgo_pt *pt)
{
	if (LWSGO_UNLIKELY(!lwsgo_on_thread(pt)))
		__atomic_store_n(&pt->self, (unsigned long)pthread_self(),
				 __ATOMIC_RELAXED);
}

/* The longest wait. The reference wakes up as often, and programs rely on
 * lws_service() returning now and then to look at flags of their own. */
#define LONGEST_WAIT_US (30 * LWS_US_PER_SEC)

/* How long to wait in ms, given the program's timers (-1: it has none). */
static int
wait_ms(struct lwsgo_pt *pt, int64_t us)
{
	int64_t d = __atomic_load_n(&pt->deadline, __ATOMIC_SEQ_CST);

	if (d) {
		d -= lws_now_usecs();
		if (d < 0)
			d = 0;
		if (us < 0 || d < us)
			us = d;
	}
	if (us < 0 || us > LONGEST_WAIT_US)
		us = LONGEST_WAIT_US;
	return (int)((us + 999) / 1000);
}

/* The timeout of a wait that ends in time, given the program's timers (us from
 * now on).  A timer of the wait's own would be set and dropped each time; this
 * one stays, and at worst ends a wait early. */
static int
wait_forever(struct lwsgo_pt *pt, int64_t us, int64_t now)
{
	int64_t d = __atomic_load_n(&pt->deadline, __ATOMIC_SEQ_CST),
		due = now + LONGEST_WAIT_US;
	struct itimerspec its = { .it_value = { 0 } };

	if (d && d < due)
		due = d;
	if (us >= 0 && now + us < due)
		due = now + us;
	if (due <= now)
		return 0;
	if (pt->armed > now && pt->armed <= due)
		return -1;
	its.it_value.tv_sec = due / LWS_US_PER_SEC;
	its.it_value.tv_nsec = due % LWS_US_PER_SEC * 1000;
	if (timerfd_settime(pt->timerfd, TFD_TIMER_ABSTIME, &its, NULL))
		return wait_ms(pt, us);
	pt->armed = due;
	return -1;
}

/* Runs what is due before a wait. Timers first, as the reference: the engine's, then
 * the program's, whose rest of time is *us. 0: the context is still there. */
static int
run_due(struct lws_context *cx, int tsi, int64_t now, int64_t *us)
{
	struct lwsgo_pt *pt = &cx->pt[tsi];
	int64_t d = __atomic_load_n(&pt->deadline, __ATOMIC_SEQ_CST);
	int r;

	if ((d && d <= now) || !pt->started) {
		pt->started = 1;
		if (!lwsgo_enter("lws_service"))
			return -1;
		r = go_lwsgo_before(cx, tsi);
		lwsgo_leave();
		if (r)
			return -1;
	}
	*us = lwsgo_sul_run(pt, now);
	if (!tsi) /* the first one does what is the context's */
		lwsgo_system_run(cx);
	/* one of the program's timers may have forked */
	if (LWSGO_UNLIKELY(!lwsgo_self.ready) &&
	    !lwsgo_enter_slow("lws_service"))
		return -1;
	return 0;
}

/* Behind the wait. When the context was destroyed meanwhile the descriptors were left
 * to who waited: their numbers must not be used anew before (engine.waitingLeft). */
static void
waited(struct lwsgo_pt *pt)
{
	if (__atomic_exchange_n(&pt->waiting, 0, __ATOMIC_SEQ_CST) != 2)
		return;
	close(pt->epfd);
	close(pt->wakefd);
	close(pt->timerfd);
}

/* longest: ms to wait at most, 0: no such limit, negative: do not wait. */
static int
turn(struct lws_context *cx, int tsi, int longest)
{
	struct lwsgo_pt *pt = &cx->pt[tsi];
	struct epoll_event ev[EVENTS];
	int64_t us, now;
	int n, ms = 0, r;

	/* a forked child must not wait at its parent's epoll */
	if (LWSGO_UNLIKELY(!lwsgo_self.ready) &&
	    !lwsgo_enter_slow("lws_service"))
		return -1;

	if (LWSGO_UNLIKELY(lwsgo_self.asked != NULL)) /* called in a callback */
		lwsgo_tell_asked();

	now = lws_now_usecs();
	if (run_due(cx, tsi, now, &us))
		return -1;

	if (longest >= 0 && !__atomic_load_n(&cx->dead, __ATOMIC_SEQ_CST)) {
		/* Whoever changes something now either sees that we wait,
		 * and wakes us, or we see what was changed. */
		__atomic_store_n(&pt->waiting, 1, __ATOMIC_SEQ_CST);
		if (!pt->late &&
		    !__atomic_load_n(&pt->pending, __ATOMIC_SEQ_CST) &&
		    !__atomic_load_n(&pt->cancel, __ATOMIC_SEQ_CST))
			ms = longest ? wait_ms(pt, us) :
				       wait_forever(pt, us, now);
		if (longest && ms > longest)
			ms = longest;
	}
	if (LWSGO_UNLIKELY(__atomic_load_n(&cx->dead, __ATOMIC_SEQ_CST))) {
		waited(pt);
		return -1;
	}
	n = ms && pt->found >= MANY ? epoll_wait(pt->epfd, ev, EVENTS, 0) : 0;
	if (!n)
		n = epoll_wait(pt->epfd, ev, EVENTS, ms);
	pt->found = n;
	if (longest >= 0)
		waited(pt);
	if (n < 0)
		n = 0; /* EINTR: the turn may have work all the same */
	if (!n && !pt->late && !__atomic_load_n(&pt->pending, __ATOMIC_SEQ_CST) &&
	    !__atomic_load_n(&pt->cancel, __ATOMIC_SEQ_CST))
		return 0;
	if (!lwsgo_enter("lws_service"))
		return -1;
	pt->waits = longest >= 0;
	if (!lwsgo_short_turn(cx, tsi, ev, n, now, &r)) {
		lwsgo_tell_late(pt);
		r = go_lwsgo_turn(cx, tsi, ev, n, now);
	}
	lwsgo_leave();
	return r;
}

static int
service(struct lws_context *cx, int tsi, int longest)
{
	int r = 0;

	served(&cx->pt[tsi]);
	if (!__atomic_load_n(&cx->leaving, __ATOMIC_SEQ_CST))
		r = turn(cx, tsi, longest);
	/* a signal handler wanted it and came at the wrong moment */
	if (LWSGO_UNLIKELY(__atomic_load_n(&cx->leaving, __ATOMIC_SEQ_CST)) &&
	    __atomic_exchange_n(&cx->leaving, 0, __ATOMIC_SEQ_CST)) {
		lws_context_destroy(cx);
		r = -1;
	}
	if (LWSGO_UNLIKELY(r < 0))
		lwsgo_system_ended(cx);
	return r;
}

int64_t
lwsgo_loop_turn(struct lws_context *cx, int tsi)
{
	struct lwsgo_pt *pt = &cx->pt[tsi];
	int64_t due, sul;

	__atomic_store_n(&pt->waiting, 0, __ATOMIC_SEQ_CST);
	if (service(cx, tsi, -1) < 0 && cx->threads > 1)
		lwsgo_loop_leave(cx, tsi); /* for the last one to end the context */
	if (!pt->loop)
		return LWSGO_LOOP_GONE;
	/* as in service(): who changes something sees that we wait */
	__atomic_store_n(&pt->waiting, 1, __ATOMIC_SEQ_CST);
	if (pt->late || __atomic_load_n(&pt->pending, __ATOMIC_SEQ_CST) ||
	    __atomic_load_n(&pt->cancel, __ATOMIC_SEQ_CST))
		return LWSGO_LOOP_NOW;
	due = __atomic_load_n(&pt->deadline, __ATOMIC_SEQ_CST);
	sul = lwsgo_sul_next(pt);
	if (sul && (!due || sul < due))
		due = sul;
	return due ? due : LWSGO_LOOP_IDLE;
}

/* A context in an event loop: serving it is running the loop. */
static int
run_loop(struct lws_context *cx, int tsi)
{
	struct lwsgo_pt *pt = &cx->pt[tsi];

	if (LWSGO_UNLIKELY(!lwsgo_self.ready) &&
	    !lwsgo_enter_slow("lws_service"))
		return -1;
	served(pt);
	if (cx->threads > 1 && __atomic_load_n(&cx->ending, __ATOMIC_SEQ_CST))
		return -1;
	if (lwsgo_loop_start(cx, tsi))
		return -1;
	__atomic_add_fetch(&pt->running, 1, __ATOMIC_SEQ_CST);
	cx->loop_ops->run(pt->loop);
	__atomic_sub_fetch(&pt->running, 1, __ATOMIC_SEQ_CST);
	if (cx->threads > 1 && __atomic_load_n(&cx->ending, __ATOMIC_SEQ_CST))
		lws_context_destroy(cx);
	return 1;
}

/* Likewise in a loop that the program brought along, if it says how to run that. */
static int
run_custom(struct lws_context *cx, int tsi)
{
	const struct lwsgo_event_loop_ops *ops =
		__atomic_load_n(&cx->custom_loop, __ATOMIC_RELAXED);

	if (LWSGO_LIKELY(!ops) || !ops->run_pt)
		return 0;
	ops->run_pt(cx, tsi);
	return 1;
}

/* Contexts that we did not make come from one of the original's event loop
 * plugins, in a program that has the original linked in: the plugin wants a
 * libwebsockets.so.17, and found ours. Its loop comes again as long as something
 * is ready, which is for ever: it must not take a whole processor for that. */
static int
foreign(const struct lws_context *cx)
{
	static const struct timespec rest = { 0, 1000000 };
	static const struct lws_context *told;
	static int refused;

	if (LWSGO_LIKELY(lwsgo_is_context(cx)))
		return 0;
	if (__atomic_exchange_n(&told, cx, __ATOMIC_RELAXED) != cx)
		lwsl_err("lws_service: %p is no context of this library: does the program have another linked in?\n",
			 (const void *)cx);
	if (__atomic_fetch_add(&refused, 1, __ATOMIC_RELAXED) > 50)
		nanosleep(&rest, NULL);
	return 1;
}

/* Nobody has shown yet that the program polls. */
static void
we_poll(struct lws_context *cx)
{
	if (LWSGO_UNLIKELY(!__atomic_load_n(&cx->external, __ATOMIC_SEQ_CST)))
		__atomic_store_n(&cx->external, 2, __ATOMIC_SEQ_CST);
}

LWS_VISIBLE int
lws_service(struct lws_context *context, int timeout_ms)
{
	if (!context)
		return 1;
	if (foreign(context) || __atomic_load_n(&context->dead, __ATOMIC_SEQ_CST))
		return -1;
	if (context->pt[0].loop_host)
		return run_loop(context, 0);
	if (run_custom(context, 0))
		return 1;
	we_poll(context);
	return service(context, 0, timeout_ms);
}

LWS_VISIBLE int
lws_service_tsi(struct lws_context *context, int timeout_ms, int tsi)
{
	if (!context)
		return 1;
	if (foreign(context) ||
	    __atomic_load_n(&context->dead, __ATOMIC_SEQ_CST) || tsi < 0 ||
	    tsi >= context->threads)
		return -1;
	if (context->pt[tsi].loop_host)
		return run_loop(context, tsi);
	if (run_custom(context, tsi))
		return 1;
	if (timeout_ms >= 0)
		we_poll(context);
	return service(context, tsi, timeout_ms);
}

LWS_VISIBLE int
_lws_plat_service_tsi(struct lws_context *context, int timeout_ms, int tsi)
{
	return lws_service_tsi(context, timeout_ms, tsi);
}

/* What the program's own poll has found, by the short way; 0: Go is to do it. */
static int
short_fd(struct lws_context *cx, int tsi, const struct lws_pollfd *p,
	 int64_t now, int *r)
{
	int64_t d = __atomic_load_n(&cx->pt[tsi].deadline, __ATOMIC_SEQ_CST);
	struct epoll_event ev = { .events = EPOLLIN };

	/* as Go has them polled, of any connection that has the descriptor */
	ev.data.u64 = UINT64_C(1) << 32 | (uint32_t)p->fd;

	return p->revents == POLLIN && cx->external == 1 && (!d || d > now) &&
	       lwsgo_short_turn(cx, tsi, &ev, 1, now, r);
}

LWS_VISIBLE int
lws_service_fd_tsi(struct lws_context *context, struct lws_pollfd *pollfd,
		   int tsi)
{
	struct lwsgo_pt *pt;
	int64_t now;
	int r;

	if (!context || foreign(context) ||
	    __atomic_load_n(&context->dead, __ATOMIC_SEQ_CST))
		return -1;
	pt = lwsgo_pt_of(context, tsi);
	served(pt);
	if (LWSGO_UNLIKELY(lwsgo_self.asked != NULL))
		lwsgo_tell_asked();
	now = lws_now_usecs();
	lwsgo_sul_run(pt, now);
	if (pt == context->pt)
		lwsgo_system_run(context);
	if (!lwsgo_enter("lws_service_fd"))
		return -1;
	pt->waits = 0;
	tsi = (int)(pt - context->pt);
	if (pollfd && short_fd(context, tsi, pollfd, now, &r))
		pollfd->revents = 0;
	else
		r = go_lws_service_fd_tsi(context, tsi, pollfd, now);
	lwsgo_leave();
	if (LWSGO_UNLIKELY(r < 0))
		lwsgo_system_ended(context);
	return r;
}

LWS_VISIBLE int
lws_service_fd(struct lws_context *context, struct lws_pollfd *pollfd)
{
	return lws_service_fd_tsi(context, pollfd, 0);
}

LWS_VISIBLE int
lws_service_adjust_timeout(struct lws_context *context, int timeout_ms, int tsi)
{
	struct lwsgo_pt *pt;
	int64_t us, next;
	int ms;

	if (!context || foreign(context) ||
	    __atomic_load_n(&context->dead, __ATOMIC_SEQ_CST))
		return 1;
	pt = lwsgo_pt_of(context, tsi);
	/* who waits by what this says may never come back otherwise */
	if (context->abi->adjust_serves &&
	    (run_due(context, (int)(pt - context->pt), lws_now_usecs(), &us) ||
	     __atomic_load_n(&context->dead, __ATOMIC_SEQ_CST)))
		return 0;
	us = -1;
	if (pt->late || __atomic_load_n(&pt->pending, __ATOMIC_SEQ_CST) ||
	    __atomic_load_n(&pt->cancel, __ATOMIC_SEQ_CST))
		return 0;
	next = lwsgo_sul_next(pt);
	if (next) {
		us = next - lws_now_usecs();
		if (us < 0)
			us = 0;
	}
	ms = wait_ms(pt, us);
	return ms < timeout_ms ? ms : timeout_ms;
}
