/* SPDX-License-Identifier: MIT
 *
 * What the programs share: a generator that gives the same numbers in every run, and lines
 * that are seen at once.
 */
#ifndef WORK_H
#define WORK_H

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define V43 (LWS_LIBRARY_VERSION_NUMBER >= 4003000)

static uint64_t seed __attribute__((unused)) = UINT64_C(0x9e3779b97f4a7c15);

/* A number below n. */
static inline uint32_t
rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 20) % n;
}

/* Notices and errors of the library, without the stamp. */
static inline void
to_stdout(int level, const char *line)
{
	const char *p = strstr(line, "] ");

	if (p && line[0] == '[' && line[1] == '2')
		line = p + 5;
	if (level & (LLL_ERR | LLL_WARN | LLL_NOTICE))
		fputs(line, stdout);
}

#endif
