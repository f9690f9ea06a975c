/* SPDX-License-Identifier: MIT
 *
 * The floor of the echo rows: epoll, recv, send of the same bytes and nothing
 * else. No library can be below it by more than what it saves in system calls.
 *
 *   floor              prints "READY port"
 *   floor connect      answers an upgrade of the key in RFC 6455 1.3, then
 *                      whatever comes with a close frame and the end
 */
#define _GNU_SOURCE
#include "floor.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BUF 65536
#define PENDING (4 << 20)

/* What the kernel has not taken yet, for each descriptor that has such. */
struct kept {
	size_t len, off;
	unsigned char b[];
};
static struct kept **kept;
static int ep;

static int
flush(int fd)
{
	struct kept *k = kept[fd];
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };
	ssize_t n = send(fd, k->b + k->off, k->len - k->off, MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	k->off += (size_t)n;
	if (k->off < k->len)
		return 0;
	free(k);
	kept[fd] = NULL;
	return epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
}

static int connects;

static int
answer(int fd, const unsigned char *b)
{
	if (*b == 'G')
		return send(fd, upgrade, sizeof(upgrade) - 1, MSG_NOSIGNAL) < 0;
	send(fd, "\x88\x02\x03\xe8", 4, MSG_NOSIGNAL | MSG_MORE);
	shutdown(fd, SHUT_WR);
	return 1;
}

static int
echo(int fd)
{
	static unsigned char b[BUF];
	struct epoll_event ev = { .events = EPOLLOUT, .data.fd = fd };
	ssize_t n = recv(fd, b, sizeof(b), 0), m;

	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	if (!n)
		return -1;
	if (connects)
		return answer(fd, b);
	m = send(fd, b, (size_t)n, MSG_NOSIGNAL);
	if (m < 0) {
		if (errno != EAGAIN)
			return -1;
		m = 0;
	}
	if (m == n)
		return 0;
	kept[fd] = malloc(sizeof(struct kept) + (size_t)(n - m));
	if (!kept[fd])
		return -1;
	kept[fd]->len = (size_t)(n - m);
	kept[fd]->off = 0;
	memcpy(kept[fd]->b, b + m, (size_t)(n - m));
	return epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
}

static void
begin(int fd)
{
	kept[fd] = NULL;
}

static int
go_on(int fd)
{
	return kept[fd] ? flush(fd) : echo(fd);
}

static void
end(int fd)
{
	free(kept[fd]);
	kept[fd] = NULL;
}

int
main(int argc, char **argv)
{
	int room = places();

	ep = epoll_create1(0);
	connects = argc > 1 && !strcmp(argv[1], "connect");
	kept = calloc((size_t)room, sizeof(*kept));
	return kept ? serve(ep, room, begin, go_on, end) : 1;
}
