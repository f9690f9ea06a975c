/* SPDX-License-Identifier: MIT
 *
 * lwsac: many small allocations in chunks that are freed together, and files
 * cached in such a chunk.
 * C because of reason 5 (pointer work smaller than a crossing).
 */
#include "abi.h"
#include "entry.h"
#include <libwebsockets.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_DEFAULT 4000
#define ALIGNMENT sizeof(void *)

/* A cached file is looked at again after this many seconds. */
#define FILE_FRESH_SECS 5

/* At the start of each chunk. Programs see the sizes (lwsac_sizeof). */
struct lwsac {
	struct lwsac *next;
	struct lwsac *head;
	size_t alloc_size; /* of the whole chunk, this header included */
	size_t ofs;	   /* of the first unused byte */
};

/* Behind it, in the first chunk only. */
struct lwsac_head {
	struct lwsac *curr; /* the last chunk */
	size_t total_alloc_size;
	int refcount;
	int total_blocks;
	char detached;
};

/* In front of a cached file's contents. */
struct cached_file {
	struct stat s;
	time_t last_confirm;
};

static struct lwsac_head *
head_of(struct lwsac *first)
{
	return (struct lwsac_head *)(first + 1);
}

size_t
lwsac_align(size_t length)
{
	return (length + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

size_t
lwsac_sizeof(int first)
{
	return sizeof(struct lwsac) + (first ? sizeof(struct lwsac_head) : 0);
}

size_t
lwsac_get_tail_pos(struct lwsac *lac)
{
	LWS_NEEDS(lac, 0);
	return lac->ofs;
}

struct lwsac *
lwsac_get_next(struct lwsac *lac)
{
	LWS_NEEDS(lac, NULL);
	return lac->next;
}

int
lwsac_extend(struct lwsac *head, lwsgo_len amount)
{
	LWS_NEEDS(head, 1);
	struct lwsac *c = head_of(head)->curr;
	size_t al = lwsac_align((size_t)amount);

	if (c->alloc_size - c->ofs < al)
		return 1;
	memset((char *)c + c->ofs, 0, al);
	c->ofs += al;
	return 0;
}

static struct lwsac *
add_chunk(struct lwsac **head, size_t al, size_t chunk_size)
{
	size_t header = lwsac_sizeof(!*head);
	size_t size = chunk_size ? chunk_size : CHUNK_DEFAULT;
	struct lwsac_head *h;
	struct lwsac *c;

	if (size < al)
		size = al;
	size += header;
	c = malloc(size);
	if (!c) {
		lwsl_err("%s: OOM for %llu bytes\n", __func__,
			 (unsigned long long)size);
		return NULL;
	}
	c->next = NULL;
	c->alloc_size = size;
	c->ofs = header;
	if (*head) {
		h = head_of(*head);
		h->curr->next = c;
	} else {
		*head = c;
		h = head_of(c);
		memset(h, 0, sizeof(*h));
	}
	c->head = *head;
	h->curr = c;
	h->total_alloc_size += size;
	h->total_blocks++;
	return c;
}

static int
fits(const struct lwsac *c, size_t n)
{
	return c->alloc_size - c->ofs >= n;
}

static void *
use(struct lwsac **head, size_t ensure, size_t chunk_size, int backfill)
{
	size_t al = lwsac_align(ensure), start;
	struct lwsac *c = NULL;

	if (*head)
		c = backfill ? *head : head_of(*head)->curr;
	while (c && !fits(c, ensure))
		c = c->next;
	if (!c)
		c = add_chunk(head, al, chunk_size);
	if (!c)
		return NULL;

	if (!fits(c, al)) /* no room for all of the padding */
		al = c->alloc_size - c->ofs;
	start = c->ofs;
	c->ofs += al;
	memset((char *)c + start + ensure, 0, al - ensure);
	return (char *)c + start;
}

void *
lwsac_use(struct lwsac **head, size_t ensure, size_t chunk_size)
{
	LWS_NEEDS(head, NULL);
	return use(head, ensure, chunk_size, 0);
}

void *
lwsac_use_backfill(struct lwsac **head, size_t ensure, size_t chunk_size)
{
	LWS_NEEDS(head, NULL);
	return use(head, ensure, chunk_size, 1);
}

void *
lwsac_use_zero(struct lwsac **head, size_t ensure, size_t chunk_size)
{
	LWS_NEEDS(head, NULL);
	void *p = use(head, ensure, chunk_size, 0);

	if (p)
		memset(p, 0, ensure);
	return p;
}

/*
 * Looks for len bytes equal to find's, followed by a NUL if nul.  As the
 * reference, it does not look at the last place they could be in a chunk.
 */
uint8_t *
lwsac_scan_extant(struct lwsac *head, uint8_t *find, size_t len, int nul)
{
	uint8_t *p, *end;

	for (; head; head = head->next) {
		if (head->ofs - sizeof(*head) < len)
			continue;
		end = (uint8_t *)head + head->ofs - len;
		for (p = (uint8_t *)(head + 1); p < end; p++)
			if (!memcmp(p, find, len) && (!nul || !p[len]))
				return p;
	}
	return NULL;
}

uint64_t
lwsac_total_overhead(struct lwsac *head)
{
	uint64_t sum = 0;

	for (; head; head = head->next)
		sum += head->alloc_size - head->ofs + sizeof(*head);
	return sum;
}

uint64_t
lwsac_total_alloc(struct lwsac *head)
{
	return head ? head_of(head)->total_alloc_size : 0;
}

void
lwsac_free(struct lwsac **head)
{
	LWS_NEEDS_VOID(head);
	struct lwsac *c = *head, *next;

	*head = NULL;
	for (; c; c = next) {
		next = c->next;
		free(c);
	}
}

void
lwsac_info(struct lwsac *head)
{
	if (!head) {
		lwsl_debug("%s: empty\n", __func__);
		return;
	}
	lwsl_debug("%s: lac %p: %dKiB in %d blocks\n", __func__, (void *)head,
		   (int)(head_of(head)->total_alloc_size >> 10),
		   head_of(head)->total_blocks);
}

void
lwsac_reference(struct lwsac *head)
{
	LWS_NEEDS_VOID(head);
	head_of(head)->refcount++;
}

void
lwsac_unreference(struct lwsac **head)
{
	struct lwsac_head *h;

	LWS_NEEDS_VOID(head);
	if (!*head)
		return;
	h = head_of(*head);
	if (!h->refcount)
		lwsl_warn("%s: more references dropped than taken\n", __func__);
	h->refcount--;
	if (h->detached && !h->refcount)
		lwsac_free(head);
}

void
lwsac_detach(struct lwsac **head)
{
	LWS_NEEDS_VOID(head);
	if (!*head)
		return;
	head_of(*head)->detached = 1;
	if (!head_of(*head)->refcount)
		lwsac_free(head);
}

/* Files. What programs hold points at the contents. */

static struct lwsac *
file_chunk(lwsac_cached_file_t cache)
{
	return (struct lwsac *)(void *)(cache - sizeof(struct cached_file) -
					lwsac_sizeof(1));
}

static struct cached_file *
file_info(lwsac_cached_file_t cache)
{
	return (struct cached_file *)(void *)cache - 1;
}

void
lwsac_use_cached_file_start(lwsac_cached_file_t cache)
{
	LWS_NEEDS_VOID(cache);
	lwsac_reference(file_chunk(cache));
}

void
lwsac_use_cached_file_end(lwsac_cached_file_t *cache)
{
	struct lwsac *lac;
	struct lwsac_head *h;

	if (!cache || !*cache)
		return;
	lac = file_chunk(*cache);
	h = head_of(lac);
	if (!h->refcount) {
		lwsl_err("%s: more references dropped than taken\n", __func__);
		return;
	}
	if (!--h->refcount && h->detached) {
		*cache = NULL;
		lwsac_free(&lac);
	}
}

void
lwsac_use_cached_file_detach(lwsac_cached_file_t *cache)
{
	struct lwsac *lac;

	LWS_NEEDS_VOID(cache);
	if (!*cache)
		return;
	lac = file_chunk(*cache);
	head_of(lac)->detached = 1;
	if (head_of(lac)->refcount)
		return;
	*cache = NULL;
	lwsac_free(&lac);
}

/* Reads the file into a chunk of its own; NULL where that fails. */
static lwsac_cached_file_t
load_file(const char *path, int fd, const struct stat *s)
{
	size_t size = (size_t)s->st_size, all = sizeof(struct cached_file) +
						size + 2;
	struct lwsac *lac = NULL;
	struct cached_file *info = lwsac_use(&lac, all, all);
	unsigned char *contents;

	if (!info)
		return NULL;
	contents = (unsigned char *)(info + 1);
	if (read(fd, contents, size) != (ssize_t)size) {
		lwsl_err("lwsac_cached_file: cannot read %s\n", path);
		lwsac_free(&lac);
		return NULL;
	}
	contents[size] = '\0';
	info->s = *s;
	info->last_confirm = time(NULL);
	return contents;
}

int
lwsac_cached_file(const char *filepath, lwsac_cached_file_t *cache, size_t *len)
{
	LWS_NEEDS(filepath && cache, 1);
	lwsac_cached_file_t old = *cache, fresh;
	time_t now = time(NULL);
	struct stat s;
	int fd;

	if (old && now - file_info(old)->last_confirm < FILE_FRESH_SECS)
		return 0;

	fd = open(filepath, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		lwsl_err("%s: cannot open %s\n", __func__, filepath);
		return 1;
	}
	if (fstat(fd, &s)) {
		lwsl_err("%s: cannot stat %s\n", __func__, filepath);
		close(fd);
		return 1;
	}
	if (old && s.st_mtime == file_info(old)->s.st_mtime) {
		file_info(old)->last_confirm = now;
		close(fd);
		return 0;
	}

	fresh = load_file(filepath, fd, &s);
	close(fd);
	if (!fresh)
		return 1;
	*len = (size_t)s.st_size;
	*cache = fresh;
	if (old)
		lwsac_use_cached_file_detach(&old);
	return 0;
}
