/* SPDX-License-Identifier: MIT
 *
 * Caches (v4.3) of named byte strings that expire; the least recently used
 * leave first when one is full. C because of reason 5: lists and timers in
 * memory that the program looks at.
 */
#include "cache.h"
#include "entry.h"
#include <stdlib.h>

struct item {
	lws_dll2_t lru;
	lws_dll2_t expiry;
	lws_usec_t at;
	size_t size;
	size_t tag_len;
	/* the payload, then the key with its NUL, follow */
};

/* 0 does not expire. */
static int
gone(const struct item *i, lws_usec_t now)
{
	return i->at && i->at <= now;
}

static void cache_expire(lws_sorted_usec_list_t *sul);

static uint8_t *
payload(struct item *i)
{
	return (uint8_t *)(i + 1);
}

static const char *
key(struct item *i)
{
	return (const char *)payload(i) + i->size;
}

/* The timer follows the item that expires first. */
static void
rearm(struct lws_cache_ttl_lru *c)
{
	struct item *i;

	if (!c->expiry.head) {
		lws_sul_cancel(&c->sul);
		return;
	}
	i = lws_container_of(c->expiry.head, struct item, expiry);
	lws_sul_schedule(c->info.cx, c->info.tsi, &c->sul, cache_expire,
			 i->at > lws_now_usecs() ? i->at - lws_now_usecs() : 1);
}

static void
item_free(struct lws_cache_ttl_lru *c, struct item *i)
{
	lws_dll2_remove(&i->lru);
	lws_dll2_remove(&i->expiry);
	c->footprint -= i->size;
	if (c->info.cb)
		c->info.cb(payload(i), i->size);
	free(i);
}

static void
cache_expire(lws_sorted_usec_list_t *sul)
{
	struct lws_cache_ttl_lru *c =
		lws_container_of(sul, struct lws_cache_ttl_lru, sul);
	lws_usec_t now = lws_now_usecs();

	while (c->expiry.head) {
		struct item *i = lws_container_of(c->expiry.head, struct item,
						  expiry);

		if (i->at > now)
			break;
		item_free(c, i);
	}
	rearm(c);
}

static int
sooner(const lws_dll2_t *a, const lws_dll2_t *b)
{
	lws_usec_t x = lws_container_of(a, struct item, expiry)->at,
		   y = lws_container_of(b, struct item, expiry)->at;

	return x < y ? -1 : x > y;
}

static struct item *
find(struct lws_cache_ttl_lru *c, const char *name)
{
	lws_dll2_t *d;

	for (d = c->lru.head; d; d = d->next) {
		struct item *i = lws_container_of(d, struct item, lru);

		if (!strcmp(key(i), name))
			return gone(i, lws_now_usecs()) ? NULL : i;
	}
	return NULL;
}

static struct lws_cache_ttl_lru *
heap_create(const struct lws_cache_creation_info *info)
{
	struct lws_cache_ttl_lru *c = calloc(1, sizeof(*c));

	if (c)
		c->info = *info;
	else
		lwsl_err("lws_cache_create: out of memory\n");
	return c;
}

static int
heap_expunge(struct lws_cache_ttl_lru *c)
{
	while (c->lru.head)
		item_free(c, lws_container_of(c->lru.head, struct item, lru));
	rearm(c);
	return 0;
}

static void
heap_destroy(struct lws_cache_ttl_lru **_cache)
{
	struct lws_cache_ttl_lru *c = *_cache;

	if (!c)
		return;
	heap_expunge(c);
	free(c->results);
	free(c);
	*_cache = NULL;
}

static int
heap_tag_match(struct lws_cache_ttl_lru *c, const char *wc, const char *tag,
	       char lookup_rules)
{
	(void)c;
	(void)lookup_rules;
	return lws_strcmp_wildcard(wc, strlen(wc), tag, strlen(tag));
}

static int
heap_invalidate(struct lws_cache_ttl_lru *c, const char *wildcard_key)
{
	lws_dll2_t *d, *next;

	for (d = c->lru.head; d; d = next) {
		struct item *i = lws_container_of(d, struct item, lru);

		next = d->next;
		if (!heap_tag_match(c, wildcard_key, key(i), 0))
			item_free(c, i);
	}
	rearm(c);
	return 0;
}

static int
heap_write(struct lws_cache_ttl_lru *c, const char *specific_key,
	   const uint8_t *source, size_t size, lws_usec_t expiry, void **ppvoid)
{
	size_t tag_len = strlen(specific_key);
	struct item *i;

	if ((c->info.max_payload && size > c->info.max_payload) ||
	    (c->info.max_footprint && size > c->info.max_footprint)) {
		lwsl_warn("cache %s: %zu bytes for %s are more than it takes\n",
			  c->info.name ? c->info.name : "", size, specific_key);
		return 1;
	}
	i = find(c, specific_key);
	if (i)
		item_free(c, i);
	while (c->lru.tail &&
	       ((c->info.max_footprint &&
		 c->footprint + size > c->info.max_footprint) ||
		(c->info.max_items && c->lru.count >= c->info.max_items)))
		item_free(c, lws_container_of(c->lru.tail, struct item, lru));
	i = size > SIZE_MAX / 2 ? NULL :
		calloc(1, sizeof(*i) + size + tag_len + 1);
	if (!i) {
		rearm(c);
		return 1;
	}
	i->at = expiry;
	i->size = size;
	i->tag_len = tag_len;
	if (source && size)
		memcpy(payload(i), source, size);
	memcpy(payload(i) + size, specific_key, tag_len + 1);
	lws_dll2_add_head(&i->lru, &c->lru);
	if (expiry)
		lws_dll2_add_sorted(&i->expiry, &c->expiry, sooner);
	c->footprint += size;
	rearm(c);
	if (ppvoid)
		*ppvoid = payload(i);
	return 0;
}

static int
heap_get(struct lws_cache_ttl_lru *c, const char *specific_key,
	 const void **pdata, size_t *psize)
{
	struct item *i = find(c, specific_key);

	if (!i)
		return 1;
	lws_dll2_remove(&i->lru);
	lws_dll2_add_head(&i->lru, &c->lru);
	if (pdata)
		*pdata = payload(i);
	if (psize)
		*psize = i->size;
	return 0;
}

int
lwsgo_cache_match(lws_dll2_owner_t *results, const char *tag, size_t payload_size,
		  lws_usec_t expiry)
{
	size_t len = strlen(tag);
	lws_cache_match_t *m;
	lws_dll2_t *r;

	for (r = results->head; r; r = r->next)
		if (!strcmp((const char *)(lws_container_of(
				    r, lws_cache_match_t, list) + 1), tag))
			return 0;
	m = calloc(1, sizeof(*m) + len + 1);
	if (!m)
		return 1;
	m->expiry = expiry;
	m->payload_size = payload_size;
	m->tag_size = len;
	memcpy(m + 1, tag, len + 1);
	lws_dll2_add_tail(&m->list, results);
	return 0;
}

static int
heap_lookup(struct lws_cache_ttl_lru *c, const char *wildcard_key,
	    lws_dll2_owner_t *results_owner)
{
	lws_usec_t now = lws_now_usecs();
	lws_dll2_t *d;

	for (d = c->lru.head; d; d = d->next) {
		struct item *i = lws_container_of(d, struct item, lru);

		if (!gone(i, now) && !heap_tag_match(c, wildcard_key, key(i), 1) &&
		    lwsgo_cache_match(results_owner, key(i), i->size, i->at))
			return 1;
	}
	return 0;
}

static void
heap_debug_dump(struct lws_cache_ttl_lru *c)
{
	lws_dll2_t *d;

	lwsl_notice("cache %s: %u items, %llu bytes\n",
		    c->info.name ? c->info.name : "", (unsigned int)c->lru.count,
		    (unsigned long long)c->footprint);
	for (d = c->lru.head; d; d = d->next) {
		struct item *i = lws_container_of(d, struct item, lru);

		lwsl_notice("  %s: %zu bytes\n", key(i), i->size);
	}
}

LWS_VISIBLE const struct lws_cache_ops lws_cache_ops_heap = {
	.create = heap_create,	 .destroy = heap_destroy,
	.expunge = heap_expunge, .write = heap_write,
	.tag_match = heap_tag_match, .lookup = heap_lookup,
	.invalidate = heap_invalidate, .get = heap_get,
	.debug_dump = heap_debug_dump,
};

struct lws_cache_ttl_lru *
lws_cache_create(const struct lws_cache_creation_info *info)
{
	LWS_NEEDS(info, NULL);
	if (!info->ops || !info->ops->create || !info->cx) {
		lwsl_err("lws_cache_create: ops or context missing\n");
		return NULL;
	}
	return info->ops->create(info);
}

void
lws_cache_destroy(struct lws_cache_ttl_lru **cache)
{
	LWS_NEEDS_VOID(cache);
	if (*cache)
		(*cache)->info.ops->destroy(cache);
}

int
lws_cache_expunge(struct lws_cache_ttl_lru *cache)
{
	int n = 0;

	for (; cache; cache = cache->info.parent)
		n |= cache->info.ops->expunge(cache);
	return n;
}

int
lws_cache_write_through(struct lws_cache_ttl_lru *cache,
			const char *specific_key, const uint8_t *source,
			size_t size, lws_usec_t expiry, void **ppay)
{
	LWS_NEEDS(cache && specific_key, 1);
	if (cache->info.parent &&
	    lws_cache_write_through(cache->info.parent, specific_key, source,
				    size, expiry, NULL))
		return 1;
	return cache->info.ops->write(cache, specific_key, source, size, expiry,
				      ppay);
}

int
lws_cache_item_get(struct lws_cache_ttl_lru *cache, const char *specific_key,
		   const void **pdata, size_t *psize)
{
	struct lws_cache_ttl_lru *c;

	for (c = cache; c; c = c->info.parent) {
		if (c->info.ops->get(c, specific_key, pdata, psize))
			continue;
		/* A file is not read again for the same item. */
		if (c != cache && c->line && pdata && psize)
			cache->info.ops->write(cache, specific_key, *pdata,
					       *psize, c->line_at,
					       (void **)(uintptr_t)pdata);
		return 0;
	}
	return 1;
}

int
lws_cache_item_remove(struct lws_cache_ttl_lru *cache, const char *wildcard_key)
{
	int n = 0;

	for (; cache; cache = cache->info.parent)
		n |= cache->info.ops->invalidate(cache, wildcard_key);
	return n;
}

int
lws_cache_lookup(struct lws_cache_ttl_lru *cache, const char *wildcard_key,
		 const void **pdata, size_t *psize)
{
	struct lws_cache_ttl_lru *c;
	lws_dll2_owner_t found = { NULL, NULL, 0 };
	size_t size = 0;
	lws_dll2_t *d;
	uint8_t *p, *list;
	int bad = 0;

	for (c = cache; c && !bad; c = c->info.parent)
		bad = c->info.ops->lookup(c, wildcard_key, &found);
	for (d = found.head; d; d = d->next)
		size += 8 + lws_container_of(d, lws_cache_match_t, list)
				    ->tag_size + 1;
	p = list = bad || !size ? NULL : malloc(size);
	if (p) {
		free(cache->results);
		cache->results = p;
		*pdata = p;
		*psize = size;
	}
	while ((d = found.head)) {
		lws_cache_match_t *m =
			lws_container_of(d, lws_cache_match_t, list);

		if (p) {
			lws_ser_wu32be(p, (uint32_t)m->payload_size);
			lws_ser_wu32be(p + 4, (uint32_t)m->tag_size);
			memcpy(p + 8, m + 1, m->tag_size + 1);
			p += 8 + m->tag_size + 1;
		}
		lws_dll2_remove(d);
		free(m);
	}
	return !list;
}

int
lws_cache_results_walk(lws_cache_results_t *walk_ctx)
{
	size_t step;

	LWS_NEEDS(walk_ctx, 1);
	if (walk_ctx->size < 8)
		return 1;
	walk_ctx->payload_len = lws_ser_ru32be(walk_ctx->ptr);
	walk_ctx->tag_len = lws_ser_ru32be(walk_ctx->ptr + 4);
	step = 8 + walk_ctx->tag_len + 1;
	if (step > walk_ctx->size)
		return 1;
	walk_ctx->tag = walk_ctx->ptr + 8;
	walk_ctx->ptr += step;
	walk_ctx->size -= step;
	return 0;
}

uint64_t
lws_cache_footprint(struct lws_cache_ttl_lru *cache)
{
	LWS_NEEDS(cache, 0);
	return cache->footprint;
}

void
lws_cache_debug_dump(struct lws_cache_ttl_lru *cache)
{
	LWS_NEEDS_VOID(cache);
	cache->info.ops->debug_dump(cache);
}
