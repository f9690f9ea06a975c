/* SPDX-License-Identifier: MIT */
/* What a peer is, for peer.c and peer_read.c. */
#ifndef PEER_H
#define PEER_H

#include "trace.h"

#include <sys/types.h>

#define ROOM 65536

struct peer {
	char name[16];
	script_fn script;
	int listener, fd;
	unsigned char buf[ROOM + 1]; /* received, not yet looked at; and a terminator */
	size_t have;
	char head[8192]; /* the last head read */
	bool ended;      /* end of stream or reset seen */
	bool told;       /* and printed */
	struct ssl_st *ssl; /* with trace -t */
};

/* ---- tls.c ---- */

/* Shake hands on a fresh socket; true at once without TLS. */
bool tls_connect(peer *p);
bool tls_accept(peer *p);
ssize_t io_recv(peer *p, void *buf, size_t n);
ssize_t io_send(peer *p, const void *buf, size_t n);
void io_finish(peer *p);
void io_drop(peer *p);

#endif
