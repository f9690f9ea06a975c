/* SPDX-License-Identifier: MIT
 *
 * A forked child has the memory of its parent's Go runtime but none of its
 * threads.  So it gets a second start: everything that Go code writes to goes
 * back to what the loader had made of it, and the runtime begins anew.  The old
 * heap stays where it is, shared with the parent until somebody writes there.
 * C because of reason 1 (starting the runtime).
 */
#define _GNU_SOURCE
#include "fork.h"
#include "log.h"
#include "lws_private.h"
#include "threadpool.h"
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HIDDEN __attribute__((visibility("hidden")))

/* The Makefile gives these sections their names. */
#define SECTION(n) extern char __start_##n[] HIDDEN, __stop_##n[] HIDDEN
SECTION(godata);
SECTION(gonoptrdata);
SECTION(gomodule);
SECTION(gobss);
SECTION(gonoptrbss);

struct part {
	char *start, *stop;
	char *first; /* what it held at first; NULL: zeros */
};

static struct part parts[] = {
	{ __start_godata, __stop_godata, NULL },
	{ __start_gonoptrdata, __stop_gonoptrdata, NULL },
	{ __start_gomodule, __stop_gomodule, NULL },
	{ __start_gobss, __stop_gobss, NULL },
	{ __start_gonoptrbss, __stop_gonoptrbss, NULL },
};
#define WITH_CONTENT 3
#define PARTS (sizeof(parts) / sizeof(parts[0]))

/* runtime/cgo's: the key whose destructor gives a thread's goroutine back when
 * the thread ends. */
extern pthread_key_t pthread_g HIDDEN;
extern uintptr_t x_cgo_pthread_key_created HIDDEN;

int
lwsgo_state_save(void)
{
	size_t n, size = 0;
	char *p;

	for (n = 0; n < WITH_CONTENT; n++)
		size += (size_t)(parts[n].stop - parts[n].start);
	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p == MAP_FAILED)
		return 0;
	for (n = 0; n < WITH_CONTENT; n++) {
		size = (size_t)(parts[n].stop - parts[n].start);
		parts[n].first = memcpy(p, parts[n].start, size);
		p += size;
	}
	return 1;
}

void
lwsgo_state_lock(void)
{
	struct lws_context *cx;

	pthread_mutex_lock(&lwsgo_keep_lock);
	for (cx = lwsgo_contexts; cx; cx = cx->next_made)
		pthread_mutex_lock(&cx->smd.lock);
	pthread_mutex_lock(&lwsgo_pool_lock);
	pthread_mutex_lock(&lwsgo_seq_lock);
	pthread_mutex_lock(&lwsgo_diskcache_lock);
	pthread_mutex_lock(&lwsgo_sul_lock);
	pthread_mutex_lock(&lwsgo_log_lock);
}

void
lwsgo_state_unlock(void)
{
	struct lws_context *cx;

	pthread_mutex_unlock(&lwsgo_log_lock);
	pthread_mutex_unlock(&lwsgo_sul_lock);
	pthread_mutex_unlock(&lwsgo_diskcache_lock);
	pthread_mutex_unlock(&lwsgo_seq_lock);
	pthread_mutex_unlock(&lwsgo_pool_lock);
	for (cx = lwsgo_contexts; cx; cx = cx->next_made)
		pthread_mutex_unlock(&cx->smd.lock);
	pthread_mutex_unlock(&lwsgo_keep_lock);
}

/* Large and mostly untouched: the kernel takes whole pages back. */
static void
clear(char *start, char *stop)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	char *a = (char *)(((uintptr_t)start + page - 1) & ~(page - 1));
	char *b = (char *)((uintptr_t)stop & ~(page - 1));

	if (a >= b || madvise(a, (size_t)(b - a), MADV_DONTNEED)) {
		memset(start, 0, (size_t)(stop - start));
		return;
	}
	memset(start, 0, (size_t)(a - start));
	memset(b, 0, (size_t)(stop - b));
}

void
lwsgo_state_reset(void)
{
	size_t n;

	if (x_cgo_pthread_key_created)
		pthread_key_delete(pthread_g);
	lwsgo_tlsg = NULL;
	for (n = 0; n < PARTS; n++)
		if (parts[n].first)
			memcpy(parts[n].start, parts[n].first,
			       (size_t)(parts[n].stop - parts[n].start));
		else
			clear(parts[n].start, parts[n].stop);
}
