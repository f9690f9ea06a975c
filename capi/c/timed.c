/* SPDX-License-Identifier: MIT
 *
 * lws_timed_callback_vh_protocol(), which v3.0 to v4.0 had: a timer that calls
 * a protocol. C because of reason 5: it is one of lws_sul_'s timers.
 */
#include "lws_private.h"
#include "entry.h"

struct timed {
	lws_sorted_usec_list_t sul;
	lws_dll2_t list;
	struct lws_vhost *vhost;
	uint32_t slot; /* the vhost's, while it lives */
	const struct lws_protocols *protocol;
	int reason;
};

static lws_dll2_owner_t waiting;
static pthread_mutex_t waiting_lock = PTHREAD_MUTEX_INITIALIZER;

extern void go_lwsgo_timed(struct lws_vhost *, struct lws_protocols *, int);

static void
fire(lws_sorted_usec_list_t *sul)
{
	struct timed *t = lws_container_of(sul, struct timed, sul);

	pthread_mutex_lock(&waiting_lock);
	lws_dll2_remove(&t->list);
	pthread_mutex_unlock(&waiting_lock);
	if (t->vhost->slot == t->slot &&
	    lwsgo_enter("lws_timed_callback_vh_protocol")) {
		go_lwsgo_timed(t->vhost, (struct lws_protocols *)t->protocol,
			       t->reason);
		lwsgo_leave();
	}
	lwsgo_free(t);
}

LWS_VISIBLE int
lws_timed_callback_vh_protocol_us(struct lws_vhost *vh,
				  const struct lws_protocols *prot, int reason,
				  lws_usec_t us)
{
	struct timed *t;

	if (!vh || !vh->slot || !prot) {
		lwsl_err("lws_timed_callback_vh_protocol: vhost %p or protocol "
			 "%p is none (any more)\n", (void *)vh, (void *)prot);
		return 1;
	}
	t = lwsgo_zalloc(sizeof(*t), __func__);
	if (!t)
		return 1;
	t->vhost = vh;
	t->slot = vh->slot;
	t->protocol = prot;
	t->reason = reason;
	pthread_mutex_lock(&waiting_lock);
	lws_dll2_add_head(&t->list, &waiting);
	pthread_mutex_unlock(&waiting_lock);
	lws_sul_schedule(vh->context, 0, &t->sul, fire, us);
	return 0;
}

LWS_VISIBLE int
lws_timed_callback_vh_protocol(struct lws_vhost *vh,
			       const struct lws_protocols *prot, int reason,
			       int secs)
{
	return lws_timed_callback_vh_protocol_us(vh, prot, reason,
					(lws_usec_t)secs * LWS_US_PER_SEC);
}

/* The context is gone, and what was still to come with it. */
void
lwsgo_timed_forget(struct lws_context *cx)
{
	lws_dll2_t *d, *next;

	pthread_mutex_lock(&waiting_lock);
	for (d = waiting.head; d; d = next) {
		struct timed *t = lws_container_of(d, struct timed, list);

		next = d->next;
		if (t->vhost->context != cx)
			continue;
		lws_dll2_remove(d);
		lws_sul_cancel(&t->sul);
		lwsgo_free(t);
	}
	pthread_mutex_unlock(&waiting_lock);
}
