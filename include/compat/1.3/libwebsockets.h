/* SPDX-License-Identifier: MIT
 *
 * For sources of libwebsockets v1.2, v1.3, v1.4 and v1.5: the libwebsocket_
 * and libwebsockets_ names over today's library. Chosen with
 * pkg-config libwebsockets-1.3, or -I. docs/generations.md has the table of
 * names, and what became of those that are not here.
 */
#ifndef LWS_COMPAT_1_3_LIBWEBSOCKETS_H
#define LWS_COMPAT_1_3_LIBWEBSOCKETS_H

#ifndef LWSGO_MODE_POLL_FD
#define LWSGO_MODE_POLL_FD /* LWS_CALLBACK_SET_MODE_POLL_FD and its like */
#endif
#include <libwebsockets/../libwebsockets.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct libwebsocket_protocols - a protocol of v1.2 to v1.5.
 *
 * The table belongs to the program and must stay while its context lives. It
 * ends with an entry without callback; 32 entries are the most. The first six
 * members are those of struct lws_context_callback_protocol.
 */
struct libwebsocket_protocols {
	const char *name;	      /**< subprotocol name */
	int (*callback)(struct lws_context *context, struct lws *wsi,
			enum lws_callback_reasons reason, void *user, void *in,
			size_t len);  /**< its callback */
	size_t per_session_data_size; /**< bytes of user memory a connection */
	size_t rx_buffer_size;	      /**< largest piece to be told, 0: 4096 */
	/** the program's own; before v1.4 no_buffer_all_partial_tx, which the
	 * library does without */
	unsigned int id;
	void *user;		      /**< the program's own */
};

/** The type of a LWS_SERVER_OPTION_; these themselves are today's macros. */
enum libwebsocket_context_options {
	LWS_CC_OPTION_NONE = 0,		/**< no option */
	LWS_CC_OPTION_ALL = 0x7fffffff	/**< all that these generations can set */
};

#ifdef __cplusplus
}
#endif

#define LWS_CC_PROTOCOLS struct libwebsocket_protocols
#include "../lws-context-callbacks.h"

/* types */
#define libwebsocket lws
#define libwebsocket_context lws_context
#define libwebsocket_extension lws_extension
#define libwebsocket_pollargs lws_pollargs
#define libwebsocket_pollfd lws_pollfd
#define libwebsocket_callback_reasons lws_callback_reasons
#define libwebsocket_extension_callback_reasons lws_extension_callback_reasons
#define libwebsocket_write_protocol lws_write_protocol
#define lws_context_creation_info lws_context_callback_info
#define callback_function lws_context_callback
#define extension_callback_function lws_extension_callback_function

/* contexts and service */
#define libwebsocket_create_context lws_cc_create_context
#define libwebsocket_context_destroy lws_context_destroy
#define libwebsocket_context_user lws_context_user
#define libwebsocket_set_proxy(context, proxy)                                 \
	lws_set_proxy(lws_get_vhost_by_name(context, "default"), proxy)
#define libwebsocket_service lws_cc_service
#define libwebsocket_service_fd lws_service_fd
#define libwebsocket_cancel_service lws_cancel_service
#define libwebsocket_canonical_hostname lws_canonical_hostname
#define libwebsockets_get_random lws_cc_get_random
#define libwebsocket_get_internal_extensions lws_get_internal_extensions
#define lws_set_allocator lws_cc_set_allocator

/* connections */
#define libwebsocket_write lws_write
#define libwebsocket_write_http lws_write_http
#define libwebsocket_callback_on_writable lws_cc_callback_on_writable
#define libwebsocket_callback_on_writable_all_protocol                         \
	LWS_CC_CALLBACK_ON_WRITABLE_ALL
#define libwebsocket_callback_all_protocol LWS_CC_CALLBACK_ALL
#define libwebsocket_rx_flow_control lws_rx_flow_control
#define libwebsocket_rx_flow_allow_all_protocol LWS_CC_RX_FLOW_ALLOW_ALL
#define libwebsocket_set_timeout lws_set_timeout
#define libwebsocket_get_socket_fd lws_get_socket_fd
#define libwebsocket_is_final_fragment lws_is_final_fragment
#define libwebsocket_get_reserved_bits lws_get_reserved_bits
#define libwebsocket_ensure_user_space lws_wsi_user
#define libwebsockets_get_protocol(wsi)                                        \
	((const struct libwebsocket_protocols *)lws_cc_get_protocol(wsi))
#define libwebsockets_remaining_packet_payload lws_remaining_packet_payload
#define libwebsockets_get_peer_addresses lws_cc_get_peer_addresses
#define libwebsockets_hangup_on_client lws_cc_hangup_on_client
#define libwebsocket_client_connect lws_client_connect
#define libwebsocket_client_connect_extended lws_client_connect_extended

/* HTTP */
#define libwebsockets_serve_http_file LWS_CC_SERVE_HTTP_FILE
#define libwebsockets_serve_http_file_fragment lws_cc_serve_http_file_fragment
#define libwebsockets_return_http_status lws_cc_return_http_status
#define lws_add_http_header_by_name lws_cc_add_http_header_by_name
#define lws_add_http_header_by_token lws_cc_add_http_header_by_token
#define lws_add_http_header_content_length lws_cc_add_http_header_content_length
#define lws_add_http_header_status lws_cc_add_http_header_status
#define lws_finalize_http_header lws_cc_finalize_http_header

/* text */
#define libwebsockets_SHA1 lws_SHA1
#define libwebsockets_b64_encode_string lws_b64_encode_string
#define libwebsockets_b64_decode_string lws_b64_decode_string

/* what these generations tell of themselves */
#ifndef LWS_FEATURE_SERVE_HTTP_FILE_HAS_OTHER_HEADERS_LEN
#define LWS_FEATURE_SERVE_HTTP_FILE_HAS_OTHER_HEADERS_LEN
#endif
#ifndef LWS_FEATURE_PROTOCOLS_HAS_ID_FIELD
#define LWS_FEATURE_PROTOCOLS_HAS_ID_FIELD
#endif
#ifndef LWS_FEATURE_PROTOCOLS_HAS_PEER_WRITE_ALLOWANCE
#define LWS_FEATURE_PROTOCOLS_HAS_PEER_WRITE_ALLOWANCE
#endif

#endif
