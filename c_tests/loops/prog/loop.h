/* SPDX-License-Identifier: MIT
 *
 * One event loop of the program's own, as the scenarios use it. Each program
 * has one of them: uv.c, ev.c, glib.c, event.c.
 */
#ifndef LOOP_H
#define LOOP_H

#include <libwebsockets.h>
#include <stdint.h>

struct loop {
	const char *name;
	uint64_t option;
	/* Makes the loop and watches fd for reading, and a timer of 2 ms. */
	void *(*make)(int fd, void (*readable)(void), void (*tick)(void));
	void (*run)(void);
	void (*stop)(void);
	/* Takes timer and fd out again. */
	void (*unwatch)(void);
	/* Frees the loop: 0 when nothing was left in it. */
	int (*end)(void);
};

extern const struct loop the_loop;

#endif
