/* SPDX-License-Identifier: MIT
 *
 * Making things happen. Part of libwebsockets.h; include that.
 */

/**
 * Wait for events and deal with them, once. All callbacks come from here, on the
 * calling thread. Call it in a loop until it fails.
 *
 * With an event loop, foreign or not, it runs that loop, and returns 1 when something
 * has stopped the loop: the program, a signal, or lws_context_destroy() in a callback.
 *
 * @param timeout_ms the longest wait; 0: until there is something to do, as in 4.1.6
 *		     (at most 30 s); negative: do not wait. lws_cancel_service() ends the wait
 * @return 0, 1 after an event loop has run, or negative when the context can no longer be
 *	   serviced
 */
LWS_VISIBLE LWS_EXTERN int
lws_service(struct lws_context *context, int timeout_ms);

/**
 * The same for one of count_threads service threads; each calls it with its own index.
 * What concerns the whole context (system state, messages, timers of lws_sul_schedule()
 * with tsi 0) comes on the first one.
 *
 * @param tsi from 0; negative is returned for one that is not below
 *	      lws_get_count_threads()
 */
LWS_VISIBLE LWS_EXTERN int
lws_service_tsi(struct lws_context *context, int timeout_ms, int tsi);

/** lws_cancel_service() for the service thread of this connection only. Where there are
 * several, this and lws_callback_on_writable() are the ways from one thread to another's
 * connections. */
LWS_VISIBLE LWS_EXTERN void
lws_cancel_service_pt(struct lws *wsi);

/**
 * Wake every service thread. LWS_CALLBACK_EVENT_WAIT_CANCELLED follows there, once for
 * any number of calls before it.
 *
 * May be called from any thread and from a signal handler.
 */
LWS_VISIBLE LWS_EXTERN void
lws_cancel_service(struct lws_context *context);

/**
 * For programs with their own poll(): deal with one descriptor's events.
 *
 * @param pollfd with revents set. If it is one of ours, its revents are 0 afterwards;
 *		 otherwise nothing happens. NULL does what is due without any
 *		 descriptor
 * @return 0 if the connection goes on, positive if it was closed, negative on failure
 */
LWS_VISIBLE LWS_EXTERN int
lws_service_fd(struct lws_context *context, struct lws_pollfd *pollfd);

/** The same for the service thread with index `tsi`. */
LWS_VISIBLE LWS_EXTERN int
lws_service_fd_tsi(struct lws_context *context, struct lws_pollfd *pollfd,
		   int tsi);

/**
 * For programs with their own poll(): how long it may wait. In so.19 timers that are
 * due run during the call.
 *
 * @param timeout_ms how long the program would wait
 * @return the shorter of that and what the library needs, in ms; 0 when there is work
 *	   that no descriptor shows (data held by TLS, inflate or flow control): then
 *	   poll without waiting and call lws_service_tsi(context, -1, tsi)
 */
LWS_VISIBLE LWS_EXTERN int
lws_service_adjust_timeout(struct lws_context *context, int timeout_ms, int tsi);

/** Older name. */
#define lws_plat_service_tsi lws_service_tsi

/**
 * Let a connection whose descriptor is writable send what waits, and get its WRITEABLE
 * callback.
 *
 * @param pollfd its entry, or NULL
 * @return 0, or nonzero: the connection should be closed
 */
LWS_VISIBLE LWS_EXTERN int
lws_handle_POLLOUT_event(struct lws *wsi, struct lws_pollfd *pollfd);

#if defined(LWS_WITH_LIBUV) && defined(UV_ERRNO_MAP)
/*
 * For programs that include uv.h first. In the packaged 4.1.6 these sit hidden in
 * the plugin, where no program can reach them; of ours only the first is built.
 */

/** The libuv loop of a service thread; NULL when there is none. */
LWS_VISIBLE LWS_EXTERN uv_loop_t *
lws_uv_getloop(struct lws_context *context, int tsi);

/** Have the context wait, when it is destroyed, for a handle of a protocol's own. */
LWS_VISIBLE LWS_EXTERN void
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_libuv_static_refcount_add(uv_handle_t *, struct lws_context *context, int tsi);
#else
lws_libuv_static_refcount_add(uv_handle_t *, struct lws_context *context);
#endif

/** The close callback of such a handle: it is no longer waited for. */
LWS_VISIBLE LWS_EXTERN void
lws_libuv_static_refcount_del(uv_handle_t *);
#endif
