/* SPDX-License-Identifier: MIT
 *
 * Logging for the library's own code.
 */
#ifndef LWSGO_LOG_H
#define LWSGO_LOG_H

#include <stddef.h>

/* A line longer than this, NUL included, is cut and ends in "...\n". */
#define LWSGO_LINE_MAX 256

/* Where the ABI has the stamp in the line: puts it there, and returns its length. */
__attribute__((visibility("hidden"))) size_t
lwsgo_line_stamp(int level, char line[LWSGO_LINE_MAX]);

/* Ends a line whose text is n bytes from at, of which as many are there as fit: by a
 * newline if it has none and is not empty. Returns its length. */
__attribute__((visibility("hidden"))) size_t
lwsgo_line_end(char line[LWSGO_LINE_MAX], size_t at, int n);

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
