/* SPDX-License-Identifier: MIT */
/**
 * \file lws-threadpool.h
 * Tasks for connections, on threads that are not the service's.
 *
 * A task is a function that is called again and again until it is done. It belongs to a
 * connection; WRITEABLE is asked for that when the task waits for it (LWS_TP_RETURN_SYNC)
 * and when it is done. Then lws_threadpool_task_status() tells the task's state, and frees
 * one that is done. Where the connection ends first, the task is told to stop, and frees
 * itself. lws_threadpool_dequeue_task() is for LWS_CALLBACK_..._DROP_PROTOCOL.
 */

struct lws_threadpool;
struct lws_threadpool_task;

/** State of a task. */
enum lws_threadpool_task_status {
	LWS_TP_STATUS_QUEUED,		/**< waits for a thread */
	LWS_TP_STATUS_RUNNING,		/**< runs */
	LWS_TP_STATUS_SYNCING,		/**< waits for the event loop */
	LWS_TP_STATUS_STOPPING,		/**< asked to stop */
	LWS_TP_STATUS_FINISHED,		/**< ended by itself */
	LWS_TP_STATUS_STOPPED,		/**< ended because asked to */
};

/** What a task function returns. */
enum lws_threadpool_task_return {
	LWS_TP_RETURN_CHECKING_IN,	/**< call me again */
	LWS_TP_RETURN_SYNC,		/**< first wait for the event loop */
	LWS_TP_RETURN_FINISHED,		/**< done */
	LWS_TP_RETURN_STOPPED,		/**< stopped as asked to */

	LWS_TP_RETURN_FLAG_OUTLIVE = 64	/**< or'ed: lws_threadpool_dequeue_task()
					 * takes the wsi, but does not stop it */
};

/** Arguments of lws_threadpool_create(). */
struct lws_threadpool_create_args {
	int threads;			/**< worker threads; 0: tasks wait for ever */
	int max_queue_depth;		/**< most tasks to wait for a thread */
};

/** Arguments of lws_threadpool_enqueue(). */
struct lws_threadpool_task_args {
	struct lws *wsi;		/**< the connection it works for */
	void *user;			/**< handed to task and cleanup */
	const char *name;		/**< not looked at: the format of the call is */
	char async_task;		/**< not looked at */
	enum lws_threadpool_task_return (*task)(void *user,
			enum lws_threadpool_task_status s);
					/**< the work, on a pool's thread. \p s is
					 * LWS_TP_STATUS_STOPPING when this is its last
					 * call: the connection or the pool has gone */
	void (*cleanup)(struct lws *wsi, void *user);
					/**< frees \p user, or NULL: on the service
					 * thread, or, with wsi NULL, on any */
};

/** \name Functions
 * What is given a task that has gone answers LWS_TP_STATUS_FINISHED or an error, and logs
 * a line.
 */
///@{
/** Makes a pool. \p format is its name, also that of its threads (the first 15 bytes).
 * NULL: no memory, or no context. It does not end with its context. */
LWS_VISIBLE LWS_EXTERN struct lws_threadpool *
lws_threadpool_create(struct lws_context *context,
		      const struct lws_threadpool_create_args *args,
		      const char *format, ...) LWS_FORMAT(3);

/** Has what runs stop at its next return, and what waits stop at once
 * (LWS_TP_STATUS_STOPPED). Nothing can be queued any more. */
LWS_VISIBLE LWS_EXTERN void
lws_threadpool_finish(struct lws_threadpool *tp);

/** The same, waits for the threads, frees the tasks (cleanup is called) and the pool. Not
 * from one of its own threads. */
LWS_VISIBLE LWS_EXTERN void
lws_threadpool_destroy(struct lws_threadpool *tp);

/** Queues a task; \p format is its name in the log. NULL: too many wait (a notice), the pool
 * ends, or there is no such connection; \p args->user is then the caller's still. */
LWS_VISIBLE LWS_EXTERN struct lws_threadpool_task *
lws_threadpool_enqueue(struct lws_threadpool *tp,
		       const struct lws_threadpool_task_args *args,
		       const char *format, ...) LWS_FORMAT(3);

/** lws_threadpool_dequeue_task() for the first task of a connection. */
LWS_VISIBLE LWS_EXTERN int
lws_threadpool_dequeue(struct lws *wsi) LWS_WARN_DEPRECATED;

/** Frees a task that waits or is done; one that runs loses its connection, stops at its
 * next return, and frees itself. 0. */
LWS_VISIBLE LWS_EXTERN int
lws_threadpool_dequeue_task(struct lws_threadpool_task *task);

/** lws_threadpool_task_status() for the first task of a connection. */
LWS_VISIBLE LWS_EXTERN enum lws_threadpool_task_status
lws_threadpool_task_status_wsi(struct lws *wsi,
			       struct lws_threadpool_task **task, void **user)
				LWS_WARN_DEPRECATED;

/** The state, and in \p *user the task's data. A task that is FINISHED or STOPPED is freed by
 * it, its data too, if cleanup does that. For the service thread. */
LWS_VISIBLE LWS_EXTERN enum lws_threadpool_task_status
lws_threadpool_task_status(struct lws_threadpool_task *task, void **user);

/** A task's state alone: it is not freed. */
LWS_VISIBLE LWS_EXTERN enum lws_threadpool_task_status
lws_threadpool_task_status_noreap(struct lws_threadpool_task *task);

/** A task in LWS_TP_STATUS_SYNCING goes on, or with \p stop 1 ends. One that nobody lets go on
 * for 45 s (30 with 4.1's interface) is stopped. */
LWS_VISIBLE LWS_EXTERN void
lws_threadpool_task_sync(struct lws_threadpool_task *task, int stop);

/** Logs a pool's tasks, and how long they have waited and run, at LLL_THREAD. */
LWS_VISIBLE LWS_EXTERN void
lws_threadpool_dump(struct lws_threadpool *tp);

/** A connection's first task, NULL: it has none. */
LWS_VISIBLE LWS_EXTERN struct lws_threadpool_task *
lws_threadpool_get_task_wsi(struct lws *wsi);

/** Calls \p cb for each task of a connection, which it may free, until it answers other than
 * 0: 1 then, else 0. */
LWS_VISIBLE LWS_EXTERN int
lws_threadpool_foreach_task_wsi(struct lws *wsi, void *user,
				int (*cb)(struct lws_threadpool_task *task,
					  void *user));
///@}
