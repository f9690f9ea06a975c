/* SPDX-License-Identifier: MIT
 *
 * Wrappers of the disk cache (impl/diskcache). C because of reasons 1 and 3: arguments
 * whose types depend on the ABI; and what is a cache is known here, in a forked child
 * too.
 */
#include "abi.h"
#include "entry.h"
#include "handles.h"
#include "lws_private.h"

pthread_mutex_t lwsgo_diskcache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lwsgo_handles known;

extern struct lws_diskcache_scan *
go_lwsgo_diskcache_create(const char *base, uint64_t limit);
extern void go_lwsgo_diskcache_destroy(struct lws_diskcache_scan *lds);
extern int go_lws_diskcache_prepare(const char *base, int mode, uint32_t uid);
extern int go_lws_diskcache_query(struct lws_diskcache_scan *lds, int is_bot,
				  const char *hash_hex, int *fd, char *cache,
				  int cache_len, size_t *extant);
extern int go_lws_diskcache_trim(struct lws_diskcache_scan *lds);
extern int go_lws_diskcache_secs_to_idle(struct lws_diskcache_scan *lds);

static int
is_cache(struct lws_diskcache_scan *lds, const char *call)
{
	int yes;

	pthread_mutex_lock(&lwsgo_diskcache_lock);
	yes = lwsgo_handle_has(&known, lds);
	pthread_mutex_unlock(&lwsgo_diskcache_lock);
	if (!yes)
		lwsl_err("%s: %p is no disk cache (any more)\n", call, (void *)lds);
	return yes;
}

LWS_VISIBLE struct lws_diskcache_scan *
lws_diskcache_create(const char *cache_dir_base, uint64_t cache_size_limit)
{
	struct lws_diskcache_scan *lds;
	int ok;

	if (!lwsgo_enter(__func__))
		return NULL;
	lds = go_lwsgo_diskcache_create(cache_dir_base, cache_size_limit);
	lwsgo_leave();
	if (!lds)
		return NULL;
	pthread_mutex_lock(&lwsgo_diskcache_lock);
	ok = lwsgo_handle_add(&known, lds);
	pthread_mutex_unlock(&lwsgo_diskcache_lock);
	if (ok)
		return lds;
	if (lwsgo_enter(__func__)) {
		go_lwsgo_diskcache_destroy(lds);
		lwsgo_leave();
	}
	return NULL;
}

LWS_VISIBLE void
lws_diskcache_destroy(struct lws_diskcache_scan **lds)
{
	LWS_NEEDS_VOID(lds && *lds);
	if (!is_cache(*lds, __func__) || !lwsgo_enter(__func__))
		return;
	pthread_mutex_lock(&lwsgo_diskcache_lock);
	lwsgo_handle_drop(&known, *lds);
	pthread_mutex_unlock(&lwsgo_diskcache_lock);
	go_lwsgo_diskcache_destroy(*lds);
	lwsgo_leave();
	*lds = NULL;
}

LWS_VISIBLE int
lws_diskcache_prepare(const char *cache_base_dir, int mode, lwsgo_uid uid)
{
	int r;

	LWS_NEEDS(cache_base_dir, 1);
	if (!lwsgo_enter(__func__))
		return 1;
	r = go_lws_diskcache_prepare(cache_base_dir, mode, (uint32_t)uid);
	lwsgo_leave();
	return r;
}

LWS_VISIBLE int
lws_diskcache_query(struct lws_diskcache_scan *lds, int is_bot,
		    const char *hash_hex, int *_fd, char *cache, int cache_len,
		    size_t *extant_cache_len)
{
	int r;

	LWS_NEEDS(lds && hash_hex && _fd && cache && cache_len > 0 && extant_cache_len,
		  LWS_DISKCACHE_QUERY_NO_CACHE);
	if (!is_cache(lds, __func__) || !lwsgo_enter(__func__))
		return LWS_DISKCACHE_QUERY_NO_CACHE;
	r = go_lws_diskcache_query(lds, is_bot, hash_hex, _fd, cache, cache_len,
				   extant_cache_len);
	lwsgo_leave();
	return r;
}

LWS_ENTRY(int, 1, lws_diskcache_finalize_name, (char *cache), (cache))

LWS_VISIBLE int
lws_diskcache_trim(struct lws_diskcache_scan *lds)
{
	int r;

	LWS_NEEDS(lds, -1);
	if (!is_cache(lds, __func__) || !lwsgo_enter(__func__))
		return -1;
	r = go_lws_diskcache_trim(lds);
	lwsgo_leave();
	return r;
}

LWS_VISIBLE int
lws_diskcache_secs_to_idle(struct lws_diskcache_scan *lds)
{
	int r;

	LWS_NEEDS(lds, 0);
	if (!is_cache(lds, __func__) || !lwsgo_enter(__func__))
		return 0;
	r = go_lws_diskcache_secs_to_idle(lds);
	lwsgo_leave();
	return r;
}
