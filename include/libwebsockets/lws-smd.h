/* SPDX-License-Identifier: MIT */
/**
 * \file lws-smd.h
 * System message distribution: short messages, each of one class, which are
 * queued in the context and delivered on the event loop thread to everybody
 * registered for that class. By convention the payload is JSON text.
 *
 * All functions may be called from any thread.
 */

#define LWS_SMD_MAX_PAYLOAD		384	/**< most bytes in a message */
#define LWS_SMD_CLASS_BITFIELD_BYTES	4	/**< size of a class bitmap */

#define LWS_SMD_STREAMTYPENAME		"_lws_smd" /**< Secure Streams name */
#define LWS_SMD_SS_RX_HEADER_LEN	16	/**< its header, in bytes */

/** One class bit, or for a filter any number of them. */
typedef uint32_t lws_smd_class_t;

struct lws_smd_msg;
struct lws_smd_peer;

/** The known classes. */
enum {
	LWSSMDCL_INTERACTION	= (1 << 0),	/**< a user did something */
	LWSSMDCL_SYSTEM_STATE	= (1 << 1),	/**< system state changed */
	LWSSMDCL_NETWORK	= (1 << 2),	/**< a network event */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWSSMDCL_METRICS	= (1 << 3),	/**< a metric; not in the library */

	LWSSMDCL_USER_BASE_BITNUM = 24		/**< (1 << this) and up: the program's */
#endif
};

/**
 * Get memory for a message, to be filled in and sent.
 *
 * \param ctx: the context
 * \param _class: class of the message
 * \param len: payload bytes, at most LWS_SMD_MAX_PAYLOAD
 *
 * Returns the payload area, or NULL without memory, or if nobody is
 * registered for the class: not an error, the message is just not needed.
 * End it with lws_smd_msg_send() or lws_smd_msg_free().
 */
LWS_VISIBLE LWS_EXTERN void *
lws_smd_msg_alloc(struct lws_context *ctx, lws_smd_class_t _class, size_t len);

/** Give up an unsent message; \p payload points to its pointer, set to NULL. */
LWS_VISIBLE LWS_EXTERN void
lws_smd_msg_free(void **payload);

/**
 * Queue a message for delivery and wake the event loop.
 *
 * \param ctx: the context
 * \param payload: from lws_smd_msg_alloc()
 *
 * Returns 0 and owns the message, or 1 if the queue is full: then the message
 * is still the caller's.
 */
LWS_VISIBLE LWS_EXTERN int
lws_smd_msg_send(struct lws_context *ctx, void *payload);

/**
 * Format a message and send it, all in one.
 *
 * \param ctx: the context
 * \param _class: class of the message
 * \param format: as for printf; the final NUL is not part of the payload
 *
 * Returns 0 when it was sent or nobody wants the class, 1 if it is too long,
 * the queue is full, or there is no memory.
 */
LWS_VISIBLE LWS_EXTERN int
lws_smd_msg_printf(struct lws_context *ctx, lws_smd_class_t _class,
		   const char *format, ...) LWS_FORMAT(3);

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** \name Messages through secure streams
 * Declared for source compatibility; not in the library.
 */
///@{
struct lws_ss_handle;

LWS_VISIBLE LWS_EXTERN int
lws_smd_ss_msg_printf(const char *tag, uint8_t *buf, size_t *len,
		      lws_smd_class_t _class, const char *format, ...)
		      LWS_FORMAT(5);

LWS_VISIBLE LWS_EXTERN int
lws_smd_ss_rx_forward(void *ss_user, const uint8_t *buf, size_t len);

LWS_VISIBLE LWS_EXTERN int
lws_smd_sspc_rx_forward(void *ss_user, const uint8_t *buf, size_t len);
///@}
#endif

/**
 * A receiver, called on the event loop thread.
 *
 * \param opaque: as registered
 * \param _class: class of the message
 * \param timestamp: when it was made, in microseconds as lws_now_usecs()
 * \param buf: payload, valid until the call returns, not ended by a NUL
 * \param len: payload bytes
 *
 * The return value is ignored.
 */
typedef int (*lws_smd_notification_cb_t)(void *opaque, lws_smd_class_t _class,
					 lws_usec_t timestamp, void *buf,
					 size_t len);

/** The receiver is a Secure Streams proxy connection. */
#define LWSSMDREG_FLAG_PROXIED_SS	(1 << 0)

/**
 * Register a receiver for messages that are sent from now on.
 *
 * \param ctx: the context
 * \param opaque: handed to \p cb
 * \param flags: 0
 * \param _class_filter: the classes wanted
 * \param cb: the receiver
 *
 * Returns the registration, valid until lws_smd_unregister() or the end of
 * the context, or NULL without memory.
 */
LWS_VISIBLE LWS_EXTERN struct lws_smd_peer *
lws_smd_register(struct lws_context *ctx, void *opaque, int flags,
		 lws_smd_class_t _class_filter, lws_smd_notification_cb_t cb);

/** End a registration: no more calls follow, and \p pr is no longer valid. */
LWS_VISIBLE LWS_EXTERN void
lws_smd_unregister(struct lws_smd_peer *pr);
