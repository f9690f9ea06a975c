/* SPDX-License-Identifier: MIT
 *
 * Sending. Part of libwebsockets.h; include that.
 */

#if !defined(LWS_SIZEOFPTR)
/** Size of a pointer in bytes, as an int. */
#define LWS_SIZEOFPTR ((int)sizeof (void *))
#endif

#if defined(__x86_64__)
/** What LWS_PRE is a multiple of. */
#define _LWS_PAD_SIZE 16
#else
#define _LWS_PAD_SIZE LWS_SIZEOFPTR
#endif
/** n, raised to such a multiple. */
#define _LWS_PAD(n) (((n) % _LWS_PAD_SIZE) ? \
		((n) + (_LWS_PAD_SIZE - ((n) % _LWS_PAD_SIZE))) : (n))

/** Bytes in front of a buffer for lws_write() that the library may overwrite
 * with frame headers. Every such buffer must have them. */
#define LWS_PRE _LWS_PAD(4 + 10 + 2)

/** Older name of LWS_PRE. */
#define LWS_SEND_BUFFER_PRE_PADDING LWS_PRE
/** Nothing is needed behind the payload any more. */
#define LWS_SEND_BUFFER_POST_PADDING 0

/** For raw sockets: the bytes go out as they are. */
#define LWS_WRITE_RAW LWS_WRITE_HTTP

/** What lws_write() sends: one of the kinds, with flags or-ed in. */
enum lws_write_protocol {
	LWS_WRITE_TEXT = 0,		/**< ws text message, or its first frame */
	LWS_WRITE_BINARY = 1,		/**< ws binary message, or its first frame */
	LWS_WRITE_CONTINUATION = 2,	/**< a further frame of a ws message */
	LWS_WRITE_HTTP = 3,		/**< HTTP body, more to come; raw data */
	/* 4 was used by an older generation */
	LWS_WRITE_PING = 5,		/**< ws PING, at most 125 bytes */
	LWS_WRITE_PONG = 6,		/**< ws PONG, at most 125 bytes */
	LWS_WRITE_HTTP_FINAL = 7,	/**< last piece of an HTTP body: ends an h2 stream */
	LWS_WRITE_HTTP_HEADERS = 8,	/**< a complete HTTP header block */
	LWS_WRITE_HTTP_HEADERS_CONTINUATION = 9, /**< more of an h2 header block */

	LWS_WRITE_BUFLIST = 0x20,	/**< flag: queue a copy, send when possible */
	LWS_WRITE_NO_FIN = 0x40,	/**< flag: more frames of this message follow */
	LWS_WRITE_H2_STREAM_END = 0x80,	/**< flag, with headers: no body follows */
	/** flag on ws clients: mask with an all-zero key, which leaves the payload as it
	 * is on the wire (for tests and trusted links only) */
	LWS_WRITE_CLIENT_IGNORE_XOR_MASK = 0x80
};

/** `in` of LWS_CALLBACK_CHILD_WRITE_VIA_PARENT: the write the child asked for. */
struct lws_write_passthru {
	struct lws *wsi;		/**< the child */
	unsigned char *buf;		/**< payload, with LWS_PRE bytes before it */
	size_t len;			/**< payload bytes */
	enum lws_write_protocol wp;	/**< what the child gave as kind and flags */
};

/**
 * Send from a WRITEABLE callback.
 *
 * Do it once per WRITEABLE callback on connections that can block; ask again with
 * lws_callback_on_writable() if there is more. What the socket does not take is
 * kept and sent by the library before the next WRITEABLE, so a message is never
 * sent in part.
 *
 * @param wsi	   the connection
 * @param buf	   payload; LWS_PRE bytes before it must be writable, their content
 *		   is lost. The buffer is the caller's again on return.
 * @param len	   payload bytes; 0 is a valid message
 * @param protocol kind and flags
 * @return the bytes accepted, which is len or more, or -1 if the connection is dead:
 *	   then return -1 from the callback. RFC 6455 section 5.6 (ws), RFC 9113
 *	   section 6.1 (h2).
 */
LWS_VISIBLE LWS_EXTERN int
lws_write(struct lws *wsi, unsigned char *buf, size_t len,
	  enum lws_write_protocol protocol);

/** lws_write() of a piece of an HTTP body. */
#define lws_write_http(wsi, buf, len) \
	lws_write(wsi, (unsigned char *)(buf), len, LWS_WRITE_HTTP)

/**
 * The kind and flags for one fragment of a ws message.
 *
 * @param initial  LWS_WRITE_TEXT or LWS_WRITE_BINARY
 * @param is_start nonzero for the message's first fragment
 * @param is_end   nonzero for its last
 */
static LWS_INLINE int
lws_write_ws_flags(int initial, int is_start, int is_end)
{
	int flags = is_start ? initial : LWS_WRITE_CONTINUATION;

	return is_end ? flags : flags | LWS_WRITE_NO_FIN;
}

/**
 * A raw connection has nothing more to say: close it once everything queued is sent.
 *
 * @return what the callback should return: 0 if data still waits (the library closes
 *	   afterwards), -1 to close now
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_raw_transaction_completed(struct lws *wsi);
