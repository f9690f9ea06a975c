/* SPDX-License-Identifier: MIT */
/**
 * \file lws-detailed-latency.h
 * Measurement of single operations. The functions are not in the library.
 */

/** What was measured, and the parts of its time. */
enum {
	LDLT_READ,				/**< a read */
	LDLT_WRITE,				/**< a write */
	LDLT_NAME_RESOLUTION,			/**< a DNS look-up */
	LDLT_CONNECTION,			/**< a connect */
	LDLT_TLS_NEG_CLIENT,			/**< TLS handshake as client */
	LDLT_TLS_NEG_SERVER,			/**< TLS handshake as server */

	LDLT_USER,				/**< from here the program's */

	LAT_DUR_PROXY_CLIENT_REQ_TO_WRITE = 0,	/**< request to write */
	LAT_DUR_PROXY_CLIENT_WRITE_TO_PROXY_RX,	/**< write to proxy */
	LAT_DUR_PROXY_PROXY_REQ_TO_WRITE,	/**< request to write there */
	LAT_DUR_PROXY_RX_TO_ONWARD_TX,		/**< proxy to onward write */
	LAT_DUR_USERCB,				/**< in the program's callback */

	LAT_DUR_STEPS				/**< how many parts */
};

/** One measurement; times are microseconds. */
typedef struct lws_detlat {
	lws_usec_t	earliest_write_req;	/**< first request to write */
	lws_usec_t	earliest_write_req_pre_write; /**< the one before */
	const char	*aux;			/**< a name, or NULL */
	int		type;			/**< LDLT_ */
	uint32_t	latencies[LAT_DUR_STEPS]; /**< the parts */
	size_t		req_size;		/**< bytes asked for */
	size_t		acc_size;		/**< bytes done */
} lws_detlat_t;

/** Takes a measurement. */
typedef int (*det_lat_buf_cb_t)(struct lws_context *context,
				const lws_detlat_t *d);

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_det_lat_cb(struct lws_context *context, lws_detlat_t *d);

LWS_VISIBLE LWS_EXTERN int
lws_det_lat_plot_cb(struct lws_context *context, const lws_detlat_t *d);

LWS_VISIBLE LWS_EXTERN int
lws_det_lat_active(struct lws_context *context);
///@}
