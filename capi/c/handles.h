/* SPDX-License-Identifier: MIT
 *
 * Which pointers that programs hand in are objects that live: looked up before they are
 * followed. Whoever has a set has a lock for it.
 */
#ifndef LWSGO_HANDLES_H
#define LWSGO_HANDLES_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

struct lwsgo_handles {
	const void **at; /* hashed, the next free place behind where it belongs */
	size_t count, room; /* room: a power of two, at least half of it free */
};

static inline size_t
lwsgo_handle_home(const struct lwsgo_handles *h, const void *p)
{
	return (size_t)((uintptr_t)p * UINT64_C(0x9e3779b97f4a7c15) >> 20) &
	       (h->room - 1);
}

/* The place where p is, or would be. */
static inline size_t
lwsgo_handle_place(const struct lwsgo_handles *h, const void *p)
{
	size_t n = lwsgo_handle_home(h, p);

	while (h->at[n] && h->at[n] != p)
		n = (n + 1) & (h->room - 1);
	return n;
}

static inline int
lwsgo_handle_has(const struct lwsgo_handles *h, const void *p)
{
	return p && h->room && h->at[lwsgo_handle_place(h, p)] == p;
}

/* 0: there is no memory for it. */
static inline int
lwsgo_handle_add(struct lwsgo_handles *h, const void *p)
{
	if (h->count + 1 > h->room / 2) {
		struct lwsgo_handles more = { .room = h->room ? h->room * 2 : 16 };
		size_t n;

		more.at = calloc(more.room, sizeof(*more.at));
		if (!more.at)
			return 0;
		for (n = 0; n < h->room; n++)
			if (h->at[n])
				more.at[lwsgo_handle_place(&more, h->at[n])] =
					h->at[n];
		more.count = h->count;
		free((void *)h->at);
		*h = more;
	}
	h->at[lwsgo_handle_place(h, p)] = p;
	h->count++;
	return 1;
}

static inline void
lwsgo_handle_drop(struct lwsgo_handles *h, const void *p)
{
	size_t n, hole, mask = h->room - 1;

	if (!lwsgo_handle_has(h, p))
		return;
	hole = lwsgo_handle_place(h, p);
	h->at[hole] = NULL;
	h->count--;
	/* who was put behind it comes nearer to where it belongs */
	for (n = (hole + 1) & mask; h->at[n]; n = (n + 1) & mask)
		if (((n - lwsgo_handle_home(h, h->at[n])) & mask) >=
		    ((n - hole) & mask)) {
			h->at[hole] = h->at[n];
			h->at[n] = NULL;
			hole = n;
		}
}

#endif
