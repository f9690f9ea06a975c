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

/** How the original drives an event loop: its plugins and info.event_lib_custom. A
 * service thread is a pt, told by its number tsi. Members may be NULL; those that
 * return int return 0, or nonzero for failure. */
struct lws_event_loop_ops {
	const char *name;	/**< for the log */
	int (*init_context)(struct lws_context *context,
			    const struct lws_context_creation_info *info);
				/**< a context is being made */
	int (*destroy_context1)(struct lws_context *context);
				/**< its end begins */
	int (*destroy_context2)(struct lws_context *context);
				/**< its connections are gone */
	int (*init_vhost_listen_wsi)(struct lws *wsi);
				/**< watch a listen socket */
	int (*init_pt)(struct lws_context *context, void *_loop, int tsi);
				/**< begin on _loop, the program's; NULL: make one */
	int (*wsi_logical_close)(struct lws *wsi);
				/**< a connection's end begins; nonzero: go on later */
	int (*check_client_connect_ok)(struct lws *wsi);
				/**< nonzero: no client connection now */
	void (*close_handle_manually)(struct lws *wsi);
				/**< close the descriptor with the loop's handle */
	int (*sock_accept)(struct lws *wsi);
				/**< watch a new connection */
	void (*io)(struct lws *wsi, unsigned int flags);
				/**< LWS_EV_* */
	void (*run_pt)(struct lws_context *context, int tsi);
				/**< run the loop until it is stopped */
	void (*destroy_pt)(struct lws_context *context, int tsi);
				/**< a thread's end */
	void (*destroy_wsi)(struct lws *wsi);
				/**< a connection is being freed */
	int (*foreign_thread)(struct lws_context *context, int tsi);
				/**< nonzero: the caller is not the loop's thread */

	uint8_t flags;		/**< enum lws_event_lib_ops_flags */

	/* bytes that it wants for its own, zeroed: */
	uint16_t evlib_size_ctx;	/**< in each context */
	uint16_t evlib_size_pt;		/**< in each thread */
	uint16_t evlib_size_vh;		/**< in each vhost */
	uint16_t evlib_size_wsi;	/**< in each connection */
};

/** The loop's own memory in the thread of a connection. */
LWS_VISIBLE LWS_EXTERN void *
lws_evlib_wsi_to_evlib_pt(struct lws *wsi);

/** The same by the thread's number. */
LWS_VISIBLE LWS_EXTERN void *
lws_evlib_tsi_to_evlib_pt(struct lws_context *ctx, int tsi);

/** Call cb with each listening wsi of the context, by its place in its vhost's list, and
 * arg. What it returns ends the walk, unless that is 0, and is returned. */
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
