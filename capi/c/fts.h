/* SPDX-License-Identifier: MIT
 *
 * The indexes that are open (fts.c).
 */
#ifndef LWSGO_FTS_H
#define LWSGO_FTS_H

#include "lwsgo.h"

/* Keeps fd; NULL: no memory. */
__attribute__((visibility("hidden"))) struct lws_fts_file *
lwsgo_fts_opened(int fd);

/* Its descriptor, or -1 if it is none that is open; closing: it is not any more. */
__attribute__((visibility("hidden"))) int
lwsgo_fts_fd(const struct lws_fts_file *f, int closing);

#endif
