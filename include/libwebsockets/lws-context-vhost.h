/* SPDX-License-Identifier: MIT
 *
 * Contexts, vhosts, and what is mounted on them. Part of libwebsockets.h; include
 * that.
 *
 * A context owns the service loop; a vhost is one server identity (name, port,
 * certificate, protocols) or one set of client settings in it.
 */

/*
 * Bits for lws_context_creation_info.options. (C) is looked at when a context is
 * created, (V) when a vhost is; for a context without EXPLICIT_VHOSTS both.
 */

/** (V) Clients must show a certificate that verifies. */
#define LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT	((1ll << 1) | \
								 (1ll << 12))
/** (C) Do not look up the machine's own host name. */
#define LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME		(1ll << 2)
/** (V) A TLS port also takes plain connections; see the three ways of dealing with
 * them: REDIRECT_HTTP_TO_HTTPS, ALLOW_HTTP_ON_HTTPS_LISTENER,
 * FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG. */
#define LWS_SERVER_OPTION_ALLOW_NON_SSL_ON_SSL_PORT		((1ll << 3) | \
								 (1ll << 12))
/** (C) Run on a libev loop. */
#define LWS_SERVER_OPTION_LIBEV					(1ll << 4)
/** (C, V) IPv4 only. */
#define LWS_SERVER_OPTION_DISABLE_IPV6				(1ll << 5)
/** (V) Clients do not trust the system's certificate store. */
#define LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS			(1ll << 6)
/** (V) With REQUIRE_VALID...: a client that shows no certificate is let in, one that
 * shows a bad one is not. */
#define LWS_SERVER_OPTION_PEER_CERT_NOT_REQUIRED		(1ll << 7)
/** (C) Received ws text must be UTF-8, otherwise close with 1007 (RFC 6455
 * section 8.1). */
#define LWS_SERVER_OPTION_VALIDATE_UTF8				(1ll << 8)
/** (V) Offer elliptic-curve key exchange on the curve given by ecdh_curve. */
#define LWS_SERVER_OPTION_SSL_ECDH				((1ll << 9) | \
								 (1ll << 12))
/** (C) Run on a libuv loop. */
#define LWS_SERVER_OPTION_LIBUV					(1ll << 10)
/** (V) Plain HTTP on the TLS port is answered with a redirect to https: to the host, in
 * so.19 to the same path and arguments there. */
#define LWS_SERVER_OPTION_REDIRECT_HTTP_TO_HTTPS		((1ll << 11) |\
								 (1ll << 12))
/** (C) Initialise OpenSSL; needed for any use of TLS, client or server. */
#define LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT			(1ll << 12)
/** (C) lws_create_context() makes no vhost; the program creates all. */
#define LWS_SERVER_OPTION_EXPLICIT_VHOSTS			(1ll << 13)
/** (V) Listen on the unix socket whose path is in iface ('@' first: abstract). */
#define LWS_SERVER_OPTION_UNIX_SOCK				(1ll << 14)
/** (V) Send Strict-Transport-Security (RFC 6797). */
#define LWS_SERVER_OPTION_STS					(1ll << 15)
/** (V) Set IPV6_V6ONLY on the listener to what V6ONLY_VALUE says. */
#define LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY			(1ll << 16)
/** (V) The value for it. */
#define LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE			(1ll << 17)
/** (C) libuv: leave SIGSEGV and SIGFPE to the program. */
#define LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN		(1ll << 18)
/** (V) Client requests carry `origin` as it was given, without "http://" put in
 * front. */
#define LWS_SERVER_OPTION_JUST_USE_RAW_ORIGIN			(1ll << 19)
/** Old name of the next. */
#define LWS_SERVER_OPTION_FALLBACK_TO_RAW			(1ll << 20)
/** (V) A connection whose first bytes are not the expected HTTP or TLS is handed to
 * listen_accept_role and listen_accept_protocol (or the raw protocol). */
#define LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG (1ll << 20)
/** (C) Run on a libevent loop. */
#define LWS_SERVER_OPTION_LIBEVENT				(1ll << 21)
/** Old name of the next. */
#define LWS_SERVER_OPTION_ONLY_RAW				(1ll << 22)
/** (V) Every accepted connection goes to listen_accept_role and
 * listen_accept_protocol at once; there is no HTTP. */
#define LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG	(1ll << 22)
/** (V) Set SO_REUSEPORT, so that several processes can listen on the port. */
#define LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE			(1ll << 23)
/** (V) Make an SSL_CTX although no certificate is given here; the
 * LOAD_EXTRA_SERVER_VERIFY_CERTS callback sets it up. */
#define LWS_SERVER_OPTION_CREATE_VHOST_SSL_CTX			(1ll << 24)
/** (V) No PROTOCOL_INIT callbacks for this vhost. */
#define LWS_SERVER_OPTION_SKIP_PROTOCOL_INIT			(1ll << 25)
/** (V) A missing certificate file does not fail the vhost; TLS begins when
 * lws_tls_cert_updated() brings one. */
#define LWS_SERVER_OPTION_IGNORE_MISSING_CERT			(1ll << 26)
/** (V) The Host header of an upgrade must name the vhost. */
#define LWS_SERVER_OPTION_VHOST_UPG_STRICT_HOST_CHECK		(1ll << 27)
/** (V) Answers carry a strict content security policy and its like. */
#define LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE (1ll << 28)
/** (V) Plain HTTP on the TLS port is served like https. */
#define LWS_SERVER_OPTION_ALLOW_HTTP_ON_HTTPS_LISTENER		(1ll << 29)
/** (V) A port that cannot be bound fails the vhost, instead of only being logged. */
#define LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND		(1ll << 30)
/** (V) Tolerate h2 peers whose WINDOW_UPDATE would take a window over 2^31-1. */
#define LWS_SERVER_OPTION_H2_JUST_FIX_WINDOW_UPDATE_OVERFLOW	(1ll << 31)
/** (V) A half-closed h2 request is a long poll: its stream has no timeout. */
#define LWS_SERVER_OPTION_VH_H2_HALF_CLOSED_LONG_POLL		(1ll << 32)
/** (C) Run on a glib main loop. */
#define LWS_SERVER_OPTION_GLIB					(1ll << 33)
/** (V) Plain connections speak h2 from the first byte (RFC 9113 section 3.3). */
#define LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE			(1ll << 34)
/** (C) Do not run the lws_system states: the context is OPERATIONAL at once. */
#define LWS_SERVER_OPTION_NO_LWS_SYSTEM_STATES			(1ll << 35)
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** (V) Listens for secure streams' clients; not in the library. */
#define LWS_SERVER_OPTION_SS_PROXY				(1ll << 36)
/** (C) sd-event's loop; there is no plugin for it. */
#define LWS_SERVER_OPTION_SDEVENT				(1ll << 37)
/** (C) uloop's loop; there is no plugin for it. */
#define LWS_SERVER_OPTION_ULOOP					(1ll << 38)
#endif
/** (V) v4.3: Client connections never resume TLS sessions (lws-tls-sessions.h). */
#define LWS_SERVER_OPTION_DISABLE_TLS_SESSION_CACHE		(1ll << 39)

/** Are all bits of `f` set in `c`? */
#define lws_check_opt(c, f) ((((uint64_t)c) & ((uint64_t)f)) == ((uint64_t)f))

struct lws_plat_file_ops;
struct lws_ss_policy;
struct lws_ss_plugin;

/** Called when a context is ready to be used. */
typedef int (*lws_context_ready_cb_t)(struct lws_context *context);

/** Told of each connection that is refused because its peer has ip_limit_wsi of them.
 * `sockfd` is the socket, closed when the call returns, `sa46` the address and port of
 * its other end, valid in the call. The result is ignored. */
typedef int (*lws_peer_limits_notify_t)(struct lws_context *ctx,
					lws_sockfd_type sockfd,
					lws_sockaddr46 *sa46);

struct lws_log_cx;
struct lws_plugin_evlib;

/** Extension: what a mount is; compat/2.0 has mounts of another layout. */
#if !defined(LWS_INFO_MOUNT)
#define LWS_INFO_MOUNT struct lws_http_mount
#endif

/**
 * How to make a context, a vhost, or a vhost's client TLS.
 *
 * Zero all of it first: 0 is the default everywhere. Unless a line says "copied",
 * what a pointer points to must live as long as the context or vhost. (C) and (V) as
 * for the options above.
 */
struct lws_context_creation_info {
	const char *iface;
	/**< (V) listen on this interface or address only; unix socket path. Where both
	 * IPv4 and IPv6 are meant, so.17 has one socket for them, so.19 one for each */
	const struct lws_protocols *protocols;
	/**< (V) array, ended by an entry whose callback is NULL */
	const struct lws_extension *extensions;
	/**< (V) ws extensions, ended by an entry whose callback is NULL; NULL: none */
	const struct lws_token_limits *token_limits;
	/**< (C) longest accepted value for each header; NULL: no limits */
	const char *http_proxy_address;
	/**< (V) "[user:password@]host[:port]" for client connections; copied. NULL: the
	 * environment's http_proxy */
	const struct lws_protocol_vhost_options *headers;
	/**< (V) header lines for every answer; names with the colon */
	const struct lws_protocol_vhost_options *reject_service_keywords;
	/**< (C) requests whose User-Agent contains `name` are answered with `value`, a
	 * status and a text: "403 Go away" */
	const struct lws_protocol_vhost_options *pvo;
	/**< (V) which protocols are enabled, and their options; NULL: all. In so.17 those
	 * that are not named get PROTOCOL_INIT as well, in so.19 they do not */
	const char *log_filepath;
	/**< (V) file to which a line is added for each request that is answered, in Apache's
	 * combined format; it is made if need be (0600). A vhost whose file cannot be
	 * opened is not made. Who moves the file away makes the vhost, or the context
	 * (lws_context_deprecate()), anew. Not looked at for programs that are compiled with
	 * Debian's header: its build has no access log. NULL: none */
	const LWS_INFO_MOUNT *mounts;
	/**< (V) what is served where; NULL: everything goes to protocols[0] */
	const char *server_string;
	/**< (C) value of the Server header; NULL: none is sent */
	const char *error_document_404;
	/**< (V) path to redirect to instead of a 404; NULL: a plain 404 page */
	int port;
	/**< (V) port to listen on, 0: let the system choose,
	 * CONTEXT_PORT_NO_LISTEN (clients only) or CONTEXT_PORT_NO_LISTEN_SERVER */

	unsigned int http_proxy_port;
	/**< (V) port of http_proxy_address when that does not say */
	unsigned int max_http_header_data2;
	/**< (C) as max_http_header_data, used when that is 0 */
	unsigned int max_http_header_pool2;
	/**< (C) as max_http_header_pool, used when that is 0 */

	int keepalive_timeout;
	/**< (V) seconds an idle HTTP keep-alive connection stays; 0: 5 */
	uint32_t http2_settings[7];
	/**< (V) own SETTINGS: [0] nonzero to use them, [n] the value of setting n
	 * (RFC 9113 section 6.5.2) */

	unsigned short max_http_header_data;
	/**< (C) bytes for one request's headers; 0: 4096 */
	unsigned short max_http_header_pool;
	/**< (C) most requests per thread whose headers are held at a time; 0: as many as
	 * connections */

	const char *ssl_private_key_password;
	/**< (V) passphrase of the server's key; NULL: none */
	const char *ssl_cert_filepath;
	/**< (V) server certificate chain, PEM; NULL and no _mem: no TLS; copied */
	const char *ssl_private_key_filepath;
	/**< (V) its key, PEM; NULL: CONTEXT_REQUIRES_PRIVATE_KEY callback; copied */
	const char *ssl_ca_filepath;
	/**< (V) CAs for client certificates, PEM */
	const char *ssl_cipher_list;
	/**< (V) ciphers up to TLS 1.2 in OpenSSL's notation; NULL: OpenSSL's default */
	const char *ecdh_curve;
	/**< (V) curve for SSL_ECDH; NULL: prime256v1; copied */
	const char *tls1_3_plus_cipher_list;
	/**< (V) cipher suites of TLS 1.3 */

	const void *server_ssl_cert_mem;
	/**< (V) certificate from memory, PEM or DER */
	const void *server_ssl_private_key_mem;
	/**< (V) key from memory, PEM or DER */
	const void *server_ssl_ca_mem;
	/**< (V) CAs from memory, PEM or DER, that clients' certificates are
	 * checked with */

	long ssl_options_set;
	/**< (V) SSL_OP_* bits to set on the server SSL_CTX */
	long ssl_options_clear;
	/**< (V) SSL_OP_* bits to clear */
	int simultaneous_ssl_restriction;
	/**< (C) most TLS sessions at a time, of servers and clients together; 0:
	 * no limit. At the limit TLS listeners accept nobody, an idle
	 * keep-alive connection is closed, and a client connection fails with
	 * LWS_CALLBACK_CLIENT_CONNECTION_ERROR. */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	int simultaneous_ssl_handshake_restriction;
	/**< (C) most TLS handshakes of servers at a time: further peers are not accepted
	 * until one ends; 0: no limit */
#endif
	int ssl_info_event_mask;
	/**< (V) SSL_CB_* events that cause LWS_CALLBACK_SSL_INFO; 0: none */
	unsigned int server_ssl_cert_mem_len;
	/**< (V) bytes at server_ssl_cert_mem */
	unsigned int server_ssl_private_key_mem_len;
	/**< (V) bytes at server_ssl_private_key_mem */
	unsigned int server_ssl_ca_mem_len;
	/**< (V) bytes at server_ssl_ca_mem */

	const char *alpn;
	/**< (C, V) protocols to offer, "h2,http/1.1"; NULL: all there are */

	const char *client_ssl_private_key_password;
	/**< (V) passphrase of the client's key */
	const char *client_ssl_cert_filepath;
	/**< (V) client certificate, PEM */
	const void *client_ssl_cert_mem;
	/**< (V) the same from memory */
	unsigned int client_ssl_cert_mem_len;
	/**< (V) its bytes */
	const char *client_ssl_private_key_filepath;
	/**< (V) client key, PEM */
	const void *client_ssl_key_mem;
	/**< (V) the same from memory */
	const char *client_ssl_ca_filepath;
	/**< (V) CAs a client trusts, PEM, besides the system's */
	const void *client_ssl_ca_mem;
	/**< (V) the same from memory */

	const char *client_ssl_cipher_list;
	/**< (V) client ciphers up to TLS 1.2 */
	const char *client_tls_1_3_plus_cipher_list;
	/**< (V) client cipher suites of TLS 1.3 */

	long ssl_client_options_set;
	/**< (V) SSL_OP_* bits to set on the client SSL_CTX */
	long ssl_client_options_clear;
	/**< (V) SSL_OP_* bits to clear */

	unsigned int client_ssl_ca_mem_len;
	/**< (V) bytes at client_ssl_ca_mem */
	unsigned int client_ssl_key_mem_len;
	/**< (V) bytes at client_ssl_key_mem */

	SSL_CTX *provided_client_ssl_ctx;
	/**< (V) use this for clients; it stays the program's */

	int ka_time;
	/**< (V) TCP keepalive after this many idle seconds; 0: off */
	int ka_probes;
	/**< (V) unanswered probes before the connection counts as dead */
	int ka_interval;
	/**< (V) seconds between probes; must be set when ka_time is */
	unsigned int timeout_secs;
	/**< (C) seconds for network steps such as a handshake or a close; 0: 5, in so.19
	 * and for sources of v4.3 15 */
	unsigned int connect_timeout_secs;
	/**< (V) seconds for a client to get connected; 0: 20 */
	int bind_iface;
	/**< (V) nonzero: SO_BINDTODEVICE to iface; needs CAP_NET_RAW */
	unsigned int timeout_secs_ah_idle;
	/**< (V) seconds a connection may hold header space without using it; 0: 10 */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	uint32_t tls_session_timeout;
	/**< (V) seconds for which client connections may resume a TLS session
	 * (lws-tls-sessions.h); 0: as long as the session says */
	uint32_t tls_session_cache_max;
	/**< (V) how many such sessions to keep; 0: 10 */
	gid_t gid;
	/**< (C) group to change to after the start; 0 or -1: stay */
	uid_t uid;
	/**< (C) user to change to after the start; 0 or -1: stay */
#else
	int gid;
	/**< (C) group to change to after the start; 0 or -1: stay */
	int uid;
	/**< (C) user to change to after the start; 0 or -1: stay */
#endif
	uint64_t options;
	/**< (C, V) LWS_SERVER_OPTION_* */
	void *user;
	/**< (C) lws_context_user(), (V) lws_vhost_user() */
	unsigned int count_threads;
	/**< (C) service threads of the program, LWS_MAX_SMP at most; 0: 1. Each of them
	 * calls lws_service_tsi() with its own index from 0 on. It has its own
	 * connections, whose callbacks come there and nowhere else, and listens for
	 * itself; a new connection goes to the thread with the fewest. Compiled with
	 * Debian's header, a program gets 1 (there LWS_MAX_SMP is 1). */
	unsigned int fd_limit_per_thread;
	/**< (C) most connections per thread, in so.19 and one more; 0: what RLIMIT_NOFILE
	 * allows */
	const char *vhost_name;
	/**< (V) name, compared with Host and SNI; NULL: "default" */

	void *external_baggage_free_on_destroy;
	/**< (C) free()d when the context is destroyed */

	unsigned int pt_serv_buf_size;
	/**< (C) bytes of each thread's work buffer, which bounds one read, one file
	 * fragment and one header block; 0: 4096 */

	const struct lws_plat_file_ops *fops;
	/**< (C) list of file systems besides the system's; NULL: none */

	cap_value_t caps[4];
	/**< (C) capabilities to keep when changing uid */
	char count_caps;
	/**< (C) how many of caps are used */

	void **foreign_loops;
	/**< (C) one event loop of the program's per thread (uv_loop_t *, struct ev_loop *,
	 * GMainLoop *, struct event_base *); NULL: the library makes its own. Needed
	 * during the call only; the loops must outlive the context */
	void (*signal_cb)(void *event_lib_handle, int signum);
	/**< (C) called by a loop that the library made, for SIGINT (libuv: SIGTERM and
	 * SIGHUP, too; glib tells neither handle nor number); may destroy the context.
	 * NULL: SIGINT ends lws_service() */
	struct lws_context **pcontext;
	/**< (C) set to NULL when the context's destruction is complete */

	void (*finalize)(struct lws_vhost *vh, void *arg);
	/**< (V) called when the vhost is gone; it must not be used any more */
	void *finalize_arg;
	/**< (V) `arg` for it */

	const char *listen_accept_role;
	/**< (V) role for accepted connections: "raw-skt", "raw-proxy", whose
	 * callbacks are LWS_CALLBACK_RAW_PROXY_SRV_... It counts with
	 * LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG, and for what is
	 * not HTTP with ..._FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG */
	const char *listen_accept_protocol;
	/**< (V) protocol for them; NULL: the vhost's raw or first one */

	const struct lws_protocols **pprotocols;
	/**< (V) used instead of protocols when that is NULL: pointers, ended by NULL */

	const char *username;
	/**< (C) as uid, by name, with its supplementary groups */
	const char *groupname;
	/**< (C) as gid, by name */
	const char *unix_socket_perms;
	/**< (V) "user:group" to own the unix socket, with mode 0660 */

	const lws_system_ops_t *system_ops;
	/**< (C) system hooks; NULL: none */
	const lws_retry_bo_t *retry_and_idle_policy;
	/**< (C, V) when to ping and give up idle connections. NULL: what the context's
	 * says, by default ping after 300 s, hang up after 310 s. Client connections
	 * go by the context's, whatever their vhost's says */
	lws_state_notify_link_t * const *register_notifier_list;
	/**< (C) state notifiers to register before the first change; ended by NULL */

	int rlimit_nofile;
	/**< (C) set RLIMIT_NOFILE to this first; 0: leave it */

#if LWS_LIBRARY_VERSION_NUMBER < 4003000
	uint8_t udp_loss_sim_tx_pc;
	/**< (C) percentage of UDP packets to lose on sending, for tests */
	uint8_t udp_loss_sim_rx_pc;
	/**< (C) the same for receiving */
#endif

	lws_smd_notification_cb_t early_smd_cb;
	/**< (C) message peer to register before the context is ready; NULL: none */
	void *early_smd_opaque;
	/**< (C) `opaque` for it */
	lws_smd_class_t early_smd_class_filter;
	/**< (C) message classes it wants */

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	lws_usec_t smd_ttl_us;
	/**< (C) microseconds until a message is dropped that not all have had; 0: 2 s */
	uint16_t smd_queue_depth;
	/**< (C) most messages that wait; 0: 40 */
	int fo_listen_queue;
	/**< (V) nonzero: TCP Fast Open (RFC 7413), for so many connections that have sent
	 * data before they are accepted; 0: off */
	const struct lws_plugin_evlib *event_lib_custom;
	/**< (C) an event loop of the program's own (lws-eventlib-exports.h), unless
	 * options name a plugin's; it and its ops must outlive the context. NULL: none */
	struct lws_log_cx *log_cx;
	/**< (C, V) where the program's lines about the context or the vhost go
	 * (lws-newer.h); it must outlive them. NULL: what lws_set_log_level() set */
	const char *http_nsc_filepath;
	/**< (C) file for the cookies of connections with LCCSCF_CACHE_COOKIES; NULL:
	 * none */
	size_t http_nsc_heap_max_footprint;
	/**< (C) bytes of cookies to hold in memory as well; of a larger file none are, it
	 * is read for each request. 0: no limit */
	size_t http_nsc_heap_max_items;
	/**< (C) how many cookies to hold in memory, likewise. 0: no limit */
	size_t http_nsc_heap_max_payload;
	/**< (C) bytes of a cookie, with domain and path; longer ones are not kept. 0: no
	 * limit */
#endif

	void *_unused[2];
	/**< must be 0 */

	/*
	 * Extensions. Not in Debian's header: the library reads them only when
	 * the size that came with the struct says that they are there (see
	 * lws_create_context_sized()).
	 */

	unsigned short ip_limit_ah;
	/**< (C) most connections of one peer that hold the headers of a request, from when
	 * they are accepted (kept alive: from a request's first byte) to the end of the
	 * answer, or to the upgrade. Others of the peer are not read until it is their
	 * turn. 0: no limit */
	unsigned short ip_limit_wsi;
	/**< (C) most connections of one peer; it is closed at once, after
	 * FILTER_NETWORK_CONNECTION, what is more. 0: no limit.
	 *
	 * For both: accepted and adopted sockets count, not those of clients, HTTP/2
	 * streams or unix sockets. A peer is an IPv4 or IPv6 address of a socket, whatever
	 * X-Forwarded-For says: behind a proxy all are one. IPv4-mapped ones are IPv4 */
	unsigned short ws_ping_pong_interval;
	/**< (C) seconds after which an idle ws connection is sent a PING, and closed when
	 * no PONG answers it in time; 0: off */
	unsigned short _ext_unused;
	/**< must be 0 */
	const char * const *plugin_dirs;
	/**< (C) folders to load protocol plugins from, ended by NULL. A vhost has the
	 * protocols of theirs that its pvo names; without pvo, and without
	 * EXPLICIT_VHOSTS, all of them. NULL: none */
#if LWS_LIBRARY_VERSION_NUMBER < 4003000
	struct lws_log_cx *log_cx;
	/**< (C) where the program's lines about the context's things go (lws-newer.h); it must outlive
	 * the context. NULL: what lws_set_log_level() set */
#endif
	const char *socks_proxy_address;
	/**< (V) SOCKS5 proxy for client connections, "[user:password@]host[:port]";
	 * NULL: what the environment variable socks_proxy says. An HTTP proxy
	 * comes first. */
	unsigned int socks_proxy_port;
	/**< (V) its port, if it is not given with the address */
	unsigned int _ext_unused2;
	/**< must be 0 */
#if LWS_LIBRARY_VERSION_NUMBER < 4003000
	uint32_t tls_session_timeout;
	/**< (V) v4.3: seconds for which client connections may resume a TLS session
	 * (lws-tls-sessions.h); 0: as long as the session says */
	uint32_t tls_session_cache_max;
	/**< (V) v4.3: how many such sessions to keep; 0: 10, if the other is set */
	const char *http_nsc_filepath;
	/**< (C) v4.3: file for the cookies of connections with LCCSCF_CACHE_COOKIES; NULL:
	 * none */
	size_t http_nsc_heap_max_footprint;
	/**< (C) bytes of cookies to hold in memory as well; of a larger file none are, it
	 * is read for each request. 0: no limit */
	size_t http_nsc_heap_max_items;
	/**< (C) how many cookies to hold in memory, likewise. 0: no limit */
	size_t http_nsc_heap_max_payload;
	/**< (C) bytes of a cookie, with domain and path; longer ones are not kept. 0: no
	 * limit */
#endif
	unsigned int http_min_rx_rate;
	/**< (C) bytes a second that a peer has to send of a request's body, on average over
	 * timeout_secs; a slower one is closed. A request's head has timeout_secs_ah_idle
	 * as a whole. 0: no lowest rate, each byte renews the timeout */
	unsigned int http_precompressed;
	/**< (V) nonzero: instead of a file NAME, what lies beside it as NAME.br or NAME.gz is
	 * sent to those who accept that coding, if it is not older; Content-Type is NAME's.
	 * All files of the vhost are told to vary (Vary: accept-encoding) */
	lws_peer_limits_notify_t pl_notify_cb;
	/**< (C) told of connections that ip_limit_wsi refuses; NULL: nobody */
	unsigned int http_no_compression;
	/**< (V) nonzero: no answer is compressed. 0: those whose type is text (text/ and
	 * something, application/javascript, image/svg+xml) are, for clients that accept
	 * br (with libbrotli1), gzip or deflate: files, and those whose head lws_add_http_common_headers() makes;
	 * others with lws_http_compression_apply() */
};

/** A bit of the size that comes with the struct: the caller is a program of v4.3. */
#define LWS_INFO_OF_V43 ((size_t)1 << 24)
/** The same: it is one of before v3.0, whose client connections hear by other callbacks. */
#define LWS_INFO_OF_V2 ((size_t)1 << 25)

#if defined(LWS_SOURCES_OF_V43)
#define LWS_INFO_SIZE \
	(sizeof(struct lws_context_creation_info) | LWS_INFO_OF_V43)
#elif defined(LWS_SOURCES_OF_V2)
#define LWS_INFO_SIZE \
	(sizeof(struct lws_context_creation_info) | LWS_INFO_OF_V2)
#else
/** What the calls below say about the size and the generation of the caller's struct. */
#define LWS_INFO_SIZE sizeof(struct lws_context_creation_info)
#endif

/**
 * Make a context, and its first vhost unless EXPLICIT_VHOSTS is set.
 *
 * Causes WSI_CREATE and, at the latest in the first service call, PROTOCOL_INIT
 * callbacks.
 *
 * Extension: who is linked to another libwebsockets than the one that is called gets
 * NULL, and so does everybody where another of ours works in the process already.
 *
 * @param info the settings; the struct itself is not needed afterwards
 * @return the context, to be destroyed with lws_context_destroy(), or NULL after a
 *	   log line that says why
 */
LWS_VISIBLE LWS_EXTERN struct lws_context *
lws_create_context(const struct lws_context_creation_info *info);

/**
 * Extension: lws_create_context() with the size of the caller's struct, which tells
 * the library what members it has.
 *
 * @param size sizeof(struct lws_context_creation_info) where the caller was compiled
 */
LWS_VISIBLE LWS_EXTERN struct lws_context *
lws_create_context_sized(const struct lws_context_creation_info *info,
			 size_t size);

/**
 * Destroy a context: closes every connection with its callbacks, then every vhost
 * with its PROTOCOL_DESTROY; in so.19 a vhost's comes behind its own last connection.
 *
 * NULL is ignored. Inside a callback the destruction waits until the callback has
 * returned, with several service threads until all of them have: their calls of
 * lws_service_tsi() return negative, the last one destroys. On a foreign libuv loop the loop must go on, or be run once more, to give
 * the handles back. A loop that the library made is stopped, and freed when
 * lws_service() returns. Calling it again is harmless.
 */
LWS_VISIBLE LWS_EXTERN void
lws_context_destroy(struct lws_context *context);

/** Starts the replacement of a deprecated context; nonzero if it failed. */
typedef int (*lws_reload_func)(void);

/**
 * Stop listening, so that another process or context can take the ports over. The
 * connections that exist go on until the context is destroyed.
 *
 * @param cb called from the next service call, when the listen sockets are closed;
 *	     may be NULL
 */
LWS_VISIBLE LWS_EXTERN void
lws_context_deprecate(struct lws_context *context, lws_reload_func cb);

/** Nonzero after lws_context_deprecate(). */
LWS_VISIBLE LWS_EXTERN int
lws_context_is_deprecated(struct lws_context *context);

/**
 * Make clients of a vhost go through an HTTP proxy (CONNECT, RFC 9110
 * section 9.3.6).
 *
 * @param proxy "[http://][user:password@]host:port", or "" for none; copied
 * @return 0, or -1 if it cannot be parsed
 */
LWS_VISIBLE LWS_EXTERN int
lws_set_proxy(struct lws_vhost *vhost, const char *proxy);

/**
 * Make clients of a vhost go through a SOCKS5 proxy (RFC 1928).
 *
 * @param socks "[user:password@]host:port"; copied
 * @return 0, or -1 if it cannot be parsed
 */
LWS_VISIBLE LWS_EXTERN int
lws_set_socks(struct lws_vhost *vhost, const char *socks);

struct lws_vhost;

/**
 * Add a vhost to a context. Several may share a port; the Host header or SNI then
 * chooses, the first one made being the default.
 *
 * @return the vhost, which dies with its context or with lws_vhost_destroy(), or NULL
 */
LWS_VISIBLE LWS_EXTERN struct lws_vhost *
lws_create_vhost(struct lws_context *context,
		 const struct lws_context_creation_info *info);

/** Extension: lws_create_vhost() with the size of the caller's struct. */
LWS_VISIBLE LWS_EXTERN struct lws_vhost *
lws_create_vhost_sized(struct lws_context *context,
		       const struct lws_context_creation_info *info,
		       size_t size);

#if !defined(LWS_NO_SIZED_CALLS)
/*
 * Calls pass the size of the struct along, so that programs compiled with this
 * header and programs compiled with Debian's smaller struct both work. Taking the
 * address, or writing (lws_create_context)(info), reaches the plain function, which
 * knows the members of Debian's only. Define LWS_NO_SIZED_CALLS before the include to do
 * without these macros.
 */
#define lws_create_context(info) \
	lws_create_context_sized((info), LWS_INFO_SIZE)
#define lws_create_vhost(context, info) \
	lws_create_vhost_sized((context), (info), LWS_INFO_SIZE)
#endif

/**
 * Remove a vhost. Its listen socket closes (unless other vhosts share it) and its
 * connections close with their callbacks, then PROTOCOL_DESTROY comes. Memory the
 * vhost refers to is needed until its `finalize` is called.
 */
LWS_VISIBLE LWS_EXTERN void
lws_vhost_destroy(struct lws_vhost *vh);

/**
 * Fill a context's settings from the JSON files of lwsws: DIR/conf and
 * the files in DIR/conf.d.
 *
 * @param info		 filled; what it points to is in *config_strings
 * @param d		 the folder
 * @param config_strings place for the strings; moved behind what was used
 * @param len		 bytes left there; updated
 * @return 0, or nonzero for a file that cannot be read or parsed
 */
LWS_VISIBLE LWS_EXTERN int
lwsws_get_config_globals(struct lws_context_creation_info *info, const char *d,
			 char **config_strings, int *len);

/**
 * Extension: lwsws_get_config_globals() with the size of the caller's struct; only
 * then are the extensions in it set ("plugin-dir", "ip-limit-ah", "ip-limit-wsi").
 *
 * @param size sizeof(struct lws_context_creation_info) where the caller was compiled
 */
LWS_VISIBLE LWS_EXTERN int
lwsws_get_config_globals_sized(struct lws_context_creation_info *info,
			       const char *d, char **config_strings, int *len,
			       size_t size);
#if !defined(LWS_NO_SIZED_CALLS)
#define lwsws_get_config_globals(info, d, config_strings, len) \
	lwsws_get_config_globals_sized((info), (d), (config_strings), (len), \
				       sizeof(struct lws_context_creation_info))
#endif

/** The same for vhosts, each of which is created in the context. */
LWS_VISIBLE LWS_EXTERN int
lwsws_get_config_vhosts(struct lws_context *context,
			struct lws_context_creation_info *info, const char *d,
			char **config_strings, int *len);

/** The vhost a connection belongs to, or NULL if none yet. */
LWS_VISIBLE LWS_EXTERN struct lws_vhost *
lws_get_vhost(struct lws *wsi);

/** A vhost's name. Lives as long as the vhost. */
LWS_VISIBLE LWS_EXTERN const char *
lws_get_vhost_name(struct lws_vhost *vhost);

/** The vhost of that name, or NULL. */
LWS_VISIBLE LWS_EXTERN struct lws_vhost *
lws_get_vhost_by_name(struct lws_context *context, const char *name);

/** The port the vhost was given; lws_get_vhost_listen_port() has the real one. */
LWS_VISIBLE LWS_EXTERN int
lws_get_vhost_port(struct lws_vhost *vhost);

/** The `user` the vhost was created with. */
LWS_VISIBLE LWS_EXTERN void *
lws_get_vhost_user(struct lws_vhost *vhost);

/** The `iface` the vhost was created with, or NULL. */
LWS_VISIBLE LWS_EXTERN const char *
lws_get_vhost_iface(struct lws_vhost *vhost);

/**
 * Describe a vhost as JSON: name, port, counters, mounts, protocols. Numbers are
 * strings. Text that has no room is cut off, and then it is no JSON: some 500 bytes
 * for the vhost and 200 for each mount will do.
 *
 * @param buf, len where to write, NUL behind it; nothing if len is less than 100
 * @return bytes written, without the NUL
 */
LWS_VISIBLE LWS_EXTERN int
lws_json_dump_vhost(const struct lws_vhost *vh, char *buf, int len);

/**
 * Describe a context as JSON: load and memory of the process, and of the context its
 * age, connections, the vhosts and their counters added up. It looks at each
 * connection: not for every turn.
 *
 * @param buf, len as for lws_json_dump_vhost(); some 1000 bytes besides the vhosts
 * @param hide_vhosts nonzero leaves the vhosts' details out
 * @return bytes written, without the NUL
 */
LWS_VISIBLE LWS_EXTERN int
lws_json_dump_context(const struct lws_context *context, char *buf, int len,
		      int hide_vhosts);

/** The same as lws_get_vhost_user(). */
LWS_VISIBLE LWS_EXTERN void *
lws_vhost_user(struct lws_vhost *vhost);

/** The `user` the context was created with. */
LWS_VISIBLE LWS_EXTERN void *
lws_context_user(struct lws_context *context);

/**
 * A list of names with values, where a value may have a list of its own.
 *
 * As `pvo`: one entry per protocol, its options below it. As headers, mimetypes or
 * CGI environment: only name and value count.
 */
struct lws_protocol_vhost_options {
	const struct lws_protocol_vhost_options *next;	  /**< or NULL */
	const struct lws_protocol_vhost_options *options; /**< list below, or NULL */
	const char *name;				  /**< what it is called */
	const char *value;				  /**< what it is set to */
};

/** What is behind a mount: the meaning of its `origin`. */
enum lws_mount_protocols {
	LWSMPRO_HTTP = 0,	/**< reverse proxy: the origin is host[:port]/path, or
				 * +socket:/path of a unix socket. HTTP and WebSockets;
				 * the vhost's first protocol hears of the client's side
				 * and of the one to the server, and has to hand what it
				 * hears on to lws_callback_http_dummy(). With a protocol,
				 * or an origin that is none of these, it is no proxy */
	LWSMPRO_HTTPS = 1,	/**< the same over TLS */
	LWSMPRO_FILE = 2,	/**< files below a folder, or in a zip: where the origin names
				 * one (.zip, .jar, .war) or a folder in it. Deflated ones are
				 * sent as gzip to those who accept it, inflated to others.
				 * For contexts with the system's file operations */
	LWSMPRO_CGI = 3,	/**< run this program */
	LWSMPRO_REDIR_HTTP = 4,	/**< redirect to http://... */
	LWSMPRO_REDIR_HTTPS = 5, /**< redirect to https://... */
	LWSMPRO_CALLBACK = 6,	/**< LWS_CALLBACK_HTTP of this protocol */
};

/** How a mount checks passwords; or-ed into its auth_mask. */
enum lws_authentication_mode {
	LWSAUTHM_DEFAULT = 0,	/**< against basic_auth_login_file, if there is one */
	LWSAUTHM_BASIC_AUTH_CALLBACK = 1 << 28
	/**< with LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION */
};

/** The bits of auth_mask that hold an enum lws_authentication_mode. */
#define AUTH_MODE_MASK 0xF0000000

/** One mount: what is served below a path. The longest matching one wins. */
struct lws_http_mount {
	const struct lws_http_mount *mount_next;
	/**< or NULL */
	const char *mountpoint;
	/**< path it begins at: "/", "/cgi" */
	const char *origin;
	/**< folder, program, host or protocol, see origin_protocol */
	const char *def;
	/**< file for the mount point itself; NULL: "index.html" */
	const char *protocol;
	/**< protocol that is asked when no file matches, and for ADD_HEADERS; or NULL */

	const struct lws_protocol_vhost_options *cgienv;
	/**< environment for a CGI; otherwise the options for LWS_CALLBACK_HTTP_PMO */
	const struct lws_protocol_vhost_options *extra_mimetypes;
	/**< name ".suffix" (or "*"), value the type ("": send none) */
	const struct lws_protocol_vhost_options *interpret;
	/**< name ".suffix", value the protocol for LWS_CALLBACK_PROCESS_HTML */

	int cgi_timeout;
	/**< seconds a CGI may run; 0: 5. Behind a request's body it has
	 * timeout_secs at least */
	int cache_max_age;
	/**< seconds a client may keep files; 0: no-store */

	unsigned int auth_mask;
	/**< bits for CHECK_ACCESS_RIGHTS, and an lws_authentication_mode */

	unsigned int cache_reusable:1;
	/**< 1: clients may keep files at all */
	unsigned int cache_revalidate:1;
	/**< 1: must-revalidate */
	unsigned int cache_intermediaries:1;
	/**< 1: shared caches may keep them as well */

	unsigned char origin_protocol;
	/**< enum lws_mount_protocols */
	unsigned char mountpoint_len;
	/**< strlen(mountpoint) */

	const char *basic_auth_login_file;
	/**< file with a line "user:password" for each who may enter; or NULL */

#if LWS_LIBRARY_VERSION_NUMBER < 4003000
	void *_unused[2];
	/**< must be 0 */
#endif
};
