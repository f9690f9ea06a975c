/* SPDX-License-Identifier: MIT
 *
 * Timeouts that close a connection, timers that call the program. Part of
 * libwebsockets.h; include that.
 *
 * Call these on the service thread that the connection or timer belongs to.
 */

/** What a connection is waiting for, when its timeout comes. Programs use the last
 * two; the rest is the library's. The values are ABI. */
enum pending_timeout {
	NO_PENDING_TIMEOUT				= 0,
	/**< nothing */
	PENDING_TIMEOUT_AWAITING_PROXY_RESPONSE		= 1,
	/**< answer of an HTTP proxy */
	PENDING_TIMEOUT_AWAITING_CONNECT_RESPONSE	= 2,
	/**< TCP connection */
	PENDING_TIMEOUT_ESTABLISH_WITH_SERVER		= 3,
	/**< the first bytes of a handshake or request */
	PENDING_TIMEOUT_AWAITING_SERVER_RESPONSE	= 4,
	/**< the server's answer */
	PENDING_TIMEOUT_AWAITING_PING			= 5,
	/**< chance to send a PING */
	PENDING_TIMEOUT_CLOSE_ACK			= 6,
	/**< the peer's CLOSE */
	PENDING_TIMEOUT_UNUSED1				= 7,
	/**< nothing any more */
	PENDING_TIMEOUT_SENT_CLIENT_HANDSHAKE		= 8,
	/**< answer to a ws handshake */
	PENDING_TIMEOUT_SSL_ACCEPT			= 9,
	/**< end of a TLS handshake */
	PENDING_TIMEOUT_HTTP_CONTENT			= 10,
	/**< a request's body, or progress of an answer */
	PENDING_TIMEOUT_AWAITING_CLIENT_HS_SEND		= 11,
	/**< chance to send the request */
	PENDING_FLUSH_STORED_SEND_BEFORE_CLOSE		= 12,
	/**< the last data to leave */
	PENDING_TIMEOUT_SHUTDOWN_FLUSH			= 13,
	/**< the peer's FIN */
	PENDING_TIMEOUT_CGI				= 14,
	/**< output of a CGI */
	PENDING_TIMEOUT_HTTP_KEEPALIVE_IDLE		= 15,
	/**< the next request */
	PENDING_TIMEOUT_WS_PONG_CHECK_SEND_PING		= 16,
	/**< time for a validity PING */
	PENDING_TIMEOUT_WS_PONG_CHECK_GET_PONG		= 17,
	/**< its PONG */
	PENDING_TIMEOUT_CLIENT_ISSUE_PAYLOAD		= 18,
	/**< the program to send a request's body */
	PENDING_TIMEOUT_AWAITING_SOCKS_GREETING_REPLY	= 19,
	/**< SOCKS: choice of method */
	PENDING_TIMEOUT_AWAITING_SOCKS_CONNECT_REPLY	= 20,
	/**< SOCKS: connection */
	PENDING_TIMEOUT_AWAITING_SOCKS_AUTH_REPLY	= 21,
	/**< SOCKS: authentication */
	PENDING_TIMEOUT_KILLED_BY_SSL_INFO		= 22,
	/**< its end, asked for by LWS_CALLBACK_SSL_INFO */
	PENDING_TIMEOUT_KILLED_BY_PARENT		= 23,
	/**< its end, because the parent ended */
	PENDING_TIMEOUT_CLOSE_SEND			= 24,
	/**< chance to send CLOSE */
	PENDING_TIMEOUT_HOLDING_AH			= 25,
	/**< headers to be dealt with */
	PENDING_TIMEOUT_UDP_IDLE			= 26,
	/**< a packet */
	PENDING_TIMEOUT_CLIENT_CONN_IDLE		= 27,
	/**< another transaction for a warm connection */
	PENDING_TIMEOUT_LAGGING				= 28,
	/**< a slow peer */
	PENDING_TIMEOUT_THREADPOOL			= 29,
	/**< a pool thread */
	PENDING_TIMEOUT_THREADPOOL_TASK			= 30,
	/**< a pool task */
	PENDING_TIMEOUT_KILLED_BY_PROXY_CLIENT_CLOSE	= 31,
	/**< its end, because the other side of the proxy closed */
	PENDING_TIMEOUT_USER_OK				= 32,
	/**< whatever the program set it for */

	PENDING_TIMEOUT_USER_REASON_BASE		= 1000
	/**< the program's own reasons begin here */
};

/** Older name. */
#define lws_time_in_microseconds lws_now_usecs

/** As seconds: close at the next turn of the service loop. */
#define LWS_TO_KILL_ASYNC -1
/** As seconds: close now; the wsi is gone on return. Not from its own callbacks. */
#define LWS_TO_KILL_SYNC -2

/**
 * Close the connection unless something is set again in time. There is one timeout
 * for each connection, shared with the library: setting it replaces what was set.
 *
 * Causes the close callbacks when it comes.
 *
 * @param reason why, for the log
 * @param secs	 seconds from now, 0 for none, LWS_TO_KILL_ASYNC or LWS_TO_KILL_SYNC
 */
LWS_VISIBLE LWS_EXTERN void
lws_set_timeout(struct lws *wsi, enum pending_timeout reason, int secs);

/** The same in microseconds; 0 for none. */
void
lws_set_timeout_us(struct lws *wsi, enum pending_timeout reason, lws_usec_t us);

/** Close a connection: `to_kill` is LWS_TO_KILL_ASYNC or LWS_TO_KILL_SYNC. */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
#define lws_wsi_close(w, to_kill) lws_set_timeout(w, 1, to_kill)
#else
#define lws_wsi_close(w, to_kill) lws_set_timeout(wsi, 1, to_kill)
#endif

/** As microseconds: cancel. */
#define LWS_SET_TIMER_USEC_CANCEL ((lws_usec_t)-1ll)
/** Microseconds in a second. */
#define LWS_USEC_PER_SEC ((lws_usec_t)1000000)

/**
 * Cause one LWS_CALLBACK_TIMER on the connection.
 *
 * @param usecs microseconds from now, or LWS_SET_TIMER_USEC_CANCEL. Replaces what was
 *		set.
 */
LWS_VISIBLE LWS_EXTERN void
lws_set_timer_usecs(struct lws *wsi, lws_usec_t usecs);

struct lws_sorted_usec_list;

/** Called when a timer fires. It is not scheduled any more and may be scheduled again
 * or freed; lws_container_of() finds what it is part of. */
typedef void (*sul_cb_t)(struct lws_sorted_usec_list *sul);

/** A timer, to be put into the program's own structs. Zeroed it is not scheduled. It
 * must be cancelled before its memory goes. */
typedef struct lws_sorted_usec_list {
	struct lws_dll2 list;	/**< where it is scheduled; must be first */
	lws_usec_t us;		/**< when, on the clock of lws_now_usecs() */
	sul_cb_t cb;		/**< what is called */
	uint32_t latency_us;	/**< how much later than `us` would do */
} lws_sorted_usec_list_t;

/** How many lists of timers each service thread has. */
#define LWS_COUNT_PT_SUL_OWNERS 2

/** This timer may be late when the system is suspended. */
#define LWSSULLI_MISS_IF_SUSPENDED 0
/** This timer should wake the system up when it is suspended. */
#define LWSSULLI_WAKE_IF_SUSPENDED 1

/**
 * Schedule a timer whose `us` and `cb` are set.
 *
 * @param tsi	service thread, 0 if there is one
 * @param flags one of the two above
 */
LWS_VISIBLE LWS_EXTERN void
lws_sul2_schedule(struct lws_context *context, int tsi, int flags,
		  lws_sorted_usec_list_t *sul);

/** Unschedule a timer. Does nothing if it is not scheduled. */
LWS_VISIBLE LWS_EXTERN void
lws_sul_cancel(lws_sorted_usec_list_t *sul);

/**
 * When does the first timer come that should wake a suspended system?
 *
 * @param pearliest set to its time
 * @return 0, or nonzero if there is none
 */
LWS_VISIBLE LWS_EXTERN int
lws_sul_earliest_wakeable_event(struct lws_context *ctx, lws_usec_t *pearliest);

/**
 * Schedule a timer, again if it is scheduled already.
 *
 * @param tsi service thread, 0 if there is one
 * @param _cb called from that thread's service loop
 * @param _us microseconds from now, or LWS_SET_TIMER_USEC_CANCEL
 */
LWS_VISIBLE LWS_EXTERN void
lws_sul_schedule(struct lws_context *ctx, int tsi, lws_sorted_usec_list_t *sul,
		 sul_cb_t _cb, lws_usec_t _us);

/** The same, with LWSSULLI_WAKE_IF_SUSPENDED. */
LWS_VISIBLE LWS_EXTERN void
lws_sul_schedule_wakesuspend(struct lws_context *ctx, int tsi,
			     lws_sorted_usec_list_t *sul, sul_cb_t _cb,
			     lws_usec_t _us);

/** A check for timers in freed memory, in builds that have it; not in this one. */
#define lws_sul_debug_zombies(_a, _b, _c, _d)

/**
 * The program has seen that the peer lives: puts off the PING and hang-up of the
 * connection's retry policy.
 */
LWS_VISIBLE LWS_EXTERN void
lws_validity_confirmed(struct lws *wsi);

/** Put a timer into a list, by time. For event loops. @return 0 */
LWS_VISIBLE LWS_EXTERN int
__lws_sul_insert(lws_dll2_owner_t *own, lws_sorted_usec_list_t *sul);

/**
 * Fire what is due. For event loops.
 *
 * @param own	  lists of timers
 * @param own_len how many
 * @param usnow	  the time
 * @return microseconds until the next, 0 if there is none
 */
LWS_VISIBLE LWS_EXTERN lws_usec_t
__lws_sul_service_ripe(lws_dll2_owner_t *own, int own_len, lws_usec_t usnow);
