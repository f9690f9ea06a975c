/* SPDX-License-Identifier: MIT
 *
 * What sources of v1.6 to v4.0 call and 4.1.6 no longer declares.
 * docs/generations.md says what else changed.
 */
#ifndef LWSGO_LWS_OLDER_H
#define LWSGO_LWS_OLDER_H

/**
 * The extensions that the library has, for the creation info's `extensions`.
 *
 * @return a table of permessage-deflate (RFC 7692), never freed
 */
LWS_VISIBLE LWS_EXTERN struct lws_extension *
lws_get_internal_extensions(void);

/**
 * Open a WebSocket connection: lws_client_connect_via_info() with its members
 * as arguments.
 *
 * @param context	 the context
 * @param address	 name or address of the server
 * @param port		 its port
 * @param ssl_connection 0: plain, 1: TLS, 2: TLS that takes a certificate which
 *			 nobody signed, for any name; or LCCSCF_ flags
 * @param path		 of the request
 * @param host		 its Host header
 * @param origin	 its Origin header, or NULL
 * @param protocol	 subprotocols, separated by commas, or NULL
 * @param ietf_version_or_minus_one -1
 * @return the connection, or NULL with the reason logged
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_client_connect(struct lws_context *context, const char *address, int port,
		   int ssl_connection, const char *path, const char *host,
		   const char *origin, const char *protocol,
		   int ietf_version_or_minus_one);

/**
 * lws_client_connect() with the connection's user memory.
 *
 * @param userdata the program's; NULL: the library allocates
 *		   per_session_data_size bytes when the connection is established
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_client_connect_extended(struct lws_context *context, const char *address,
			    int port, int ssl_connection, const char *path,
			    const char *host, const char *origin,
			    const char *protocol, int ietf_version_or_minus_one,
			    void *userdata);

/**
 * Call one protocol of a vhost once, some time from now, as v3.0 to v4.0 did it;
 * lws_sul_schedule() is today's way. It is called by the thread that services the
 * context, with a `wsi` that has the vhost and the protocol and is no connection, and
 * `user` and `in` NULL. When the vhost is gone by then, nothing is called.
 *
 * @param vh	 the vhost
 * @param prot	 the protocol, from lws_get_protocol() or the program's table
 * @param reason why it is called: LWS_CALLBACK_USER or more, or any other
 * @param secs	 seconds from now
 * @return 0, or 1 with a log line
 */
LWS_VISIBLE LWS_EXTERN int
lws_timed_callback_vh_protocol(struct lws_vhost *vh,
			       const struct lws_protocols *prot, int reason,
			       int secs);

/** The same in microseconds. */
LWS_VISIBLE LWS_EXTERN int
lws_timed_callback_vh_protocol_us(struct lws_vhost *vh,
				  const struct lws_protocols *prot, int reason,
				  lws_usec_t us);

/* ---- event loops of v1.7 to v2.4 ----
 * A program that defines LWS_USE_LIBUV, LWS_USE_LIBEV or LWS_USE_LIBEVENT gets
 * that library's header too, as it did when the library was built with it. */


#if !defined(LWSGO_OWN_LOOP_CALLS)

struct ev_loop;
struct ev_signal;
struct event_base;

/** Hears of SIGINT in a libev loop of the library's. */
typedef void (lws_ev_signal_cb_t)(struct ev_loop *loop, struct ev_signal *w, int revents);
/** Hears of SIGINT in a libevent loop of the library's. */
typedef void (*lws_event_signal_cb_t)(int signum, short what, void *arg);

#if defined(UV_ERRNO_MAP)
/**
 * Move a context, made with LWS_SERVER_OPTION_LIBUV, into the program's loop, as
 * info.foreign_loops does.
 *
 * @param loop the program's; NULL: the library's own, where it is anyway
 * @param tsi  0
 * @return 0, or 1 with a log line
 */
LWS_VISIBLE LWS_EXTERN int
lws_uv_initloop(struct lws_context *context, uv_loop_t *loop, int tsi);

/**
 * Who hears of SIGINT in a loop of the library's.
 *
 * @param use_uv_sigint 0: nobody
 * @param cb NULL: the context is destroyed, as without this call
 */
LWS_VISIBLE LWS_EXTERN int
lws_uv_sigint_cfg(struct lws_context *context, int use_uv_sigint, uv_signal_cb cb);
#endif

/** lws_uv_initloop() for libev. */
LWS_VISIBLE LWS_EXTERN int
lws_ev_initloop(struct lws_context *context, struct ev_loop *loop, int tsi);

/** lws_uv_sigint_cfg() for libev. */
LWS_VISIBLE LWS_EXTERN int
lws_ev_sigint_cfg(struct lws_context *context, int use_ev_sigint,
		  lws_ev_signal_cb_t *cb);

/** lws_uv_initloop() for libevent. */
LWS_VISIBLE LWS_EXTERN int
lws_event_initloop(struct lws_context *context, struct event_base *loop, int tsi);

/** lws_uv_sigint_cfg() for libevent. */
LWS_VISIBLE LWS_EXTERN int
lws_event_sigint_cfg(struct lws_context *context, int use_event_sigint,
		     lws_event_signal_cb_t cb);

/** Run the context's loop until lws_libuv_stop(), or it has nothing left. */
LWS_VISIBLE LWS_EXTERN void
lws_libuv_run(const struct lws_context *context, int tsi);

/** Make lws_libuv_run() return. */
LWS_VISIBLE LWS_EXTERN void
lws_libuv_stop(struct lws_context *context);

#endif

#endif
