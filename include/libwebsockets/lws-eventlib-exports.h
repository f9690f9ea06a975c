/* SPDX-License-Identifier: MIT
 *
 * What event-loop plugins need of the library. Nothing here is for programs. Part of
 * libwebsockets.h; include that.
 */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** lws_event_loop_ops.flags */
enum lws_event_lib_ops_flags {
	LELOF_ISPOLL = 1,		/**< waits in the library, without a loop */
	LELOF_DESTROY_FINAL = 0,	/**< no bit, so it says nothing */
};

/** What io is to do. */
enum {
	LWS_EV_READ = (1 << 0),		/**< about reading */
	LWS_EV_WRITE = (1 << 1),	/**< about writing */
	LWS_EV_START = (1 << 2),	/**< begin to watch for it */
	LWS_EV_STOP = (1 << 3),		/**< cease to */
};

/** An event loop of the program's own (info.event_lib_custom). It watches each
 * connection's descriptor as io says, and gives what is ready to lws_service_fd(); how
 * long to wait, and timers, are lws_service_adjust_timeout()'s. One more descriptor, the
 * one that wakes the loop, has a wsi of no vhost, for which no callback comes. A service
 * thread is a pt, told by its number tsi; a context has one. Members may be NULL; those
 * that return int return 0, or nonzero for failure. lws_get_socket_fd() is -1 where the
 * connection has no descriptor any more. */
struct lws_event_loop_ops {
	const char *name;	/**< for the log */
	int (*init_context)(struct lws_context *context,
			    const struct lws_context_creation_info *info);
				/**< a context is being made; nonzero: it is not */
	int (*destroy_context1)(struct lws_context *context);
				/**< its connections are gone */
	int (*destroy_context2)(struct lws_context *context);
				/**< its vhosts are gone too; told twice, as by the
				 * original */
	int (*init_vhost_listen_wsi)(struct lws *wsi);
				/**< watch a listen socket */
	int (*init_pt)(struct lws_context *context, void *_loop, int tsi);
				/**< begin, on info.foreign_loops[tsi] or NULL; nonzero:
				 * there is no context */
	int (*wsi_logical_close)(struct lws *wsi);
				/**< forget the descriptor: the end has been told, or a
				 * client goes on with another. Nonzero: the program calls
				 * __lws_close_free_wsi_final() when it has done so */
	int (*check_client_connect_ok)(struct lws *wsi);
				/**< nonzero: no client connection now */
	void (*close_handle_manually)(struct lws *wsi);
				/**< not called */
	int (*sock_accept)(struct lws *wsi);
				/**< watch a new connection; nonzero: it ends */
	void (*io)(struct lws *wsi, unsigned int flags);
				/**< LWS_EV_* */
	void (*run_pt)(struct lws_context *context, int tsi);
				/**< what lws_service() is then; NULL: it polls by itself */
	void (*destroy_pt)(struct lws_context *context, int tsi);
				/**< a thread's end; its memory is there until the context's */
	void (*destroy_wsi)(struct lws *wsi);
				/**< the last of a connection */
	int (*foreign_thread)(struct lws_context *context, int tsi);
				/**< not called */

	uint8_t flags;		/**< enum lws_event_lib_ops_flags; no difference */

	uint16_t evlib_size_ctx;	/**< not used: there is no way to it */
	uint16_t evlib_size_pt;
	/**< bytes in each thread for its own, zeroed: lws_evlib_tsi_to_evlib_pt() */
	uint16_t evlib_size_vh;		/**< not used */
	uint16_t evlib_size_wsi;	/**< not used */
};

/** The loop's own memory in the thread of a connection, NULL without such a loop. */
LWS_VISIBLE LWS_EXTERN void *
lws_evlib_wsi_to_evlib_pt(struct lws *wsi);

/** The same by the thread's number. */
LWS_VISIBLE LWS_EXTERN void *
lws_evlib_tsi_to_evlib_pt(struct lws_context *ctx, int tsi);

/** Call cb for each listening wsi of the context, with its place in a list, which lasts
 * for the call, and arg. Nonzero ends the walk, and 1 is returned; otherwise 0 is. */
LWS_VISIBLE LWS_EXTERN int
lws_vhost_foreach_listen_wsi(struct lws_context *cx, void *arg,
			     lws_dll2_foreach_cb_t cb);
#endif

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
