/* SPDX-License-Identifier: MIT */
/**
 * \file lws-threadpool.h
 * Tasks on worker threads. The functions are not in the library.
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

	LWS_TP_RETURN_FLAG_OUTLIVE = 64	/**< or'ed: may outlive its wsi */
};

/** Arguments of lws_threadpool_create(). */
struct lws_threadpool_create_args {
	int threads;			/**< worker threads */
	int max_queue_depth;		/**< most tasks to wait */
};

/** Arguments of lws_threadpool_enqueue(). */
struct lws_threadpool_task_args {
	struct lws *wsi;		/**< the connection it works for */
	void *user;			/**< handed to task and cleanup */
	const char *name;		/**< for the log */
	char async_task;		/**< 1: not bound to wsi */
	enum lws_threadpool_task_return (*task)(void *user,
			enum lws_threadpool_task_status s);
					/**< the work */
	void (*cleanup)(struct lws *wsi, void *user);
					/**< called at its end */
};

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN struct lws_threadpool *
lws_threadpool_create(struct lws_context *context,
		      const struct lws_threadpool_create_args *args,
		      const char *format, ...) LWS_FORMAT(3);

LWS_VISIBLE LWS_EXTERN void
lws_threadpool_finish(struct lws_threadpool *tp);

LWS_VISIBLE LWS_EXTERN void
lws_threadpool_destroy(struct lws_threadpool *tp);

LWS_VISIBLE LWS_EXTERN struct lws_threadpool_task *
lws_threadpool_enqueue(struct lws_threadpool *tp,
		       const struct lws_threadpool_task_args *args,
		       const char *format, ...) LWS_FORMAT(3);

LWS_VISIBLE LWS_EXTERN int
lws_threadpool_dequeue(struct lws *wsi) LWS_WARN_DEPRECATED;

LWS_VISIBLE LWS_EXTERN int
lws_threadpool_dequeue_task(struct lws_threadpool_task *task);

LWS_VISIBLE LWS_EXTERN enum lws_threadpool_task_status
lws_threadpool_task_status_wsi(struct lws *wsi,
			       struct lws_threadpool_task **task, void **user)
				LWS_WARN_DEPRECATED;

LWS_VISIBLE LWS_EXTERN enum lws_threadpool_task_status
lws_threadpool_task_status(struct lws_threadpool_task *task, void **user);

LWS_VISIBLE LWS_EXTERN enum lws_threadpool_task_status
lws_threadpool_task_status_noreap(struct lws_threadpool_task *task);

LWS_VISIBLE LWS_EXTERN void
lws_threadpool_task_sync(struct lws_threadpool_task *task, int stop);

LWS_VISIBLE LWS_EXTERN void
lws_threadpool_dump(struct lws_threadpool *tp);

LWS_VISIBLE LWS_EXTERN struct lws_threadpool_task *
lws_threadpool_get_task_wsi(struct lws *wsi);

LWS_VISIBLE LWS_EXTERN int
lws_threadpool_foreach_task_wsi(struct lws *wsi, void *user,
				int (*cb)(struct lws_threadpool_task *task,
					  void *user));
///@}
