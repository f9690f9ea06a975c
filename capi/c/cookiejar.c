/* SPDX-License-Identifier: MIT
 *
 * The cache level that keeps cookies in a file (lws-cache-ttl.h). C because of
 * reasons 1 and 3: a table of functions that programs refer to.
 */
#include "cache.h"
#include "entry.h"
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* 0: done; *size is then the bytes of all cookies. line and pattern may be NULL. */
extern int go_lwsgo_jar_change(const char *path, const char *line, size_t len,
			       const char *pattern, uint64_t *size);
extern int go_lwsgo_jar_lookup(const char *path, const char *pattern,
			       lws_dll2_owner_t *results);
/* The line in memory of malloc(). */
extern void *go_lwsgo_jar_get(const char *path, const char *tag, size_t *len,
			      lws_usec_t *at);
extern int go_lwsgo_jar_match(const char *pattern, const char *tag, int lookup);

static int
change(struct lws_cache_ttl_lru *c, const char *line, size_t len,
       const char *pattern)
{
	int bad;

	if (!lwsgo_enter("lws_cache"))
		return 1;
	bad = go_lwsgo_jar_change(c->path, line, len, pattern, &c->footprint);
	lwsgo_leave();
	return bad;
}

static struct lws_cache_ttl_lru *
jar_create(const struct lws_cache_creation_info *info)
{
	struct lws_cache_ttl_lru *c;

	if (!info->u.nscookiejar.filepath) {
		lwsl_err("lws_cache_create: no filepath\n");
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (c)
		c->path = strdup(info->u.nscookiejar.filepath);
	if (!c || !c->path) {
		lwsl_err("lws_cache_create: out of memory\n");
		free(c);
		return NULL;
	}
	c->info = *info;
	c->info.u.nscookiejar.filepath = c->path;
	change(c, NULL, 0, NULL); /* drops what has expired */
	return c;
}

static void
jar_destroy(struct lws_cache_ttl_lru **_cache)
{
	struct lws_cache_ttl_lru *c = *_cache;

	free(c->results);
	free(c->path);
	free(c->line);
	free(c);
	*_cache = NULL;
}

static int
jar_expunge(struct lws_cache_ttl_lru *c)
{
	c->footprint = 0;
	if (!unlink(c->path) || errno == ENOENT)
		return 0;
	lwsl_err("cache %s: %s: %s\n", c->info.name ? c->info.name : "", c->path,
		 strerror(errno));
	return 1;
}

static int
jar_write(struct lws_cache_ttl_lru *c, const char *specific_key,
	  const uint8_t *source, size_t size, lws_usec_t expiry, void **ppvoid)
{
	(void)specific_key; /* both are in the line */
	(void)expiry;
	if (ppvoid)
		*ppvoid = NULL;
	return !source || change(c, (const char *)source, size, NULL);
}

static int
jar_tag_match(struct lws_cache_ttl_lru *c, const char *wc, const char *tag,
	      char lookup_rules)
{
	int r;

	(void)c;
	if (!lwsgo_enter("lws_cache"))
		return 1;
	r = go_lwsgo_jar_match(wc, tag, lookup_rules);
	lwsgo_leave();
	return r;
}

static int
jar_lookup(struct lws_cache_ttl_lru *c, const char *wildcard_key,
	   lws_dll2_owner_t *results_owner)
{
	int bad;

	if (!lwsgo_enter("lws_cache_lookup"))
		return 1;
	bad = go_lwsgo_jar_lookup(c->path, wildcard_key, results_owner);
	lwsgo_leave();
	return bad;
}

static int
jar_invalidate(struct lws_cache_ttl_lru *c, const char *wildcard_key)
{
	return change(c, NULL, 0, wildcard_key);
}

static int
jar_get(struct lws_cache_ttl_lru *c, const char *specific_key,
	const void **pdata, size_t *psize)
{
	size_t len = 0;
	void *line;

	if (!lwsgo_enter("lws_cache_item_get"))
		return 1;
	line = go_lwsgo_jar_get(c->path, specific_key, &len, &c->line_at);
	lwsgo_leave();
	if (!line)
		return 1;
	free(c->line);
	c->line = line;
	if (pdata)
		*pdata = line;
	if (psize)
		*psize = len;
	return 0;
}

static void
jar_debug_dump(struct lws_cache_ttl_lru *c)
{
	lwsl_notice("cache %s: %s, %llu bytes\n", c->info.name ? c->info.name : "",
		    c->path, (unsigned long long)c->footprint);
}

LWS_VISIBLE const struct lws_cache_ops lws_cache_ops_nscookiejar = {
	.create = jar_create,	 .destroy = jar_destroy,
	.expunge = jar_expunge,	 .write = jar_write,
	.tag_match = jar_tag_match, .lookup = jar_lookup,
	.invalidate = jar_invalidate, .get = jar_get,
	.debug_dump = jar_debug_dump,
};
