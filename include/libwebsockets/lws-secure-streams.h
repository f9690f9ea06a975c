/* SPDX-License-Identifier: MIT */
/**
 * \file lws-secure-streams.h
 * Secure Streams: connections described by a policy rather than by the
 * program. The functions are not in the library.
 */

#define LWS_SS_MTU 1540		/**< most bytes in one proxied packet */

struct lws_ss_handle;
typedef uint32_t lws_ss_tx_ordinal_t;	/**< number of a transmission */

/** Events and states of a stream. */
typedef enum {
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWSSSCS_CREATING = 1,		/**< first event */
#else
	LWSSSCS_CREATING,		/**< first event */
#endif
	LWSSSCS_DISCONNECTED,		/**< connection lost */
	LWSSSCS_UNREACHABLE,		/**< no connection, will retry */
	LWSSSCS_AUTH_FAILED,		/**< the peer refused our identity */
	LWSSSCS_CONNECTED,		/**< connected */
	LWSSSCS_CONNECTING,		/**< about to connect */
	LWSSSCS_DESTROYING,		/**< last event */
	LWSSSCS_POLL,			/**< time to poll */
	LWSSSCS_ALL_RETRIES_FAILED,	/**< no more retries */
	LWSSSCS_QOS_ACK_REMOTE,		/**< peer has acknowledged */
	LWSSSCS_QOS_NACK_REMOTE,	/**< peer has refused */
	LWSSSCS_QOS_ACK_LOCAL,		/**< proxy has acknowledged */
	LWSSSCS_QOS_NACK_LOCAL,		/**< proxy has refused */
	LWSSSCS_TIMEOUT,		/**< lws_ss_start_timeout() ran out */

	LWSSSCS_SERVER_TXN,		/**< server: a transaction begins */
	LWSSSCS_SERVER_UPGRADE,		/**< server: was upgraded (ws) */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWSSSCS_EVENT_WAIT_CANCELLED,	/**< lws_cancel_service() was called */
	LWSSSCS_UPSTREAM_LINK_RETRY,	/**< waiting for the way to the proxy */

#endif
	LWSSSCS_SINK_JOIN,		/**< sink: a source joins */
	LWSSSCS_SINK_PART,		/**< sink: a source leaves */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWSSSCS_USER_BASE = 1000	/**< from here on: the program's, by policy */
#endif
} lws_ss_constate_t;

/** Flags of rx and tx, and packet types of the proxy protocol. */
enum {
	LWSSS_FLAG_SOM		= (1 << 0),	/**< first part of a message */
	LWSSS_FLAG_EOM		= (1 << 1),	/**< last part of a message */
	LWSSS_FLAG_POLL		= (1 << 2),	/**< it is a poll */
	LWSSS_FLAG_RELATED_START = (1 << 3),	/**< first of a group */
	LWSSS_FLAG_RELATED_END	= (1 << 4),	/**< last of a group */
	LWSSS_FLAG_RIDESHARE	= (1 << 5),	/**< another type's payload */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWSSS_FLAG_PERF_JSON	= (1 << 6),	/**< how it came about, as JSON */
#endif

	/* from the proxy */
	LWSSS_SER_RXPRE_RX_PAYLOAD = 0x55,	/**< received data */
	LWSSS_SER_RXPRE_CREATE_RESULT,		/**< stream made, or not */
	LWSSS_SER_RXPRE_CONNSTATE,		/**< new state */
	LWSSS_SER_RXPRE_TXCR_UPDATE,		/**< more credit */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWSSS_SER_RXPRE_METADATA,		/**< metadata */
#endif
	LWSSS_SER_RXPRE_TLSNEG_ENCLAVE_SIGN,	/**< sign this */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWSSS_SER_RXPRE_PERF,			/**< how it came about, as JSON */
#endif

	/* to the proxy */
	LWSSS_SER_TXPRE_STREAMTYPE = 0xaa,	/**< make a stream */
	LWSSS_SER_TXPRE_ONWARD_CONNECT,		/**< connect it */
	LWSSS_SER_TXPRE_DESTROYING,		/**< destroy it */
	LWSSS_SER_TXPRE_TX_PAYLOAD,		/**< data to send */
	LWSSS_SER_TXPRE_METADATA,		/**< metadata */
	LWSSS_SER_TXPRE_TXCR_UPDATE,		/**< more credit */
	LWSSS_SER_TXPRE_TIMEOUT_UPDATE,		/**< start or end a timeout */
	LWSSS_SER_TXPRE_PAYLOAD_LENGTH_HINT,	/**< length to be sent */
	LWSSS_SER_TXPRE_TLSNEG_ENCLAVE_SIGNED,	/**< the signature */
};

/** State of a link between proxy and client. */
typedef enum {
	LPCSPROX_WAIT_INITIAL_TX = 1,	/**< proxy: client's first packet */
	LPCSPROX_REPORTING_FAIL,	/**< proxy: stream not made */
	LPCSPROX_REPORTING_OK,		/**< proxy: stream made */
	LPCSPROX_OPERATIONAL,		/**< proxy: in use */
	LPCSPROX_DESTROYED,		/**< proxy: gone */

	LPCSCLI_SENDING_INITIAL_TX,	/**< client: first packet */
	LPCSCLI_WAITING_CREATE_RESULT,	/**< client: proxy's answer */
	LPCSCLI_LOCAL_CONNECTED,	/**< client: linked to the proxy */
	LPCSCLI_ONWARD_CONNECT,		/**< client: wants to connect */
	LPCSCLI_OPERATIONAL,		/**< client: in use */
} lws_ss_conn_states_t;

/** What the callbacks return. */
typedef enum lws_ss_state_return {
	LWSSSSRET_TX_DONT_SEND		=  1,	/**< tx: nothing to send */

	LWSSSSRET_OK			=  0,	/**< go on */
	LWSSSSRET_DISCONNECT_ME		= -1,	/**< disconnect the stream */
	LWSSSSRET_DESTROY_ME		= -2,	/**< destroy the stream */
} lws_ss_state_return_t;

/** Flags of lws_ss_info_t. */
enum {
	LWSSSINFLAGS_REGISTER_SINK	= (1 << 0), /**< it is a sink */
	LWSSSINFLAGS_PROXIED		= (1 << 1), /**< a client's, at proxy */
	LWSSSINFLAGS_SERVER		= (1 << 2), /**< it is a server */
	LWSSSINFLAGS_ACCEPTED		= (1 << 3), /**< a server's connection */
};

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** Data has come in. */
typedef lws_ss_state_return_t (*lws_sscb_rx)(void *userobj, const uint8_t *buf,
					     size_t len, int flags);
/** Fill \p buf with up to *len bytes to send, set *len and *flags. */
typedef lws_ss_state_return_t (*lws_sscb_tx)(void *userobj,
					     lws_ss_tx_ordinal_t ord,
					     uint8_t *buf, size_t *len,
					     int *flags);
/** An event has happened. */
typedef lws_ss_state_return_t (*lws_sscb_state)(void *userobj, void *h_src,
						lws_ss_constate_t state,
						lws_ss_tx_ordinal_t ack);
#endif

/** Arguments of lws_ss_create(). */
typedef struct lws_ss_info {
	const char *streamtype;		/**< name of its policy */
	size_t user_alloc;		/**< bytes of the user object */
	size_t handle_offset;		/**< where in it to put the handle */
	size_t opaque_user_data_offset;	/**< and the opaque pointer */

	/** data has come in */
	lws_ss_state_return_t (*rx)(void *userobj, const uint8_t *buf,
				    size_t len, int flags);
	/** fill \p buf with up to *len bytes to send, set *len and *flags */
	lws_ss_state_return_t (*tx)(void *userobj, lws_ss_tx_ordinal_t ord,
				    uint8_t *buf, size_t *len, int *flags);
	/** an event has happened */
	lws_ss_state_return_t (*state)(void *userobj, void *h_src,
				       lws_ss_constate_t state,
				       lws_ss_tx_ordinal_t ack);

	int manual_initial_tx_credit;	/**< 0, or credit to begin with */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint32_t client_pid;		/**< proxy: the client's process */
#endif
	uint8_t flags;			/**< LWSSSINFLAGS_ */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint8_t sss_protocol_version;	/**< proxy: how the client talks to it */
#endif
} lws_ss_info_t;

/** \name Making and driving streams
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_ss_create(struct lws_context *context, int tsi, const lws_ss_info_t *ssi,
	      void *opaque_user_data, struct lws_ss_handle **ppss,
	      struct lws_sequencer *seq_owner, const char **ppayload_fmt);

LWS_VISIBLE LWS_EXTERN void
lws_ss_destroy(struct lws_ss_handle **ppss);

LWS_VISIBLE LWS_EXTERN lws_ss_state_return_t
lws_ss_request_tx(struct lws_ss_handle *pss);

LWS_VISIBLE LWS_EXTERN lws_ss_state_return_t
lws_ss_request_tx_len(struct lws_ss_handle *pss, unsigned long len);

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
LWS_VISIBLE LWS_EXTERN lws_ss_state_return_t
lws_ss_client_connect(struct lws_ss_handle *h);
#else
LWS_VISIBLE LWS_EXTERN int
lws_ss_client_connect(struct lws_ss_handle *h);
#endif

LWS_VISIBLE LWS_EXTERN struct lws_sequencer *
lws_ss_get_sequencer(struct lws_ss_handle *h);

LWS_VISIBLE LWS_EXTERN int
lws_ss_proxy_create(struct lws_context *context, const char *bind, int port);

LWS_VISIBLE LWS_EXTERN const char *
lws_ss_state_name(int state);

LWS_VISIBLE LWS_EXTERN struct lws_context *
lws_ss_get_context(struct lws_ss_handle *h);
///@}

#define LWSSS_TIMEOUT_FROM_POLICY 0	/**< use the policy's timeout */

/** \name Timeouts, metadata, handlers, flow control
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN void
lws_ss_start_timeout(struct lws_ss_handle *h, unsigned int timeout_ms);

LWS_VISIBLE LWS_EXTERN void
lws_ss_cancel_timeout(struct lws_ss_handle *h);

LWS_VISIBLE LWS_EXTERN void *
lws_ss_to_user_object(struct lws_ss_handle *h);

LWS_VISIBLE LWS_EXTERN const char *
lws_ss_rideshare(struct lws_ss_handle *h);

LWS_VISIBLE LWS_EXTERN int
lws_ss_set_metadata(struct lws_ss_handle *h, const char *name,
		    const void *value, size_t len);

LWS_VISIBLE LWS_EXTERN void
lws_ss_server_ack(struct lws_ss_handle *h, int nack);

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
LWS_VISIBLE LWS_EXTERN int
lws_ss_alloc_set_metadata(struct lws_ss_handle *h, const char *name,
			  const void *value, size_t len);

LWS_VISIBLE LWS_EXTERN int
lws_ss_get_metadata(struct lws_ss_handle *h, const char *name,
		    const void **value, size_t *len);

/** Called for each client of a server. */
typedef void (*lws_sssfec_cb)(struct lws_ss_handle *h, void *arg);

LWS_VISIBLE LWS_EXTERN void
lws_ss_server_foreach_client(struct lws_ss_handle *h, lws_sssfec_cb cb,
			     void *arg);

LWS_VISIBLE LWS_EXTERN const char *
lws_ss_tag(struct lws_ss_handle *h);

LWS_VISIBLE LWS_EXTERN void
lws_ss_change_handlers(struct lws_ss_handle *h, lws_sscb_rx rx, lws_sscb_tx tx,
		       lws_sscb_state state);
#else
LWS_VISIBLE LWS_EXTERN void
lws_ss_change_handlers(struct lws_ss_handle *h,
	int (*rx)(void *userobj, const uint8_t *buf, size_t len, int flags),
	int (*tx)(void *userobj, lws_ss_tx_ordinal_t ord, uint8_t *buf,
		  size_t *len, int *flags),
	int (*state)(void *userobj, void *h_src, lws_ss_constate_t state,
		     lws_ss_tx_ordinal_t ack));
#endif

LWS_VISIBLE LWS_EXTERN int
lws_ss_add_peer_tx_credit(struct lws_ss_handle *h, int32_t add);

LWS_VISIBLE LWS_EXTERN int
lws_ss_get_est_peer_tx_credit(struct lws_ss_handle *h);
///@}
