/* SPDX-License-Identifier: MIT
 *
 * Thread pools: the program's tasks on threads that are not the service's.
 * C because of reasons 2 (variadic) and 5: threads of C that only call the program, and
 * lists.
 *
 * One lock guards all pools and tasks; it is never held across a call of the program's,
 * nor into Go. Connections are looked up, and end, with the lock of their service thread
 * held (capi/core/threadpool.go), inside which this one is taken: as long as a task has
 * a connection, that is one.
 */
#define _GNU_SOURCE
#include "tasks.h"
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* How often a task that waits for its connection asks for WRITEABLE. */
#define TRIES 15

pthread_mutex_t lwsgo_pool_lock = PTHREAD_MUTEX_INITIALIZER;
struct lwsgo_handles lwsgo_pools;

/* The lock, if tp is a pool; else a line says that it is none. */
static int
lock_pool(struct lws_threadpool *tp, const char *call)
{
	lock();
	if (lwsgo_handle_has(&lwsgo_pools, tp))
		return 1;
	unlock();
	lwsl_err("%s: %p is no thread pool (any more)\n", call, (void *)tp);
	return 0;
}

/* A task that is done and has no connection, NULL: there is none. The lock is held. */
static struct lws_threadpool_task *
orphan(struct lws_threadpool *tp)
{
	lws_dll2_t *d;

	for (d = tp->orphans ? tp->done.head : NULL; d; d = d->next)
		if (!lwsgo_task_of(d)->args.wsi)
			return lwsgo_task_of(d);
	tp->orphans = 0;
	return NULL;
}

/* ---- the threads ---- */

static void
wait_until(lws_usec_t when, struct lws_threadpool_task *task)
{
	struct timespec ts = { .tv_sec = when / LWS_US_PER_SEC,
			       .tv_nsec = when % LWS_US_PER_SEC * 1000 };

	pthread_cond_timedwait(&task->wake, &lwsgo_pool_lock, &ts);
}

/* Waits for the service thread to say that the task may go on. The lock is held. */
static void
synchronize(struct lws_threadpool_task *task)
{
	lws_usec_t began = lws_now_usecs(), until = began;
	int tries = 0;

	task->go = 0;
	lwsgo_task_enter(task, LWS_TP_STATUS_SYNCING);
	while (task->args.wsi && !task->tp->ending && !task->go &&
	       task->status == LWS_TP_STATUS_SYNCING) {
		if (lws_now_usecs() < until) {
			wait_until(until, task);
			continue;
		}
		if (tries++ == TRIES) {
			lwsgo_task_enter(task, LWS_TP_STATUS_STOPPING);
			if (lwsgo_plain.sync_detaches)
				lwsgo_task_detach(task);
			unlock();
			lwsl_err("lws_threadpool_worker_sync: %s: task %p (%s): SYNC timed out\n",
				 task->tp->name, (void *)task, task->name);
			lock();
			break;
		}
		until += lwsgo_plain.sync_secs * LWS_US_PER_SEC;
		task->wants = 1;
		lws_cancel_service(task->args.wsi->context);
	}
	if (!task->args.wsi)
		lwsgo_task_enter(task, LWS_TP_STATUS_STOPPING);
	if (task->status == LWS_TP_STATUS_SYNCING)
		lwsgo_task_enter(task, LWS_TP_STATUS_RUNNING);
	task->synced += lws_now_usecs() - began;
}

/* What a task ends as when it has returned n, or the status in which it goes on. The lock
 * is held. */
static enum lws_threadpool_task_status
returned(struct lws_threadpool_task *task, int n)
{
	if (n & LWS_TP_RETURN_FLAG_OUTLIVE)
		task->outlive = 1;
	switch (n & 7) {
	case LWS_TP_RETURN_SYNC:
		if (task->args.wsi)
			synchronize(task);
		break;
	case LWS_TP_RETURN_FINISHED:
		return LWS_TP_STATUS_FINISHED;
	case LWS_TP_RETURN_STOPPED:
		return LWS_TP_STATUS_STOPPED;
	default:
		break;
	}
	return task->status;
}

/* Runs a task to its end. The lock is held, and released while the program has it. */
static void
run(struct worker *w, struct lws_threadpool_task *task)
{
	struct lws_threadpool *tp = w->tp;
	enum lws_threadpool_task_status s;
	lws_usec_t began;
	int n;

	w->task = task;
	lws_dll2_remove(&task->list);
	task->acquired = lws_now_usecs();
	task->wants = 0;
	tp->running++;
	lwsgo_task_enter(task, LWS_TP_STATUS_RUNNING);
	lwsgo_task_tell(task, "ACQUIRING");
	do {
		if (tp->ending || !task->args.wsi)
			lwsgo_task_enter(task, LWS_TP_STATUS_STOPPING);
		s = task->status;
		unlock();
		began = lws_now_usecs();
		n = (int)task->args.task(task->args.user, s);
		began = lws_now_usecs() - began;
		lock();
		task->ran += began;
		s = returned(task, n);
	} while (s == LWS_TP_STATUS_RUNNING);

	w->task = NULL;
	tp->running--;
	lwsgo_task_conclude(task, s == LWS_TP_STATUS_STOPPING ? LWS_TP_STATUS_STOPPED : s);
	if (task->args.wsi) {
		task->wants = 1;
		lws_cancel_service(task->args.wsi->context);
	} else
		tp->orphans = 1;
	lwsgo_task_tell(task, "DONE");
}

static void *
worker(void *d)
{
	struct worker *w = d;
	struct lws_threadpool *tp = w->tp;
	struct lws_threadpool_task *task;
	int idle = 0;

	lock();
	while (!tp->ending) {
		idle = 0;
		task = orphan(tp);
		if (task) {
			lwsgo_task_forget(task);
			lwsgo_task_tell(task, "REAPING");
			unlock();
			lwsgo_task_clean(task);
			lock();
		} else if (tp->queue.head)
			run(w, lwsgo_task_of(tp->queue.head));
		else
			idle = !pthread_cond_wait(&tp->idle, &lwsgo_pool_lock);
	}
	unlock();
	if (idle)
		lwsl_notice("lws_threadpool_worker: bailing\n");
	lwsl_notice("lws_threadpool_worker: Exiting\n");
	return NULL;
}

extern int go_lwsgo_pool_made(struct lws_context *cx);

LWS_VISIBLE struct lws_threadpool *
lws_threadpool_create(struct lws_context *context,
		      const struct lws_threadpool_create_args *args,
		      const char *format, ...)
{
	struct lws_threadpool *tp = NULL;
	char name[16];
	va_list ap;
	int n, ok;

	LWS_NEEDS(context && args, NULL);
	if (!lwsgo_is_context(context) || __atomic_load_n(&context->dead, __ATOMIC_SEQ_CST)) {
		lwsl_err("%s: %p is no context (any more)\n", __func__,
			 (void *)context);
		return NULL;
	}
	if (args->threads >= 0)
		tp = lwsgo_zalloc(sizeof(*tp) + (size_t)args->threads *
						       sizeof(tp->workers[0]),
				  __func__);
	if (!tp) {
		lwsl_err("%s: there is no room for %d threads\n", __func__,
			 args->threads);
		return NULL;
	}
	if (!lwsgo_enter(__func__)) {
		lwsgo_free(tp);
		return NULL;
	}
	ok = go_lwsgo_pool_made(context);
	lwsgo_leave();
	tp->max_queue = (unsigned int)args->max_queue_depth;
	tp->pid = getpid();
	va_start(ap, format);
	vsnprintf(tp->name, sizeof(tp->name), format ? format : "", ap);
	va_end(ap);
	lwsgo_pool_cond(&tp->idle);
	lock();
	ok = ok && lwsgo_handle_add(&lwsgo_pools, tp);
	unlock();
	if (!ok) {
		pthread_cond_destroy(&tp->idle);
		lwsgo_free(tp);
		return NULL;
	}
	for (n = 0; n < args->threads; n++) {
		struct worker *w = &tp->workers[n];

		w->tp = tp;
		if (pthread_create(&w->thread, NULL, worker, w)) {
			lwsl_err("%s: %s: thread creation failed, it has %d of %d\n",
				 __func__, tp->name, n, args->threads);
			break;
		}
		tp->threads++;
		lws_snprintf(name, sizeof(name), "%s-%d", tp->name, n);
		pthread_setname_np(w->thread, name);
	}
	return tp;
}

/* Nothing begins any more, what waits has stopped. The lock is held. */
static void
finish(struct lws_threadpool *tp)
{
	int n;

	tp->ending = 1;
	while (tp->queue.head)
		lwsgo_task_conclude(lwsgo_task_of(tp->queue.head), LWS_TP_STATUS_STOPPED);
	pthread_cond_broadcast(&tp->idle);
	for (n = 0; n < tp->threads; n++)
		if (tp->workers[n].task)
			pthread_cond_signal(&tp->workers[n].task->wake);
}

LWS_VISIBLE void
lws_threadpool_finish(struct lws_threadpool *tp)
{
	LWS_NEEDS_VOID(tp);
	if (!lock_pool(tp, __func__))
		return;
	finish(tp);
	unlock();
}

/* Waits for the threads; a forked child has none, and what they were at has stopped. */
static void
join(struct lws_threadpool *tp)
{
	int n, ours = tp->pid == getpid();

	for (n = 0; n < tp->threads; n++)
		if (ours)
			pthread_join(tp->workers[n].thread, NULL);
		else if (tp->workers[n].task)
			lwsgo_task_conclude(tp->workers[n].task, LWS_TP_STATUS_STOPPED);
}

LWS_VISIBLE void
lws_threadpool_destroy(struct lws_threadpool *tp)
{
	struct lws_threadpool_task *task;
	int n;

	LWS_NEEDS_VOID(tp);
	if (!lock_pool(tp, __func__))
		return;
	for (n = 0; n < tp->threads; n++)
		if (pthread_equal(tp->workers[n].thread, pthread_self())) {
			unlock();
			lwsl_err("%s: %s: one of its own threads cannot destroy it\n",
				 __func__, tp->name);
			return;
		}
	lwsgo_handle_drop(&lwsgo_pools, tp);
	finish(tp);
	unlock();
	lwsl_info("%s: waiting for threads to rejoin\n", __func__);
	join(tp);
	lwsl_info("%s: all threadpools exited\n", __func__);
	for (;;) {
		lock();
		task = tp->done.head ? lwsgo_task_of(tp->done.head) : NULL;
		if (task)
			lwsgo_task_forget(task);
		unlock();
		if (!task)
			break;
		lwsgo_task_clean(task);
	}
	pthread_cond_destroy(&tp->idle);
	lwsgo_free(tp);
}

/* Lines for the tasks of a list, made while the lock is held. */
static char *
lines(char *to, char *end, lws_dll2_owner_t *list)
{
	lws_dll2_t *d;

	for (d = list->head; d && end - to > 1; d = d->next) {
		lwsgo_task_describe(lwsgo_task_of(d), to, lws_ptr_diff_size_t(end, to));
		to += strlen(to) + 1;
	}
	return to;
}

LWS_VISIBLE void
lws_threadpool_dump(struct lws_threadpool *tp)
{
	char text[4096], *p = text, *end = text + sizeof(text) - 1, *s;
	char head[128];
	int n;

	LWS_NEEDS_VOID(tp);
	if (!lwsl_visible(LLL_THREAD) || !lock_pool(tp, __func__))
		return;
	lws_snprintf(head, sizeof(head), "tp: %s, Queued: %d, Run: %d, Done: %d",
		     tp->name, (int)tp->queue.count, tp->running,
		     (int)tp->done.count);
	p = lines(p, end, &tp->queue);
	for (n = 0; n < tp->threads && end - p > 1; n++)
		if (tp->workers[n].task) {
			p += lws_snprintf(p, lws_ptr_diff_size_t(end, p),
					  "worker %d: ", n);
			lwsgo_task_describe(tp->workers[n].task, p, lws_ptr_diff_size_t(end, p));
			p += strlen(p) + 1;
		}
	p = lines(p, end, &tp->done);
	unlock();
	lwsl_thread("%s: %s\n", __func__, head);
	for (s = text; s < p; s += strlen(s) + 1)
		lwsl_thread("  - %s\n", s);
}
