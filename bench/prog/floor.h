/* SPDX-License-Identifier: MIT
 *
 * What the floor programs share: how they begin, what they answer an upgrade of the key in
 * RFC 6455 1.3 with, and, but for the one with io_uring, how they wait.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char upgrade[] =
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"
	"Connection: Upgrade\r\nSec-WebSocket-Protocol: echo\r\n"
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/* As many descriptors as the system allows; how many those are. */
static inline rlim_t
raise_limit(void)
{
	struct rlimit lim = { 0 };

	if (!getrlimit(RLIMIT_NOFILE, &lim)) {
		lim.rlim_cur = lim.rlim_max;
		setrlimit(RLIMIT_NOFILE, &lim);
	}
	return lim.rlim_cur;
}

/* A socket that listens on a port of its own, told as "READY port"; -1 when there is none. */
static inline int
listening(int flags)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t l = sizeof(sa);
	int s = socket(AF_INET, SOCK_STREAM | flags, 0);

	inet_pton(AF_INET, "127.0.0.1", &sa.sin_addr);
	if (bind(s, (struct sockaddr *)&sa, sizeof(sa)) || listen(s, 4096) ||
	    getsockname(s, (struct sockaddr *)&sa, &l))
		return -1;
	printf("READY %d\n", ntohs(sa.sin_port));
	fflush(stdout);
	return s;
}

/* Accepts, and waits for what comes, for ever. What the program keeps of a descriptor
 * (as many as room) begins, is asked to go on (not 0: that was the end), and ends. */
static inline int
serve(int ep, int room, void (*begins)(int fd), int (*goes_on)(int fd), void (*ends)(int fd))
{
	struct epoll_event ev = { .events = EPOLLIN }, evs[256];
	int s = listening(SOCK_NONBLOCK), i, n, fd, one = 1;

	if (s < 0)
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
				begins(fd);
				ev.data.fd = fd;
				epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
			} else if (goes_on(fd)) {
				ends(fd);
				epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL); /* as who may have forked does */
				close(fd);
			}
		}
	}
}

/* How many descriptors the programs keep something of. */
static inline int
places(void)
{
	rlim_t most = raise_limit();

	return (int)(most < 1 << 20 ? most : 1 << 20);
}
#endif
