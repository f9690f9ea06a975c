/* SPDX-License-Identifier: MIT
 *
 * Closing a WebSocket with a code. Part of libwebsockets.h; include that.
 */

/** Close codes (RFC 6455 section 7.4.1), and two of our own at the end. */
enum lws_close_status {
	LWS_CLOSE_STATUS_NOSTATUS		= 0,
	/**< no code: CLOSE goes out empty */
	LWS_CLOSE_STATUS_NORMAL			= 1000,
	/**< done */
	LWS_CLOSE_STATUS_GOINGAWAY		= 1001,
	/**< the server stops, or the user leaves the page */
	LWS_CLOSE_STATUS_PROTOCOL_ERR		= 1002,
	/**< the peer broke the protocol */
	LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE	= 1003,
	/**< a kind of data we do not take */
	LWS_CLOSE_STATUS_RESERVED		= 1004,
	/**< without meaning, never sent */
	LWS_CLOSE_STATUS_NO_STATUS		= 1005,
	/**< says that the peer gave no code; never sent */
	LWS_CLOSE_STATUS_ABNORMAL_CLOSE		= 1006,
	/**< says that there was no CLOSE; never sent */
	LWS_CLOSE_STATUS_INVALID_PAYLOAD	= 1007,
	/**< the data is not what its kind demands, as text that is not UTF-8 */
	LWS_CLOSE_STATUS_POLICY_VIOLATION	= 1008,
	/**< against our policy; when nothing else fits */
	LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE	= 1009,
	/**< too big to process */
	LWS_CLOSE_STATUS_EXTENSION_REQUIRED	= 1010,
	/**< a client misses an extension in the handshake */
	LWS_CLOSE_STATUS_UNEXPECTED_CONDITION	= 1011,
	/**< the server cannot go on */
	LWS_CLOSE_STATUS_TLS_FAILURE		= 1015,
	/**< says that TLS failed; never sent */

	LWS_CLOSE_STATUS_CLIENT_TRANSACTION_DONE = 2000,
	/**< inside the library: a client's HTTP transaction is complete */

	LWS_CLOSE_STATUS_NOSTATUS_CONTEXT_DESTROY = 9999,
	/**< inside the library: everything closes */
};

/**
 * Choose the code and reason that CLOSE will carry when the callback closes the
 * connection. Call it just before returning nonzero from a ws callback.
 *
 * @param buf, len the reason, UTF-8, at most 123 bytes of it are used; copied; or NULL
 */
LWS_VISIBLE LWS_EXTERN void
lws_close_reason(struct lws *wsi, enum lws_close_status status,
		 unsigned char *buf, size_t len);
