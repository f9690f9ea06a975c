/* SPDX-License-Identifier: MIT */
/* What a peer is, for peer.c and peer_read.c. */
#ifndef PEER_H
#define PEER_H

#include "trace.h"

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
};

#endif
