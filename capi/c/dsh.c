/* SPDX-License-Identifier: MIT
 *
 * lws_dsh: queues of several kinds that share one buffer, whose pieces are given back in
 * any order. C because of reason 5 (list and pointer work smaller than a crossing).
 *
 * The buffer is cut into pieces, each with a head; those that are free are queue 0, in
 * the order of their addresses. How large a head is, how a piece is chosen and where it
 * is cut decide what fits: these are the original's.
 */
#include "entry.h"
#include "lws_private.h"

struct piece {
	lws_dll2_t list; /* in its queue */
	struct lws_dsh *dsh; /* whose buffer it is cut from */
	size_t size;	 /* of what is in it */
	size_t extent;	 /* of the piece, its head included */
};

struct queue {
	lws_dll2_owner_t pieces;
	size_t extent; /* of all of them */
	struct lws_dsh *dsh;
};

struct lws_dsh {
	lws_dll2_t list; /* of those that lend to each other */
	size_t buffer_size;
	size_t unused, used;
	int count; /* queues, that of free pieces included */
	int ending;
	struct queue queues[];
};

#define HEAD ((size_t)lwsgo_plain.dsh_head)
_Static_assert(sizeof(struct piece) <= 48, "larger than the original's");

static void *
payload(struct piece *p)
{
	return (uint8_t *)p + HEAD;
}

static struct piece *
piece_of(lws_dll2_t *d)
{
	return lws_container_of(d, struct piece, list);
}

static struct queue *
queue_of(const struct piece *p)
{
	return lws_container_of(p->list.owner, struct queue, pieces);
}

static size_t
aligned(size_t size)
{
	return (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
}

/* What a piece for size bytes takes. */
static size_t
piece_extent(size_t size)
{
	return HEAD + aligned(size);
}

/* Where the next piece begins. The buffer's first has the odd bytes, if it has any: there
 * is room behind the last. */
static struct piece *
behind(struct piece *p)
{
	return (struct piece *)((uint8_t *)p + aligned(p->extent));
}

LWS_VISIBLE struct lws_dsh *
lws_dsh_create(lws_dll2_owner_t *owner, size_t buffer_size, int count_kinds)
{
	size_t heads, room = buffer_size + (size_t)lwsgo_plain.dsh_more;
	struct lws_dsh *dsh;
	struct piece *p;
	int n;

	if (!buffer_size || count_kinds < 1 || count_kinds > 1 << 20 ||
	    room <= HEAD || buffer_size > PTRDIFF_MAX / 2) {
		lwsl_err("%s: a buffer of %zu bytes for %d kinds is not possible\n",
			 __func__, buffer_size, count_kinds);
		return NULL;
	}
	heads = sizeof(*dsh) + ((size_t)count_kinds + 1) * sizeof(dsh->queues[0]);
	dsh = lws_realloc(NULL, heads + room, __func__);
	if (!dsh) {
		lwsl_err("%s: no memory for %zu bytes\n", __func__, room);
		return NULL;
	}
	memset(dsh, 0, heads + sizeof(*p));
	dsh->count = count_kinds + 1;
	dsh->buffer_size = room;
	for (n = 0; n < dsh->count; n++)
		dsh->queues[n].dsh = dsh;
	p = (struct piece *)((uint8_t *)dsh + heads);
	p->dsh = dsh;
	p->extent = room - HEAD;
	dsh->unused = p->extent;
	lws_dll2_add_head(&p->list, &dsh->queues[0].pieces);
	if (owner)
		lws_dll2_add_head(&dsh->list, owner);
	return dsh;
}

/* The smallest free piece that is large enough, of dsh's and what was found before. */
static struct piece *
best_of(struct lws_dsh *dsh, size_t extent, struct piece *best)
{
	lws_dll2_t *d;

	for (d = dsh->queues[0].pieces.head; d; d = d->next)
		if (piece_of(d)->extent >= extent &&
		    (!best || piece_of(d)->extent < best->extent))
			best = piece_of(d);
	return best;
}

/* A free piece for kind; those who share a list lend, where the ABI has it. */
static struct piece *
find(struct lws_dsh *dsh, int kind, size_t extent)
{
	struct piece *best = dsh->ending ? NULL : best_of(dsh, extent, NULL);
	lws_dll2_t *d;

	if (best || !lwsgo_plain.dsh_lends || !dsh->list.owner)
		return best;
	for (d = dsh->list.owner->head; d; d = d->next) {
		struct lws_dsh *o = lws_container_of(d, struct lws_dsh, list);

		if (o != dsh && !o->ending && o->count > kind + 1)
			best = best_of(o, extent, best);
	}
	return best;
}

/* Takes a piece of the extent, in no queue; NULL: there is none. */
static struct piece *
take(struct lws_dsh *dsh, int kind, size_t extent)
{
	struct piece *p = find(dsh, kind, extent), *rest = p;
	struct lws_dsh *from;

	if (!p)
		return NULL;
	from = p->dsh;
	if (p->extent < extent + 2 * HEAD)
		lws_dll2_remove(&p->list);
	else { /* its end becomes the piece */
		rest->extent -= extent;
		p = behind(rest);
		memset(p, 0, sizeof(*p));
		p->dsh = from;
		p->extent = extent;
	}
	from->unused -= p->extent;
	from->used += p->extent;
	return p;
}

/* A kind that dsh has; else a line says that it has not. */
static int
has_kind(const struct lws_dsh *dsh, int kind, const char *call)
{
	if (kind >= 0 && kind < dsh->count - 1)
		return 1;
	lwsl_err("%s: there is no kind %d, of %d\n", call, kind, dsh->count - 1);
	return 0;
}

LWS_VISIBLE int
lws_dsh_alloc_tail(struct lws_dsh *dsh, int kind, const void *src1, size_t size1,
		   const void *src2, size_t size2)
{
	struct piece *p = NULL;

	LWS_NEEDS(dsh && (src1 || !size1), 1);
	if (!has_kind(dsh, kind, __func__))
		return 1;
	if (size1 <= PTRDIFF_MAX / 2 && size2 <= PTRDIFF_MAX / 4)
		p = take(dsh, kind, piece_extent(size1 + size2));
	if (!p) {
		lwsl_notice("_%s: no buffer has space\n", __func__);
		return 1;
	}
	p->size = size1 + size2;
	if (size1)
		memcpy(payload(p), src1, size1);
	if (src2)
		memcpy((uint8_t *)payload(p) + size1, src2, size2);
	else
		memset((uint8_t *)payload(p) + size1, 0, size2);
	lws_dll2_add_tail(&p->list, &dsh->queues[kind + 1].pieces);
	dsh->queues[kind + 1].extent += p->extent;
	return 0;
}

/* The piece behind p begins where it ends: p gets it. */
static void
join(struct piece *p, lws_dll2_t *next)
{
	if (!next || behind(p) != piece_of(next))
		return;
	p->extent += piece_of(next)->extent;
	lws_dll2_remove(next);
}

static int
by_address(const lws_dll2_t *a, const lws_dll2_t *b)
{
	return ((uintptr_t)a > (uintptr_t)b) - ((uintptr_t)a < (uintptr_t)b);
}

/* p is in no queue. */
static void
release(struct piece *p)
{
	struct lws_dsh *dsh = p->dsh;
	lws_dll2_t *prev;

	dsh->unused += p->extent;
	dsh->used -= p->extent;
	p->size = 0;
	lws_dll2_add_sorted(&p->list, &dsh->queues[0].pieces, by_address);
	prev = p->list.prev;
	join(p, p->list.next);
	if (prev)
		join(piece_of(prev), &p->list);
}

/* Takes p out of its queue. */
static void
leave(struct piece *p)
{
	queue_of(p)->extent -= p->extent;
	lws_dll2_remove(&p->list);
}

LWS_VISIBLE void
lws_dsh_free(void **obj)
{
	struct piece *p;

	LWS_NEEDS_VOID(obj && *obj);
	p = (struct piece *)((uint8_t *)*obj - HEAD);
	if (!p->list.owner || queue_of(p) == &p->dsh->queues[0]) {
		lwsl_err("%s: %p has been freed already\n", __func__, *obj);
		return;
	}
	*obj = NULL;
	leave(p);
	release(p);
}

/* What another one keeps in dsh's buffer, which goes, moves to where there is room, to the
 * same place of its queue. */
static void
move(struct piece *p)
{
	struct queue *q = queue_of(p);
	lws_dll2_t *next = p->list.next;
	struct piece *to = take(p->dsh, (int)(q - q->dsh->queues) - 1,
				piece_extent(p->size));

	leave(p);
	if (!to) {
		lwsl_notice("lws_dsh_destroy: failed to migrate object\n");
		return;
	}
	to->size = p->size;
	memcpy(payload(to), payload(p), p->size);
	if (next)
		lws_dll2_add_before(&to->list, next);
	else
		lws_dll2_add_tail(&to->list, &q->pieces);
	q->extent += to->extent;
}

/* Does fn with the pieces of dsh's queues that are in another buffer than not_in, or, if
 * that is NULL, in the buffer in. */
static void
each(struct lws_dsh *dsh, const struct lws_dsh *not_in, const struct lws_dsh *in,
     void (*fn)(struct piece *p))
{
	lws_dll2_t *d, *next;
	int n;

	for (n = 1; n < dsh->count; n++)
		for (d = dsh->queues[n].pieces.head; d; d = next) {
			struct piece *p = piece_of(d);

			next = d->next;
			if (not_in ? p->dsh != not_in : p->dsh == in)
				fn(p);
		}
}

static void
give_back(struct piece *p)
{
	leave(p);
	release(p);
}

LWS_VISIBLE void
lws_dsh_destroy(struct lws_dsh **pdsh)
{
	struct lws_dsh *dsh;
	lws_dll2_t *d;

	LWS_NEEDS_VOID(pdsh);
	dsh = *pdsh;
	if (!dsh)
		return;
	dsh->ending = 1;
	if (lwsgo_plain.dsh_lends && dsh->list.owner) {
		each(dsh, dsh, NULL, give_back);
		for (d = dsh->list.owner->head; d; d = d->next)
			if (d != &dsh->list)
				each(lws_container_of(d, struct lws_dsh, list),
				     NULL, dsh, move);
	}
	lws_dll2_remove(&dsh->list);
	*pdsh = NULL;
	lws_realloc(dsh, 0, __func__);
}

LWS_VISIBLE size_t
lws_dsh_get_size(struct lws_dsh *dsh, int kind)
{
	LWS_NEEDS(dsh, 0);
	return has_kind(dsh, kind, __func__) ? dsh->queues[kind + 1].extent : 0;
}

LWS_VISIBLE int
lws_dsh_get_head(struct lws_dsh *dsh, int kind, void **obj, size_t *size)
{
	lws_dll2_t *d = NULL;

	if (!dsh)
		return 1;
	LWS_NEEDS(obj && size, 1);
	if (has_kind(dsh, kind, __func__))
		d = dsh->queues[kind + 1].pieces.head;
	*obj = d ? payload(piece_of(d)) : NULL;
	*size = d ? piece_of(d)->size : 0;
	return !d;
}

LWS_VISIBLE void
lws_dsh_describe(struct lws_dsh *dsh, const char *desc)
{
	lws_dll2_t *d;
	int n;

	LWS_NEEDS_VOID(dsh);
	lwsl_info("%s: dsh %p, bufsize %zu, kinds %d, lf: %zu, liu: %zu, %s\n",
		  __func__, (void *)dsh, dsh->buffer_size, dsh->count,
		  dsh->unused, dsh->used, desc ? desc : "");
	for (n = 0; n < dsh->count; n++) {
		lwsl_info("  Kind %d:\n", n);
		for (d = dsh->queues[n].pieces.head; d; d = d->next) {
			struct piece *p = piece_of(d);

			lwsl_info("    _obj %p - %p, dsh %p, size %zu, asize %zu\n",
				  (void *)p, (void *)((uint8_t *)p + p->extent),
				  (void *)p->dsh, p->size, p->extent);
		}
	}
}
