/* SPDX-License-Identifier: MIT */
/**
 * \file lws-sequencer.h
 * Sequencers: callbacks that take queued events one by one, in the order in which they
 * came, on a service thread of their context. They end with their context.
 */

/** Events. */
typedef enum {
	LWSSEQ_CREATED,			/**< the first one */
	LWSSEQ_DESTROYED,		/**< the last one */
	LWSSEQ_TIMED_OUT,		/**< lws_seq_timeout_us() ran out */
	LWSSEQ_HEARTBEAT,		/**< once a second */
	/* The next three are the program's to queue, with the wsi as data. */
	LWSSEQ_WSI_CONNECTED,		/**< a connection is up */
	LWSSEQ_WSI_CONN_FAIL,		/**< it could not be made */
	LWSSEQ_WSI_CONN_CLOSE,		/**< it was closed (see lws_seq_check_wsi()) */

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
 * All but lws_seq_create() may be called from any thread, and answer an error, with a line
 * in the log, for what is no sequencer any more.
 */
///@{
/** Makes one; its first event is LWSSEQ_CREATED. NULL: an argument is missing, or no
 * memory (logged). */
LWS_VISIBLE LWS_EXTERN struct lws_sequencer *
lws_seq_create(lws_seq_info_t *info);

/** Ends \p *seq and sets it to NULL: its callback gets LWSSEQ_DESTROYED within the call,
 * what waits is dropped, its memory goes. A callback may end its own sequencer, by this or
 * by LWSSEQ_RET_DESTROY. */
LWS_VISIBLE LWS_EXTERN void
lws_seq_destroy(struct lws_sequencer **seq);

/** Queues an event, of which one a turn is delivered. More than 10 that wait are an error
 * in the log, but are kept. 0: queued, 1: not. */
LWS_VISIBLE LWS_EXTERN int
lws_seq_queue_event(struct lws_sequencer *seq, lws_seq_events_t e, void *data,
		    void *aux);

/** Whether a LWSSEQ_WSI_CONN_CLOSE whose data is \p wsi waits to be delivered: 1 then. */
LWS_VISIBLE LWS_EXTERN int
lws_seq_check_wsi(struct lws_sequencer *seq, struct lws *wsi);
///@}

#define LWSSEQTO_NONE 0		/**< ends the present timeout by an LWSSEQ_TIMED_OUT at once */

/** \name Timeout and data */
///@{
/** Has LWSSEQ_TIMED_OUT queued after \p us microseconds, instead of when was said before.
 * LWS_SET_TIMER_USEC_CANCEL: not at all. */
LWS_VISIBLE LWS_EXTERN int
lws_seq_timeout_us(struct lws_sequencer *seq, lws_usec_t us);

/** The sequencer whose memory of the program's begins at \p u. */
LWS_VISIBLE LWS_EXTERN struct lws_sequencer *
lws_seq_from_user(void *u);

/** A sequencer's age in microseconds. */
LWS_VISIBLE LWS_EXTERN lws_usec_t
lws_seq_us_since_creation(struct lws_sequencer *seq);

/** The name that a sequencer was given: the pointer. */
LWS_VISIBLE LWS_EXTERN const char *
lws_seq_name(struct lws_sequencer *seq);

/** The context that a sequencer is in. */
LWS_VISIBLE LWS_EXTERN struct lws_context *
lws_seq_get_context(struct lws_sequencer *seq);
///@}
