/* SPDX-License-Identifier: MIT
 *
 * Asking for a WRITEABLE callback, calling many connections, flow control towards
 * the peer. Part of libwebsockets.h; include that.
 */

/**
 * Ask for one WRITEABLE callback as soon as the connection can be written to.
 * Asking again before it came changes nothing.
 *
 * It may come in the same service turn, never inside this call. May be called from
 * any thread (an extension: elsewhere only lws_cancel_service() may).
 *
 * @return 1 if it will come (or did not need asking), 0 if the connection is already
 *	   on its way out, -1 if it cannot be watched
 */
LWS_VISIBLE LWS_EXTERN int
lws_callback_on_writable(struct lws *wsi);

/**
 * lws_callback_on_writable() for every connection of a protocol, in all vhosts.
 *
 * @param protocol the entry of the array that was given for a vhost; vhosts that
 *		   share the array's callback and name count as the same
 * @return 0
 */
LWS_VISIBLE LWS_EXTERN int
lws_callback_on_writable_all_protocol(const struct lws_context *context,
				      const struct lws_protocols *protocol);

/**
 * The same for the connections of one vhost.
 *
 * @param protocol an entry of the vhost's own protocols, as lws_get_protocol() or
 *		   lws_vhost_name_to_protocol() give it
 * @return 0, or -1 if the protocol is not one of the vhost's
 */
LWS_VISIBLE LWS_EXTERN int
lws_callback_on_writable_all_protocol_vhost(const struct lws_vhost *vhost,
					    const struct lws_protocols *protocol);

/**
 * Call the protocol's callback now, once for each of its connections in the context,
 * with this reason, `in` NULL and `len` 0. What it returns is ignored.
 *
 * @return 0
 */
LWS_VISIBLE LWS_EXTERN int
lws_callback_all_protocol(struct lws_context *context,
			  const struct lws_protocols *protocol, int reason);

/** The same for one vhost, without arguments. Use the _args version. */
LWS_VISIBLE LWS_EXTERN int
lws_callback_all_protocol_vhost(struct lws_vhost *vh,
				const struct lws_protocols *protocol,
				int reason)
LWS_WARN_DEPRECATED;

/**
 * Call the protocol's callback now for each of its connections in the vhost.
 *
 * @param protocol the protocol, or NULL for the connections of all protocols
 * @param argp	   goes to the callback as `in`
 * @param len	   goes to the callback as `len`
 * @return 0
 */
LWS_VISIBLE int
lws_callback_all_protocol_vhost_args(struct lws_vhost *vh,
				     const struct lws_protocols *protocol,
				     int reason, void *argp, size_t len);

/** lws_callback_vhost_protocols_vhost() for the wsi's vhost, with that wsi. */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lws_callback_vhost_protocols(struct lws *wsi, int reason, void *in, size_t len)
#else
lws_callback_vhost_protocols(struct lws *wsi, int reason, void *in, int len)
#endif
LWS_WARN_DEPRECATED;

/**
 * Call each protocol of the vhost once, with a stand-in wsi and `user` NULL.
 *
 * @param in, len go to the callbacks
 * @return 0, or 1 as soon as a callback returns nonzero
 */
LWS_VISIBLE LWS_EXTERN int
lws_callback_vhost_protocols_vhost(struct lws_vhost *vh, int reason, void *in,
				   size_t len);

/**
 * A callback with the usual behaviour for HTTP: 404 for requests nobody answers,
 * CGI and proxy traffic, ending transactions. For protocols[0] of a server, and to be
 * called for whatever reason a program's own callback does not handle.
 *
 * @return what the calling callback should return
 */
LWS_VISIBLE LWS_EXTERN int
lws_callback_http_dummy(struct lws *wsi, enum lws_callback_reasons reason,
			void *user, void *in, size_t len);

/**
 * The connection's descriptor; for an h2 stream that of the connection it runs on.
 * It stays the library's.
 *
 * @return -1 if there is none
 */
LWS_VISIBLE LWS_EXTERN lws_sockfd_type
lws_get_socket_fd(struct lws *wsi);

/**
 * How many bytes the peer's flow control window lets us send now
 * (RFC 9113 section 6.9).
 *
 * @return bytes, 0 when blocked, or -1 if this kind of connection has no such window
 */
LWS_VISIBLE LWS_EXTERN lws_fileofs_t
lws_get_peer_write_allowance(struct lws *wsi);

/** Direction for lws_wsi_tx_credit(): what we may send. */
#define LWSTXCR_US_TO_PEER 0
/** Direction for lws_wsi_tx_credit(): what the peer may send. */
#define LWSTXCR_PEER_TO_US 1

/**
 * Read or change a stream's transmit credit.
 *
 * @param peer_to_us one of the two directions
 * @param add	     bytes to add; 0 only asks. Adding to LWSTXCR_PEER_TO_US sends the
 *		     peer a window update.
 * @return for add 0 the credit in bytes, otherwise 0 for success, nonzero for failure;
 *	   0 for connections without flow control
 */
LWS_VISIBLE LWS_EXTERN int
lws_wsi_tx_credit(struct lws *wsi, char peer_to_us, int add);
