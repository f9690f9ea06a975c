/* SPDX-License-Identifier: MIT */
/**
 * \file lws-secure-streams-policy.h
 * Policies of Secure Streams. The functions are not in the library.
 */

/** Told the result of an authentication. */
typedef int (*plugin_auth_status_cb)(struct lws_ss_handle *ss, int status);

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** How a metric is reported (lws-metrics.h). */
typedef struct lws_metric_policy {
	const struct lws_metric_policy	*next;		/**< next one */
	const char			*name;		/**< its name */
	const char			*report;	/**< names of metrics */
	uint64_t			us_schedule;	/**< microseconds between */
	uint32_t			us_decay_unit;	/**< half-life of means, 0: none */
	uint8_t				min_contributors; /**< values before outliers */
} lws_metric_policy_t;
#endif

/** A certificate of a policy. */
typedef struct lws_ss_x509 {
	struct lws_ss_x509	*next;		/**< next certificate */
	const char		*vhost_name;	/**< its name */
	const uint8_t		*ca_der;	/**< its DER form */
	size_t			ca_der_len;	/**< bytes of it */
	uint8_t			keep:1;		/**< 1: keep the DER form */
} lws_ss_x509_t;

/** Flags of a policy. */
enum {
	LWSSSPOLF_OPPORTUNISTIC			= (1 << 0),
					/**< connect when there is data */
	LWSSSPOLF_NAILED_UP			= (1 << 1),
					/**< connect, and stay connected */
	LWSSSPOLF_URGENT_TX			= (1 << 2),
					/**< sending is urgent */
	LWSSSPOLF_URGENT_RX			= (1 << 3),
					/**< receiving is urgent */
	LWSSSPOLF_TLS				= (1 << 4),
					/**< use TLS */
	LWSSSPOLF_LONG_POLL			= (1 << 5),
					/**< h2 long poll */
	LWSSSPOLF_AUTH_BEARER			= (1 << 6),
					/**< send a bearer token */
	LWSSSPOLF_HTTP_NO_CONTENT_LENGTH	= (1 << 7),
					/**< no content-length header */
	LWSSSPOLF_QUIRK_NGHTTP2_END_STREAM	= (1 << 8),
					/**< peer needs an END_STREAM early */
	LWSSSPOLF_H2_QUIRK_OVERFLOWS_TXCR	= (1 << 9),
					/**< peer sends over its credit */
	LWSSSPOLF_H2_QUIRK_UNCLEAN_HPACK_STATE	= (1 << 10),
					/**< peer leaves HPACK unfinished */
	LWSSSPOLF_HTTP_MULTIPART		= (1 << 11),
					/**< body is multipart */
	LWSSSPOLF_HTTP_X_WWW_FORM_URLENCODED	= (1 << 12),
					/**< body is a form */
	LWSSSPOLF_LOCAL_SINK			= (1 << 13),
					/**< ends at a sink in this process */
	LWSSSPOLF_WAKE_SUSPEND__VALIDITY	= (1 << 14),
					/**< validity check ends a suspend */
	LWSSSPOLF_SERVER			= (1 << 15),
					/**< it is a server */
	LWSSSPOLF_ALLOW_REDIRECTS		= (1 << 16),
					/**< follow redirects */
	LWSSSPOLF_HTTP_MULTIPART_IN		= (1 << 17),
					/**< split received multipart */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWSSSPOLF_ATTR_LOW_LATENCY		= (1 << 18),
					/**< as LCCSCF_IP_LOW_LATENCY */
	LWSSSPOLF_ATTR_HIGH_THROUGHPUT		= (1 << 19),
					/**< as LCCSCF_IP_HIGH_THROUGHPUT */
	LWSSSPOLF_ATTR_HIGH_RELIABILITY		= (1 << 20),
					/**< as LCCSCF_IP_HIGH_RELIABILITY */
	LWSSSPOLF_ATTR_LOW_COST			= (1 << 21),
					/**< as LCCSCF_IP_LOW_COST */
	LWSSSPOLF_PERF				= (1 << 22),
					/**< tell how it came about */
	LWSSSPOLF_DIRECT_PROTO_STR		= (1 << 23),
					/**< metadata may be any header */
	LWSSSPOLF_HTTP_CACHE_COOKIES		= (1 << 24),
					/**< as LCCSCF_CACHE_COOKIES */
	LWSSSPOLF_PRIORITIZE_READS		= (1 << 25),
					/**< as LCCSCF_PRIORITIZE_READS */
#endif
};

/** A trust store of a policy. */
typedef struct lws_ss_trust_store {
	struct lws_ss_trust_store	*next;		/**< next store */
	const char			*name;		/**< its name */

	const lws_ss_x509_t		*ssx509[6];	/**< certificates */
	int				count;		/**< how many */
} lws_ss_trust_store_t;

/** Protocols, and indexes in blob_header. */
enum {
	LWSSSP_H1,			/**< HTTP/1.1 */
	LWSSSP_H2,			/**< HTTP/2 */
	LWSSSP_WS,			/**< WebSocket */
	LWSSSP_MQTT,			/**< MQTT */
	LWSSSP_RAW,			/**< raw */

	LWSSS_HBI_AUTH = 0,		/**< auth token */
	LWSSS_HBI_DSN,			/**< serial number */
	LWSSS_HBI_FWV,			/**< firmware version */
	LWSSS_HBI_TYPE,			/**< device type */

	_LWSSS_HBI_COUNT		/**< how many */
};

/** A named value of a stream. */
typedef struct lws_ss_metadata {
	struct lws_ss_metadata	*next;		/**< next one */
	const char		*name;		/**< its name */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	void			*value__may_own_heap; /**< its value */
#else
	void			*value;		/**< its value */
#endif
	size_t			length;		/**< bytes of it */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint8_t			value_length;	/**< the policy's: bytes of it */
	uint8_t			value_is_http_token; /**< the policy's: a header's token */
	uint8_t			value_on_lws_heap:1; /**< 1: to be freed */
#else
	uint8_t			value_on_lws_heap; /**< 1: to be freed */
#endif
} lws_ss_metadata_t;

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** Which state a status of an answer makes. */
typedef struct lws_ss_http_respmap {
	uint16_t		resp;		/**< status */
	uint16_t		state;		/**< LWSSSCS_ */
} lws_ss_http_respmap_t;

/** Where a stream's token comes from. */
typedef struct lws_ss_auth {
	struct lws_ss_auth	*next;		/**< next one */
	const char		*name;		/**< its name */
	const char		*type;		/**< kind of token */
	const char		*streamtype;	/**< stream that gets it */
	uint8_t			blob_index;	/**< blob it is put in */
} lws_ss_auth_t;
#endif

/** A policy. */
typedef struct lws_ss_policy {
	struct lws_ss_policy	*next;		/**< next policy */
	const char		*streamtype;	/**< its name */

	const char		*endpoint;	/**< name or address */
	const char		*rideshare_streamtype; /**< shares with this */
	const char		*payload_fmt;	/**< for the program */
	const char		*socks5_proxy;	/**< proxy, or NULL */
	lws_ss_metadata_t	*metadata;	/**< names of metadata */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	const lws_metric_policy_t *metrics;	/**< its metrics */
	const lws_ss_auth_t	*auth;		/**< its token */
#endif

	union {
		struct {
			const char	*method;	/**< GET, POST... */
			const char	*url;		/**< path */

			const char	*multipart_name; /**< part's name */
			const char	*multipart_filename; /**< its file */
			const char	*multipart_content_type; /**< type */

			const char	*blob_header[_LWSSS_HBI_COUNT];
						/**< headers for blobs */
			const char	*auth_preamble;	/**< before a token */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
			const lws_ss_http_respmap_t *respmap; /**< or NULL */
#endif

			union {
				struct {
					const char *subprotocol; /**< name */
					uint8_t binary; /**< 1: not text */
				} ws;		/**< WebSocket */
			} u;			/**< by protocol */

			uint16_t	resp_expect;	/**< good status */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
			uint8_t		count_respmap;	/**< how many */
#endif
			uint8_t		fail_redirect:1; /**< 1: none */
		} http;			/**< HTTP and WebSocket */
	} u;				/**< by protocol */

	union {
		const lws_ss_trust_store_t	*store;	/**< client */
		struct {
			const lws_ss_x509_t	*cert;	/**< certificate */
			const lws_ss_x509_t	*key;	/**< private key */
		} server;		/**< server */
	} trust;			/**< by role */

	const lws_retry_bo_t	*retry_bo;	/**< retries */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	/* bytes that the proxy and the client hold back; at which they stop
	 * reading, and go on */
	uint32_t		proxy_buflen;			/**< most */
	uint32_t		proxy_buflen_rxflow_on_above;	/**< stop */
	uint32_t		proxy_buflen_rxflow_off_below;	/**< go on */
	uint32_t		client_buflen;			/**< most */
	uint32_t		client_buflen_rxflow_on_above;	/**< stop */
	uint32_t		client_buflen_rxflow_off_below;	/**< go on */
#endif
	uint32_t		timeout_ms;	/**< default timeout */
	uint32_t		flags;		/**< LWSSSPOLF_ */

	uint16_t		port;		/**< port */
	uint8_t			metadata_count;	/**< how many metadata */
	uint8_t			protocol;	/**< LWSSSP_ */
	uint8_t			client_cert;	/**< 0, or 1 + index */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint8_t			priority;	/**< as a connection's */
#endif
} lws_ss_policy_t;

/** \name Functions
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN int
lws_ss_policy_parse_begin(struct lws_context *context, int overlay);

LWS_VISIBLE LWS_EXTERN int
lws_ss_policy_parse_abandon(struct lws_context *context);

LWS_VISIBLE LWS_EXTERN int
lws_ss_policy_parse(struct lws_context *context, const uint8_t *buf,
		    size_t len);

LWS_VISIBLE LWS_EXTERN int
lws_ss_policy_overlay(struct lws_context *context, const char *overlay);

LWS_VISIBLE LWS_EXTERN const lws_ss_policy_t *
lws_ss_policy_get(struct lws_context *context);

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
LWS_VISIBLE LWS_EXTERN const lws_ss_auth_t *
lws_ss_auth_get(struct lws_context *context);
#endif
///@}
