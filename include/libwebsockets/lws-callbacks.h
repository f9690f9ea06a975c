/* SPDX-License-Identifier: MIT
 *
 * The protocol callback: its type and every reason it is called for.
 * Part of libwebsockets.h; include that.
 *
 * Rules that hold for all reasons unless one says otherwise:
 *  - 0 means "carry on", and is right for any reason the program does not know;
 *    nonzero ends the connection or refuses what was asked.
 *  - `user` is the connection's per-session memory (per_session_data_size bytes,
 *    zeroed at the start), or NULL when it has none yet.
 *  - what `in` points to belongs to the library and dies when the callback returns.
 *  - reasons not mentioned with `in` and `len` pass NULL and 0.
 */

/** What OpenSSL reports, as `in` of LWS_CALLBACK_SSL_INFO. */
struct lws_ssl_info {
	int where;	/**< SSL_CB_* bits: which event */
	int ret;	/**< the value that goes with it: alert number or result */
};

/** Progress of an ACME certificate update, as `len` of LWS_CALLBACK_VHOST_CERT_UPDATE. */
enum lws_cert_update_state {
	LWS_CUS_IDLE,		/**< nothing going on */
	LWS_CUS_STARTING,	/**< an update has begun */
	LWS_CUS_SUCCESS,	/**< the new certificate is in place */
	LWS_CUS_FAILED,		/**< given up, the old certificate stays */

	LWS_CUS_CREATE_KEYS,	/**< making the account key */
	LWS_CUS_REG,		/**< registering the account */
	LWS_CUS_AUTH,		/**< asking for authorization of the domain */
	LWS_CUS_CHALLENGE,	/**< answering the server's challenge */
	LWS_CUS_CREATE_REQ,	/**< building the signing request */
	LWS_CUS_REQ,		/**< sending the signing request */
	LWS_CUS_CONFIRM,	/**< waiting for the challenge to be checked */
	LWS_CUS_ISSUE,		/**< fetching the issued certificate */
};

/** Indexes into the strings that describe a certificate request. */
enum {
	LWS_TLS_REQ_ELEMENT_COUNTRY,		/**< C, two letters */
	LWS_TLS_REQ_ELEMENT_STATE,		/**< ST */
	LWS_TLS_REQ_ELEMENT_LOCALITY,		/**< L */
	LWS_TLS_REQ_ELEMENT_ORGANIZATION,	/**< O */
	LWS_TLS_REQ_ELEMENT_COMMON_NAME,	/**< CN, the domain */
	LWS_TLS_REQ_ELEMENT_SUBJECT_ALT_NAME,	/**< a second DNS name, may be NULL */
	LWS_TLS_REQ_ELEMENT_EMAIL,		/**< contact address */

	LWS_TLS_REQ_ELEMENT_COUNT,		/**< how many go into the request itself */

	/** the ACME directory's URL */
	LWS_TLS_SET_DIR_URL = LWS_TLS_REQ_ELEMENT_COUNT,
	LWS_TLS_SET_AUTH_PATH,			/**< file that keeps the account key */
	LWS_TLS_SET_CERT_PATH,			/**< where the certificate is stored */
	LWS_TLS_SET_KEY_PATH,			/**< where its private key is stored */

	LWS_TLS_TOTAL_COUNT			/**< length of an array with all of them */
};

/** `in` of LWS_CALLBACK_VHOST_CERT_AGING. */
struct lws_acme_cert_aging_args {
	struct lws_vhost *vh;		/**< the vhost whose certificate was looked at */
	/** strings that replace the vhost's own settings, NULL where they do not */
	const char *element_overrides[LWS_TLS_TOTAL_COUNT];
};

/** `user` of LWS_CALLBACK_FILTER_NETWORK_CONNECTION: who is calling. */
struct lws_filter_network_conn_args {
	struct sockaddr_storage cli_addr;	/**< the peer's address */
	socklen_t clilen;			/**< how much of cli_addr is valid */
	lws_sockfd_type accept_fd;		/**< the accepted socket */
};

/** Why the protocol callback is being called. The values are ABI. */
enum lws_callback_reasons {

	/*
	 * Protocols and connections as such
	 */

	/** Once per vhost and protocol, before its first use. The wsi is a stand-in
	 * that only knows context, vhost and protocol. `in` is the protocol's list of
	 * options (struct lws_protocol_vhost_options *) or NULL. In so.19 not for those
	 * that the vhost's pvo leaves out. Nonzero fails the creation of the vhost. */
	LWS_CALLBACK_PROTOCOL_INIT = 27,

	/** The counterpart, when the vhost goes: release what INIT made. Same
	 * stand-in wsi. The result is ignored. */
	LWS_CALLBACK_PROTOCOL_DESTROY = 28,

	/** To the vhost's first protocol: a wsi has come into being. Always paired
	 * with WSI_DESTROY. `user` is NULL. */
	LWS_CALLBACK_WSI_CREATE = 29,

	/** To the vhost's first protocol: the wsi is about to be freed. The last time
	 * its pointer may be used. */
	LWS_CALLBACK_WSI_DESTROY = 30,

	/** A stream with manual flow control was given transmit credit by its peer.
	 * `len` is the increase in bytes. */
	LWS_CALLBACK_WSI_TX_CREDIT_GET = 103,

	/*
	 * TLS
	 */

	/** To the first protocol, when a vhost's client SSL_CTX has been made: add
	 * more trusted certificates. `user` is the SSL_CTX *. The result is ignored. */
	LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS = 21,

	/** The same for the server SSL_CTX: `user` is the SSL_CTX *, `in` the
	 * struct lws_context_creation_info * of the vhost. A program may set the whole
	 * SSL_CTX up here. The wsi is a stand-in that knows context and vhost. */
	LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS = 22,

	/** Judge a client's certificate (to the first protocol, once per certificate of
	 * the chain). `user` is the X509_STORE_CTX *, `in` the SSL *, `len` OpenSSL's own
	 * verdict (1 good, 0 bad). 0 accepts, also a certificate that failed OpenSSL's check
	 * (a warning is logged); nonzero refuses. A callback that answers 0 to what it
	 * does not know so lets any certificate in: answer !len to keep the verdict. */
	LWS_CALLBACK_OPENSSL_PERFORM_CLIENT_CERT_VERIFICATION = 23,

#if LWS_LIBRARY_VERSION_NUMBER < 4003000
	/** A vhost has a certificate but no key file: load the key into the SSL_CTX *
	 * in `user`. Nonzero fails the creation of the vhost. */
	LWS_CALLBACK_OPENSSL_CONTEXT_REQUIRES_PRIVATE_KEY = 37,
#endif

	/** OpenSSL reports one of the events selected by ssl_info_event_mask. `in` is a
	 * struct lws_ssl_info *. Nonzero closes the connection. */
	LWS_CALLBACK_SSL_INFO = 67,

	/** Judge a server's certificate, as a client. Arguments as in
	 * PERFORM_CLIENT_CERT_VERIFICATION. To overrule a failure, set the store's error
	 * to X509_V_OK and return 0; nonzero refuses the certificate. */
	LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION = 58,

	/*
	 * HTTP server
	 */

	/** A connection was accepted (or adopted) and has its wsi; no byte has been
	 * read, no per-session memory exists. Nonzero closes it. */
	LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED = 19,

	/** A request wants an answer. `in` is the path without arguments (behind the
	 * mount point, for a mounted protocol), `len` its length; headers can be read
	 * until the answer is begun. If a body follows, return 0 and answer at
	 * BODY_COMPLETION. When an answer is complete return
	 * lws_http_transaction_completed(). Nonzero closes. */
	LWS_CALLBACK_HTTP = 12,

	/** `in`, `len`: the next piece of the request's body. Nonzero closes. */
	LWS_CALLBACK_HTTP_BODY = 13,

	/** All of the body has been delivered: answer now. Nonzero closes. */
	LWS_CALLBACK_HTTP_BODY_COMPLETION = 14,

	/** A file started by lws_serve_http_file() has been sent to its end. Return
	 * lws_http_transaction_completed(): negative closes, 0 keeps the connection. */
	LWS_CALLBACK_HTTP_FILE_COMPLETION = 15,

	/** More of an HTTP answer may be written now. Nonzero closes. */
	LWS_CALLBACK_HTTP_WRITEABLE = 16,

	/** The HTTP connection (or h2 stream) has ended. */
	LWS_CALLBACK_CLOSED_HTTP = 5,

	/** A request's headers are complete and may be inspected; `in`, `len` are the
	 * path. Comes before mounts are looked at. Nonzero closes. */
	LWS_CALLBACK_FILTER_HTTP_CONNECTION = 18,

	/** Headers of an answer by the library are being built: append own ones. `in` is
	 * a struct lws_process_html_args *: write at `p`, at most `max_len` bytes, and
	 * move `p` on. Nonzero closes. */
	LWS_CALLBACK_ADD_HEADERS = 53,

	/** On a mount with LWSAUTHM_BASIC_AUTH_CALLBACK: `in` is "user:password", `len`
	 * its length. Note the sense: NONZERO lets the request in, 0 answers 401. */
	LWS_CALLBACK_VERIFY_BASIC_AUTHORIZATION = 102,

	/** A mount with access bits was hit. `in` is a struct lws_process_html_args *
	 * with `p`, `len` = path and `max_len` = the mount's bits. 0 allows; set `final`
	 * when the callback has already answered; nonzero answers 401. */
	LWS_CALLBACK_CHECK_ACCESS_RIGHTS = 51,

	/** A file matched by a mount's `interpret` list is being sent: rewrite the piece
	 * described by the struct lws_process_html_args * in `in`. Negative closes. */
	LWS_CALLBACK_PROCESS_HTML = 52,

	/** The connection was bound to this protocol for an HTTP transaction; `user` is
	 * fresh. Nonzero refuses. */
	LWS_CALLBACK_HTTP_BIND_PROTOCOL = 49,

	/** It leaves this protocol: release what `user` points to. */
	LWS_CALLBACK_HTTP_DROP_PROTOCOL = 50,

	/** A request asks for an Upgrade; `in` is its NUL-terminated name ("websocket",
	 * "h2c"). 0 goes on with it, positive means that the callback has sent an answer
	 * instead, negative closes. */
	LWS_CALLBACK_HTTP_CONFIRM_UPGRADE = 86,

	/*
	 * HTTP client
	 */

	/** The server's response headers are in and can be read with lws_hdr_*() during
	 * this callback; lws_http_client_http_response() has the status. A websocket
	 * client gets it too when the server answers the upgrade. Nonzero closes. */
	LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP = 44,

	/** The client transaction's connection or stream is gone. */
	LWS_CALLBACK_CLOSED_CLIENT_HTTP = 45,

	/** `in`, `len`: a piece of the body with any chunk framing removed. Caused by
	 * lws_http_client_read(). Nonzero closes. */
	LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ = 48,

	/** Body data waits: call lws_http_client_read() to get it, now or later.
	 * Nonzero closes. */
	LWS_CALLBACK_RECEIVE_CLIENT_HTTP = 46,

	/** The response is complete. Nonzero closes the connection even if it could be
	 * used again. */
	LWS_CALLBACK_COMPLETED_CLIENT_HTTP = 47,

	/** The request's body may be written, after lws_client_http_body_pending(wsi, 1).
	 * Nonzero closes. */
	LWS_CALLBACK_CLIENT_HTTP_WRITEABLE = 57,

	/** The server redirects: `in` is the new URL (NUL-terminated), `len` the status.
	 * 0 follows, nonzero ends with CLIENT_CONNECTION_ERROR. So does the fourth in a
	 * row, in so.19 the fifth. */
	LWS_CALLBACK_CLIENT_HTTP_REDIRECT = 104,

	/** The client connection was bound to this protocol. Nonzero refuses. */
	LWS_CALLBACK_CLIENT_HTTP_BIND_PROTOCOL = 85,

	/** It leaves this protocol: release what `user` points to. */
	LWS_CALLBACK_CLIENT_HTTP_DROP_PROTOCOL = 76,

	/*
	 * WebSocket server
	 */

	/** The handshake is done (RFC 6455 section 4.2.2). The request's headers can
	 * still be read here, not later. Nonzero closes. */
	LWS_CALLBACK_ESTABLISHED = 0,

	/** The connection is over. Exactly once for each ESTABLISHED. */
	LWS_CALLBACK_CLOSED = 4,

	/** One lws_write() may be done without blocking. It can also come without
	 * having been asked for. Nonzero closes. */
	LWS_CALLBACK_SERVER_WRITEABLE = 11,

	/** `in`, `len`: payload of a message or part of one (lws_is_first_fragment(),
	 * lws_is_final_fragment(), lws_remaining_packet_payload()). `in` may be
	 * changed. Nonzero closes. */
	LWS_CALLBACK_RECEIVE = 6,

	/** `in`, `len`: payload of a PONG (RFC 6455 section 5.5.3). Nonzero closes. */
	LWS_CALLBACK_RECEIVE_PONG = 7,

	/** The peer sent CLOSE. `in`, `len`: its payload, two bytes of code in network
	 * order and an optional reason, or nothing. 0 echoes it and closes; nonzero
	 * closes without the echo. On clients as well. */
	LWS_CALLBACK_WS_PEER_INITIATED_CLOSE = 38,

	/** A handshake asks for this protocol; the headers can be read. `user` exists
	 * and is zeroed, `in` is the requested subprotocol list or NULL. Nonzero refuses
	 * the connection. */
	LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION = 20,

	/** May this extension (name in `in`) be used for the connection? 0 yes. */
	LWS_CALLBACK_CONFIRM_EXTENSION_OKAY = 25,

	/** The connection was bound to this ws protocol. Nonzero refuses. */
	LWS_CALLBACK_WS_SERVER_BIND_PROTOCOL = 77,

	/** It leaves this protocol. */
	LWS_CALLBACK_WS_SERVER_DROP_PROTOCOL = 78,

	/*
	 * WebSocket client, and client connections in general
	 */

	/** The connection could not be made, at whichever stage. `in`, `len`: a text
	 * that says why, or NULL; its first words are those of 4.1.6 in so.17 and of
	 * 4.3.5 in so.19. Where no answer comes in time so.17 gives
	 * CLOSED_CLIENT_HTTP instead. No CLOSED follows. The wsi is freed afterwards. */
	LWS_CALLBACK_CLIENT_CONNECTION_ERROR = 1,

	/** The server's handshake answer is in and its headers can be read: last chance
	 * to refuse (nonzero). */
	LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH = 2,

	/** The websocket is up. Nonzero closes. */
	LWS_CALLBACK_CLIENT_ESTABLISHED = 3,

	/** It is over. Exactly once for each CLIENT_ESTABLISHED. */
	LWS_CALLBACK_CLIENT_CLOSED = 75,

	/** Add own lines to a client's request: `in` is an unsigned char ** to the place
	 * to write at, which must be moved on; `len` bytes are left. Nonzero gives up the
	 * connection. */
	LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER = 24,

	/** As RECEIVE, on a client. */
	LWS_CALLBACK_CLIENT_RECEIVE = 8,

	/** As RECEIVE_PONG, on a client. */
	LWS_CALLBACK_CLIENT_RECEIVE_PONG = 9,

	/** As SERVER_WRITEABLE, on a client. */
	LWS_CALLBACK_CLIENT_WRITEABLE = 10,

	/** To the first protocol: offer the extension named in `in`? 0 offers it. */
	LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED = 26,

	/** Options for an extension a client offers: `user` is its name, `in` a buffer of
	 * `len` bytes for a "name=value; ..." string. Nonzero fails the connection. */
	LWS_CALLBACK_WS_EXT_DEFAULTS = 39,

	/** To the first protocol of a listening vhost: somebody has connected. `user` is
	 * a struct lws_filter_network_conn_args *, `in` the socket as a pointer-sized
	 * number, the wsi is the listener's. Nonzero hangs up at once. */
	LWS_CALLBACK_FILTER_NETWORK_CONNECTION = 17,

	/** The client was bound to this ws protocol. Nonzero refuses. */
	LWS_CALLBACK_WS_CLIENT_BIND_PROTOCOL = 79,

	/** It leaves this protocol. */
	LWS_CALLBACK_WS_CLIENT_DROP_PROTOCOL = 80,

	/*
	 * External poll loops. All go to the vhost's first protocol. For the *_POLL_FD
	 * reasons `in` is a struct lws_pollargs *. Nonzero from ADD_POLL_FD, or from the
	 * LOCK_POLL or UNLOCK_POLL around it, refuses the descriptor: its connection ends,
	 * connecting or adopting fails, a vhost is not made. With the interface of 4.1.6
	 * that is so once the program polls. Other answers do not count.
	 */

	/** Return a number for the calling thread, so that requests from others than the
	 * service thread can be told apart; 0 if it does not matter. */
	LWS_CALLBACK_GET_THREAD_ID = 31,

	/** Watch `fd` for `events` (POLLIN, POLLOUT) from now on. */
	LWS_CALLBACK_ADD_POLL_FD = 32,

	/** Stop watching `fd`. */
	LWS_CALLBACK_DEL_POLL_FD = 33,

	/** Watch `fd` for `events` instead of `prev_events`. */
	LWS_CALLBACK_CHANGE_MODE_POLL_FD = 34,

	/** Take the program's lock around its poll table. `len` 1: the table is about to
	 * change; 0: only some fd's events are. */
	LWS_CALLBACK_LOCK_POLL = 35,

	/** Release it. */
	LWS_CALLBACK_UNLOCK_POLL = 36,

	/*
	 * CGI and other children
	 */

	/** A child's pipe has something: `in` is a struct lws_cgi_args *.
	 * lws_callback_http_dummy() deals with it. */
	LWS_CALLBACK_CGI = 40,

	/** The child is gone; `in` is a struct lws_cgi_args *, `len` its pid. Nonzero
	 * closes the connection. */
	LWS_CALLBACK_CGI_TERMINATED = 41,

	/** Body data for the child's stdin: `in` is a struct lws_cgi_args *. Return how
	 * many bytes were taken: the rest comes again when stdin takes more. Less than 0
	 * closes. */
	LWS_CALLBACK_CGI_STDIN_DATA = 42,

	/** All of the body has gone to the child. Not sent, as by the original: stdin is
	 * closed then. */
	LWS_CALLBACK_CGI_STDIN_COMPLETED = 43,

	/** The child has been started; `len` is its pid. */
	LWS_CALLBACK_CGI_PROCESS_ATTACH = 70,

	/*
	 * For protocols that extend others; the library itself does not send the
	 * first two
	 */

	/** A session plugin is asked who is logged in; `in` is its own struct. */
	LWS_CALLBACK_SESSION_INFO = 54,

	/** A session plugin tells the others of an event; `in` is its own struct. */
	LWS_CALLBACK_GS_EVENT = 55,

	/** The options of the mount that was hit: `in` is its list of
	 * struct lws_protocol_vhost_options. Before LWS_CALLBACK_HTTP. */
	LWS_CALLBACK_HTTP_PMO = 56,

	/*
	 * Raw proxy: CLI is the side towards the onward server, SRV the side towards
	 * whoever connected to us. Meanings as for RAW_* below.
	 */

	LWS_CALLBACK_RAW_PROXY_CLI_RX = 89,	/**< data from the onward server */
	LWS_CALLBACK_RAW_PROXY_SRV_RX = 90,	/**< data from the accepted side */
	LWS_CALLBACK_RAW_PROXY_CLI_CLOSE = 91,	/**< the onward connection is over */
	LWS_CALLBACK_RAW_PROXY_SRV_CLOSE = 92,	/**< the accepted connection is over */
	LWS_CALLBACK_RAW_PROXY_CLI_WRITEABLE = 93,	/**< may write onward */
	LWS_CALLBACK_RAW_PROXY_SRV_WRITEABLE = 94,	/**< may write back */
	LWS_CALLBACK_RAW_PROXY_CLI_ADOPT = 95,	/**< begun, and once more: up */
	LWS_CALLBACK_RAW_PROXY_SRV_ADOPT = 96,	/**< a connection was accepted */
	LWS_CALLBACK_RAW_PROXY_CLI_BIND_PROTOCOL = 97,	/**< onward side bound */
	LWS_CALLBACK_RAW_PROXY_SRV_BIND_PROTOCOL = 98,	/**< accepted side bound */
	LWS_CALLBACK_RAW_PROXY_CLI_DROP_PROTOCOL = 99,	/**< onward side unbound */
	LWS_CALLBACK_RAW_PROXY_SRV_DROP_PROTOCOL = 100,	/**< accepted side unbound */

	/*
	 * Raw sockets
	 */

	/** `in`, `len`: what has arrived; a UDP packet arrives whole. Nonzero closes. */
	LWS_CALLBACK_RAW_RX = 59,

	/** The raw connection is over. */
	LWS_CALLBACK_RAW_CLOSE = 60,

	/** May write. Nonzero closes. */
	LWS_CALLBACK_RAW_WRITEABLE = 61,

	/** A raw socket has come into the library's care, accepted or adopted. Nonzero
	 * closes. Of UDP, so.19 gives RAW_SKT_DROP_PROTOCOL and RAW_SKT_BIND_PROTOCOL
	 * once more behind it, and `user` anew. */
	LWS_CALLBACK_RAW_ADOPT = 62,

	/** A raw client has connected. Nonzero closes. */
	LWS_CALLBACK_RAW_CONNECTED = 101,

	/** Bound to this protocol. Nonzero refuses. */
	LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL = 81,

	/** Leaves this protocol. */
	LWS_CALLBACK_RAW_SKT_DROP_PROTOCOL = 82,

	/*
	 * Raw files: any pollable descriptor. The program does its own read() and
	 * write() on lws_get_socket_fd().
	 */

	LWS_CALLBACK_RAW_ADOPT_FILE = 63,	/**< the descriptor was adopted */
	LWS_CALLBACK_RAW_RX_FILE = 64,		/**< it is readable; nonzero closes */
	LWS_CALLBACK_RAW_WRITEABLE_FILE = 65,	/**< it is writable; nonzero closes */
	LWS_CALLBACK_RAW_CLOSE_FILE = 66,	/**< it is being closed */
	LWS_CALLBACK_RAW_FILE_BIND_PROTOCOL = 83,	/**< bound; nonzero refuses */
	LWS_CALLBACK_RAW_FILE_DROP_PROTOCOL = 84,	/**< leaves this protocol */

	/*
	 * Any connection or vhost
	 */

	/** The time set by lws_set_timer_usecs() has come. Nonzero closes. */
	LWS_CALLBACK_TIMER = 73,

	/** lws_cancel_service() was called: once for every protocol of every vhost, on
	 * the service thread, with a stand-in wsi. */
	LWS_CALLBACK_EVENT_WAIT_CANCELLED = 71,

	/** To the parent's protocol, with the parent's `user`: a child connection is
	 * going; `in` is its struct lws *. */
	LWS_CALLBACK_CHILD_CLOSING = 69,

	/** v4.3: a client's socket is about to connect to the server, or to its proxy.
	 * `in` is the socket as a pointer-sized number. so.17 only tells programs that
	 * are compiled with pkg-config libwebsockets-4.3, as others do not expect it.
	 * Nonzero fails the connection. */
	LWS_CALLBACK_CONNECTING = 105,

	/** The daily look at a vhost's certificate: `in` is a
	 * struct lws_acme_cert_aging_args *, `len` the days it is still valid. First with
	 * the vhost; in so.19 5 s behind it, and not for those that the context begins
	 * with. */
	LWS_CALLBACK_VHOST_CERT_AGING = 72,

	/** Progress of a certificate update: `in` is a text or NULL, `len` an
	 * enum lws_cert_update_state. */
	LWS_CALLBACK_VHOST_CERT_UPDATE = 74,

	/*
	 * MQTT client. The numbers are kept; this library has no MQTT.
	 */

	LWS_CALLBACK_MQTT_NEW_CLIENT_INSTANTIATED = 200, /**< the wsi exists */
	LWS_CALLBACK_MQTT_IDLE = 201,		/**< nothing to do */
	LWS_CALLBACK_MQTT_CLIENT_ESTABLISHED = 202, /**< CONNACK received */
	LWS_CALLBACK_MQTT_SUBSCRIBED = 203,	/**< SUBACK received */
	LWS_CALLBACK_MQTT_CLIENT_WRITEABLE = 204, /**< may publish */
	LWS_CALLBACK_MQTT_CLIENT_RX = 205,	/**< `in` is a publication */
	LWS_CALLBACK_MQTT_UNSUBSCRIBED = 206,	/**< UNSUBACK received */
	LWS_CALLBACK_MQTT_DROP_PROTOCOL = 207,	/**< leaves this protocol */
	LWS_CALLBACK_MQTT_CLIENT_CLOSED = 208,	/**< the connection is over */
	LWS_CALLBACK_MQTT_ACK = 209,		/**< a publication was acknowledged */
	LWS_CALLBACK_MQTT_RESEND = 210,		/**< an acknowledgement is overdue */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
	LWS_CALLBACK_MQTT_UNSUBSCRIBE_TIMEOUT = 211, /**< UNSUBACK is overdue */
	LWS_CALLBACK_MQTT_SHADOW_TIMEOUT = 212,	/**< a device shadow is overdue */
#endif

	/*
	 * Extensions: names from older generations that 4.1.6 dropped
	 */

	/** A child adopted with LWS_ADOPT_WS_PARENTIO wants to send: `in` is a
	 * struct lws_write_passthru *. Goes to the parent's protocol. */
	LWS_CALLBACK_CHILD_WRITE_VIA_PARENT = 68,

#if defined(LWSGO_MODE_POLL_FD)
	/** v1.2 to v1.5 (compat/1.3, compat/1.5) hear this beside
	 * LWS_CALLBACK_CHANGE_MODE_POLL_FD: user is the descriptor, len the
	 * events that were added. No later release has it, whatever its guides
	 * say: there it is LWS_CALLBACK_CHANGE_MODE_POLL_FD. */
	LWS_CALLBACK_SET_MODE_POLL_FD = 990,
	/** The same, len are the events that were taken away. */
	LWS_CALLBACK_CLEAR_MODE_POLL_FD = 991,
#endif

	/** First number that the library never uses: for the program's own reasons. */
	LWS_CALLBACK_USER = 1000,
};

/**
 * The function a program gives in struct lws_protocols.
 *
 * It runs on the service thread of the wsi's context (or of its thread index).
 *
 * @param wsi	 the connection, valid until WSI_DESTROY
 * @param reason why it is called
 * @param user	 per-session memory, unless the reason says something else
 * @param in	 depends on the reason, valid during the call
 * @param len	 depends on the reason, mostly the bytes at `in`
 * @return 0 to carry on; what else means depends on the reason
 */
typedef int
lws_callback_function(struct lws *wsi, enum lws_callback_reasons reason,
		      void *user, void *in, size_t len);

/* How the library marks, inside one connection, what a WRITEABLE is for. */
#define LWS_CB_REASON_AUX_BF__CGI		1	/**< CGI data waits */
#define LWS_CB_REASON_AUX_BF__PROXY		2	/**< proxied data waits */
#define LWS_CB_REASON_AUX_BF__CGI_CHUNK_END	4	/**< the last chunk is due */
#define LWS_CB_REASON_AUX_BF__CGI_HEADERS	8	/**< CGI headers are due */
#define LWS_CB_REASON_AUX_BF__PROXY_TRANS_END	16	/**< the proxied answer ended */
#define LWS_CB_REASON_AUX_BF__PROXY_HEADERS	32	/**< proxied headers are due */
