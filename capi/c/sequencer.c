/* SPDX-License-Identifier: MIT
 *
 * Sequencers: callbacks that get queued events one by one, on a service thread.
 * C because of reason 5: lists, and timers that go from the wait to the program without
 * entering Go.
 *
 * One lock guards all sequencers and what is queued; it is never held across a callback.
 */
#include "entry.h"
#include "handles.h"
#include "lws_private.h"
#include <stdlib.h>

/* More than so many events that wait are an error in the log, as in the original. */
#define MANY 10

struct event {
	lws_dll2_t list;
	lws_seq_events_t e;
	void *data, *aux;
};

struct lws_sequencer {
	lws_dll2_t list;
	lws_sorted_usec_list_t timeout, pending;
	lws_dll2_owner_t events;
	struct lws_context *cx;
	int tsi;
	int going;  /* to be destroyed: takes no event */
	int inside; /* its callback for an event runs */
	int wakes;  /* its timers end a suspend */
	lws_seq_event_cb cb;
	const char *name;
	lws_usec_t made;
	max_align_t user[];
};

pthread_mutex_t lwsgo_seq_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lwsgo_handles known;

/* The lock, if seq is a sequencer; else a line says that it is none. */
static int
lock(struct lws_sequencer *seq, const char *call)
{
	pthread_mutex_lock(&lwsgo_seq_lock);
	if (lwsgo_handle_has(&known, seq))
		return 1;
	pthread_mutex_unlock(&lwsgo_seq_lock);
	lwsl_err("%s: %p is no sequencer\n", call, (void *)seq);
	return 0;
}

static void
unlock(void)
{
	pthread_mutex_unlock(&lwsgo_seq_lock);
}

static void
schedule(struct lws_sequencer *seq, lws_sorted_usec_list_t *sul, sul_cb_t cb,
	 lws_usec_t us)
{
	(seq->wakes ? lws_sul_schedule_wakesuspend : lws_sul_schedule)(
		seq->cx, seq->tsi, sul, cb, us);
}

static void deliver(lws_sorted_usec_list_t *sul);

/* 1: it is queued, 0: not. The lock is held. */
static int
queue(struct lws_sequencer *seq, lws_seq_events_t e, void *data, void *aux)
{
	struct event *ev = seq->going ? NULL : lwsgo_zalloc(sizeof(*ev), __func__);

	if (!ev)
		return 0;
	ev->e = e;
	ev->data = data;
	ev->aux = aux;
	lws_dll2_add_tail(&ev->list, &seq->events);
	schedule(seq, &seq->pending, deliver, 1);
	return 1;
}

/* Ends seq: the program is told, then it is gone. Nothing is locked; from_event: it is
 * its own callback that wants it. */
static void
end(struct lws_sequencer *seq, int from_event)
{
	lws_dll2_t *d;
	int mine;

	seq->cb(seq, seq->user, LWSSEQ_DESTROYED, NULL, NULL);
	pthread_mutex_lock(&lwsgo_seq_lock);
	mine = !seq->inside || from_event; /* else deliver() frees it */
	lwsgo_handle_drop(&known, seq);
	lws_dll2_remove(&seq->list);
	lws_sul_cancel(&seq->timeout);
	lws_sul_cancel(&seq->pending);
	while ((d = seq->events.head)) {
		lws_dll2_remove(d);
		lwsgo_free(lws_container_of(d, struct event, list));
	}
	unlock();
	if (mine)
		lwsgo_free(seq);
}

/* 1: it is for the caller to end seq. The lock is held. */
static int
going(struct lws_sequencer *seq)
{
	int was = seq->going;

	seq->going = 1;
	return !was;
}

/* One event; the next one in another turn. */
static void
deliver(lws_sorted_usec_list_t *sul)
{
	struct lws_sequencer *seq =
		lws_container_of(sul, struct lws_sequencer, pending);
	lws_seq_cb_return_t r;
	struct event *ev;
	lws_dll2_t *d;

	pthread_mutex_lock(&lwsgo_seq_lock);
	/* not known: it has gone since the timer was taken from its list */
	d = !lwsgo_handle_has(&known, seq) || seq->going || seq->inside ?
		    NULL :
		    seq->events.head;
	if (!d) { /* inside: it serves a context in its callback */
		unlock();
		return;
	}
	ev = lws_container_of(d, struct event, list);
	seq->inside = 1;
	unlock();
	/* it stays queued meanwhile, for lws_seq_check_wsi() */
	r = seq->cb(seq, seq->user, (int)ev->e, ev->data, ev->aux);
	pthread_mutex_lock(&lwsgo_seq_lock);
	if (!lwsgo_handle_has(&known, seq)) { /* it has destroyed itself */
		unlock();
		lwsgo_free(seq);
		return;
	}
	seq->inside = 0;
	lws_dll2_remove(&ev->list);
	lwsgo_free(ev);
	if (r && going(seq)) {
		unlock();
		lwsl_info("lws_seq: destroying seq '%s' by request\n",
			  seq->name ? seq->name : "");
		end(seq, 1);
		return;
	}
	if (seq->events.count)
		schedule(seq, &seq->pending, deliver, 1);
	unlock();
}

/* Each sequencer of a thread hears of each second; none: nobody counts. */
static void
beat(lws_sorted_usec_list_t *sul)
{
	struct lwsgo_pt *pt = lws_container_of(sul, struct lwsgo_pt, seq_beat);
	struct lws_sequencer *seq = NULL;
	lws_dll2_t *d;

	pthread_mutex_lock(&lwsgo_seq_lock);
	for (d = pt->seqs.head; d; d = d->next) {
		seq = lws_container_of(d, struct lws_sequencer, list);
		queue(seq, LWSSEQ_HEARTBEAT, NULL, NULL);
	}
	if (seq)
		lws_sul_schedule(seq->cx, seq->tsi, sul, beat, LWS_US_PER_SEC);
	unlock();
}

LWS_VISIBLE struct lws_sequencer *
lws_seq_create(lws_seq_info_t *i)
{
	struct lws_sequencer *seq = NULL;
	struct lws_context *cx;
	struct lwsgo_pt *pt;
	int ok = 0;

	LWS_NEEDS(i && i->context && i->cb && i->puser, NULL);
	cx = i->context;
	if (!lwsgo_is_context(cx) || __atomic_load_n(&cx->dead, __ATOMIC_SEQ_CST)) {
		lwsl_err("%s: %p is no context (any more)\n",
			 __func__, (void *)cx);
		return NULL;
	}
	if (i->user_size < PTRDIFF_MAX / 2)
		seq = lwsgo_zalloc(sizeof(*seq) + i->user_size, __func__);
	if (!seq) {
		lwsl_err("%s: no memory for %zu bytes\n", __func__, i->user_size);
		return NULL;
	}
	pt = lwsgo_pt_of(cx, i->tsi);
	seq->cx = cx;
	seq->tsi = (int)(pt - cx->pt);
	seq->cb = i->cb;
	seq->name = i->name;
	seq->wakes = i->wakesuspend;
	seq->made = lws_now_usecs();
	*i->puser = seq->user;
	pthread_mutex_lock(&lwsgo_seq_lock);
	if (!cx->seqs_over && lwsgo_handle_add(&known, seq)) {
		lws_dll2_add_tail(&seq->list, &pt->seqs);
		if (pt->seqs.count == 1)
			lws_sul_schedule(cx, seq->tsi, &pt->seq_beat, beat,
					 LWS_US_PER_SEC);
		ok = queue(seq, LWSSEQ_CREATED, NULL, NULL);
		if (!ok) {
			lws_dll2_remove(&seq->list);
			lwsgo_handle_drop(&known, seq);
		}
	}
	unlock();
	if (!ok) {
		lwsgo_free(seq);
		return NULL;
	}
	return seq;
}

LWS_VISIBLE void
lws_seq_destroy(struct lws_sequencer **pseq)
{
	struct lws_sequencer *seq;
	int mine;

	LWS_NEEDS_VOID(pseq && *pseq);
	seq = *pseq;
	if (!lock(seq, __func__))
		return;
	mine = going(seq);
	unlock();
	*pseq = NULL; /* which may be in the memory that goes */
	if (mine)
		end(seq, 0);
}

void
lwsgo_seq_end(struct lws_context *cx)
{
	struct lws_sequencer *seq;
	lws_dll2_t *d;
	int n, mine;

	for (n = 0; n < cx->threads; n++)
		do {
			pthread_mutex_lock(&lwsgo_seq_lock);
			cx->seqs_over = 1;
			seq = NULL;
			for (d = cx->pt[n].seqs.head; d && !seq; d = d->next) {
				seq = lws_container_of(d, struct lws_sequencer, list);
				if (seq->going)
					seq = NULL;
			}
			mine = seq && going(seq);
			if (!seq)
				lws_sul_cancel(&cx->pt[n].seq_beat);
			unlock();
			if (mine) {
				lwsgo_log_waiting();
				end(seq, 0);
			}
		} while (seq);
}

LWS_VISIBLE int
lws_seq_queue_event(struct lws_sequencer *seq, lws_seq_events_t e, void *data,
		    void *aux)
{
	uint32_t waiting;
	int ok;

	if (!seq || !lock(seq, __func__))
		return 1;
	waiting = seq->events.count;
	ok = queue(seq, e, data, aux);
	unlock();
	if (ok && waiting > MANY)
		lwsl_err("%s: more than %d events queued\n", __func__, MANY);
	return !ok;
}

LWS_VISIBLE int
lws_seq_check_wsi(struct lws_sequencer *seq, struct lws *wsi)
{
	lws_dll2_t *d;

	if (!lock(seq, __func__))
		return 1;
	for (d = seq->events.head; d; d = d->next) {
		struct event *ev = lws_container_of(d, struct event, list);

		if (ev->e == LWSSEQ_WSI_CONN_CLOSE && ev->data == wsi)
			break;
	}
	unlock();
	return !!d;
}

static void
timed_out(lws_sorted_usec_list_t *sul)
{
	struct lws_sequencer *seq =
		lws_container_of(sul, struct lws_sequencer, timeout);

	lws_seq_queue_event(seq, LWSSEQ_TIMED_OUT, NULL, NULL);
}

LWS_VISIBLE int
lws_seq_timeout_us(struct lws_sequencer *seq, lws_usec_t us)
{
	if (!lock(seq, __func__))
		return 1;
	if (!seq->going)
		schedule(seq, &seq->timeout, timed_out, us);
	unlock();
	return 0;
}

LWS_VISIBLE struct lws_sequencer *
lws_seq_from_user(void *u)
{
	LWS_NEEDS(u, NULL);
	return lws_container_of(u, struct lws_sequencer, user);
}

LWS_VISIBLE const char *
lws_seq_name(struct lws_sequencer *seq)
{
	const char *name;

	if (!lock(seq, __func__))
		return NULL;
	name = seq->name;
	unlock();
	return name;
}

LWS_VISIBLE lws_usec_t
lws_seq_us_since_creation(struct lws_sequencer *seq)
{
	lws_usec_t made;

	if (!lock(seq, __func__))
		return 0;
	made = seq->made;
	unlock();
	return lws_now_usecs() - made;
}

LWS_VISIBLE struct lws_context *
lws_seq_get_context(struct lws_sequencer *seq)
{
	struct lws_context *cx;

	if (!lock(seq, __func__))
		return NULL;
	cx = seq->cx;
	unlock();
	return cx;
}
