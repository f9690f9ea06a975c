/* SPDX-License-Identifier: MIT
 *
 * The program's structs, in this ABI's layout, made into the neutral ones of
 * ../core/lwsgo.h.
 */
#ifndef LWSGO_FACE_H
#define LWSGO_FACE_H

#include "entry.h"
#include "lwsgo.h"
#include <stddef.h>

/* The size of the info in programs that are compiled with the original's header. */
#define LWSGO_INFO_ORIGINAL \
	offsetof(struct lws_context_creation_info, ip_limit_ah)

/* What comes with the size of it. */
#define LWSGO_INFO_BITS (LWS_INFO_OF_V43 | LWS_INFO_OF_V2)

/* size is what the program's struct has, with LWSGO_INFO_BITS. */
LWSGO_HIDDEN void
lwsgo_info_of(struct lwsgo_info *n, const struct lws_context_creation_info *i,
	      size_t size);

/* The way back, where a call changes the program's struct. */
LWSGO_HIDDEN void
lwsgo_info_to(struct lws_context_creation_info *i, const struct lwsgo_info *n,
	      size_t size);

LWSGO_HIDDEN void
lwsgo_connect_of(struct lwsgo_connect *n,
		 const struct lws_client_connect_info *i);

#endif
