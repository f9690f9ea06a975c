/* SPDX-License-Identifier: MIT
 *
 * What the Go half calls of thread pools, with the lock of a service thread held.
 */
#ifndef LWSGO_THREADPOOL_H
#define LWSGO_THREADPOOL_H

#include "lws_private.h"

struct lws_threadpool;
struct lws_threadpool_task;

LWSGO_INTERNAL extern pthread_mutex_t lwsgo_pool_lock;

enum lwsgo_task_put {
	LWSGO_TASK_QUEUED,
	LWSGO_TASK_TOO_MANY,
	LWSGO_TASK_NO_POOL,
	LWSGO_TASK_REFUSED,
};

/* Queues a task for its connection, which lives. */
LWSGO_INTERNAL int
lwsgo_task_put(struct lws_threadpool *tp, struct lws_threadpool_task *task);

/* The connection ends: its tasks go on without it. */
LWSGO_INTERNAL void lwsgo_tasks_part(struct lws *wsi);

/* The connections of a service thread whose tasks want WRITEABLE, linked by next_asked. */
LWSGO_INTERNAL struct lws *
lwsgo_tasks_asking(struct lws_context *cx, int tsi);

#endif
