/* SPDX-License-Identifier: MIT
 *
 * Memory that lasts as long as the process, and that only Go points to: C
 * points to it here, so that a leak checker of the program's finds it.
 * C because of reason 3 (data that a C tool must see).
 */
#include "lws_private.h"
#include <stdlib.h>

pthread_mutex_t lwsgo_keep_lock = PTHREAD_MUTEX_INITIALIZER;
static void **kept;
static size_t kept_count, kept_room;

struct lws_context *lwsgo_contexts;

/* The same by their addresses, for those who have no lock: a context is in the
 * place that its address leads to, or behind it. Half of the places are empty. */
struct addresses {
	struct addresses *former; /* somebody may be reading it */
	size_t count, room;	  /* a power of two */
	const struct lws_context *at[];
};
static struct addresses *addresses;

static const struct lws_context **
place_of(struct addresses *a, const struct lws_context *cx)
{
	size_t n = (size_t)((uintptr_t)cx * UINT64_C(0x9e3779b97f4a7c15) >> 20);
	const struct lws_context *p;

	for (;; n++) {
		p = __atomic_load_n(&a->at[n & (a->room - 1)], __ATOMIC_ACQUIRE);
		if (!p || p == cx)
			return &a->at[n & (a->room - 1)];
	}
}

static int
more_addresses(void)
{
	size_t room = addresses ? addresses->room * 2 : 16;
	struct addresses *a = calloc(1, sizeof(*a) + room * sizeof(a->at[0]));
	struct lws_context *cx;

	if (!a)
		return 0;
	a->room = room;
	a->former = addresses;
	for (cx = lwsgo_contexts; cx; cx = cx->next_made, a->count++)
		*place_of(a, cx) = cx;
	__atomic_store_n(&addresses, a, __ATOMIC_RELEASE);
	return 1;
}

int
lwsgo_context_made(struct lws_context *cx)
{
	int ok;

	pthread_mutex_lock(&lwsgo_keep_lock);
	ok = (addresses && addresses->count < addresses->room / 2) ||
	     more_addresses();
	if (ok) {
		cx->next_made = lwsgo_contexts;
		lwsgo_contexts = cx;
		__atomic_store_n(place_of(addresses, cx), cx, __ATOMIC_RELEASE);
		addresses->count++;
	}
	pthread_mutex_unlock(&lwsgo_keep_lock);
	return ok;
}

int
lwsgo_is_context(const struct lws_context *cx)
{
	struct addresses *a = __atomic_load_n(&addresses, __ATOMIC_ACQUIRE);

	return a && __atomic_load_n(place_of(a, cx), __ATOMIC_ACQUIRE) == cx;
}

void *
lwsgo_keep(void *p)
{
	pthread_mutex_lock(&lwsgo_keep_lock);
	if (p && kept_count == kept_room) {
		size_t room = kept_room ? kept_room * 2 : 64;
		void **more = realloc(kept, room * sizeof(*kept));
		if (more) {
			kept = more;
			kept_room = room;
		}
	}
	if (p && kept_count < kept_room)
		kept[kept_count++] = p;
	pthread_mutex_unlock(&lwsgo_keep_lock);
	return p;
}
