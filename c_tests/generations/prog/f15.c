/* SPDX-License-Identifier: MIT */
/* v1.5: the names of today. */
#define CONTEXT struct libwebsocket_context *context __attribute__((unused)),
#define libwebsocket lws
#define libwebsocket_context lws_context
#define libwebsocket_protocols lws_protocols
#define libwebsocket_callback_reasons lws_callback_reasons
#define libwebsocket_create_context lws_create_context
#define libwebsocket_context_destroy lws_context_destroy
#define libwebsocket_client_connect_extended lws_client_connect_extended
#define libwebsocket_service lws_service
#define libwebsocket_set_timeout lws_set_timeout
#include "fails.h"
