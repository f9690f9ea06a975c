/* SPDX-License-Identifier: MIT
 *
 * What the families of the unit driver share: a generator of inputs that
 * gives the same ones in every run, and printing.
 */
#ifndef UNIT_H
#define UNIT_H

#define _GNU_SOURCE
#include <libwebsockets.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The headers are those of libwebsockets.so.19. */
#define V43 (LWS_LIBRARY_VERSION_NUMBER >= 4003000)

#define ARRAY(a) (sizeof(a) / sizeof((a)[0]))

/* A number below n (n > 0). */
uint32_t rnd(uint32_t n);

/* Up to max characters of alphabet, and a NUL; returns the length. */
size_t rnd_text(char *to, size_t max, const char *alphabet);

/* n bytes, any. */
void rnd_bytes(void *to, size_t n);

/* Prints "tag=" and the bytes, the printable ones as they are. */
void show(const char *tag, const void *p, size_t n);

/* One family prints the results of its calls. */
#define FAMILY(name) void unit_##name(void)
FAMILY(log);
FAMILY(log_tty);
FAMILY(log_signal);
FAMILY(strings);
FAMILY(cmdline);
FAMILY(serialize);
FAMILY(dll2);
FAMILY(ring);
FAMILY(buflist);
FAMILY(lwsac);
FAMILY(cached_file);
FAMILY(dir);
FAMILY(vfs);
FAMILY(daemon);
FAMILY(purify);
FAMILY(base64);
FAMILY(tokenize);
FAMILY(strexp);
FAMILY(address);
FAMILY(uri);
FAMILY(lejp);
FAMILY(null);
FAMILY(random);
FAMILY(fork);
FAMILY(nulls);
FAMILY(headers);
FAMILY(spa);
FAMILY(context);
FAMILY(auth);
FAMILY(peer);
FAMILY(timers);
FAMILY(retry);
FAMILY(state);
FAMILY(ext_options);
FAMILY(allocator);
FAMILY(log_cx); /* and below: of so.19 alone */
FAMILY(cache);
FAMILY(xos);
FAMILY(wildcard);
FAMILY(hex);
FAMILY(on_net);
FAMILY(sorted);
FAMILY(buflist_use);
FAMILY(map);
FAMILY(date);
FAMILY(wildcards); /* and below: of ours alone */
FAMILY(dates);

#endif
