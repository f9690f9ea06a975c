/* SPDX-License-Identifier: MIT
 *
 * For sources of libwebsockets v2.1 to v2.4: today's header, and the callbacks that
 * client connections had then. Chosen with pkg-config libwebsockets-2.2, or -I;
 * docs/generations.md has more.
 */
#ifndef LWS_COMPAT_2_2_LIBWEBSOCKETS_H
#define LWS_COMPAT_2_2_LIBWEBSOCKETS_H

#define LWS_SOURCES_OF_V2

#include <libwebsockets/../libwebsockets.h>

#endif
