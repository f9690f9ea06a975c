/* SPDX-License-Identifier: MIT
 *
 * The floor of the rows with files over HTTP/1.1: epoll, one recv, a send of the headers, and
 * sendfile. It reads no request, and looks at no file but the one that it has open.
 *
 *   floor_file FILE      prints "READY port"
 */
#define _GNU_SOURCE
#include "floor.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

static int ep, file;
static off_t size, *at; /* how far each descriptor is; at the end: it awaits a request */

static int
watch(int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.fd = fd };

	return epoll_ctl(ep, EPOLL_CTL_MOD, fd, &ev);
}

static void
begin(int fd)
{
	at[fd] = size;
}

static int
answer(int fd)
{
	char b[4096], head[128];
	ssize_t n = recv(fd, b, sizeof(b), 0);
	int l;

	if (n <= 0)
		return n && errno == EAGAIN ? 0 : -1;
	l = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %lld\r\n\r\n", (long long)size);
	at[fd] = 0;
	return send(fd, head, (size_t)l, MSG_NOSIGNAL | MSG_MORE) != l;
}

static int
go_on(int fd)
{
	int waited = at[fd] < size;

	if (!waited && answer(fd))
		return -1;
	while (at[fd] < size)
		if (sendfile(fd, file, &at[fd], (size_t)(size - at[fd])) < 0) {
			if (errno != EAGAIN)
				return -1;
			return waited ? 0 : watch(fd, EPOLLOUT);
		}
	return waited ? watch(fd, EPOLLIN) : 0;
}

static void
end(int fd)
{
	(void)fd;
}

int
main(int argc, char **argv)
{
	struct stat st;
	int room = places();

	file = argc > 1 ? open(argv[1], O_RDONLY) : -1;
	if (file < 0 || fstat(file, &st))
		return 1;
	size = st.st_size;
	ep = epoll_create1(0);
	at = calloc((size_t)room, sizeof(*at));
	return at ? serve(ep, room, begin, go_on, end) : 1;
}
