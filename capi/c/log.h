/* SPDX-License-Identifier: MIT
 *
 * Logging for the library's own code.
 */
#ifndef LWSGO_LOG_H
#define LWSGO_LOG_H

#include <stddef.h>

/* Logs one finished line of len bytes (it carries its own newline) if the
 * level is enabled. Cuts it where _lws_log() would.
 *
 * It is for Go, which may hold locks: inside an entry the line waits in a list
 * of the thread's until no lock is held, that is, until the program is called
 * next or the entry ends. The emitter may then do what a callback may. */
__attribute__((visibility("hidden"))) void lwsgo_log(int level,
						     const char *msg,
						     size_t len);

/* Hands the lines that wait to the emitter. No lock may be held. */
__attribute__((visibility("hidden"))) void lwsgo_log_emit(void);

/* The set of enabled levels: a caller can skip making a line nobody sees. */
__attribute__((visibility("hidden"))) int lwsgo_log_level(void);

/* Where that set is. */
__attribute__((visibility("hidden"))) void *lwsgo_log_level_at(void);

/* Where lines go. */
__attribute__((visibility("hidden"))) void (*lwsgo_log_emitter(void))(
	int level, const char *line);

/* Hands the lines of a hex dump to put. */
__attribute__((visibility("hidden"))) void
lwsgo_hexdump(void (*put)(void *to, int level, const char *line), void *to,
	      int level, const void *vbuf, size_t len);

#endif
