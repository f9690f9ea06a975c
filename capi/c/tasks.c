/* SPDX-License-Identifier: MIT
 *
 * The tasks of thread pools, as their connections and the program see them. C because of
 * reasons 2 (variadic) and 5: lists, and what calls the program.
 */
#include "tasks.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct lwsgo_handles lwsgo_tasks;
static lws_dll2_owner_t by_wsi[256];

/* The lock, if task is one; else a line says that it is none. */
static int
lock_task(struct lws_threadpool_task *task, const char *call)
{
	lock();
	if (lwsgo_handle_has(&lwsgo_tasks, task))
		return 1;
	unlock();
	lwsl_err("%s: %p is no task (any more)\n", call, (void *)task);
	return 0;
}

void
lwsgo_task_enter(struct lws_threadpool_task *task, enum lws_threadpool_task_status status)
{
	task->entered = lws_now_usecs();
	task->status = status;
}

int
lwsgo_task_over(const struct lws_threadpool_task *task)
{
	return task->status == LWS_TP_STATUS_FINISHED ||
	       task->status == LWS_TP_STATUS_STOPPED;
}

/* ---- a connection's tasks, in the order in which they came ---- */

static lws_dll2_owner_t *
bucket(const struct lws *wsi)
{
	return &by_wsi[(uintptr_t)wsi * UINT64_C(0x9e3779b97f4a7c15) >> 56];
}

/* The first of wsi's tasks behind d, or of all. */
static struct lws_threadpool_task *
next_of(const struct lws *wsi, lws_dll2_t *d)
{
	for (d = d ? d->next : bucket(wsi)->head; d; d = d->next) {
		struct lws_threadpool_task *t =
			lws_container_of(d, struct lws_threadpool_task, bound);
		if (t->args.wsi == wsi)
			return t;
	}
	return NULL;
}

void
lwsgo_task_detach(struct lws_threadpool_task *task)
{
	lws_dll2_remove(&task->bound);
	task->args.wsi = NULL;
	pthread_cond_signal(&task->wake);
	if (!lwsgo_task_over(task))
		return;
	/* the program will not ask for it: one of the threads ends it */
	task->tp->orphans = 1;
	pthread_cond_signal(&task->tp->idle);
}

void
lwsgo_tasks_part(struct lws *wsi)
{
	struct lws_threadpool_task *task;

	lock();
	while ((task = next_of(wsi, NULL)))
		lwsgo_task_detach(task);
	unlock();
}

/* Puts the task's connection on a list, if it is of the thread and not asked already. */
static struct lws *
ask(struct lws_threadpool_task *task, int tsi, struct lws *list)
{
	struct lws *wsi = task->args.wsi;

	if (lws_get_tsi(wsi) != tsi ||
	    (!task->wants && task->status != LWS_TP_STATUS_SYNCING))
		return list;
	task->wants = 0;
	if (__atomic_exchange_n(&wsi->asked, 1, __ATOMIC_ACQ_REL))
		return list;
	wsi->next_asked = list;
	return wsi;
}

struct lws *
lwsgo_tasks_asking(struct lws_context *cx, int tsi)
{
	struct lws *list = NULL;
	lws_dll2_t *d;
	size_t n;

	lock();
	for (n = 0; n < LWS_ARRAY_SIZE(by_wsi); n++)
		for (d = by_wsi[n].head; d; d = d->next) {
			struct lws_threadpool_task *t = lws_container_of(
				d, struct lws_threadpool_task, bound);
			if (t->args.wsi->context == cx)
				list = ask(t, tsi, list);
		}
	unlock();
	return list;
}

/* ---- what the log says of a task ---- */

static int
ms(lws_usec_t us)
{
	return (int)(us / 1000);
}

static int
percent(lws_usec_t part, lws_usec_t whole)
{
	return (int)(part * 100 / (whole + 1));
}

void
lwsgo_task_describe(const struct lws_threadpool_task *t, char *buf, size_t len)
{
	lws_usec_t now = t->done ? t->done : lws_now_usecs();
	lws_usec_t queued = t->acquired - t->created, on = now - t->acquired;

	if (!t->acquired)
		lws_snprintf(buf, len, "task: %s, QUEUED queued: %dms", t->name,
			     ms(now - t->created));
	else if (!t->done)
		lws_snprintf(buf, len,
			     "task: %s, ONGOING state %d (%dms) alive: %dms (queued %dms, acquired: %dms, run: %d%%, sync: %d%%)",
			     t->name, t->status, ms(now - t->entered),
			     ms(now - t->created), ms(queued), ms(on),
			     percent(t->ran, on), percent(t->synced, on));
	else
		lws_snprintf(buf, len,
			     "task: %s, DONE state %d lived: %dms (queued %dms, on thread: %dms, ran: %d%%, synced: %d%%)",
			     t->name, t->status, ms(now - t->created),
			     ms(queued), ms(on), percent(t->ran, on),
			     percent(t->synced, on));
}

void
lwsgo_task_tell(const struct lws_threadpool_task *t, const char *what)
{
	char text[200], name[sizeof(t->tp->name)];

	if (LWSGO_LIKELY(!lwsl_visible(LLL_THREAD)))
		return;
	lwsgo_task_describe(t, text, sizeof(text));
	lws_strncpy(name, t->tp->name, sizeof(name));
	unlock();
	lwsl_thread("lws_threadpool: %s: %s: %s\n", name, what, text);
	lock();
}

/* ---- ending ---- */

void
lwsgo_task_forget(struct lws_threadpool_task *task)
{
	lws_dll2_remove(&task->list);
	lws_dll2_remove(&task->bound);
	lwsgo_handle_drop(&lwsgo_tasks, task);
}

void
lwsgo_task_clean(struct lws_threadpool_task *task)
{
	if (task->args.cleanup)
		task->args.cleanup(task->args.wsi, task->args.user);
	pthread_cond_destroy(&task->wake);
	lwsgo_free(task);
}

void
lwsgo_task_conclude(struct lws_threadpool_task *task, enum lws_threadpool_task_status status)
{
	lws_dll2_remove(&task->list);
	lwsgo_task_enter(task, status);
	task->done = task->entered;
	lws_dll2_add_head(&task->list, &task->tp->done);
}

void
lwsgo_pool_cond(pthread_cond_t *c)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(c, &attr);
	pthread_condattr_destroy(&attr);
}

/* ---- tasks ---- */

int
lwsgo_task_put(struct lws_threadpool *tp, struct lws_threadpool_task *task)
{
	int r = LWSGO_TASK_REFUSED;

	lock();
	if (!lwsgo_handle_has(&lwsgo_pools, tp))
		r = LWSGO_TASK_NO_POOL;
	else if (tp->queue.count == tp->max_queue) {
		task->limit = (int)tp->max_queue;
		r = LWSGO_TASK_TOO_MANY;
	} else if (!tp->ending && lwsgo_handle_add(&lwsgo_tasks, task)) {
		lws_dll2_add_tail(&task->list, &tp->queue);
		lws_dll2_add_tail(&task->bound, bucket(task->args.wsi));
		lwsgo_task_enter(task, LWS_TP_STATUS_QUEUED);
		pthread_cond_signal(&tp->idle);
		r = LWSGO_TASK_QUEUED;
	}
	unlock();
	return r;
}

extern int go_lwsgo_task_put(struct lws *wsi, struct lws_threadpool *tp,
			     struct lws_threadpool_task *task);

LWS_VISIBLE struct lws_threadpool_task *
lws_threadpool_enqueue(struct lws_threadpool *tp,
		       const struct lws_threadpool_task_args *args,
		       const char *format, ...)
{
	struct lws_threadpool_task *task;
	int r = LWSGO_TASK_REFUSED;
	va_list ap;

	LWS_NEEDS(tp && args && args->wsi && args->task, NULL);
	task = lwsgo_zalloc(sizeof(*task), __func__);
	if (!task)
		return NULL;
	task->tp = tp;
	task->args = *args;
	task->created = lws_now_usecs();
	va_start(ap, format);
	vsnprintf(task->name, sizeof(task->name), format ? format : "", ap);
	va_end(ap);
	lwsgo_pool_cond(&task->wake);
	if (lwsgo_enter(__func__)) {
		r = go_lwsgo_task_put(args->wsi, tp, task);
		lwsgo_leave();
	}
	if (r == LWSGO_TASK_QUEUED)
		return task;
	if (r == LWSGO_TASK_TOO_MANY)
		lwsl_notice("%s: queue reached limit %d\n", __func__,
			    task->limit);
	if (r == LWSGO_TASK_NO_POOL)
		lwsl_err("%s: %p is no thread pool (any more)\n", __func__,
			 (void *)tp);
	pthread_cond_destroy(&task->wake);
	lwsgo_free(task);
	return NULL;
}

LWS_VISIBLE int
lws_threadpool_dequeue_task(struct lws_threadpool_task *task)
{
	int gone = 0, n;

	LWS_NEEDS(task, 1);
	if (!lock_task(task, __func__))
		return 1;
	for (n = 0; n < task->tp->threads; n++)
		if (task->tp->workers[n].task == task)
			break;
	if (task->outlive && !task->tp->ending)
		lwsgo_task_detach(task);
	else if (n < task->tp->threads) {
		lwsgo_task_enter(task, LWS_TP_STATUS_STOPPING);
		lwsgo_task_detach(task);
	} else {
		if (!lwsgo_task_over(task))
			lwsgo_task_conclude(task, LWS_TP_STATUS_STOPPED);
		lwsgo_task_forget(task);
		gone = 1;
	}
	unlock();
	if (gone)
		lwsgo_task_clean(task);
	return 0;
}

LWS_VISIBLE struct lws_threadpool_task *
lws_threadpool_get_task_wsi(struct lws *wsi)
{
	struct lws_threadpool_task *task;

	LWS_NEEDS(wsi, NULL);
	lock();
	task = next_of(wsi, NULL);
	unlock();
	return task;
}

LWS_VISIBLE int
lws_threadpool_dequeue(struct lws *wsi)
{
	struct lws_threadpool_task *task = lws_threadpool_get_task_wsi(wsi);

	return task ? lws_threadpool_dequeue_task(task) : 0;
}

LWS_VISIBLE enum lws_threadpool_task_status
lws_threadpool_task_status(struct lws_threadpool_task *task, void **user)
{
	enum lws_threadpool_task_status status;

	LWS_NEEDS(task, LWS_TP_STATUS_FINISHED);
	if (!lock_task(task, __func__))
		return LWS_TP_STATUS_FINISHED;
	if (user)
		*user = task->args.user;
	status = task->status;
	if (!lwsgo_task_over(task)) {
		unlock();
		return status;
	}
	lwsgo_task_forget(task);
	lwsgo_task_tell(task, "service thread REAPING");
	unlock();
	lwsgo_task_clean(task);
	return status;
}

LWS_VISIBLE enum lws_threadpool_task_status
lws_threadpool_task_status_noreap(struct lws_threadpool_task *task)
{
	enum lws_threadpool_task_status status;

	LWS_NEEDS(task, LWS_TP_STATUS_FINISHED);
	if (!lock_task(task, __func__))
		return LWS_TP_STATUS_FINISHED;
	status = task->status;
	unlock();
	return status;
}

LWS_VISIBLE enum lws_threadpool_task_status
lws_threadpool_task_status_wsi(struct lws *wsi,
			       struct lws_threadpool_task **_task, void **user)
{
	struct lws_threadpool_task *task;

	LWS_NEEDS(wsi, LWS_TP_STATUS_FINISHED);
	task = lws_threadpool_get_task_wsi(wsi);
	if (!task) {
		lwsl_notice("%s: wsi has no task, ~=FINISHED\n", __func__);
		return LWS_TP_STATUS_FINISHED;
	}
	if (_task)
		*_task = task;
	return lws_threadpool_task_status(task, user);
}

LWS_VISIBLE void
lws_threadpool_task_sync(struct lws_threadpool_task *task, int stop)
{
	if (!task || !lock_task(task, __func__))
		return;
	if (stop && !lwsgo_task_over(task))
		lwsgo_task_enter(task, LWS_TP_STATUS_STOPPING);
	/* at once: the next WRITEABLE may be there before the task's thread is */
	if (!stop && task->status == LWS_TP_STATUS_SYNCING)
		lwsgo_task_enter(task, LWS_TP_STATUS_RUNNING);
	task->go = 1;
	pthread_cond_signal(&task->wake);
	unlock();
}

LWS_VISIBLE int
lws_threadpool_foreach_task_wsi(struct lws *wsi, void *user,
				int (*cb)(struct lws_threadpool_task *task,
					  void *user))
{
	struct lws_threadpool_task *t, **all = NULL;
	size_t count = 0, n;
	int r = 0;

	LWS_NEEDS(wsi && cb, 0);
	lock();
	for (t = next_of(wsi, NULL); t; t = next_of(wsi, &t->bound))
		count++;
	if (count)
		all = malloc(count * sizeof(*all));
	for (n = 0, t = next_of(wsi, NULL); all && t; t = next_of(wsi, &t->bound))
		all[n++] = t;
	unlock();
	if (count && !all) {
		lwsl_err("%s: out of memory\n", __func__);
		return 1;
	}
	/* the program may end any of them, meanwhile */
	for (n = 0; n < count && !r; n++) {
		lock();
		t = lwsgo_handle_has(&lwsgo_tasks, all[n]) && all[n]->args.wsi == wsi ?
			    all[n] :
			    NULL;
		unlock();
		r = t && cb(t, user);
	}
	free(all);
	return r;
}

