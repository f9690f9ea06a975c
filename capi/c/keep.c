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

void
lwsgo_context_made(struct lws_context *cx)
{
	pthread_mutex_lock(&lwsgo_keep_lock);
	cx->next_made = lwsgo_contexts;
	lwsgo_contexts = cx;
	pthread_mutex_unlock(&lwsgo_keep_lock);
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
