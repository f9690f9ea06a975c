/* SPDX-License-Identifier: MIT
 *
 * Keeping the TLS sessions of client connections across runs (v4.3). Part of
 * libwebsockets.h; include that.
 *
 * A vhost's client connections resume sessions when it was created with
 * tls_session_timeout or tls_session_cache_max, or from the first
 * lws_tls_session_dump_load() on, or always in so.19 and when the program is
 * compiled as one of v4.3 (pkg-config libwebsockets-4.3); never with
 * LWS_SERVER_OPTION_DISABLE_TLS_SESSION_CACHE. A session is only resumed by a
 * connection to the same host and port whose LCCSCF_ALLOW_ flags are no stricter
 * than those with which the server's certificate was accepted: that is not looked at
 * again. Connections with sys_tls_client_cert resume none.
 */
#ifndef LWSGO_LWS_TLS_SESSIONS_H
#define LWSGO_LWS_TLS_SESSIONS_H

/** Bytes of lws_tls_session_dump.tag. */
#define LWS_SESSION_TAG_LEN 96

/** A session, serialised. It has keys in it: whoever reads it can read along. */
struct lws_tls_session_dump {
	char tag[LWS_SESSION_TAG_LEN]; /**< "vhost_host_port" */
	void *blob;		       /**< the session */
	void *opaque;		       /**< the caller's */
	size_t blob_len;	       /**< bytes of the session */
};

/**
 * Saves info->blob, which is not the callback's to free; or loads it: sets blob to
 * memory of malloc(), which the library frees, and blob_len.
 *
 * @return 0, or nonzero when it cannot
 */
typedef int (*lws_tls_sess_cb_t)(struct lws_context *cx,
				 struct lws_tls_session_dump *info);

/**
 * Have the session with a server saved.
 *
 * @param host as in the Host header of the connection, without port
 * @param opq  becomes info->opaque
 * @return 0, or 1: there is none, or the callback failed
 */
LWS_VISIBLE LWS_EXTERN int
lws_tls_session_dump_save(struct lws_vhost *vh, const char *host, uint16_t port,
			  lws_tls_sess_cb_t cb_save, void *opq);

/**
 * Load a session with a server, for the next connection to it. Who does trusts the
 * server that the session was made with.
 *
 * @return 0, or 1: the vhost has one already (then the callback is not asked) or
 *	   resumes none, or the callback failed, or what it gave is no session
 */
LWS_VISIBLE LWS_EXTERN int
lws_tls_session_dump_load(struct lws_vhost *vh, const char *host, uint16_t port,
			  lws_tls_sess_cb_t cb_load, void *opq);

#endif
