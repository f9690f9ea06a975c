/* SPDX-License-Identifier: MIT
 *
 * These headers serve two interfaces: LWS_ABI 17 is that of libwebsockets.so.17
 * (4.1.6), 19 that of libwebsockets.so.19 (4.3.5). Who does not say which gets this
 * machine's, by lws_abi.h, which make lib writes. Installed headers have only the file
 * of their own in this one's place.
 */
#ifndef LWS_ABI
#include "lws_abi.h"
#define LWS_ABI LWS_ABI_DEFAULT
#endif

#if LWS_ABI == 17
#include "17/lws_config.h"
#elif LWS_ABI == 19
#include "19/lws_config.h"
#else
#error "LWS_ABI is 17 or 19"
#endif
