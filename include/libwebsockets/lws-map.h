/* SPDX-License-Identifier: MIT
 *
 * Maps from byte strings to byte strings (v4.3). They may live in memory of
 * the program's choice, with a hash and a comparison of its choice.
 */
#ifndef LWSGO_LWS_MAP_H
#define LWSGO_LWS_MAP_H

typedef struct lws_map lws_map_t; /**< a map */
struct lws_map_item;		  /**< an entry of one */

typedef void *lws_map_key_t;	 /**< a key's first byte */
typedef void *lws_map_value_t;	 /**< a value's first byte */
typedef uint32_t lws_map_hash_t; /**< a key's hash */

/** A key's hash. */
typedef lws_map_hash_t (*lws_map_hash_from_key_t)(const lws_map_key_t key,
						  size_t kl);
/** 0 if two keys are the same. */
typedef int (*lws_map_compare_key_t)(const lws_map_key_t key1, size_t kl1,
				     const lws_map_value_t key2, size_t kl2);
/** x bytes for the map or an item, or NULL. */
typedef void *(*lws_map_alloc_t)(struct lws_map *mo, size_t x);
/** Gives them back. */
typedef void (*lws_map_free_t)(void *);

/** How a map is made; clear it first. */
typedef struct lws_map_info {
	lws_map_hash_from_key_t _hash;	/**< NULL: of the bytes */
	lws_map_compare_key_t _compare; /**< NULL: of the bytes */
	lws_map_alloc_t _alloc;		/**< NULL: malloc() */
	lws_map_free_t _free;		/**< NULL: free() */
	void *opaque; /**< the program's; lws_map_alloc_lwsac(): struct lwsac ** */
	void *aux;    /**< the program's; lws_map_alloc_lwsac(): its chunk size */
	size_t modulo; /**< how many buckets; 0: 8 */
} lws_map_info_t;

/** The key of an item; it is the map's. */
LWS_VISIBLE LWS_EXTERN const void *
lws_map_item_key(struct lws_map_item *_item);
/** The value of an item; it is the map's. */
LWS_VISIBLE LWS_EXTERN const void *
lws_map_item_value(struct lws_map_item *_item);
/** Bytes of an item's key. */
LWS_VISIBLE LWS_EXTERN size_t
lws_map_item_key_len(struct lws_map_item *_item);
/** Bytes of an item's value. */
LWS_VISIBLE LWS_EXTERN size_t
lws_map_item_value_len(struct lws_map_item *_item);

/** lws_map_item_create() with a string, without its NUL, as the key. */
#define lws_map_item_create_ks(_map, _str, _v, _vl) \
	lws_map_item_create(_map, (const lws_map_key_t)_str, strlen(_str), \
			    (const lws_map_value_t)_v, _vl)
/** lws_map_item_lookup() with a string, without its NUL, as the key. */
#define lws_map_item_lookup_ks(_map, _str) \
	lws_map_item_lookup(_map, (const lws_map_key_t)_str, strlen(_str))

/** Make a map. NULL when memory is out. */
LWS_VISIBLE LWS_EXTERN lws_map_t *
lws_map_create(const lws_map_info_t *info);

/** An _alloc that takes memory from the lwsac that info.opaque points to. */
LWS_VISIBLE LWS_EXTERN void *
lws_map_alloc_lwsac(struct lws_map *map, size_t x);
/** The _free that goes with it: nothing, lwsac_free() frees all. */
LWS_VISIBLE LWS_EXTERN void
lws_map_free_lwsac(void *v);

/** Free a map and its items; *pmap becomes NULL. */
LWS_VISIBLE LWS_EXTERN void
lws_map_destroy(lws_map_t **pmap);

/**
 * Add an item, in place of one of the same key.
 *
 * @param value NULL: room for valuelen bytes, not set
 * @return the item, with copies of both, or NULL when memory is out
 */
LWS_VISIBLE LWS_EXTERN struct lws_map_item *
lws_map_item_create(lws_map_t *map, const lws_map_key_t key, size_t keylen,
		    const lws_map_value_t value, size_t valuelen);

/** Take an item out of its map and free it. */
LWS_VISIBLE LWS_EXTERN void
lws_map_item_destroy(struct lws_map_item *item);

/** Find an item, or NULL. */
LWS_VISIBLE LWS_EXTERN struct lws_map_item *
lws_map_item_lookup(lws_map_t *map, const lws_map_key_t key, size_t keylen);

#endif
