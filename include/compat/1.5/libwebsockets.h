/* SPDX-License-Identifier: MIT
 *
 * For sources written between v1.5 and v1.6 of libwebsockets: today's lws_
 * names, with the context as the first argument of callbacks and of many
 * functions. Chosen with pkg-config libwebsockets-1.5, or -I.
 * docs/generations.md has the table of names.
 */
#ifndef LWS_COMPAT_1_5_LIBWEBSOCKETS_H
#define LWS_COMPAT_1_5_LIBWEBSOCKETS_H

#include "../lws-context-callbacks.h"
#include "../lws-plain-files.h"

#define lws_plat_file_ops lws_plain_file_ops
#define lws_get_fops lws_get_plain_fops

#define lws_context_creation_info lws_context_callback_info
#define lws_protocols lws_context_callback_protocol
#define callback_function lws_context_callback

#undef lws_create_context
#define lws_create_context lws_cc_create_context
#define lws_set_proxy(context, proxy)                                          \
	lws_set_proxy(lws_get_vhost_by_name(context, "default"), proxy)
#define lws_service lws_cc_service
#define lws_get_random lws_cc_get_random
#define lws_get_ctx lws_get_context
#define lws_set_allocator lws_cc_set_allocator

#define lws_callback_on_writable lws_cc_callback_on_writable
#define lws_callback_on_writable_all_protocol LWS_CC_CALLBACK_ON_WRITABLE_ALL
#define lws_callback_all_protocol LWS_CC_CALLBACK_ALL
#define lws_rx_flow_allow_all_protocol LWS_CC_RX_FLOW_ALLOW_ALL
#define lws_get_protocol(wsi)                                                  \
	((const struct lws_context_callback_protocol *)lws_cc_get_protocol(wsi))
#define lws_get_peer_addresses lws_cc_get_peer_addresses

#define lws_serve_http_file LWS_CC_SERVE_HTTP_FILE
#define lws_serve_http_file_fragment lws_cc_serve_http_file_fragment
#define lws_return_http_status lws_cc_return_http_status
#define lws_add_http_header_by_name lws_cc_add_http_header_by_name
#define lws_add_http_header_by_token lws_cc_add_http_header_by_token
#define lws_add_http_header_content_length lws_cc_add_http_header_content_length
#define lws_add_http_header_status lws_cc_add_http_header_status
#define lws_finalize_http_header lws_cc_finalize_http_header

#endif
