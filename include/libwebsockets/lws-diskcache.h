/* SPDX-License-Identifier: MIT */
/**
 * \file lws-diskcache.h
 * A cache of files on disk, each named by a hash, kept below a size: what was not used
 * longest goes. lws_diskcache_trim() may run in a thread of its own.
 */

struct lws_diskcache_scan;

/** \name Set-up */
///@{
/** Makes a cache in a folder (NULL: nothing is cached) of at most so many bytes (0: 256
 * MiB). Nothing is done on disk. NULL: no memory. */
LWS_VISIBLE LWS_EXTERN struct lws_diskcache_scan *
lws_diskcache_create(const char *cache_dir_base, uint64_t cache_size_limit);

/** Frees \p *lds and sets it to NULL; the files stay. */
LWS_VISIBLE LWS_EXTERN void
lws_diskcache_destroy(struct lws_diskcache_scan **lds);

/** Makes the folder, and 256 in it, with \p mode, where they are missing, and gives them to
 * the user \p uid (-1: to nobody else). What cannot be given is an error in the log; a
 * link in the place of one of the 256 is not followed. 0. */
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

/** \name Use */
///@{
/** Looks a file up. \p cache gets its path.
 *
 * LWS_DISKCACHE_QUERY_EXISTS: \p *_fd can be read, \p *extant_cache_len is the file's
 * length, and it counts as used now. LWS_DISKCACHE_QUERY_CREATING: the caller writes the
 * file to \p *_fd, and has lws_diskcache_finalize_name() give it its name. The caller
 * closes the descriptor. LWS_DISKCACHE_QUERY_NO_CACHE: it is not there and cannot be made,
 * or the request is a bot's (\p is_bot), or the hash is none (logged).
 */
LWS_VISIBLE LWS_EXTERN int
lws_diskcache_query(struct lws_diskcache_scan *lds, int is_bot,
		    const char *hash_hex, int *_fd, char *cache, int cache_len,
		    size_t *extant_cache_len);

/** Gives a file that is complete its name, which \p cache then has. 0: done, 1: not. */
LWS_VISIBLE LWS_EXTERN int
lws_diskcache_finalize_name(char *cache);

/** Looks at one of the 256 folders; after the last, up to 128 files are removed if the
 * cache is too large. Between two scans calls do nothing for as long as
 * lws_diskcache_secs_to_idle() says. 0, or -1: a folder cannot be read (logged). */
LWS_VISIBLE LWS_EXTERN int
lws_diskcache_trim(struct lws_diskcache_scan *lds);

/** Seconds between the last scan and the next, 0: at once, at most 3600. */
LWS_VISIBLE LWS_EXTERN int
lws_diskcache_secs_to_idle(struct lws_diskcache_scan *lds);
///@}
