/* SPDX-License-Identifier: MIT
 *
 * Caches of named byte strings that expire (v4.3). A cache may have a parent:
 * what is written goes to both, what is not found is looked for there. Use one
 * in the service thread only.
 */
#ifndef LWSGO_LWS_CACHE_TTL_H
#define LWSGO_LWS_CACHE_TTL_H

struct lws_cache_ttl_lru; /**< a cache */

/** A match of lws_cache_ops.lookup; the key, with its NUL, follows. */
typedef struct lws_cache_match {
	lws_dll2_t list;	/**< of the matches */
	lws_usec_t expiry;	/**< when it expires */
	size_t payload_size;	/**< bytes of the item */
	size_t tag_size;	/**< bytes of the key, without NUL */
} lws_cache_match_t;

/** Hears of an item before it is freed. */
typedef void (*lws_cache_item_destroy_cb)(void *item, size_t size);

/** How a cache is made; clear it first. */
struct lws_cache_creation_info {
	struct lws_context *cx;		  /**< for its timer */
	const char *name;		  /**< for log lines; must stay */
	lws_cache_item_destroy_cb cb;	  /**< NULL, or hears of items that go */
	struct lws_cache_ttl_lru *parent; /**< NULL, or the next level */
	const struct lws_cache_ops *ops;  /**< one of those below, or the program's */
	union {
		struct {
			const char *filepath; /**< where the file is */
		} nscookiejar;		      /**< lws_cache_ops_nscookiejar */
	} u;				      /**< for ops */
	size_t max_footprint; /**< bytes of all items, 0: no limit */
	size_t max_items;     /**< items, 0: no limit */
	size_t max_payload;   /**< bytes of an item, 0: no limit */
	int tsi;	      /**< service thread of its timer */
};

/** What a kind of cache does; 0 is success. */
struct lws_cache_ops {
	/** make one */
	struct lws_cache_ttl_lru *
		(*create)(const struct lws_cache_creation_info *info);
	/** free it; *_cache becomes NULL */
	void (*destroy)(struct lws_cache_ttl_lru **_cache);
	/** forget all items */
	int (*expunge)(struct lws_cache_ttl_lru *cache);
	/** keep an item; *ppvoid is where it is */
	int (*write)(struct lws_cache_ttl_lru *cache, const char *specific_key,
		     const uint8_t *source, size_t size, lws_usec_t expiry,
		     void **ppvoid);
	/** 0: tag matches the pattern */
	int (*tag_match)(struct lws_cache_ttl_lru *cache, const char *wc,
			 const char *tag, char lookup_rules);
	/** add a lws_cache_match_t from malloc() for each match */
	int (*lookup)(struct lws_cache_ttl_lru *cache, const char *wildcard_key,
		      lws_dll2_owner_t *results_owner);
	/** forget what matches */
	int (*invalidate)(struct lws_cache_ttl_lru *cache,
			  const char *wildcard_key);
	/** find an item */
	int (*get)(struct lws_cache_ttl_lru *cache, const char *specific_key,
		   const void **pdata, size_t *psize);
	/** log what is in it */
	void (*debug_dump)(struct lws_cache_ttl_lru *cache);
};

/** Items in memory. */
LWS_VISIBLE extern const struct lws_cache_ops lws_cache_ops_heap;

/**
 * Cookies in a file, which other processes may change, too. The limits do not matter.
 *
 * An item is a line: domain, TRUE if it has a dot in front and the domains below it are
 * meant, path, TRUE for TLS only, expiry in seconds since 1970 (0: none), name and
 * value, with tabs between them. Its key is "domain|path|name", whatever is given for
 * it; patterns are of three parts like that. In lws_cache_lookup() the path is a
 * request's, and cookies match that are for it (RFC 6265 section 5.1.4). In front of
 * it a cache of lws_cache_ops_heap, whose parent it is, spares reading the file for
 * each lws_cache_item_get().
 */
LWS_VISIBLE extern const struct lws_cache_ops lws_cache_ops_nscookiejar;

/** Make a cache. NULL, logged, when it cannot. */
LWS_VISIBLE LWS_EXTERN struct lws_cache_ttl_lru *
lws_cache_create(const struct lws_cache_creation_info *info);

/** Free a cache and its items, not its parent; *cache becomes NULL. */
LWS_VISIBLE LWS_EXTERN void
lws_cache_destroy(struct lws_cache_ttl_lru **cache);

/** Forget all items, of the parents too. */
LWS_VISIBLE LWS_EXTERN int
lws_cache_expunge(struct lws_cache_ttl_lru *cache);

/**
 * Keep an item, in place of one of the same key, in the parents too.
 *
 * @param source NULL: room that is cleared
 * @param expiry on the clock of lws_now_usecs(); 0: it does not
 * @param ppay	 NULL, or set to where it is; valid until the cache changes
 * @return 0, or 1 when it is too large or memory is out
 */
LWS_VISIBLE LWS_EXTERN int
lws_cache_write_through(struct lws_cache_ttl_lru *cache,
			const char *specific_key, const uint8_t *source,
			size_t size, lws_usec_t expiry, void **ppay);

/**
 * Find an item.
 *
 * @param pdata set to where it is; valid until the cache changes
 * @return 0, or 1: not there
 */
LWS_VISIBLE LWS_EXTERN int
lws_cache_item_get(struct lws_cache_ttl_lru *cache, const char *specific_key,
		   const void **pdata, size_t *psize);

/** Forget the items whose key matches a pattern with '*', in the parents too. */
LWS_VISIBLE LWS_EXTERN int
lws_cache_item_remove(struct lws_cache_ttl_lru *cache, const char *wildcard_key);

/**
 * Find the keys that match a pattern with '*'.
 *
 * @param pdata set to a list for lws_cache_results_walk(); valid until the next lookup
 * @param psize set to its size
 * @return 0, or 1: none
 */
LWS_VISIBLE LWS_EXTERN int
lws_cache_lookup(struct lws_cache_ttl_lru *cache, const char *wildcard_key,
		 const void **pdata, size_t *psize);

/** A walk along the list of lws_cache_lookup(); set ptr and size from that. */
typedef struct lws_cache_results {
	const uint8_t *ptr; /**< what is ahead */
	size_t size;	    /**< of that */
	size_t payload_len; /**< bytes of the match's item */
	size_t tag_len;	    /**< bytes of its key, without NUL */
	const uint8_t *tag; /**< its key, with NUL */
} lws_cache_results_t;

/** Take the next match. Nonzero: there are no more. */
LWS_VISIBLE LWS_EXTERN int
lws_cache_results_walk(lws_cache_results_t *walk_ctx);

/** Bytes of all items. */
LWS_VISIBLE LWS_EXTERN uint64_t
lws_cache_footprint(struct lws_cache_ttl_lru *cache);

/** Log what is in it (LLL_NOTICE). */
LWS_VISIBLE LWS_EXTERN void
lws_cache_debug_dump(struct lws_cache_ttl_lru *cache);

#endif
