/* SPDX-License-Identifier: MIT
 *
 * What the Go half sees of the program's structs. Those whose layout depends on
 * the ABI reach it as the neutral structs below, made by capi/c/face.c, which is
 * compiled for each ABI with that one's headers. So the Go half is built once.
 */
#ifndef LWSGO_H
#define LWSGO_H

#ifdef LWSGO_CORE
/* Structs that are not the same in all ABIs have other names here, and their own
 * are incomplete: Go code that uses one does not compile. */
#define lws_context_creation_info lwsgo_differs_info
#define lws_client_connect_info lwsgo_differs_connect
#define lws_http_mount lwsgo_differs_mount
#define lws_adopt_desc lwsgo_differs_adopt
#define lws_adopt_desc_t lwsgo_differs_adopt_t
#define lws_udp lwsgo_differs_udp
#define lws_system_ops lwsgo_differs_system_ops
#define lws_system_ops_t lwsgo_differs_system_ops_t
#define lws_token_limits lwsgo_differs_token_limits
#define lejp_ctx lwsgo_differs_lejp
#define lws_plugin_header lwsgo_differs_plugin_header
#define lws_plugin_header_t lwsgo_differs_plugin_header_t
#define lws_plugin_protocol lwsgo_differs_plugin_protocol
#define lws_plugin_protocol_t lwsgo_differs_plugin_protocol_t
#define lws_plugin_evlib lwsgo_differs_plugin_evlib
#define lws_plugin_evlib_t lwsgo_differs_plugin_evlib_t
#endif

#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>

#ifdef LWSGO_CORE
#undef lws_context_creation_info
#undef lws_client_connect_info
#undef lws_http_mount
#undef lws_adopt_desc
#undef lws_adopt_desc_t
#undef lws_udp
#undef lws_system_ops
#undef lws_system_ops_t
#undef lws_token_limits
#undef lejp_ctx
#undef lws_plugin_header
#undef lws_plugin_header_t
#undef lws_plugin_protocol
#undef lws_plugin_protocol_t
#undef lws_plugin_evlib
#undef lws_plugin_evlib_t
#endif

typedef void (*lwsgo_signal_cb)(void *event_lib_handle, int signum);
typedef void (*lwsgo_finalize_cb)(struct lws_vhost *vh, void *arg);

/* The members of the creation info that have one name and one size in all ABIs:
 * type, name, and what makes it an array. */
#define LWSGO_INFO(_)                                                          \
	_(const char *, iface, )                                               \
	_(const struct lws_protocols *, protocols, )                           \
	_(const struct lws_extension *, extensions, )                          \
	_(const char *, http_proxy_address, )                                  \
	_(const struct lws_protocol_vhost_options *, headers, )                \
	_(const struct lws_protocol_vhost_options *, reject_service_keywords, ) \
	_(const struct lws_protocol_vhost_options *, pvo, )                    \
	_(const char *, log_filepath, )                                        \
	_(const struct lwsgo_mount *, mounts, )                                \
	_(const char *, server_string, )                                       \
	_(const char *, error_document_404, )                                  \
	_(int, port, )                                                         \
	_(unsigned int, http_proxy_port, )                                     \
	_(unsigned int, max_http_header_data2, )                               \
	_(int, keepalive_timeout, )                                            \
	_(uint32_t, http2_settings, [7])                                       \
	_(unsigned short, max_http_header_data, )                              \
	_(const char *, ssl_private_key_password, )                            \
	_(const char *, ssl_cert_filepath, )                                   \
	_(const char *, ssl_private_key_filepath, )                            \
	_(const char *, ssl_ca_filepath, )                                     \
	_(const char *, ssl_cipher_list, )                                     \
	_(const char *, ecdh_curve, )                                          \
	_(const char *, tls1_3_plus_cipher_list, )                             \
	_(const void *, server_ssl_cert_mem, )                                 \
	_(const void *, server_ssl_private_key_mem, )                          \
	_(const void *, server_ssl_ca_mem, )                                   \
	_(long, ssl_options_set, )                                             \
	_(long, ssl_options_clear, )                                           \
	_(int, simultaneous_ssl_restriction, )                                 \
	_(int, ssl_info_event_mask, )                                          \
	_(unsigned int, server_ssl_cert_mem_len, )                             \
	_(unsigned int, server_ssl_private_key_mem_len, )                      \
	_(unsigned int, server_ssl_ca_mem_len, )                               \
	_(const char *, alpn, )                                                \
	_(const char *, client_ssl_private_key_password, )                     \
	_(const char *, client_ssl_cert_filepath, )                            \
	_(const void *, client_ssl_cert_mem, )                                 \
	_(unsigned int, client_ssl_cert_mem_len, )                             \
	_(const char *, client_ssl_private_key_filepath, )                     \
	_(const void *, client_ssl_key_mem, )                                  \
	_(const char *, client_ssl_ca_filepath, )                              \
	_(const void *, client_ssl_ca_mem, )                                   \
	_(const char *, client_ssl_cipher_list, )                              \
	_(const char *, client_tls_1_3_plus_cipher_list, )                     \
	_(long, ssl_client_options_set, )                                      \
	_(long, ssl_client_options_clear, )                                    \
	_(unsigned int, client_ssl_ca_mem_len, )                               \
	_(unsigned int, client_ssl_key_mem_len, )                              \
	_(SSL_CTX *, provided_client_ssl_ctx, )                                \
	_(int, ka_time, )                                                      \
	_(int, ka_probes, )                                                    \
	_(int, ka_interval, )                                                  \
	_(unsigned int, timeout_secs, )                                        \
	_(unsigned int, connect_timeout_secs, )                                \
	_(int, bind_iface, )                                                   \
	_(unsigned int, timeout_secs_ah_idle, )                                \
	_(int, gid, )                                                          \
	_(int, uid, )                                                          \
	_(uint64_t, options, )                                                 \
	_(void *, user, )                                                      \
	_(unsigned int, count_threads, )                                       \
	_(unsigned int, fd_limit_per_thread, )                                 \
	_(const char *, vhost_name, )                                          \
	_(void *, external_baggage_free_on_destroy, )                          \
	_(unsigned int, pt_serv_buf_size, )                                    \
	_(const struct lws_plat_file_ops *, fops, )                            \
	_(int, caps, [4])                                                      \
	_(char, count_caps, )                                                  \
	_(void **, foreign_loops, )                                            \
	_(lwsgo_signal_cb, signal_cb, )                                        \
	_(struct lws_context **, pcontext, )                                   \
	_(lwsgo_finalize_cb, finalize, )                                       \
	_(void *, finalize_arg, )                                              \
	_(const char *, listen_accept_role, )                                  \
	_(const char *, listen_accept_protocol, )                              \
	_(const struct lws_protocols **, pprotocols, )                         \
	_(const char *, username, )                                            \
	_(const char *, groupname, )                                           \
	_(const char *, unix_socket_perms, )                                   \
	_(const void *, system_ops, )                                          \
	_(const lws_retry_bo_t *, retry_and_idle_policy, )                     \
	_(lws_state_notify_link_t *const *, register_notifier_list, )          \
	_(int, rlimit_nofile, )                                                \
	_(lws_smd_notification_cb_t, early_smd_cb, )                           \
	_(void *, early_smd_opaque, )                                          \
	_(lws_smd_class_t, early_smd_class_filter, )                           \
	/* ours, behind the original's last */                                 \
	_(unsigned short, ip_limit_ah, )                                       \
	_(unsigned short, ip_limit_wsi, )                                      \
	_(unsigned short, ws_ping_pong_interval, )                             \
	_(const char *const *, plugin_dirs, )                                  \
	_(struct lws_log_cx *, log_cx, )                                       \
	_(const char *, socks_proxy_address, )                                 \
	_(unsigned int, socks_proxy_port, )                                    \
	_(uint32_t, tls_session_timeout, )                                     \
	_(uint32_t, tls_session_cache_max, )                                   \
	_(const char *, http_nsc_filepath, )                                   \
	_(size_t, http_nsc_heap_max_footprint, )                               \
	_(size_t, http_nsc_heap_max_items, )                                   \
	_(size_t, http_nsc_heap_max_payload, )                                 \
	_(unsigned int, http_min_rx_rate, )                                    \
	_(unsigned int, http_precompressed, )                                  \
	_(unsigned int, http_no_compression, )                                 \
	_(lws_peer_limits_notify_t, pl_notify_cb, )

#define LWSGO_MEMBER(type_, name_, array_) type_ name_ array_;

struct lwsgo_info {
	LWSGO_INFO(LWSGO_MEMBER)
	/* What the program's struct is too short for, or its ABI does not have, is 0. */
	/* Compiled with our headers: CGI and proxy mounts, the role raw-proxy, log_filepath and
	 * compression are there, which Debian's build has not. */
	uint8_t ours;
	uint8_t udp_loss_sim_tx_pc;
	uint8_t udp_loss_sim_rx_pc;
	int simultaneous_ssl_handshake_restriction;
	lws_usec_t smd_ttl_us;
	uint16_t smd_queue_depth;
	int fo_listen_queue;
	const unsigned short *token_limit; /* by token; NULL: none */
	size_t count_token_limits;
	/* an event loop of the program's own; NULL: none */
	const struct lwsgo_event_loop_ops *custom_loop;
	const void *given; /* the program's struct */
	const struct lwsgo_abi *abi; /* what the program is compiled for */
};

/* struct lws_event_loop_ops, for ABIs that do not have it as well. */
struct lwsgo_event_loop_ops {
	const char *name;
	int (*init_context)(struct lws_context *cx, const void *info);
	int (*destroy_context1)(struct lws_context *cx);
	int (*destroy_context2)(struct lws_context *cx);
	int (*init_vhost_listen_wsi)(struct lws *wsi);
	int (*init_pt)(struct lws_context *cx, void *loop, int tsi);
	int (*wsi_logical_close)(struct lws *wsi);
	int (*check_client_connect_ok)(struct lws *wsi);
	void (*close_handle_manually)(struct lws *wsi);
	int (*sock_accept)(struct lws *wsi);
	void (*io)(struct lws *wsi, unsigned int flags);
	void (*run_pt)(struct lws_context *cx, int tsi);
	void (*destroy_pt)(struct lws_context *cx, int tsi);
	void (*destroy_wsi)(struct lws *wsi);
	int (*foreign_thread)(struct lws_context *cx, int tsi);
	uint8_t flags;
	uint16_t evlib_size_ctx;
	uint16_t evlib_size_pt;
	uint16_t evlib_size_vh;
	uint16_t evlib_size_wsi;
};

/* Likewise of the client connect info. */
#define LWSGO_CONNECT(_)                                                       \
	_(struct lws_context *, context, )                                     \
	_(const char *, address, )                                             \
	_(int, port, )                                                         \
	_(int, ssl_connection, )                                               \
	_(const char *, path, )                                                \
	_(const char *, host, )                                                \
	_(const char *, origin, )                                              \
	_(const char *, protocol, )                                            \
	_(int, ietf_version_or_minus_one, )                                    \
	_(void *, userdata, )                                                  \
	_(const char *, method, )                                              \
	_(struct lws *, parent_wsi, )                                          \
	_(struct lws_vhost *, vhost, )                                         \
	_(struct lws **, pwsi, )                                               \
	_(const char *, iface, )                                               \
	_(const char *, local_protocol_name, )                                 \
	_(const char *, alpn, )                                                \
	_(void *, opaque_user_data, )                                          \
	_(const lws_retry_bo_t *, retry_and_idle_policy, )                     \
	_(int, manual_initial_tx_credit, )                                     \
	_(uint8_t, sys_tls_client_cert, )                                      \
	_(uint16_t, keep_warm_secs, )

struct lwsgo_connect {
	LWSGO_CONNECT(LWSGO_MEMBER)
	/* What the ABI does not have is 0. */
	uint8_t priority;
	struct lws_log_cx *log_cx;
};

/* A mount: the part of the program's that is the same in all ABIs. */
struct lwsgo_mount {
	const struct lwsgo_mount *mount_next;
	const char *mountpoint;
	const char *origin;
	const char *def;
	const char *protocol;
	const struct lws_protocol_vhost_options *cgienv;
	const struct lws_protocol_vhost_options *extra_mimetypes;
	const struct lws_protocol_vhost_options *interpret;
	int cgi_timeout;
	int cache_max_age;
	unsigned int auth_mask;
	unsigned int cache_reusable : 1;
	unsigned int cache_revalidate : 1;
	unsigned int cache_intermediaries : 1;
	unsigned char origin_protocol;
	unsigned char mountpoint_len;
	const char *basic_auth_login_file;
};

/* How an ABI behaves where it differs from another (engine.ABI): of a program
 * that was compiled for it, whatever library it runs on. */
struct lwsgo_client_abi {
	int connecting;	      /* CONNECTING is told */
	int default_vhost;    /* the vhost is "default" where none is named */
	int redirects;	      /* so many are followed */
	int registered_codes; /* close codes 1012 to 1014 are taken */
	int reset_by_close;   /* lws_client_reset() waits for the end of the connection */
	int retries_lookup;   /* a name that nobody could answer for is looked up again */
	int secure_origin;    /* Origin is https where the connection has TLS */
	const char *user_agent; /* on HTTP/2; NULL: none */
	/* How a CLIENT_CONNECTION_ERROR begins. "%d" is the number that the system or the
	 * proxy gave. */
	struct {
		const char *bind;	  /* no such interface or address of ours */
		const char *certificate;  /* of the server; "%s": what is wrong */
		const char *no_answer;	  /* in its time; NULL: not an error */
		const char *no_name;	  /* to be found */
		const char *options;	  /* of the socket, cannot be set */
		const char *proxy_denies;
		const char *proxy_fails;  /* does not speak HTTP/1, or hangs up */
		const char *refused;	  /* by the network, later */
		const char *socket;	  /* cannot be made */
		const char *tls;	  /* fails */
	} errors;
};

struct lwsgo_abi {
	const char *name;
	struct lwsgo_client_abi client;
	int timeout_secs; /* where the info has none; 0: 5 */
	int session_cache; /* TLS sessions of clients are kept and resumed */
	int before30;	   /* client connections tell as before v3.0 */
	int family_sockets;    /* a listening socket for each address family */
	const char *unix_peer; /* what the end of a unix socket is called */
	int poll_answers;      /* *_POLL_FD's answers count before the program polls */
	int vhosts_end_early;  /* vhosts end with their last connection */
	int tasks_part_first;  /* tasks leave before the close callback */
	int answers_body;      /* lws_callback_http_dummy() answers a request with a body */
	int ages_later;	       /* VHOST_CERT_AGING is not told at the start */
	int own_sockets;       /* what fd_limit_per_thread has not for the program */
	int lifecycle;	       /* the log tells of objects, by tags */
	int only_with_pvo;     /* pvos choose a vhost's protocols */
	int all_methods_mount; /* PUT, PATCH, DELETE find all mounts */
	int whole_to_https;    /* a redirect to https keeps the path */
	/* Between values of a header, 0 is nothing; other headers have commas. */
	char args_joint, cookie_joint, set_cookie_joint;
	/* lws_service_adjust_timeout() runs what is due: timers, PROTOCOL_INIT */
	int adjust_serves;
	uint16_t smd_queue_depth; /* messages that wait, if the info does not say */
	lws_usec_t smd_ttl_us;	  /* and how long; 0: until they are delivered */
	int coldplug_ms;       /* IFACE_COLDPLUG is not before; PROTOCOL_INIT is */
	int tells_destroying;  /* the system's last state is told */
	int vhost_log_own;     /* a vhost without a log context has not its context's */
	int dss_header;	       /* x-amzn-dss-signature has a token */
	int udp_binds_again;   /* behind RAW_ADOPT: unbound and bound again */
	int udp_write_tells;   /* an error waits for the WRITEABLE that is due */
};

/* The one of programs that say nothing else. */
__attribute__((visibility("hidden"))) const struct lwsgo_abi *
lwsgo_own_abi(void);

/* Where the members are of structs that the Go half works on in place. */
struct lwsgo_layouts {
	struct {
		size_t depth; /* array indexes, and wildcards */
		size_t i, wild, path, path_stride;
	} lejp; /* struct lejp_ctx */
	struct {
		size_t size;
		size_t sa, room; /* the peer's address */
		size_t salen;	 /* an unsigned; 0: there is none */
	} udp; /* struct lws_udp */
};

__attribute__((visibility("hidden"))) extern const struct lwsgo_layouts
	lwsgo_layouts;

/* How functions behave that belong to no context. */
struct lwsgo_plain {
	int all_families;   /* addresses that are not of IP have texts, and are equal */
	int arg_values;	    /* lws_get_urlarg_by_name() leaves the value alone in the buffer */
	int b64_tight;	    /* base64: a group that just fits is decoded */
	int cert_room;	    /* certificates: a length of 0 is that of the struct's own room */
	int dir_says_done;  /* lws_dir() answers 1 when all was shown, 0 when stopped */
	int dsh_head;	    /* lws_dsh: bytes in front of what is in a piece, */
	int dsh_more;	    /* bytes of the buffer beyond those that were asked for, */
	int dsh_lends;	    /* and those on one list lend each other */
	int exp_float;	    /* JSON: a number with an exponent is a float */
	int humanize_plain; /* lws_humanize() pads nothing and answers the length */
	int log_cx;	    /* lines are whole when an emitter sees them: stamp and
			     * newline; lwsl_visible() answers 0 or 1 */
	int paths_fit;	    /* JSON: an array is refused whose "[]" has no room in the path */
	int plugins_go_on;  /* a file that is no plugin does not end its folder; one that was
			     * looked for does, and lws_plugins_init() answers 1 without */
	int star_delimits;  /* tokens of RFC 7230: '*' ends one */
	int sync_detaches;  /* a pool's task that waits in vain loses its connection */
	int sync_secs;	    /* how long it waits before it asks again */
};

__attribute__((visibility("hidden"))) extern const struct lwsgo_plain
	lwsgo_plain;

/* The protocols of one plugin that was loaded. */
__attribute__((visibility("hidden"))) const struct lws_protocols *
lwsgo_plugin_protocols(const struct lws_plugin *p, int *count);

#endif
