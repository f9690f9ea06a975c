/* SPDX-License-Identifier: MIT
 *
 * Pages of a room's stream, for who is behind the ring. Those who are at the same id share
 * a page (after a restart of Redis, all of a room); there are only so many, the one that
 * was used longest ago goes, and who was in it asks again. So what the slow cost is
 * bounded, however many they are.
 */
#include "cluster.h"

struct page {
	lws_dll2_t of_room, used; /* the latter oldest first, while it is loaded */
	lws_dll2_owner_t waiting;
	struct room *room;
	struct sid from;
	unsigned n, gap;
	struct msg *m[PAGE];
};

static lws_dll2_owner_t used, hungry; /* places that wait until they may ask */
static unsigned loads;

static void page_free(struct page *g)
{
	unsigned i;

	for (i = 0; i < g->n; i++)
		free(g->m[i]);
	lws_dll2_remove(&g->of_room);
	lws_dll2_remove(&g->used);
	free(g);
}

static void feed_hungry(void)
{
	struct lws_dll2 *d;
	struct place *p;
	unsigned n;

	for (n = 0; n < LOADS && (d = lws_dll2_get_head(&hungry)) != NULL; n++) {
		p = lws_container_of(d, struct place, waiting);
		lws_dll2_remove(d);
		session_wake(p->session);
	}
}

/* on_page: n messages behind g->from; fewer than asked for, then there are no more. */
static void on_page(void *arg, int failed, const struct msg *const *m, unsigned n, int gap)
{
	struct page *g = arg;
	struct room *r = g->room;
	struct lws_dll2 *d;
	struct place *p;

	loads--;
	r->busy--;
	memcpy(g->m, m, n * sizeof *m);
	g->n = n;
	g->gap = (unsigned)gap;
	while ((d = lws_dll2_get_head(&g->waiting)) != NULL) {
		p = lws_container_of(d, struct place, waiting);
		lws_dll2_remove(d);
		if (failed) /* Redis has gone: rooms_up() wakes all */
			continue;
		if (!n && r->known && sid_cmp(p->cursor, r->base) < 0) {
			p->gap |= !!gap;
			p->cursor = r->base; /* nothing of it is left */
		}
		p->quiet = !n && !r->known;
		session_wake(p->session);
	}
	if (failed || !n)
		page_free(g);
	else {
		lws_dll2_add_tail(&g->used, &used);
		if (used.count > PAGES)
			page_free(lws_container_of(lws_dll2_get_head(&used), struct page, used));
	}
	room_check(r);
	feed_hungry();
}

static void load(struct place *p)
{
	struct room *r = p->room;
	struct page *g;

	lws_start_foreach_dll(struct lws_dll2 *, d, lws_dll2_get_head(&r->pages)) {
		g = lws_container_of(d, struct page, of_room);
		if (lws_dll2_is_detached(&g->used) && !sid_cmp(g->from, p->cursor)) {
			lws_dll2_add_tail(&p->waiting, &g->waiting); /* it comes */
			return;
		}
	} lws_end_foreach_dll(d);
	if (!store_up())
		return;
	if (loads >= LOADS) {
		lws_dll2_add_tail(&p->waiting, &hungry);
		return;
	}
	g = calloc(1, sizeof *g);
	if (!g || store_page(r->name, p->cursor, on_page, g)) {
		free(g);
		return;
	}
	g->room = r;
	g->from = p->cursor;
	r->busy++;
	loads++;
	lws_dll2_add_head(&g->of_room, &r->pages);
	lws_dll2_add_tail(&p->waiting, &g->waiting);
}

/* replay_next: the message behind the cursor, where a page has it; else it is asked for. */
const struct msg *replay_next(struct place *p)
{
	struct page *g;
	unsigned i;

	if (p->quiet || !lws_dll2_is_detached(&p->waiting))
		return NULL;
	lws_start_foreach_dll(struct lws_dll2 *, d, lws_dll2_get_head(&p->room->pages)) {
		g = lws_container_of(d, struct page, of_room);
		if (g->n && sid_cmp(g->from, p->cursor) <= 0 && sid_cmp(g->m[g->n - 1]->id, p->cursor) > 0) {
			for (i = 0; sid_cmp(g->m[i]->id, p->cursor) <= 0; i++)
				;
			lws_dll2_remove(&g->used);
			lws_dll2_add_tail(&g->used, &used);
			if (g->gap && !p->told && !sid_cmp(g->from, p->cursor))
				p->gap = 1; /* the stream begins only behind it */
			return g->m[i];
		}
	} lws_end_foreach_dll(d);
	load(p);
	return NULL;
}

/* replay_second: for those whose turn went to somebody who did not need it any more. */
void replay_second(void)
{
	feed_hungry();
}

void replay_forget(struct room *r)
{
	struct lws_dll2 *d;

	while ((d = lws_dll2_get_head(&r->pages)) != NULL)
		page_free(lws_container_of(d, struct page, of_room));
}
