/* SPDX-License-Identifier: MIT
 *
 * The short way of a small message. A WebSocket at rest is lent to C by Go
 * (impl/engine/short.go), which reads what has come. A whole, short message is
 * handed to the program from here, and what that writes is framed and sent. For
 * anything else Go goes on where this has stopped: what is read is not lost.
 * C because of reason 5: each crossing costs more than all that is done here.
 */
#define _GNU_SOURCE
#include "../evlib/evlib.h"
#include "frame.h"
#include "short.h"
#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void go_lwsgo_take_over(struct lws_context *cx, int tsi);
extern void go_lwsgo_asked(struct lws *list);
extern int go_lwsgo_turn(struct lws_context *cx, int tsi,
			 const struct epoll_event *ev, int n, int64_t now);

/* WRITEABLE callbacks that one connection gets in a row (engine.writeBurst). */
#define BURST 32

struct turn {
	struct lwsgo_pt *pt;
	struct lwsgo_thread *self;
	struct lws_context *cx;
	uint32_t visits; /* of the lock, when the turn began */
	int held;	 /* the lock is */
	int external;	 /* the program polls */
};

/* How an event ended. */
enum end {
	DONE,
	UNTOUCHED, /* it is Go's as a whole */
	HALF,	   /* Go goes on with it: pt->at */
};

/* Go is never waited for: who has the lock changes something. */
static int
hold(struct turn *u)
{
	int32_t none = 0;

	if (!u->held)
		u->held = __atomic_compare_exchange_n(&u->pt->lock.word, &none,
						      1, 0, __ATOMIC_ACQUIRE,
						      __ATOMIC_RELAXED);
	return u->held;
}

static void
drop(struct turn *u)
{
	if (!u->held)
		return;
	u->held = 0;
	if (LWSGO_UNLIKELY(__atomic_exchange_n(&u->pt->lock.word, 0,
					       __ATOMIC_RELEASE) == 2))
		syscall(SYS_futex, &u->pt->lock.word, FUTEX_WAKE_PRIVATE, 1,
			NULL, NULL, 0);
}

/* Nobody else has had the lock: all is as Go has left it. */
static int
alone(const struct turn *u)
{
	return __atomic_load_n(&u->pt->lock.visits, __ATOMIC_RELAXED) ==
	       u->visits;
}

/* The connection that may be read, if it was lent; NULL: the event is Go's. */
static struct lws *
lent(const struct lwsgo_pt *pt, const struct epoll_event *ev)
{
	int fd = ev->data.fd;
	struct lws *wsi;

	if (ev->events != EPOLLIN || (int32_t)(ev->data.u64 >> 32) <= 0 ||
	    fd < 0 || fd >= pt->num_fds)
		return NULL;
	wsi = pt->by_fd[fd];
	return wsi && wsi->lent ? wsi : NULL;
}

/* Runs the callback; Go must not be holding anything. */
static int
tell(struct turn *u, struct lws *wsi, int reason, void *in, size_t len)
{
	struct lwsgo_thread *t = u->self;
	int r;

	drop(u);
	lwsgo_log_waiting();
	u->pt->step++;
	t->outside = t->depth;
	t->inside = u->cx;
	t->noting = wsi;
	t->shortly = 1;
	r = lwsgo_out((void *)wsi->protocol->callback, wsi, (uintptr_t)reason,
		      wsi->user, in, len);
	t->shortly = 0;
	t->noting = NULL;
	t->inside = NULL;
	t->outside = 0;
	return r;
}

int
lwsgo_short_write(struct lwsgo_pt *pt, struct lws *wsi,
		  const unsigned char *buf, size_t len,
		  enum lws_write_protocol protocol)
{
	uint8_t *p = pt->at.out + pt->at.num_out;

	/* Go tells of a second write of one step. */
	if (wsi->wrote_in == pt->step ||
	    pt->at.num_out + 4 + len > LWSGO_SHORT_OUT)
		return 0;
	p += lwsgo_frame_head(p, protocol == LWS_WRITE_TEXT, (uint16_t)len);
	memcpy(p, buf, len);
	pt->at.num_out = (uint32_t)(p + len - pt->at.out);
	wsi->wrote_in = pt->step;
	return 1;
}

/* Sends what was written. */
static enum end
flush(struct turn *u, struct lws *wsi)
{
	struct lwsgo_short *at = &u->pt->at;
	int all, taken;
	ssize_t n;

	if (!at->num_out)
		return DONE;
	if (!hold(u) || !alone(u))
		return HALF;
	if (wsi->ssl) {
		at->asked = (int32_t)at->num_out;
		all = lwsgo_short_tls_write(wsi->ssl, at->out, at->asked,
					    lwsgo_short_tls(u->pt), &taken);
		at->tls = all ? NULL : lwsgo_short_tls(u->pt);
		n = taken;
	} else
		do
			n = send(wsi->fd, at->out, at->num_out,
				 MSG_NOSIGNAL | MSG_DONTWAIT);
		while (n < 0 && errno == EINTR);
	if (n > 0) {
		wsi->traffic.tx += (uint64_t)n;
		at->out += n;
		at->num_out -= (uint32_t)n;
	}
	if (at->num_out || at->tls)
		return HALF;
	at->out = lwsgo_short_out(u->pt);
	return DONE;
}

/* Hands out the messages that were read. */
static enum end
hand_out(struct turn *u, struct lws *wsi)
{
	struct lwsgo_short *at = &u->pt->at;
	size_t h, len;
	uint8_t *p, behind;

	while (at->num_in) {
		h = lwsgo_frame_whole(at->in, at->num_in, &len);
		if (!h || len > wsi->piece)
			return HALF;
		p = at->in + h;
		lwsgo_frame_unmask(p, len, p - 4);
		wsi->rsv = 0;
		wsi->rx_remain = 0;
		wsi->final = 1;
		wsi->binary = at->in[0] == LWSGO_FRAME_BINARY;
		wsi->first = 1;
		at->in = p + len;
		at->num_in -= (uint32_t)(h + len);
		/* programs rely on a NUL behind it */
		behind = p[len];
		p[len] = 0;
		at->answer = tell(u, wsi, LWS_CALLBACK_RECEIVE, p, len);
		p[len] = behind;
		wsi->first = 0;
		if (LWSGO_UNLIKELY(at->answer || !u->self->ready || !alone(u)))
			return HALF;
	}
	return flush(u, wsi);
}

/* What may be read of a connection. The lock is held at first. */
static enum end
readable(struct turn *u, struct lws *wsi)
{
	struct lwsgo_short *at = &u->pt->at;
	struct tls_io *tls = NULL;
	int got;
	ssize_t n;

	if (wsi->ssl) {
		if (!lwsgo_short_tls_read(wsi->ssl, lwsgo_short_in(u->pt),
					  wsi->at_once, lwsgo_short_tls(u->pt),
					  &got))
			tls = lwsgo_short_tls(u->pt);
		n = got;
		if (!n && !tls)
			return DONE;
	} else {
		n = recv(wsi->fd, lwsgo_short_in(u->pt), wsi->at_once,
			 MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			return DONE;
		if (!n || (n < 0 && (errno == EINTR || errno == ENOTSOCK)))
			return UNTOUCHED; /* a read tells of it again */
	}
	at->wsi = wsi;
	at->tls = tls;
	at->asked = 0;
	at->in = lwsgo_short_in(u->pt);
	at->num_in = n > 0 ? (uint32_t)n : 0;
	at->failed = n < 0 ? errno : 0;
	at->more = n == wsi->at_once;
	at->answer = 0;
	at->out = lwsgo_short_out(u->pt);
	at->num_out = 0;
	if (n > 0)
		wsi->traffic.rx += (uint64_t)n;
	if (at->more || at->failed || tls)
		return HALF;
	return hand_out(u, wsi);
}

/* WRITEABLE of a connection, which may be asked for again: at once, while that is little. */
static enum end
writeable(struct turn *u, struct lws *wsi)
{
	struct lwsgo_thread *t = u->self;
	struct lwsgo_short *at = &u->pt->at;
	struct lws *later = t->asked, **end = t->asked_end;
	uint32_t before;
	int n = 0, again, ends;

	at->wsi = wsi;
	at->num_in = 0;
	at->tls = NULL;
	at->more = at->failed = 0;
	at->out = lwsgo_short_out(u->pt);
	at->num_out = 0;
	do {
		t->asked = NULL;
		t->asked_end = &t->asked;
		before = at->num_out;
		at->answer = tell(u, wsi, LWS_CALLBACK_SERVER_WRITEABLE, NULL, 0);
		ends = at->answer || !t->ready || !alone(u);
		again = !ends && t->asked == wsi && ++n < BURST &&
			at->num_out > before && !u->external;
		if (again) {
			t->asked = wsi->next_asked;
			if (!t->asked)
				t->asked_end = &t->asked;
			__atomic_store_n(&wsi->asked, 0, __ATOMIC_RELEASE);
		}
		if (t->asked) { /* behind those of before */
			if (later)
				*end = t->asked;
			else
				later = t->asked;
			end = t->asked_end;
		}
	} while (again);
	t->asked = later;
	t->asked_end = later ? end : &t->asked;
	return ends ? HALF : flush(u, wsi);
}

/* Puts what was asked for behind what of this turn is late. */
static void
gather(struct lwsgo_pt *pt, struct lwsgo_thread *t)
{
	if (!t->asked)
		return;
	if (pt->late)
		*pt->late_end = t->asked;
	else
		pt->late = t->asked;
	pt->late_end = t->asked_end;
	t->asked = NULL;
	t->asked_end = &t->asked;
}

void
lwsgo_tell_late(struct lwsgo_pt *pt)
{
	struct lws *list = pt->late;

	pt->late = NULL;
	if (list)
		go_lwsgo_asked(list);
}

/* A turn goes on in Go, with what is left of it. */
static int
go_on(struct turn *u, int tsi, const struct epoll_event *ev, int n, int64_t now)
{
	drop(u);
	gather(u->pt, u->self);
	if (LWSGO_UNLIKELY(!u->self->ready)) { /* the program has forked, this is the child */
		u->pt->late = NULL;
		return 0;
	}
	go_lwsgo_take_over(u->cx, tsi);
	lwsgo_tell_late(u->pt);
	return go_lwsgo_turn(u->cx, tsi, ev, n, now);
}

/* A program that polls is told what to poll for now: that is Go's. */
int
lwsgo_short_ask(struct lws *wsi)
{
	struct lws_context *cx = wsi->context;
	struct lwsgo_pt *pt;

	if (!__atomic_load_n(&wsi->lent, __ATOMIC_RELAXED) || !cx ||
	    cx->external == 1)
		return 0;
	pt = lwsgo_pt_of(cx, wsi->tsi);
	if (!lwsgo_on_thread(pt))
		return 0;
	if (!__atomic_exchange_n(&wsi->asked, 1, __ATOMIC_ACQ_REL)) {
		wsi->next_asked = NULL;
		if (pt->late)
			*pt->late_end = wsi;
		else
			pt->late = wsi;
		pt->late_end = &wsi->next_asked;
	}
	if (pt->loop)
		cx->loop_ops->soon(pt->loop);
	return 1;
}

int
lwsgo_short_turn(struct lws_context *cx, int tsi, const struct epoll_event *ev,
		 int n, int64_t now, int *r)
{
	struct lwsgo_pt *pt = &cx->pt[tsi];
	struct turn u = { .pt = pt, .self = &lwsgo_self, .cx = cx };
	enum end end = DONE;
	struct lws *w;
	int i = 0;

	if (u.self->depth != 1 || __atomic_load_n(&pt->pending, __ATOMIC_SEQ_CST) ||
	    __atomic_load_n(&pt->cancel, __ATOMIC_SEQ_CST) || !hold(&u))
		return 0;
	u.visits = pt->lock.visits;
	if (pt->in_turn || (n && !lent(pt, ev))) {
		drop(&u);
		return 0;
	}
	u.external = cx->external == 1;
	pt->in_turn = 1;
	for (; i < n; i++) {
		if (!hold(&u) || !alone(&u))
			break;
		w = lent(pt, &ev[i]);
		if (!w)
			break;
		end = readable(&u, w);
		if (end == UNTOUCHED)
			break;
		if (end == HALF) {
			i++;
			break;
		}
		pt->at.wsi = NULL;
	}
	if (!i && end == UNTOUCHED) {
		pt->in_turn = 0;
		drop(&u);
		return 0;
	}
	gather(pt, u.self);
	/* what else there is to do comes before */
	if (i < n || end == HALF || !alone(&u) ||
	    __atomic_load_n(&pt->pending, __ATOMIC_SEQ_CST) ||
	    __atomic_load_n(&pt->cancel, __ATOMIC_SEQ_CST)) {
		*r = go_on(&u, tsi, ev + i, n - i, now);
		return 1;
	}
	while ((w = pt->late) && w->tsi == tsi && w->lent) {
		pt->late = w->next_asked;
		__atomic_store_n(&w->asked, 0, __ATOMIC_RELEASE);
		end = writeable(&u, w);
		if (end == HALF)
			break;
		pt->at.wsi = NULL;
	}
	if (pt->late || end == HALF || !hold(&u) || !alone(&u) ||
	    (u.self->asked && u.external)) {
		*r = go_on(&u, tsi, NULL, 0, now);
		return 1;
	}
	pt->in_turn = 0;
	drop(&u);
	gather(pt, u.self); /* they have it in the next turn */
	*r = 0;
	return 1;
}
