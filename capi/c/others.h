/* SPDX-License-Identifier: MIT
 *
 * Other libwebsockets in this process (others.c).
 */
#ifndef LWSGO_OTHERS_H
#define LWSGO_OTHERS_H

#include "entry.h"

/* Before the Go runtime is started: 1 = this library may; 0 = another one has, and a
 * line says so. Given up again where it does not start after all. */
LWSGO_HIDDEN int lwsgo_claim(void);
LWSGO_HIDDEN void lwsgo_unclaim(void);

/* 1 = who called from ret means this library; 0 = it is linked to another, and a line
 * says so. */
LWSGO_HIDDEN int lwsgo_meant(const char *call, const void *ret);

#endif
