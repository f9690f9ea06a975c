/* SPDX-License-Identifier: MIT
 *
 * What the kinds of cache share (cache.c, cookiejar.c).
 */
#ifndef LWSGO_CACHE_H
#define LWSGO_CACHE_H

#include "lwsgo.h"

struct lws_cache_ttl_lru {
	struct lws_cache_creation_info info;
	lws_dll2_owner_t lru;	 /* newest use first */
	lws_dll2_owner_t expiry; /* soonest first */
	lws_sorted_usec_list_t sul;
	uint64_t footprint;
	uint8_t *results;  /* of the last lookup */
	char *path;	   /* a cookie jar's file */
	void *line;	   /* a cookie jar's last find */
	lws_usec_t line_at; /* when that expires */
};

/* Adds a match, unless it is there. 1: out of memory. */
__attribute__((visibility("hidden"))) int
lwsgo_cache_match(lws_dll2_owner_t *results, const char *tag, size_t payload,
		  lws_usec_t expiry);

#endif
