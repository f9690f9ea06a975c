/* SPDX-License-Identifier: MIT
 *
 * Doubly linked lists whose members know their owner.
 * C because of reason 5 (pointer work smaller than a crossing).
 */
#include "entry.h"
#include <libwebsockets.h>

/* Links a detached member in between two neighbours, either may be NULL. */
static void
link_between(struct lws_dll2_owner *owner, struct lws_dll2 *d,
	     struct lws_dll2 *prev, struct lws_dll2 *next)
{
	d->owner = owner;
	d->prev = prev;
	d->next = next;
	*(prev ? &prev->next : &owner->head) = d;
	*(next ? &next->prev : &owner->tail) = d;
	owner->count++;
}

static int
refuse_linked(const struct lws_dll2 *d, const char *who)
{
	if (lws_dll2_is_detached(d))
		return 0;
	lwsl_err("%s: %p is on a list already\n", who, (const void *)d);
	return 1;
}

void
lws_dll2_add_head(struct lws_dll2 *d, struct lws_dll2_owner *owner)
{
	LWS_NEEDS_VOID(d && owner);
	if (!refuse_linked(d, __func__))
		link_between(owner, d, NULL, owner->head);
}

void
lws_dll2_add_tail(struct lws_dll2 *d, struct lws_dll2_owner *owner)
{
	LWS_NEEDS_VOID(d && owner);
	if (!refuse_linked(d, __func__))
		link_between(owner, d, owner->tail, NULL);
}

void
lws_dll2_add_before(struct lws_dll2 *d, struct lws_dll2 *after)
{
	LWS_NEEDS_VOID(d && after);
	if (refuse_linked(d, __func__))
		return;
	if (lws_dll2_is_detached(after)) {
		lwsl_err("%s: %p is on no list\n", __func__, (void *)after);
		return;
	}
	link_between(after->owner, d, after->prev, after);
}

void
lws_dll2_add_sorted(lws_dll2_t *d, lws_dll2_owner_t *own,
		    int (*compare)(const lws_dll2_t *d, const lws_dll2_t *i))
{
	LWS_NEEDS_VOID(d && own);
	struct lws_dll2 *p = own->head;

	while (p && compare(p, d) < 0)
		p = p->next;
	if (p)
		lws_dll2_add_before(d, p);
	else
		lws_dll2_add_tail(d, own);
}

void
lws_dll2_remove(struct lws_dll2 *d)
{
	LWS_NEEDS_VOID(d);
	struct lws_dll2_owner *owner = d->owner;

	if (!owner)
		return;
	if (d->next)
		d->next->prev = d->prev;
	if (d->prev)
		d->prev->next = d->next;
	if (owner->tail == d)
		owner->tail = d->prev;
	if (owner->head == d)
		owner->head = d->next;
	owner->count--;
	lws_dll2_clear(d);
}

void
lws_dll2_clear(struct lws_dll2 *d)
{
	LWS_NEEDS_VOID(d);
	d->owner = NULL;
	d->prev = NULL;
	d->next = NULL;
}

void
lws_dll2_owner_clear(struct lws_dll2_owner *d)
{
	LWS_NEEDS_VOID(d);
	d->head = NULL;
	d->tail = NULL;
	d->count = 0;
}

int
lws_dll2_foreach_safe(struct lws_dll2_owner *owner, void *user,
		      int (*cb)(struct lws_dll2 *d, void *user))
{
	struct lws_dll2 *p, *next;

	LWS_NEEDS(owner, 0);
	for (p = owner->head; p; p = next) {
		next = p->next; /* cb may remove p */
		if (cb(p, user))
			return 1;
	}
	return 0;
}

/* ptr_ofs is where the object has a pointer to its name. */
void *
_lws_dll2_search_sz_pl(lws_dll2_owner_t *own, const char *name, size_t namelen,
		       size_t dll2_ofs, size_t ptr_ofs)
{
	struct lws_dll2 *p;

	LWS_NEEDS(own && name, NULL);
	for (p = own->head; p; p = p->next) {
		char *object = (char *)p - dll2_ofs;
		const char *is;

		memcpy(&is, object + ptr_ofs, sizeof(is));
		if (is && !strncmp(is, name, namelen) && !is[namelen])
			return object;
	}
	return NULL;
}

void
lws_dll2_add_sorted_priv(lws_dll2_t *d, lws_dll2_owner_t *own, void *priv,
			 int (*compare3)(void *priv, const lws_dll2_t *d,
					 const lws_dll2_t *i))
{
	LWS_NEEDS_VOID(d && own);
	struct lws_dll2 *p = own->head;

	while (p && compare3(priv, p, d) < 0)
		p = p->next;
	if (p)
		lws_dll2_add_before(d, p);
	else
		lws_dll2_add_tail(d, own);
}
