/* SPDX-License-Identifier: MIT
 *
 * What threadpool.c and tasks.c know of thread pools. But for the calls that say so, their
 * lock is held.
 */
#ifndef LWSGO_TASKS_H
#define LWSGO_TASKS_H

#include "entry.h"
#include "handles.h"
#include "threadpool.h"
#include <sys/types.h>

struct lws_threadpool_task {
	lws_dll2_t list; /* what waits, or is done; a thread's own is in neither */
	lws_dll2_t bound; /* those of connections */
	struct lws_threadpool *tp;
	struct lws_threadpool_task_args args;
	char name[32];
	lws_usec_t created, acquired, done, entered, ran, synced;
	enum lws_threadpool_task_status status;
	int wants;   /* WRITEABLE */
	int go;	     /* who waited for the connection may go on */
	int limit;   /* the queue's, for the one who finds it full */
	int outlive; /* it does not stop when the connection is taken from it */
	pthread_cond_t wake;
};

struct worker {
	struct lws_threadpool *tp;
	struct lws_threadpool_task *task;
	pthread_t thread;
};

struct lws_threadpool {
	char name[32];
	lws_dll2_owner_t queue; /* the first is run next */
	lws_dll2_owner_t done;	/* until the program has looked at them; the first was last */
	pthread_cond_t idle;
	unsigned int max_queue;
	int running;
	int threads;
	int ending;
	int orphans; /* some that are done have no connection any more */
	pid_t pid;   /* whose threads they are: a forked child has none of them */
	struct worker workers[];
};

LWSGO_INTERNAL extern struct lwsgo_handles lwsgo_pools, lwsgo_tasks;

static inline void
lock(void)
{
	pthread_mutex_lock(&lwsgo_pool_lock);
}

static inline void
unlock(void)
{
	pthread_mutex_unlock(&lwsgo_pool_lock);
}

static inline struct lws_threadpool_task *
lwsgo_task_of(lws_dll2_t *d)
{
	return lws_container_of(d, struct lws_threadpool_task, list);
}

LWSGO_INTERNAL void
lwsgo_task_enter(struct lws_threadpool_task *task,
		 enum lws_threadpool_task_status status);
/* It has ended. */
LWSGO_INTERNAL int lwsgo_task_over(const struct lws_threadpool_task *task);
/* Takes its connection from it, if it has one. */
LWSGO_INTERNAL void lwsgo_task_detach(struct lws_threadpool_task *task);
/* The task will not run (any more). */
LWSGO_INTERNAL void
lwsgo_task_conclude(struct lws_threadpool_task *task,
		    enum lws_threadpool_task_status status);
/* From now on the caller's alone; it is in no list. */
LWSGO_INTERNAL void lwsgo_task_forget(struct lws_threadpool_task *task);
/* Frees what was forgotten; nothing is locked. */
LWSGO_INTERNAL void lwsgo_task_clean(struct lws_threadpool_task *task);

/* What the log says of a task. */
LWSGO_INTERNAL void
lwsgo_task_describe(const struct lws_threadpool_task *t, char *buf, size_t len);
/* Logs what becomes of it; the lock is released while the line is written. */
LWSGO_INTERNAL void
lwsgo_task_tell(const struct lws_threadpool_task *t, const char *what);

LWSGO_INTERNAL void lwsgo_pool_cond(pthread_cond_t *c);

#endif
