/* SPDX-License-Identifier: MIT
 *
 * A room as this process has it. Its ring is a piece of the stream without a hole: all
 * behind `base`, up to `last`. A client has no queue, only a place: the id up to which it
 * has everything. It is given what is behind that, from the ring where the ring goes back
 * so far, else from Redis (replay.c). So who joins, who comes back and who is slow are
 * one case, and there is no seam between the old and the new.
 */
#include "cluster.h"
#include <stdio.h>

#define BUCKETS 4096
#define LINGER 10 /* s that an empty room stays subscribed */

static lws_dll2_owner_t buckets[BUCKETS], all; /* all messages of all rings */
static size_t ring_bytes;
static unsigned seconds;
unsigned rooms_count;

/* start: asking for the id that a place begins at. */
struct start {
	struct room *room;
	struct place *place; /* NULL: it has gone */
};

static lws_dll2_owner_t *bucket(const char *name)
{
	uint32_t h = 2166136261u;

	while (*name)
		h = (h ^ (unsigned char)*name++) * 16777619u;
	return &buckets[h % BUCKETS];
}

struct room *room_find(const char *name)
{
	struct room *r;

	lws_start_foreach_dll(struct lws_dll2 *, d, lws_dll2_get_head(bucket(name))) {
		r = lws_container_of(d, struct room, hash);
		if (!strcmp(r->name, name))
			return r;
	} lws_end_foreach_dll(d);
	return NULL;
}

static void each(void (*f)(struct room *r), unsigned from, unsigned step)
{
	for (; from < BUCKETS; from += step)
		lws_start_foreach_dll_safe(struct lws_dll2 *, d, e, lws_dll2_get_head(&buckets[from])) {
			f(lws_container_of(d, struct room, hash));
		} lws_end_foreach_dll_safe(d, e);
}

struct msg *msg_make(const char *room, struct sid id, const char *body, size_t len)
{
	static const char form[] = "{\"t\":\"msg\",\"room\":\"%s\",\"id\":\"%llu-%llu\",%.*s}";
	size_t size = sizeof form + MAX_WORD + 40 + len;
	struct msg *m = len ? malloc(sizeof *m + LWS_PRE + size) : NULL;

	if (!m)
		return NULL;
	memset(m, 0, sizeof *m);
	m->id = id;
	m->len = (size_t)snprintf((char *)m->data + LWS_PRE, size, form, room, (unsigned long long)id.ms,
				  (unsigned long long)id.n, (int)len, body);
	return m;
}

static void pop(struct room *r)
{
	struct msg *m = r->ring[r->first++ % RING];

	r->base = m->id;
	ring_bytes -= m->len;
	lws_dll2_remove(&m->all);
	free(m);
}

/* ring_reset: the ring begins anew, empty, behind an id. Nobody's position is in it. */
static void ring_reset(struct room *r, struct sid base)
{
	while (r->first < r->end)
		pop(r);
	r->first = ++r->end;
	r->base = r->last = base;
	r->known = 1;
}

static void ring_push(struct room *r, struct msg *m)
{
	struct lws_dll2 *oldest;

	if (r->end - r->first == RING)
		pop(r);
	m->room = r;
	r->ring[r->end++ % RING] = m;
	r->last = m->id;
	ring_bytes += m->len;
	lws_dll2_add_tail(&m->all, &all);
	while (ring_bytes > RING_BYTES && (oldest = lws_dll2_get_head(&all)) != NULL)
		pop(lws_container_of(oldest, struct msg, all)->room); /* the oldest of all is its room's oldest */
}

/* room_wake: there may be something for those in the room. */
void room_wake(struct room *r)
{
	struct place *p;

	lws_start_foreach_dll(struct lws_dll2 *, d, lws_dll2_get_head(&r->places)) {
		p = lws_container_of(d, struct place, of_room);
		p->quiet = 0;
		session_wake(p->session);
	} lws_end_foreach_dll(d);
}

/* room_feed: Redis says what was said. */
void room_feed(const char *name, struct sid prev, struct sid id, const char *body, size_t len)
{
	struct room *r = room_find(name);
	struct msg *m;

	if (!r || (r->known && sid_cmp(id, r->last) <= 0))
		return;
	if (!r->known || sid_cmp(prev, r->last))
		ring_reset(r, prev); /* a hole: who is before it reads the stream */
	m = msg_make(r->name, id, body, len);
	if (m)
		ring_push(r, m);
	else
		ring_reset(r, id);
	r->live = 1;
	room_wake(r);
}

/* on_newest: what was the newest when the feed began. */
static void on_newest(void *arg, int failed, struct sid id)
{
	struct room *r = arg;

	r->busy--;
	if (!failed && r->sub == SUB_ON && !r->live) {
		if (!r->known || sid_cmp(id, r->last))
			ring_reset(r, id);
		r->live = 1;
		room_wake(r);
	}
	room_check(r);
}

void room_subscribed(const char *name, int on)
{
	struct room *r = room_find(name);

	if (!r)
		return;
	if (on && r->sub == SUB_ASKED) {
		r->sub = SUB_ON;
		if (!store_back(r->name, 0, on_newest, r))
			r->busy++;
	} else if (!on) {
		r->sub = SUB_NONE;
		r->live = 0;
		room_check(r);
	}
}

void room_here(const char *name, unsigned n)
{
	struct room *r = room_find(name);

	if (!r || r->here == n)
		return;
	r->here = n;
	lws_start_foreach_dll(struct lws_dll2 *, d, lws_dll2_get_head(&r->places)) {
		struct place *p = lws_container_of(d, struct place, of_room);

		p->here = 1;
		session_wake(p->session);
	} lws_end_foreach_dll(d);
}

static void room_free(struct room *r)
{
	while (r->first < r->end)
		pop(r);
	replay_forget(r);
	lws_dll2_remove(&r->hash);
	free(r);
	rooms_count--;
}

/* room_check: subscribes a room that has people, frees one that is not needed. hiredis
 * forgets a subscription that is asked for before the end of the last one is confirmed. */
void room_check(struct room *r)
{
	if (!store_up())
		return;
	if (r->places.count && r->sub == SUB_NONE) {
		r->sub = SUB_ASKED;
		store_subscribe(r->name, 1);
	} else if (!r->places.count && r->sub == SUB_NONE && !r->busy)
		room_free(r);
}

void rooms_up(void)
{
	each(room_check, 0, 1);
}

static void down(struct room *r)
{
	r->sub = SUB_NONE;
	r->live = 0;
	r->told = 0;
}

void rooms_down(void)
{
	each(down, 0, 1);
}

static void change(struct room *r)
{
	if (r->told != r->places.count) {
		r->told = r->places.count;
		store_here(r->name, r->told);
	}
	r->idle = r->places.count ? 0 : r->idle + 1;
	if (r->idle > LINGER && r->sub == SUB_ON) {
		r->sub = SUB_LEAVING;
		store_subscribe(r->name, 0);
	}
}

static void refresh(struct room *r)
{
	if (r->places.count)
		store_here(r->name, r->places.count);
}

/* rooms_second: tells Redis how many people are here: changes at once, all in turn. */
void rooms_second(void)
{
	if (!store_up())
		return;
	each(change, 0, 1);
	each(refresh, seconds++ % 10, 10);
	replay_second();
}

static void end(struct room *r)
{
	if (r->told)
		store_here(r->name, 0);
	down(r);
}

static void end_free(struct room *r)
{
	room_free(r);
}

/* rooms_end: says goodbye; and once Redis is closed, frees. */
void rooms_end(void)
{
	each(store_up() ? end : end_free, 0, 1);
}

static void on_start(void *arg, int failed, struct sid id)
{
	struct start *s = arg;
	struct place *p = s->place;

	s->room->busy--;
	if (p) {
		p->start = NULL;
		if (failed) /* once more, when there is a Redis: until then it has no place to begin at */
			session_close(p->session, TRY_AGAIN_LATER, "redis");
		else {
			p->cursor = id;
			session_joined(p);
		}
	}
	room_check(s->room);
	free(s);
}

/* place_start: "" is with the last messages, "$" with what comes from now on. */
static const char *place_start(struct place *p, const char *last)
{
	if (*last && strcmp(last, "$"))
		return sid_read(last, strlen(last), &p->cursor) ? "last is no id" : NULL;
	p->start = calloc(1, sizeof *p->start);
	if (!p->start)
		return "memory";
	p->start->room = p->room;
	p->start->place = p;
	if (store_back(p->room->name, *last ? 0 : HISTORY, on_start, p->start)) {
		free(p->start);
		p->start = NULL;
		return "down";
	}
	p->room->busy++;
	return NULL;
}

struct place *place_make(struct session *s, const char *name, const char *last, const char **why)
{
	struct room *r = room_find(name);
	struct place *p = calloc(1, sizeof *p);

	*why = "memory";
	if (p && !r && rooms_count >= MAX_ROOMS)
		*why = "too many rooms";
	else if (p && !r && (r = calloc(1, sizeof *r)) != NULL) {
		lws_strncpy(r->name, name, sizeof r->name);
		lws_dll2_add_tail(&r->hash, bucket(name));
		rooms_count++;
	}
	if (!p || !r) {
		free(p);
		return NULL;
	}
	p->session = s;
	p->room = r;
	p->here = 1;
	*why = place_start(p, last);
	if (*why) {
		free(p);
		room_check(r);
		return NULL;
	}
	lws_dll2_add_tail(&p->of_room, &r->places);
	room_check(r);
	return p;
}

void place_end(struct place *p)
{
	if (p->start)
		p->start->place = NULL;
	lws_dll2_remove(&p->of_room);
	lws_dll2_remove(&p->waiting);
	room_check(p->room);
	free(p);
}

/* found: the position of the first message behind an id. */
static uint64_t found(const struct room *r, struct sid id)
{
	uint64_t low = r->first, high = r->end, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (sid_cmp(r->ring[mid % RING]->id, id) > 0)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* place_next: what the client gets next, NULL when there is nothing now. The caller sets
 * the cursor when it is sent. */
const struct msg *place_next(struct place *p)
{
	struct room *r = p->room;

	if (p->start)
		return NULL;
	if ((!p->ringed || p->pos < r->first) && r->known && sid_cmp(p->cursor, r->base) >= 0) {
		p->pos = found(r, p->cursor);
		p->ringed = 1;
	}
	if (!p->ringed || p->pos < r->first) {
		p->ringed = 0;
		return replay_next(p);
	}
	/* What a page had already may come again in the feed. */
	while (p->pos < r->end && sid_cmp(r->ring[p->pos % RING]->id, p->cursor) <= 0)
		p->pos++;
	return p->pos < r->end ? r->ring[p->pos % RING] : NULL;
}
