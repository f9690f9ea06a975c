/* SPDX-License-Identifier: MIT
 *
 * Entries of lws-fts.h, and which indexes are open.
 * C because of reasons 1 (the way into Go) and 3 (what a forked child goes on
 * with).
 */
#include "entry.h"
#include "fts.h"
#include <stdlib.h>

LWS_ENTRY(struct lws_fts *, NULL, lws_fts_create, (int fd), (fd))

LWS_ENTRY_VOID(lws_fts_destroy, (struct lws_fts **trie), (trie))

LWS_ENTRY(int, -1, lws_fts_file_index,
	  (struct lws_fts *t, const char *filepath, int filepath_len,
	   int priority),
	  (t, filepath, filepath_len, priority))

LWS_ENTRY(int, 1, lws_fts_fill,
	  (struct lws_fts *t, uint32_t file_index, const char *buf, size_t len),
	  (t, file_index, buf, len))

LWS_ENTRY(int, 1, lws_fts_serialize, (struct lws_fts *t), (t))

LWS_ENTRY(struct lws_fts_file *, NULL, lws_fts_open, (const char *filepath),
	  (filepath))

LWS_ENTRY(struct lws_fts_result *, NULL, lws_fts_search,
	  (struct lws_fts_file *jtf, struct lws_fts_search_params *ftsp),
	  (jtf, ftsp))

LWS_ENTRY_VOID(lws_fts_close, (struct lws_fts_file *jtf), (jtf))

struct lws_fts_file {
	struct lws_fts_file *next;
	int fd;
};

static struct lws_fts_file *files;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct lws_fts_file *
lwsgo_fts_opened(int fd)
{
	struct lws_fts_file *f = malloc(sizeof(*f));

	if (!f)
		return NULL;
	f->fd = fd;
	pthread_mutex_lock(&lock);
	f->next = files;
	files = f;
	pthread_mutex_unlock(&lock);
	return f;
}

int
lwsgo_fts_fd(const struct lws_fts_file *f, int closing)
{
	struct lws_fts_file **p, *found;
	int fd = -1;

	pthread_mutex_lock(&lock);
	for (p = &files; *p && *p != f; p = &(*p)->next)
		;
	found = *p;
	if (found)
		fd = found->fd;
	if (found && closing) {
		*p = found->next;
		free(found);
	}
	pthread_mutex_unlock(&lock);
	return fd;
}
