/* SPDX-License-Identifier: MIT
 *
 * Logging for the library's own code.
 */
#ifndef LWSGO_LOG_H
#define LWSGO_LOG_H

#include <stddef.h>

/* Logs one finished line of len bytes (it carries its own newline) if the
 * level is enabled. Cuts it where _lws_log() would. */
__attribute__((visibility("hidden"))) void lwsgo_log(int level,
						     const char *msg,
						     size_t len);

/* The set of enabled levels: a caller can skip making a line nobody sees. */
__attribute__((visibility("hidden"))) int lwsgo_log_level(void);

#endif
