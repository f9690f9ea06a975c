/* SPDX-License-Identifier: MIT
 *
 * Where in a message a WebSocket connection is. Valid in RECEIVE callbacks, unless a
 * comment says otherwise. Part of libwebsockets.h; include that.
 */

/**
 * Would a write have to wait? True while an earlier send is unfinished.
 *
 * May be used in any callback and on any kind of connection, to decide whether to do
 * another lws_write() in the same WRITEABLE.
 *
 * @return 1: wait for WRITEABLE. 0: the socket takes more
 */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_send_pipe_choked(struct lws *wsi);

/** Nonzero if this callback's bytes are the last of their message. */
LWS_VISIBLE LWS_EXTERN int
lws_is_final_fragment(struct lws *wsi);

/** Nonzero if this callback's bytes are the first of their message. */
LWS_VISIBLE LWS_EXTERN int
lws_is_first_fragment(struct lws *wsi);

/** The frame's RSV1..3 in bits 6..4 (RFC 6455 section 5.2). */
LWS_VISIBLE LWS_EXTERN unsigned char
lws_get_reserved_bits(struct lws *wsi);

/** Nonzero if the library holds data that the socket did not take yet. On any kind of
 * connection. */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_partial_buffered(struct lws *wsi);

/** 1 if the message is binary, 0 if it is text. */
LWS_VISIBLE LWS_EXTERN int LWS_WARN_UNUSED_RESULT
lws_frame_is_binary(struct lws *wsi);
