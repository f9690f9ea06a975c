/* SPDX-License-Identifier: MIT */
/**
 * \file lws-diskcache.h
 * A cache of files on disk, kept below a size. The functions are not in the
 * library.
 */

struct lws_diskcache_scan;

/** \name Set-up
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN struct lws_diskcache_scan *
lws_diskcache_create(const char *cache_dir_base, uint64_t cache_size_limit);

LWS_VISIBLE LWS_EXTERN void
lws_diskcache_destroy(struct lws_diskcache_scan **lds);

LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_diskcache_prepare(const char *cache_base_dir, int mode, uid_t uid);
#else
lws_diskcache_prepare(const char *cache_base_dir, int mode, int uid);
#endif
///@}

#define LWS_DISKCACHE_QUERY_NO_CACHE	0	/**< cannot be cached */
#define LWS_DISKCACHE_QUERY_EXISTS	1	/**< it is there */
#define LWS_DISKCACHE_QUERY_CREATING	2	/**< the caller makes it */
#define LWS_DISKCACHE_QUERY_ONGOING	3	/**< another one makes it */

/** \name Use
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_diskcache_query(struct lws_diskcache_scan *lds, int is_bot,
		    const char *hash_hex, int *_fd, char *cache, int cache_len,
		    size_t *extant_cache_len);

LWS_VISIBLE LWS_EXTERN int
lws_diskcache_finalize_name(char *cache);

LWS_VISIBLE LWS_EXTERN int
lws_diskcache_trim(struct lws_diskcache_scan *lds);

LWS_VISIBLE LWS_EXTERN int
lws_diskcache_secs_to_idle(struct lws_diskcache_scan *lds);
///@}
