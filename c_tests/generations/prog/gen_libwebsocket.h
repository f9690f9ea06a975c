/* SPDX-License-Identifier: MIT */
/* gen_early.h under the names up to v1.4. */
#ifndef GEN_LIBWEBSOCKET_H
#define GEN_LIBWEBSOCKET_H

typedef struct libwebsocket early_wsi;
typedef struct libwebsocket_context early_context;
typedef enum libwebsocket_callback_reasons early_reason;
typedef enum libwebsocket_write_protocol early_mode;
#define early_write libwebsocket_write
#define early_is_final_fragment libwebsocket_is_final_fragment
#define early_remaining_packet_payload libwebsockets_remaining_packet_payload
#define early_get_reserved_bits libwebsocket_get_reserved_bits
#define early_callback_on_writable libwebsocket_callback_on_writable
#include "gen_early.h"
#endif
