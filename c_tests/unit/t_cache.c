/* SPDX-License-Identifier: MIT
 *
 * Caches, of so.19: what is written, found by its key and removed, in memory and in the
 * jar of cookies that a file keeps.
 */
#include "unit.h"

#if V43
#include <fcntl.h>
#include <unistd.h>

static void
show_file(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));

	show("file", text, n > 0 ? (size_t)n : 0);
	if (fd >= 0)
		close(fd);
	putchar('\n');
}

static void
get(struct lws_cache_ttl_lru *c, const char *key)
{
	const void *p = NULL;
	size_t n = 0;
	int r = lws_cache_item_get(c, key, &p, &n);

	printf(" get %d", r);
	if (!r)
		show("p", p, n);
}

static struct lws_context *
context(void)
{
	struct lws_context_creation_info info;

	lws_set_log_level(0, NULL);
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	return lws_create_context(&info);
}

static void
destroyed(void *item, size_t size)
{
	show("gone", item, size);
}

/* Without wildcards: what 4.3.5 does with those is row 209 of docs/quirks.md. */
static void
heap(struct lws_context *cx)
{
	static const char *const keys[] = { "a", "ab", "abc", "b", "a|b", "a|c|d", "" };
	struct lws_cache_creation_info ci = { .cx = cx, .name = "heap", .cb = destroyed, .ops = &lws_cache_ops_heap };
	struct lws_cache_ttl_lru *c = lws_cache_create(&ci);
	char value[20];
	size_t len;
	int n;

	for (n = 0; n < 3000; n++) {
		const char *key = keys[rnd(ARRAY(keys))];
		void *p = NULL;

		switch (rnd(4)) {
		case 0:
		case 1:
			len = rnd_text(value, sizeof(value) - 1, "vwxyz");
			printf("write %s", key);
			printf(" -> %d", lws_cache_write_through(c, key, (uint8_t *)value, len,
								 rnd(3) ? 0 : lws_now_usecs() + 3600 * LWS_US_PER_SEC, &p));
			show("in", p, len);
			break;
		case 2:
			printf("%s", key);
			get(c, key);
			break;
		default:
			printf("remove %s", key);
			printf(" -> %d", lws_cache_item_remove(c, key));
		}
		putchar('\n');
		if (n == 2500)
			printf("expunge %d\n", lws_cache_expunge(c));
	}
	lws_cache_debug_dump(c);
	lws_cache_destroy(&c);
	printf(" %d\n", !!c);
}

/* A line of a cookie file: the key is host|path|name. */
static void
cookie(struct lws_cache_ttl_lru *c, const char *host, const char *name, const char *value)
{
	char key[64], line[128];
	void *p;

	lws_snprintf(key, sizeof(key), "%s|/|%s", host, name);
	lws_snprintf(line, sizeof(line), "%s\tFALSE\t/\tFALSE\t%u\t%s\t%s", host, 4000000000u, name, value);
	printf("write %s %d", key,
	       lws_cache_write_through(c, key, (uint8_t *)line, strlen(line), 4000000000ull * LWS_US_PER_SEC, &p));
}

static void
jar(struct lws_context *cx)
{
	static const char *const hosts[] = { "a.example", "b.example", "www.a.example" };
	static const char *const names[] = { "id", "session", "x" };
	char path[] = "/tmp/unit_files_XXXXXX", key[64], value[10];
	struct lws_cache_creation_info ci = { .cx = cx, .name = "jar", .ops = &lws_cache_ops_nscookiejar };
	struct lws_cache_ttl_lru *c;
	int n, fd = mkstemp(path);

	close(fd);
	ci.u.nscookiejar.filepath = path;
	c = lws_cache_create(&ci);
	for (n = 0; n < 200; n++) {
		const char *host = hosts[rnd(ARRAY(hosts))], *name = names[rnd(ARRAY(names))];

		lws_snprintf(key, sizeof(key), "%s|/|%s", host, name);
		switch (rnd(2)) {
		case 0:
			rnd_text(value, sizeof(value) - 1, "0123456789abcdef");
			cookie(c, host, name, value);
			break;
		case 1:
			printf("remove %s %d", key, lws_cache_item_remove(c, key));
			break;
		}
		if (!(n % 20))
			show_file(path);
		else
			putchar('\n');
	}
	printf("expunge %d", lws_cache_expunge(c));
	printf(" there %d\n", !access(path, F_OK));
	lws_cache_destroy(&c);
	unlink(path);
}

void
unit_cache(void)
{
	struct lws_context *cx = context();

	heap(cx);
	jar(cx);
	lws_context_destroy(cx);
}
#endif
