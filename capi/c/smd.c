/* SPDX-License-Identifier: MIT
 *
 * System message distribution: short messages to the participants of one
 * context, delivered by its service thread.
 * C because of reasons 2 (lws_smd_msg_printf) and 5 (list work; messages and
 * callbacks never leave C).
 *
 * The lock guards both lists and is not held across a callback: who takes a participant
 * away from another thread waits until its callback has returned.
 */
#include "entry.h"
#include "lws_private.h"
#include <stdio.h>
#include <stdlib.h>

struct message {
	lws_dll2_t list;
	lws_usec_t timestamp;
	lws_smd_class_t class_;
	uint16_t length;
	uint16_t wanted; /* participants that have yet to get it */
};

struct lws_smd_peer {
	lws_dll2_t list;
	struct lws_context *cx;
	void *opaque;
	lws_smd_notification_cb_t cb;
	lws_smd_class_t filter;
	lws_usec_t joined;
	struct message *next; /* the next one for it */
	int gone;
};

/* For who looks without the lock. It is held. */
static void
note(struct lws_context *cx)
{
	__atomic_store_n(&cx->smd.any, cx->smd.messages.count > 0, __ATOMIC_RELAXED);
}

static struct message *
message_of(void *payload)
{
	return (struct message *)payload - 1;
}

static lws_smd_class_t
wanted_classes(struct lws_context *cx)
{
	lws_smd_class_t all = 0;
	lws_dll2_t *d;

	for (d = cx->smd.peers.head; d; d = d->next) {
		struct lws_smd_peer *p =
			lws_container_of(d, struct lws_smd_peer, list);
		if (!p->gone)
			all |= p->filter;
	}
	return all;
}

LWS_VISIBLE void *
lws_smd_msg_alloc(struct lws_context *ctx, lws_smd_class_t _class, size_t len)
{
	struct message *m;
	int wanted;

	LWS_NEEDS(ctx, NULL);
	pthread_mutex_lock(&ctx->smd.lock);
	wanted = !!(wanted_classes(ctx) & _class);
	pthread_mutex_unlock(&ctx->smd.lock);
	if (!wanted) {
		lwsl_info("%s: rejecting class 0x%x as no participant wants it\n",
			  __func__, (unsigned int)_class);
		return NULL;
	}
	if (len > LWS_SMD_MAX_PAYLOAD) {
		lwsl_err("%s: %u bytes are too many (limit %d)\n", __func__,
			 (unsigned int)len, LWS_SMD_MAX_PAYLOAD);
		return NULL;
	}
	m = lwsgo_zalloc(sizeof(*m) + len, __func__);
	if (!m)
		return NULL;
	m->timestamp = lws_now_usecs();
	m->length = (uint16_t)len;
	m->class_ = _class;
	return m + 1;
}

LWS_VISIBLE void
lws_smd_msg_free(void **payload)
{
	LWS_NEEDS_VOID(payload && *payload);
	lwsgo_free(message_of(*payload));
	*payload = NULL;
}

static int
wants(const struct lws_smd_peer *p, const struct message *m)
{
	return !p->gone && p->joined <= m->timestamp && (p->filter & m->class_);
}

/* The first message from d on that p wants. */
static struct message *
next_for(const struct lws_smd_peer *p, lws_dll2_t *d)
{
	for (; d; d = d->next) {
		struct message *m = lws_container_of(d, struct message, list);
		if (wants(p, m))
			return m;
	}
	return NULL;
}

LWS_VISIBLE int
lws_smd_msg_send(struct lws_context *ctx, void *payload)
{
	LWS_NEEDS(ctx && payload, 1);
	struct message *m = message_of(payload);
	lws_dll2_t *d;

	pthread_mutex_lock(&ctx->smd.lock);
	if (ctx->smd.messages.count >= ctx->smd.depth) {
		pthread_mutex_unlock(&ctx->smd.lock);
		lwsl_info("%s: %u messages wait: no more\n", __func__,
			  ctx->smd.depth);
		return 1;
	}
	m->wanted = 0;
	for (d = ctx->smd.peers.head; d; d = d->next) {
		struct lws_smd_peer *p =
			lws_container_of(d, struct lws_smd_peer, list);
		if (!wants(p, m))
			continue;
		m->wanted++;
		if (!p->next)
			p->next = m;
	}
	if (m->wanted)
		lws_dll2_add_tail(&m->list, &ctx->smd.messages);
	else
		lwsgo_free(m);
	note(ctx);
	pthread_mutex_unlock(&ctx->smd.lock);
	lws_cancel_service(ctx);
	return 0;
}

LWS_VISIBLE int
lws_smd_msg_printf(struct lws_context *ctx, lws_smd_class_t _class,
		   const char *format, ...)
{
	char text[LWS_SMD_MAX_PAYLOAD + 1];
	va_list ap;
	void *p;
	int n, wanted;

	LWS_NEEDS(ctx && format, 1);
	pthread_mutex_lock(&ctx->smd.lock);
	wanted = !!(wanted_classes(ctx) & _class);
	pthread_mutex_unlock(&ctx->smd.lock);
	if (!wanted)
		return 0;
	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n < 0 || n >= (int)sizeof(text) - 1)
		return 1;
	p = lws_smd_msg_alloc(ctx, _class, (size_t)n + 1);
	if (!p)
		return 1;
	memcpy(p, text, (size_t)n + 1);
	message_of(p)->length = (uint16_t)n;
	if (lws_smd_msg_send(ctx, p)) {
		lws_smd_msg_free(&p);
		return 1;
	}
	return 0;
}

/* One participant has had m, or will not get it. */
static void
had(struct message *m)
{
	if (--m->wanted)
		return;
	lws_dll2_remove(&m->list);
	lwsgo_free(m);
}

/* Delivers p's next message; 1 when there is another one. The lock is held. */
static int
deliver(struct lws_context *cx, struct lws_smd_peer *p)
{
	struct message *m = p->next;

	if (!m || p->gone || cx->smd.inside)
		return 0;
	cx->smd.inside = p;
	pthread_mutex_unlock(&cx->smd.lock);
	p->cb(p->opaque, m->class_, m->timestamp, m + 1, m->length);
	pthread_mutex_lock(&cx->smd.lock);
	cx->smd.inside = NULL;
	if (p->gone) /* lws_smd_unregister has settled the others */
		pthread_cond_broadcast(&cx->smd.returned);
	else
		p->next = next_for(p, m->list.next);
	had(m);
	return !!p->next;
}

/* Drops what has waited too long, because nobody served the context. The lock is held. */
static void
expire(struct lws_context *cx)
{
	lws_usec_t oldest = lws_now_usecs() - cx->smd.ttl;
	lws_dll2_t *d, *next, *q;

	for (d = cx->smd.messages.head; d; d = next) {
		struct message *m = lws_container_of(d, struct message, list);

		next = d->next;
		if (m->timestamp >= oldest)
			continue;
		for (q = cx->smd.peers.head; q; q = q->next) {
			struct lws_smd_peer *p =
				lws_container_of(q, struct lws_smd_peer, list);
			if (p->next == m)
				p->next = next_for(p, next);
		}
		lwsl_warn("lws_smd: a message of class 0x%x is dropped, it is too old\n",
			  (unsigned int)m->class_);
		lws_dll2_remove(d);
		lwsgo_free(m);
	}
}

static void
drop(struct lws_smd_peer *p)
{
	lws_dll2_remove(&p->list);
	lwsgo_free(p);
}

void
lwsgo_smd_distribute(struct lws_context *cx)
{
	lws_dll2_t *d, *next;
	int more;

	if (!__atomic_load_n(&cx->smd.any, __ATOMIC_RELAXED))
		return;
	pthread_mutex_lock(&cx->smd.lock);
	if (cx->smd.delivering) { /* a callback serves */
		pthread_mutex_unlock(&cx->smd.lock);
		return;
	}
	if (cx->smd.ttl)
		expire(cx);
	cx->smd.delivering = 1;
	cx->smd.by = pthread_self();
	do {
		more = 0;
		for (d = cx->smd.peers.head; d; d = d->next)
			more |= deliver(cx, lws_container_of(
						    d, struct lws_smd_peer,
						    list));
	} while (more);
	cx->smd.delivering = 0;
	for (d = cx->smd.peers.head; d; d = next) {
		struct lws_smd_peer *p =
			lws_container_of(d, struct lws_smd_peer, list);
		next = d->next;
		if (p->gone)
			drop(p);
	}
	note(cx);
	pthread_mutex_unlock(&cx->smd.lock);
}

LWS_VISIBLE struct lws_smd_peer *
lws_smd_register(struct lws_context *ctx, void *opaque, int flags,
		 lws_smd_class_t _class_filter, lws_smd_notification_cb_t cb)
{
	LWS_NEEDS(ctx, NULL);
	struct lws_smd_peer *p = lwsgo_zalloc(sizeof(*p), __func__);

	(void)flags;
	if (!p)
		return NULL;
	p->cx = ctx;
	p->cb = cb;
	p->opaque = opaque;
	p->filter = _class_filter;
	p->joined = lws_now_usecs();
	pthread_mutex_lock(&ctx->smd.lock);
	lws_dll2_add_tail(&p->list, &ctx->smd.peers);
	pthread_mutex_unlock(&ctx->smd.lock);
	return p;
}

LWS_VISIBLE void
lws_smd_unregister(struct lws_smd_peer *pr)
{
	LWS_NEEDS_VOID(pr);
	struct lws_context *cx = pr->cx;
	struct message *m, *after;
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	pthread_mutex_lock(&cx->smd.lock);
	m = pr->next;
	if (m && cx->smd.inside == pr) /* it is being read */
		m = next_for(pr, m->list.next);
	for (; m; m = after) {
		after = next_for(pr, m->list.next);
		had(m);
	}
	pr->next = NULL;
	pr->gone = 1;
	note(cx);
	if (!cx->smd.delivering)
		drop(pr);
	else if (!pthread_equal(cx->smd.by, pthread_self()))
		while (cx->smd.inside == pr) /* its address: it may be gone then */
			pthread_cond_wait(&cx->smd.returned, &cx->smd.lock);
	pthread_mutex_unlock(&cx->smd.lock);
	pthread_setcancelstate(state, NULL);
}

void
lwsgo_smd_destroy(struct lws_context *cx)
{
	lws_dll2_t *d;

	pthread_mutex_lock(&cx->smd.lock);
	while ((d = cx->smd.messages.head)) {
		lws_dll2_remove(d);
		lwsgo_free(lws_container_of(d, struct message, list));
	}
	while ((d = cx->smd.peers.head))
		drop(lws_container_of(d, struct lws_smd_peer, list));
	pthread_mutex_unlock(&cx->smd.lock);
}

/* In a forked child, with all locks: another thread of the parent's delivered. */
void
lwsgo_smd_forked(void)
{
	struct lws_context *cx;

	for (cx = lwsgo_contexts; cx; cx = cx->next_made) {
		pthread_cond_init(&cx->smd.returned, NULL);
		if (cx->smd.delivering && !pthread_equal(cx->smd.by, pthread_self())) {
			cx->smd.delivering = 0;
			cx->smd.inside = NULL;
		}
	}
}
