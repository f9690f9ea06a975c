/* SPDX-License-Identifier: MIT
 *
 * Logging for the library's own code.
 */
#ifndef LWSGO_LOG_H
#define LWSGO_LOG_H

#include <pthread.h>
#include <stddef.h>

/* Guards the lines that are not in use; a fork takes it. */
extern pthread_mutex_t lwsgo_log_lock __attribute__((visibility("hidden")));

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

struct lws;
struct lws_vhost;
struct lws_context;
struct lws_log_cx;

/* The same for a log context, with its levels, prefixes and destination. */
__attribute__((visibility("hidden"))) void
lwsgo_log_to(struct lws_log_cx *cx, int level, const char *msg, size_t len);

/* The log context of the first that is not NULL; NULL: it has none. */
__attribute__((visibility("hidden"))) struct lws_log_cx *
lwsgo_log_cx_of(struct lws *wsi, struct lws_vhost *vh, struct lws_context *cx);

/* Keeps a line for when no lock is held; 0: it can be handed out at once. */
__attribute__((visibility("hidden"))) int
lwsgo_log_wait(struct lws_log_cx *cx, int level, const char *line, size_t len);

/* A finished line to where a log context's go. */
__attribute__((visibility("hidden"))) void
lwsgo_log_cx_emit(struct lws_log_cx *cx, int level, const char *line, size_t len);

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
