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
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <netinet/tcp.h>

#define BUF 65536
#define PENDING (4 << 20)

/* What the kernel has not taken yet, for each descriptor that has such. */
struct kept {
	size_t len, off;
	unsigned char b[];
};
static struct kept **kept;
static int room;

static int
flush(int ep, int fd)
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
echo(int ep, int fd)
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

int
main(int argc, char **argv)
{
	struct epoll_event ev = { .events = EPOLLIN }, evs[256];
	rlim_t most = raise_limit();
	int ep = epoll_create1(0), s, i, n, fd, one = 1;

	connects = argc > 1 && !strcmp(argv[1], "connect");
	room = (int)(most < 1 << 20 ? most : 1 << 20);
	kept = calloc((size_t)room, sizeof(*kept));
	s = listening(SOCK_NONBLOCK);
	if (!kept || s < 0)
		return 1;
	ev.data.fd = s;
	epoll_ctl(ep, EPOLL_CTL_ADD, s, &ev);
	for (;;) {
		n = epoll_wait(ep, evs, 256, -1);
		for (i = 0; i < n; i++) {
			fd = evs[i].data.fd;
			if (fd == s) {
				fd = accept4(s, NULL, NULL, SOCK_NONBLOCK);
				if (fd < 0 || fd >= room)
					continue;
				setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
				ev.data.fd = fd;
				epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
			} else if (kept[fd] ? flush(ep, fd) : echo(ep, fd)) {
				free(kept[fd]);
				kept[fd] = NULL;
				if (connects) /* as who may have forked does */
					epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL);
				close(fd);
			}
		}
	}
}
