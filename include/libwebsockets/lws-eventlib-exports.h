/* SPDX-License-Identifier: MIT
 *
 * What event-loop plugins need of the library. Nothing here is for programs. Part of
 * libwebsockets.h; include that.
 */

/**
 * realloc(), malloc() (ptr NULL) or free() (size 0) through the function given to
 * lws_set_allocator().
 *
 * @param reason for the log
 */
LWS_VISIBLE LWS_EXTERN void *
lws_realloc(void *ptr, size_t size, const char *reason);

/** First step of a vhost's end: stop listening and mark it, so that its connections
 * close. */
LWS_VISIBLE LWS_EXTERN void
lws_vhost_destroy1(struct lws_vhost *vh);

/**
 * Close a connection, with its callbacks.
 *
 * @param reason close code for a ws connection
 * @param caller for the log
 */
LWS_VISIBLE LWS_EXTERN void
lws_close_free_wsi(struct lws *wsi, enum lws_close_status reason,
		   const char *caller);

struct lws_context_per_thread;

/** Deliver data that was held back by flow control and may be delivered now. A context
 * has one thread: it stands for it, cast to this type. */
LWS_VISIBLE LWS_EXTERN void
lws_service_do_ripe_rxflow(struct lws_context_per_thread *pt);

#if !defined(wsi_from_fd) && !defined(WIN32) && !defined(_WIN32)
struct lws_context;

/** The connection that has this descriptor, or NULL. */
LWS_VISIBLE LWS_EXTERN struct lws *
wsi_from_fd(const struct lws_context *context, int fd);
#endif

/**
 * Deal with what waits without any event.
 *
 * @return 1 if there was something, 0 if not
 */
LWS_VISIBLE LWS_EXTERN int
_lws_plat_service_forced_tsi(struct lws_context *context, int tsi);

/** Later step of a context's end, when its loops have stopped. */
LWS_VISIBLE LWS_EXTERN void
lws_context_destroy2(struct lws_context *context);

/** Forget a connection that stands for a descriptor of an event loop's own, such as its
 * wake-up pipe: no callback, and the descriptor stays open. */
LWS_VISIBLE LWS_EXTERN void
lws_destroy_event_pipe(struct lws *wsi);

/** Last step of a connection's end: close the descriptor, LWS_CALLBACK_WSI_DESTROY, then
 * free it. */
LWS_VISIBLE LWS_EXTERN void
__lws_close_free_wsi_final(struct lws *wsi);
