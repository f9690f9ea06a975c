/* SPDX-License-Identifier: MIT
 *
 * Client connections. Part of libwebsockets.h; include that.
 */

/** Bits of lws_client_connect_info.ssl_connection: TLS, and how to behave. */
enum lws_client_connect_ssl_connection_flags {
	LCCSCF_USE_SSL			 = (1 << 0),
	/**< TLS */
	LCCSCF_ALLOW_SELFSIGNED		 = (1 << 1),
	/**< a certificate nobody known has signed is fine */
	LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK = (1 << 2),
	/**< it need not be for `host` */
	LCCSCF_ALLOW_EXPIRED		 = (1 << 3),
	/**< it may be out of date */
	LCCSCF_ALLOW_INSECURE		 = (1 << 4),
	/**< whatever is wrong with it */
	LCCSCF_H2_QUIRK_NGHTTP2_END_STREAM = (1 << 5),
	/**< for h2 servers that want END_STREAM in a frame of its own */
	LCCSCF_H2_QUIRK_OVERFLOWS_TXCR	 = (1 << 6),
	/**< for h2 servers whose window updates overflow */
	LCCSCF_H2_AUTH_BEARER		 = (1 << 7),
	/**< send the auth token as "authorization: Bearer" */
	LCCSCF_H2_HEXIFY_AUTH_TOKEN	 = (1 << 8),
	/**< send it in hex */
	LCCSCF_H2_MANUAL_RXFLOW		 = (1 << 9),
	/**< start with manual_initial_tx_credit and let the program give more */
	LCCSCF_HTTP_MULTIPART_MIME	 = (1 << 10),
	/**< the body is multipart/form-data, see lws_client_http_multipart() */
	LCCSCF_HTTP_X_WWW_FORM_URLENCODED = (1 << 11),
	/**< the body is application/x-www-form-urlencoded */
	LCCSCF_HTTP_NO_FOLLOW_REDIRECT	 = (1 << 12),
	/**< a 3xx is delivered like any other answer */

	LCCSCF_PIPELINE			 = (1 << 16),
	/**< share a connection to the same endpoint: queued on HTTP/1.1, as a stream on
	 * h2 */
	LCCSCF_MUXABLE_STREAM		 = (1 << 17),
	/**< the program's transactions may share a connection as streams */
	LCCSCF_H2_PRIOR_KNOWLEDGE	 = (1 << 18),
	/**< plain h2 from the first byte (RFC 9113 section 3.3) */
	LCCSCF_WAKE_SUSPEND__VALIDITY	 = (1 << 19),
	/**< its validity checks may wake a suspended system */
	LCCSCF_PRIORITIZE_READS		 = (1 << 20),
	/**< deliver all that has arrived before the next WRITEABLE */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	/* secure streams mark their own connections; not in the library */
	LCCSCF_SECSTREAM_CLIENT		 = (1 << 21),
	/**< a stream's */
	LCCSCF_SECSTREAM_PROXY_LINK	 = (1 << 22),
	/**< to the proxy of the streams */
	LCCSCF_SECSTREAM_PROXY_ONWARD	 = (1 << 23),
	/**< the proxy's, for a stream */

	/* what the network is asked for (IP_TOS, RFC 1349 section 4) */
	LCCSCF_IP_LOW_LATENCY		 = (1 << 24),
	/**< low delay */
	LCCSCF_IP_HIGH_THROUGHPUT	 = (1 << 25),
	/**< much at a time */
	LCCSCF_IP_HIGH_RELIABILITY	 = (1 << 26),
	/**< little loss */
	LCCSCF_IP_LOW_COST		 = (1 << 27),
	/**< a cheap way */
#endif
	LCCSCF_CONMON			 = (1 << 28),
	/**< v4.3: keep the addresses of the name for lws_conmon_wsi_take() */
	LCCSCF_ACCEPT_TLS_DOWNGRADE_REDIRECTS = (1 << 29),
	/**< v4.3: follow a redirect from https to http */
	LCCSCF_CACHE_COOKIES		 = (1 << 30),
	/**< v4.3: send the cookies of the context's jar (info.http_nsc_filepath) that
	 * are for the request, and keep those that the answer sets and that have a time
	 * (RFC 6265) */
};

/**
 * What to connect to and how. Zero all of it first. Strings and the struct are copied
 * or used up before lws_client_connect_via_info() returns, unless a line says
 * otherwise.
 */
struct lws_client_connect_info {
	struct lws_context *context;
	/**< must be set */
	const char *address;
	/**< host name or IP address to connect to; '+' first: unix socket ('+@':
	 * abstract) */
	int port;
	/**< TCP port */
	int ssl_connection;
	/**< LCCSCF_* or-ed; 0: no TLS */
	const char *path;
	/**< what to ask for, "/..." */
	const char *host;
	/**< Host header, SNI and certificate name; NULL: address */
	const char *origin;
	/**< Origin header, behind "http://", in so.19 with TLS behind "https://", unless
	 * the context has JUST_USE_RAW_ORIGIN; NULL: none */
	const char *protocol;
	/**< ws subprotocols to offer, comma-separated, and the local protocol of that
	 * name; NULL: none */
	int ietf_version_or_minus_one;
	/**< not used any more; 0 or -1 */
	void *userdata;
	/**< becomes `user` of the callbacks and stays the program's; NULL: the library
	 * allocates per_session_data_size bytes */

	const void *client_exts;
	/**< not used, set 0: the vhost's extensions are offered */

	const char *method;
	/**< NULL: websocket. "GET", "POST", ...: HTTP. "RAW": neither */
	struct lws *parent_wsi;
	/**< becomes the parent of the new wsi; or NULL */
	const char *uri_replace_from;
	/**< in proxied HTML, replace this at the start of URLs; or NULL */
	const char *uri_replace_to;
	/**< by this */
	struct lws_vhost *vhost;
	/**< whose settings and protocols to use; NULL: the context's first, not counting
	 * one named "system", in so.19 one named "default" if there is */
	struct lws **pwsi;
	/**< set to the new wsi before any callback, to NULL when it fails at once; not
	 * touched after the call. Or NULL */

	const char *iface;
	/**< local interface or address to use; or NULL */
	const char *local_protocol_name;
	/**< protocol to bind to; NULL: by `protocol`, else the first */
	const char *alpn;
	/**< protocols for ALPN, comma-separated; NULL: the vhost's */

	struct lws_sequencer *seq;
	/**< sequencer to inform; or NULL */
	void *opaque_user_data;
	/**< lws_get_opaque_user_data() */

	const lws_retry_bo_t *retry_and_idle_policy;
	/**< must live as long as the connection; NULL: the vhost's */

	int manual_initial_tx_credit;
	/**< with LCCSCF_H2_MANUAL_RXFLOW: bytes the server may send at first */

	uint8_t sys_tls_client_cert;
	/**< 1..: use client certificate n - 1 of the lws_system blobs; 0: none */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint8_t priority;
	/**< SO_PRIORITY of the socket, 1 to 7, of which 7 needs CAP_NET_ADMIN; 0: leave
	 * it */
#endif

	void *mqtt_cp;
	/**< not used, set 0 */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	const char *fi_wsi_name;
	/**< not used, set 0: names the faults of lws-fault-injection.h */
#endif

	uint16_t keep_warm_secs;
	/**< seconds an idle pipelined connection is kept for the next; 0: 5 */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	struct lws_log_cx *log_cx;
	/**< where the program's lines about the connection go (lws-newer.h); it must
	 * outlive the connection. NULL: the context's */
#endif

	void *_unused[4];
	/**< must be 0 */
};

/**
 * Begin a client connection. Returns before it is made; nothing here blocks.
 *
 * Later comes ESTABLISHED_CLIENT_HTTP, CLIENT_ESTABLISHED or RAW_CONNECTED, or else
 * CLIENT_CONNECTION_ERROR, which may come from inside this call.
 *
 * @param ccinfo what and how; see the struct for lifetimes
 * @return the wsi, or NULL if it could not even be begun (then *pwsi is NULL too)
 */
LWS_VISIBLE LWS_EXTERN struct lws *
lws_client_connect_via_info(const struct lws_client_connect_info *ccinfo);

/**
 * Give a vhost what it needs for TLS client connections: the client_ssl_* members,
 * where those are not set the ssl_* ones, and the options.
 *
 * Causes LOAD_EXTRA_CLIENT_VERIFY_CERTS.
 *
 * @return 0, or nonzero after a log line
 */
LWS_VISIBLE LWS_EXTERN int
lws_init_vhost_client_ssl(const struct lws_context_creation_info *info,
			  struct lws_vhost *vhost);

/** Extension: the same with the size of the caller's struct. */
LWS_VISIBLE LWS_EXTERN int
lws_init_vhost_client_ssl_sized(const struct lws_context_creation_info *info,
				struct lws_vhost *vhost, size_t size);

#if !defined(LWS_NO_SIZED_CALLS)
/* see lws_create_context */
#define lws_init_vhost_client_ssl(info, vhost) \
	lws_init_vhost_client_ssl_sized((info), (vhost), LWS_INFO_SIZE)
#endif

/**
 * Get a client transaction's body data, in answer to RECEIVE_CLIENT_HTTP. What is
 * there is delivered through RECEIVE_CLIENT_HTTP_READ callbacks during the call,
 * without chunk framing; what is left makes a new RECEIVE_CLIENT_HTTP.
 *
 * @param buf in: a buffer with LWS_PRE bytes before the place it points to; out: moved
 * @param len in: its size in bytes
 * @return 0, or -1: the connection is over, return -1 from the callback
 */
LWS_VISIBLE LWS_EXTERN int
lws_http_client_read(struct lws *wsi, char **buf, int *len);

/**
 * The status of the server's answer, from ESTABLISHED_CLIENT_HTTP on; also of one
 * that refused a ws upgrade, in CLIENT_CONNECTION_ERROR.
 *
 * @return 200, 404, ..., or 0 if there is none
 */
LWS_VISIBLE LWS_EXTERN unsigned int
lws_http_client_http_response(struct lws *wsi);

/**
 * Make a vhost's clients trust one more certificate.
 *
 * @param der, der_len the certificate, copied
 * @return 0, or nonzero if it cannot be parsed or added
 */
LWS_VISIBLE LWS_EXTERN int
lws_tls_client_vhost_extra_cert_mem(struct lws_vhost *vh,
				    const uint8_t *der, size_t der_len);

/**
 * Say whether the request's body goes on. Set it to 1 in
 * CLIENT_APPEND_HANDSHAKE_HEADER: CLIENT_HTTP_WRITEABLE comes when the headers are out.
 * Set it to 0 before the last write.
 */
LWS_VISIBLE LWS_EXTERN void
lws_client_http_body_pending(struct lws *wsi, int something_left_to_send);

/**
 * Write the boundary and headers that begin a part of a multipart/form-data body, or
 * the end of all parts (RFC 7578). The connection needs LCCSCF_HTTP_MULTIPART_MIME.
 *
 * @param name	       form field; NULL for the end
 * @param filename     or NULL
 * @param content_type or NULL
 * @param p	       where to write; moved on
 * @param end	       just behind the buffer
 * @return 0, or nonzero if the buffer was too small
 */
LWS_VISIBLE LWS_EXTERN int
lws_client_http_multipart(struct lws *wsi, const char *name,
			  const char *filename, const char *content_type,
			  char **p, char *end);

/**
 * Make the value of an Authorization header for basic authentication (RFC 7617).
 *
 * @param buf, len where to put it, NUL-terminated
 * @return 0, or nonzero if it does not fit or the names are too long
 */
LWS_VISIBLE LWS_EXTERN int
lws_http_basic_auth_gen(const char *user, const char *pw, char *buf, size_t len);
