/* SPDX-License-Identifier: MIT */
/**
 * \file lws-sequencer.h
 * Sequencers: callbacks that take queued events one by one on the event loop
 * thread. The functions are not in the library.
 */

/** Events. */
typedef enum {
	LWSSEQ_CREATED,			/**< the first one */
	LWSSEQ_DESTROYED,		/**< the last one */
	LWSSEQ_TIMED_OUT,		/**< lws_seq_timeout_us() ran out */
	LWSSEQ_HEARTBEAT,		/**< once a second */
	LWSSEQ_WSI_CONNECTED,		/**< a bound connection is up */
	LWSSEQ_WSI_CONN_FAIL,		/**< it could not be made */
	LWSSEQ_WSI_CONN_CLOSE,		/**< it was closed */

	LWSSEQ_SS_STATE_BASE,		/**< plus a Secure Streams state */

	LWSSEQ_USER_BASE = 100		/**< from here on the program's own */
} lws_seq_events_t;

/** What the callback returns. */
typedef enum lws_seq_cb_return {
	LWSSEQ_RET_CONTINUE,		/**< go on */
	LWSSEQ_RET_DESTROY		/**< destroy the sequencer */
} lws_seq_cb_return_t;

/** The callback; \p data and \p aux are as queued with the event. */
typedef lws_seq_cb_return_t (*lws_seq_event_cb)(struct lws_sequencer *seq,
				void *user, int event, void *data, void *aux);

/** Arguments of lws_seq_create(). */
typedef struct lws_seq_info {
	struct lws_context *context;	/**< the context */
	int tsi;			/**< service thread index */
	size_t user_size;		/**< bytes to allocate for user */
	void **puser;			/**< set to that allocation */
	lws_seq_event_cb cb;		/**< takes the events */
	const char *name;		/**< for the log */
	const lws_retry_bo_t *retry;	/**< retry policy, or NULL */
	uint8_t wakesuspend:1;		/**< timeout may end a suspend */
} lws_seq_info_t;

/** \name Making and driving one
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN struct lws_sequencer *
lws_seq_create(lws_seq_info_t *info);

LWS_VISIBLE LWS_EXTERN void
lws_seq_destroy(struct lws_sequencer **seq);

LWS_VISIBLE LWS_EXTERN int
lws_seq_queue_event(struct lws_sequencer *seq, lws_seq_events_t e, void *data,
		    void *aux);

LWS_VISIBLE LWS_EXTERN int
lws_seq_check_wsi(struct lws_sequencer *seq, struct lws *wsi);
///@}

#define LWSSEQTO_NONE 0		/**< no timeout */

/** \name Timeout and data
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_seq_timeout_us(struct lws_sequencer *seq, lws_usec_t us);

LWS_VISIBLE LWS_EXTERN struct lws_sequencer *
lws_seq_from_user(void *u);

LWS_VISIBLE LWS_EXTERN lws_usec_t
lws_seq_us_since_creation(struct lws_sequencer *seq);

LWS_VISIBLE LWS_EXTERN const char *
lws_seq_name(struct lws_sequencer *seq);

LWS_VISIBLE LWS_EXTERN struct lws_context *
lws_seq_get_context(struct lws_sequencer *seq);
///@}
