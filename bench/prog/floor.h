/* SPDX-License-Identifier: MIT
 *
 * What the floor programs share: how they begin, and what they answer an upgrade of
 * the key in RFC 6455 1.3 with.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>

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
#endif
