/* SPDX-License-Identifier: MIT
 *
 * lws_sul_*: the program's one-shot timers, linked through the program's own
 * memory. C because of reason 5: list work, and a timer that fires goes from
 * the wait to the program without entering Go.
 *
 * One lock guards all lists, as lws_sul_cancel is given no context. It is
 * never held across a callback, and a thread takes it only when something may be due.
 */
#include "lws_private.h"
#include "entry.h"

pthread_mutex_t lwsgo_sul_lock = PTHREAD_MUTEX_INITIALIZER;

static int
by_time(const lws_dll2_t *a, const lws_dll2_t *b)
{
	lws_usec_t x = ((const lws_sorted_usec_list_t *)a)->us;
	lws_usec_t y = ((const lws_sorted_usec_list_t *)b)->us;

	return (x > y) - (x < y);
}

/* When a timer is due; 0 would say that there is none. */
static lws_usec_t
due_of(const lws_sorted_usec_list_t *sul)
{
	return sul->us > 0 ? sul->us : 1;
}

LWS_VISIBLE int
__lws_sul_insert(lws_dll2_owner_t *own, lws_sorted_usec_list_t *sul)
{
	LWS_NEEDS(own && sul, -1);
	lws_dll2_remove(&sul->list);
	lws_dll2_add_sorted(&sul->list, own, by_time);
	return 0;
}

LWS_VISIBLE void
lws_sul_cancel(lws_sorted_usec_list_t *sul)
{
	LWS_NEEDS_VOID(sul);
	pthread_mutex_lock(&lwsgo_sul_lock);
	lws_dll2_remove(&sul->list);
	sul->us = 0;
	pthread_mutex_unlock(&lwsgo_sul_lock);
}

LWS_VISIBLE void
lws_sul2_schedule(struct lws_context *context, int tsi, int flags,
		  lws_sorted_usec_list_t *sul)
{
	struct lwsgo_pt *pt;
	lws_usec_t due;
	int first;

	LWS_NEEDS_VOID(context && sul);
	pt = lwsgo_pt_of(context, tsi);
	pthread_mutex_lock(&lwsgo_sul_lock);
	__lws_sul_insert(&pt->sul[!!(flags & LWSSULLI_WAKE_IF_SUSPENDED)], sul);
	first = !sul->list.prev;
	due = due_of(sul);
	if (!pt->sul_due || due < pt->sul_due)
		__atomic_store_n(&pt->sul_due, due, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&lwsgo_sul_lock);
	if (first && (__atomic_load_n(&pt->waiting, __ATOMIC_SEQ_CST) ||
		      __atomic_load_n(&context->external, __ATOMIC_SEQ_CST) != 2))
		lwsgo_kick_pt(context, pt);
}

static void
schedule(struct lws_context *cx, int tsi, int flags,
	 lws_sorted_usec_list_t *sul, sul_cb_t cb, lws_usec_t us)
{
	if (us == LWS_SET_TIMER_USEC_CANCEL) {
		lws_sul_cancel(sul);
		return;
	}
	pthread_mutex_lock(&lwsgo_sul_lock);
	lws_dll2_remove(&sul->list); /* its time must not change in the list */
	sul->cb = cb;
	sul->us = lws_now_usecs() + us;
	pthread_mutex_unlock(&lwsgo_sul_lock);
	lws_sul2_schedule(cx, tsi, flags, sul);
}

LWS_VISIBLE void
lws_sul_schedule(struct lws_context *ctx, int tsi, lws_sorted_usec_list_t *sul,
		 sul_cb_t _cb, lws_usec_t _us)
{
	LWS_NEEDS_VOID(ctx && sul);
	schedule(ctx, tsi, LWSSULLI_MISS_IF_SUSPENDED, sul, _cb, _us);
}

LWS_VISIBLE void
lws_sul_schedule_wakesuspend(struct lws_context *ctx, int tsi,
			     lws_sorted_usec_list_t *sul, sul_cb_t _cb,
			     lws_usec_t _us)
{
	LWS_NEEDS_VOID(ctx && sul);
	schedule(ctx, tsi, LWSSULLI_WAKE_IF_SUSPENDED, sul, _cb, _us);
}

LWS_VISIBLE int
lws_sul_earliest_wakeable_event(struct lws_context *ctx, lws_usec_t *pearliest)
{
	lws_sorted_usec_list_t *s;
	lws_usec_t us = 0;
	int n;

	LWS_NEEDS(ctx && pearliest, 1);
	pthread_mutex_lock(&lwsgo_sul_lock);
	for (n = 0; n < ctx->threads; n++) {
		s = (void *)ctx->pt[n].sul[LWSSULLI_WAKE_IF_SUSPENDED].head;
		if (s && (!us || s->us < us))
			us = s->us;
	}
	pthread_mutex_unlock(&lwsgo_sul_lock);
	if (us)
		*pearliest = us;
	return !us;
}

/* The earliest timer of the lists, NULL when there is none. */
static lws_sorted_usec_list_t *
earliest(lws_dll2_owner_t *own, int count)
{
	lws_sorted_usec_list_t *hit = NULL, *s;
	int n;

	for (n = 0; n < count; n++) {
		s = (lws_sorted_usec_list_t *)own[n].head;
		if (s && (!hit || s->us <= hit->us))
			hit = s;
	}
	return hit;
}

int64_t
lwsgo_sul_next(struct lwsgo_pt *pt)
{
	lws_sorted_usec_list_t *s;
	int64_t us;

	pthread_mutex_lock(&lwsgo_sul_lock);
	s = earliest(pt->sul, LWS_COUNT_PT_SUL_OWNERS);
	us = s ? s->us : 0;
	pthread_mutex_unlock(&lwsgo_sul_lock);
	return us;
}

LWS_VISIBLE lws_usec_t
__lws_sul_service_ripe(lws_dll2_owner_t *own, int own_len, lws_usec_t usnow)
{
	lws_sorted_usec_list_t *s;
	sul_cb_t cb;

	LWS_NEEDS(own, 0);
	for (;;) {
		pthread_mutex_lock(&lwsgo_sul_lock);
		s = earliest(own, own_len);
		if (!s || s->us > usnow) {
			lws_usec_t left = s ? s->us - usnow : 0;
			pthread_mutex_unlock(&lwsgo_sul_lock);
			return left;
		}
		lws_dll2_remove(&s->list);
		s->us = 0;
		cb = s->cb; /* a sequencer's may be gone when it is called */
		pthread_mutex_unlock(&lwsgo_sul_lock);
		cb(s);
	}
}

int64_t
lwsgo_sul_run(struct lwsgo_pt *pt, int64_t now)
{
	int64_t due = __atomic_load_n(&pt->sul_due, __ATOMIC_SEQ_CST);
	lws_sorted_usec_list_t *s;

	if (!due || due > now)
		return due ? due - now : -1;
	__atomic_add_fetch(&pt->busy, 1, __ATOMIC_SEQ_CST);
	__lws_sul_service_ripe(pt->sul, LWS_COUNT_PT_SUL_OWNERS, now);
	__atomic_sub_fetch(&pt->busy, 1, __ATOMIC_SEQ_CST);
	pthread_mutex_lock(&lwsgo_sul_lock);
	s = earliest(pt->sul, LWS_COUNT_PT_SUL_OWNERS);
	due = s ? due_of(s) : 0;
	__atomic_store_n(&pt->sul_due, due, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&lwsgo_sul_lock);
	if (!due)
		return -1;
	return due > now ? due - now : 0;
}
