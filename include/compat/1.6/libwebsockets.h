/* SPDX-License-Identifier: MIT
 *
 * For sources of libwebsockets v1.6, v1.7, v2.0 and v2.1 that open files with
 * lws_plat_file_open() or replace the file operations: those were on plain
 * descriptors. Clients hear as with compat/2.2. The rest is today's header. Chosen with
 * pkg-config libwebsockets-1.6, or -I; docs/generations.md has more.
 */
#ifndef LWS_COMPAT_1_6_LIBWEBSOCKETS_H
#define LWS_COMPAT_1_6_LIBWEBSOCKETS_H

#define LWS_SOURCES_OF_V2

#include "../lws-plain-files.h"

#define lws_plat_file_ops lws_plain_file_ops
#define lws_get_fops lws_get_plain_fops

/* v1.7 had a signal callback in it, which lws_uv_sigint_cfg() sets as well. */
#define LWS_CC_FIFTH(a, b, c, d, e, ...) e
#define LWS_CC_UV_INITLOOP4(context, loop, cb, tsi)                            \
	((void)(cb), (lws_uv_initloop)(context, loop, tsi))
#define LWS_CC_UV_INITLOOP3(context, loop, tsi)                                \
	(lws_uv_initloop)(context, loop, tsi)
#define lws_uv_initloop(...)                                                   \
	LWS_CC_FIFTH(__VA_ARGS__, LWS_CC_UV_INITLOOP4, LWS_CC_UV_INITLOOP3,    \
		     0, 0)(__VA_ARGS__)

#endif
