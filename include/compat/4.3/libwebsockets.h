/* SPDX-License-Identifier: MIT
 *
 * For sources of libwebsockets v4.3: today's header, and what v4.3 does unasked. Client
 * connections tell LWS_CALLBACK_CONNECTING and resume TLS sessions. Chosen with
 * pkg-config libwebsockets-4.3, or -I; docs/generations.md has more.
 */
#ifndef LWS_COMPAT_4_3_LIBWEBSOCKETS_H
#define LWS_COMPAT_4_3_LIBWEBSOCKETS_H

#define LWS_SOURCES_OF_V43

#include <libwebsockets/../libwebsockets.h>

#endif
