/* SPDX-License-Identifier: MIT
 *
 * Maps (v4.3) whose memory, hash and comparison can be the program's.
 * C because of reason 5: pointer work, and calls to the program's functions.
 */
#include "entry.h"
#include <libwebsockets.h>
#include <stdlib.h>

struct lws_map_item {
	struct lws_map_item *next; /* of its bucket */
	struct lws_map_item **at;  /* what points to it */
	lws_map_t *map;
	size_t key_len;
	size_t value_len;
	/* value and key follow */
};

struct lws_map {
	lws_map_info_t info;
	struct lws_map_item *bucket[];
};

static void *
heap_alloc(struct lws_map *mo, size_t x)
{
	(void)mo;
	return malloc(x);
}

static lws_map_hash_t
hash_bytes(const lws_map_key_t key, size_t kl)
{
	const uint8_t *p = key;
	lws_map_hash_t h = 2166136261u; /* FNV-1a */

	while (kl--)
		h = (h ^ *p++) * 16777619u;
	return h;
}

static int
compare_bytes(const lws_map_key_t key1, size_t kl1, const lws_map_value_t key2,
	      size_t kl2)
{
	return kl1 != kl2 || memcmp(key1, key2, kl1);
}

/* Items keep what they are aligned to, whatever the value's length. */
static size_t
padded(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

const void *
lws_map_item_value(struct lws_map_item *_item)
{
	return _item + 1;
}

const void *
lws_map_item_key(struct lws_map_item *_item)
{
	LWS_NEEDS(_item, NULL);
	return (const uint8_t *)(_item + 1) + padded(_item->value_len);
}

size_t
lws_map_item_key_len(struct lws_map_item *_item)
{
	LWS_NEEDS(_item, 0);
	return _item->key_len;
}

size_t
lws_map_item_value_len(struct lws_map_item *_item)
{
	LWS_NEEDS(_item, 0);
	return _item->value_len;
}

void *
lws_map_alloc_lwsac(struct lws_map *map, size_t x)
{
	LWS_NEEDS(map, NULL);
	return lwsac_use((struct lwsac **)map->info.opaque, x,
			 map->info.aux ? (size_t)(uintptr_t)map->info.aux : 0);
}

void
lws_map_free_lwsac(void *v)
{
	(void)v; /* lwsac_free() frees all at once */
}

lws_map_t *
lws_map_create(const lws_map_info_t *info)
{
	LWS_NEEDS(info, NULL);
	size_t n = info->modulo ? info->modulo : 8;
	struct lws_map head = { .info = *info }, *map;

	if (!head.info._hash)
		head.info._hash = hash_bytes;
	if (!head.info._compare)
		head.info._compare = compare_bytes;
	if (!head.info._alloc)
		head.info._alloc = heap_alloc;
	if (!head.info._free)
		head.info._free = free;
	head.info.modulo = n;
	if (n > (SIZE_MAX - sizeof(*map)) / sizeof(map->bucket[0])) {
		lwsl_err("lws_map_create: modulo %zu is too large\n", n);
		return NULL;
	}
	map = head.info._alloc(&head, sizeof(*map) + n * sizeof(map->bucket[0]));
	if (!map) {
		lwsl_err("lws_map_create: out of memory\n");
		return NULL;
	}
	map->info = head.info;
	memset(map->bucket, 0, n * sizeof(map->bucket[0]));
	return map;
}

void
lws_map_destroy(lws_map_t **pmap)
{
	LWS_NEEDS_VOID(pmap);
	lws_map_t *map = *pmap;
	size_t n;

	if (!map)
		return;
	for (n = 0; n < map->info.modulo; n++)
		while (map->bucket[n])
			lws_map_item_destroy(map->bucket[n]);
	map->info._free(map);
	*pmap = NULL;
}

struct lws_map_item *
lws_map_item_lookup(lws_map_t *map, const lws_map_key_t key, size_t keylen)
{
	LWS_NEEDS(map, NULL);
	struct lws_map_item *i =
		map->bucket[map->info._hash(key, keylen) % map->info.modulo];

	while (i && map->info._compare(key, keylen,
				       (void *)(uintptr_t)lws_map_item_key(i),
				       i->key_len))
		i = i->next;
	return i;
}

struct lws_map_item *
lws_map_item_create(lws_map_t *map, const lws_map_key_t key, size_t keylen,
		    const lws_map_value_t value, size_t valuelen)
{
	LWS_NEEDS(map, NULL);
	struct lws_map_item *i = lws_map_item_lookup(map, key, keylen), **at;

	if (i)
		lws_map_item_destroy(i);
	if (valuelen > SIZE_MAX / 4 || keylen > SIZE_MAX / 4)
		return NULL;
	i = map->info._alloc(map, sizeof(*i) + padded(valuelen) + keylen);
	if (!i) {
		lwsl_err("lws_map_item_create: out of memory\n");
		return NULL;
	}
	at = &map->bucket[map->info._hash(key, keylen) % map->info.modulo];
	i->map = map;
	i->key_len = keylen;
	i->value_len = valuelen;
	if (value && valuelen)
		memcpy(i + 1, value, valuelen);
	if (keylen)
		memcpy((uint8_t *)(i + 1) + padded(valuelen), key, keylen);
	i->next = *at;
	i->at = at;
	if (i->next)
		i->next->at = &i->next;
	*at = i;
	return i;
}

void
lws_map_item_destroy(struct lws_map_item *item)
{
	LWS_NEEDS_VOID(item);
	*item->at = item->next;
	if (item->next)
		item->next->at = item->at;
	item->map->info._free(item);
}
