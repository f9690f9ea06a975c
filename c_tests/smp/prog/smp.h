/* SPDX-License-Identifier: MIT
 *
 * What the programs here share: service threads, and peers with plain sockets.
 */
#ifndef SMP_H
#define SMP_H

#include <libwebsockets.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 32

static struct lws_context *cx;
static int stop;
static pthread_t threads[MOST];
static int returned[MOST];
static int count;

static inline int
get(int *n)
{
	return __atomic_load_n(n, __ATOMIC_SEQ_CST);
}

static inline int
add(int *n, int by)
{
	return __atomic_add_fetch(n, by, __ATOMIC_SEQ_CST);
}

/* A line that fails the test. */
static void
bad(const char *format, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	printf("BAD %s\n", line);
	fflush(stdout);
}

static inline void
nap(int ms)
{
	usleep((useconds_t)ms * 1000);
}

/* xorshift, one of each thread */
static __thread uint32_t seed;

static inline uint32_t
any(uint32_t below)
{
	if (!seed)
		seed = (uint32_t)(uintptr_t)&seed * 2654435761u + 1u;
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

/* Which service thread the caller is, -1: none. */
static __thread int self = -1;

static inline void *
serve(void *tsi)
{
	int n;

	self = (int)(intptr_t)tsi;
	do
		n = lws_service_tsi(cx, 0, self);
	while (!n && !get(&stop)); /* 1: of an event loop that has ended */
	returned[self] = n;
	return NULL;
}

static void
start_threads(void *(*run)(void *))
{
	int n;

	count = lws_get_count_threads(cx);
	for (n = 0; n < count; n++)
		pthread_create(&threads[n], NULL, run, (void *)(intptr_t)n);
}

static void
join_threads(void)
{
	int n;

	for (n = 0; n < count; n++)
		pthread_join(threads[n], NULL);
}

static inline int
dial(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port) };
	struct timeval limit = { 20, 0 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Sends a byte and gets one back; -1: the other end has gone. */
static inline int
ask(int fd, char what)
{
	char got;

	if (send(fd, &what, 1, MSG_NOSIGNAL) != 1 || recv(fd, &got, 1, 0) != 1)
		return -1;
	return (unsigned char)got;
}

static struct lws_context_creation_info
settings(int how_many, const struct lws_protocols *protocols)
{
	struct lws_context_creation_info i;

	memset(&i, 0, sizeof(i));
	i.iface = "127.0.0.1"; /* one address family */
	i.protocols = protocols;
	i.count_threads = (unsigned int)how_many;
	i.options = LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	i.listen_accept_role = "raw-skt";
	i.listen_accept_protocol = "raw";
	i.pcontext = &cx;
	return i;
}

#endif
