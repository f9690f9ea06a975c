/* SPDX-License-Identifier: MIT */
/* What the generations' programs have in common: it names nothing of the library.
 *
 *   PROGRAM server PORT FILE    echoes messages of subprotocol "gen", serves FILE for every GET
 *   PROGRAM client PORT N [PROXY]   sends N messages, one after the other, and checks the echoes
 */
#ifndef GEN_H
#define GEN_H
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GEN_MAX 20000
#define GEN_ROOM 64 /* more than any generation's padding, in front and behind */

static int gen_port, gen_total, gen_done, gen_bad;
static volatile int gen_allocated;
static const char *gen_file, *gen_proxy;
static volatile int gen_stop;

/* One connection. Long messages arrive in pieces. */
struct gen {
	unsigned char buf[GEN_ROOM + GEN_MAX + GEN_ROOM];
	size_t len;
	int ready; /* the message is whole: to be sent, or to be checked */
};

static void
gen_signal(int sig)
{
	(void)sig;
	gen_stop = 1;
}

/* 1: server, 0: client */
static int
gen_args(int argc, char **argv)
{
	if (argc != 4 && argc != 5) {
		fprintf(stderr, "usage: %s server PORT FILE | client PORT N [PROXY]\n", argv[0]);
		exit(2);
	}
	signal(SIGTERM, gen_signal);
	gen_port = atoi(argv[2]);
	alarm(60); /* never hangs a test */
	if (!strcmp(argv[1], "server")) {
		gen_file = argv[3];
		return 1;
	}
	gen_total = atoi(argv[3]);
	gen_proxy = argv[4];
	return 0;
}

/* The size of message i, and its bytes. */
static size_t
gen_size(int i)
{
	static const size_t sizes[] = {1, 125, 126, 127, 2000, 4096, 4097, 9000, GEN_MAX};

	return sizes[(size_t)i % (sizeof(sizes) / sizeof(sizes[0]))];
}

static unsigned char
gen_byte(int i, size_t n)
{
	return (unsigned char)((size_t)i * 31 + n * 7);
}

static void
gen_fill(struct gen *g)
{
	g->len = gen_size(gen_done);
	for (size_t n = 0; n < g->len; n++)
		g->buf[GEN_ROOM + n] = gen_byte(gen_done, n);
}

/* A piece has come; 1: too long */
static int
gen_piece(struct gen *g, const void *in, size_t len, int last)
{
	if (g->ready) {
		g->ready = 0;
		g->len = 0;
	}
	if (g->len + len > GEN_MAX)
		return 1;
	memcpy(g->buf + GEN_ROOM + g->len, in, len);
	g->len += len;
	g->ready = last;
	return 0;
}

/* A whole echo has come; 1: that was the last one, or it was wrong */
static int
gen_check(struct gen *g)
{
	if (g->len != gen_size(gen_done))
		gen_bad = 1;
	for (size_t n = 0; !gen_bad && n < g->len; n++)
		if (g->buf[GEN_ROOM + n] != gen_byte(gen_done, n))
			gen_bad = 1;
	gen_done++;
	if (gen_bad || gen_done == gen_total)
		gen_stop = 1;
	return gen_stop;
}

/* An allocator as v1.x had: the connections' user memory comes from it. */
static inline void *
gen_realloc(void *ptr, size_t size)
{
	if (size == sizeof(struct gen))
		gen_allocated++;
	if (size)
		return realloc(ptr, size);
	free(ptr);
	return NULL;
}

static int
gen_report(int server)
{
	if (server)
		return 0;
	printf("%d of %d echoed%s\n", gen_done, gen_total, gen_bad ? ", the last one wrong" : "");
	return gen_done != gen_total || gen_bad;
}
#endif
