/* SPDX-License-Identifier: MIT */
/**
 * \file lws-stats.h
 * Counters of the library. This build keeps none: they all read as 0.
 */

/** Which counter: C_ is a count, B_ bytes, US_ microseconds. */
enum {
	LWSSTATS_C_CONNECTIONS,			/**< connections made */
	LWSSTATS_C_API_CLOSE,			/**< closes */
	LWSSTATS_C_API_READ,			/**< socket reads */
	LWSSTATS_C_API_LWS_WRITE,		/**< calls of lws_write() */
	LWSSTATS_C_API_WRITE,			/**< socket writes */
	LWSSTATS_C_WRITE_PARTIALS,		/**< incomplete writes */
	LWSSTATS_C_WRITEABLE_CB_REQ,		/**< writable requests */
	LWSSTATS_C_WRITEABLE_CB_EFF_REQ,	/**< those not yet pending */
	LWSSTATS_C_WRITEABLE_CB,		/**< writable callbacks */
	LWSSTATS_C_SSL_CONNECTIONS_FAILED,	/**< TLS handshakes failed */
	LWSSTATS_C_SSL_CONNECTIONS_ACCEPTED,	/**< TLS handshakes done */
	LWSSTATS_C_SSL_ACCEPT_SPIN,		/**< TLS handshake steps */
	LWSSTATS_C_SSL_CONNS_HAD_RX,		/**< TLS peers that sent data */
	LWSSTATS_C_TIMEOUTS,			/**< timeouts */
	LWSSTATS_C_SERVICE_ENTRY,		/**< turns of the event loop */
	LWSSTATS_B_READ,			/**< read */
	LWSSTATS_B_WRITE,			/**< written */
	LWSSTATS_B_PARTIALS_ACCEPTED_PARTS,	/**< of incomplete writes */
	LWSSTATS_US_SSL_ACCEPT_LATENCY_AVG,	/**< TLS handshake, average */
	LWSSTATS_US_WRITABLE_DELAY_AVG,		/**< wait to write, average */
	LWSSTATS_US_WORST_WRITABLE_DELAY,	/**< wait to write, longest */
	LWSSTATS_US_SSL_RX_DELAY_AVG,		/**< first TLS data, average */
	LWSSTATS_C_PEER_LIMIT_AH_DENIED,	/**< header tables refused */
	LWSSTATS_C_PEER_LIMIT_WSI_DENIED,	/**< connections refused */
	LWSSTATS_C_CONNS_CLIENT,		/**< client connections tried */
	LWSSTATS_C_CONNS_CLIENT_FAILED,		/**< those that failed */

	LWSSTATS_SIZE				/**< how many counters */
};

/** The value of counter \p index. Always 0. */
static LWS_INLINE uint64_t
lws_stats_get(struct lws_context *context, int index) {
	(void)context;
	(void)index;

	return 0;
}

/** Log all counters. Does nothing. */
static LWS_INLINE void
lws_stats_log_dump(struct lws_context *context) {
	(void)context;
}
