/* SPDX-License-Identifier: MIT
 *
 * The short way of a small message (short.c).
 */
#ifndef LWSGO_SHORT_H
#define LWSGO_SHORT_H

#include "entry.h"
#include "lws_private.h"
#include <sys/epoll.h>

/* Begins a turn with the n events of a wait, in an entry into the library, and has Go end
 * it if that is needed. 1: it is over, *r is how; 0: nothing was done, the turn is Go's. */
LWSGO_HIDDEN int lwsgo_short_turn(struct lws_context *cx, int tsi,
				  const struct epoll_event *ev, int n,
				  int64_t now, int *r);

/* Who asked for WRITEABLE and has it in the next turn; Go is told of them. */
LWSGO_HIDDEN void lwsgo_tell_late(struct lwsgo_pt *pt);

/* Asks WRITEABLE for a connection outside of a turn. 0: it is Go's to do. */
LWSGO_HIDDEN int lwsgo_short_ask(struct lws *wsi);

/* A write in a callback that the short way runs. 1: it is taken; 0: it is Go's. */
LWSGO_HIDDEN int lwsgo_short_write(struct lwsgo_pt *pt, struct lws *wsi,
				   const unsigned char *buf, size_t len,
				   enum lws_write_protocol protocol);

/* Its memory: what it gathers, and what it reads. */
static inline uint8_t *
lwsgo_short_out(const struct lwsgo_pt *pt)
{
	return pt->note + LWSGO_NOTE;
}

static inline uint8_t *
lwsgo_short_in(const struct lwsgo_pt *pt)
{
	return lwsgo_short_out(pt) + LWSGO_SHORT_OUT + LWSGO_SHORT_TLS +
	       LWS_PRE;
}

static inline struct tls_io *
lwsgo_short_tls(const struct lwsgo_pt *pt)
{
	return (struct tls_io *)(void *)(lwsgo_short_out(pt) + LWSGO_SHORT_OUT);
}

/* A read, and a write, on an SSL (short_tls.c). 0: there is more to it than how many bytes
 * that were, which io tells. */
LWSGO_HIDDEN int
lwsgo_short_tls_read(void *ssl, void *b, int n, struct tls_io *io, int *got);
LWSGO_HIDDEN int
lwsgo_short_tls_write(void *ssl, const void *b, int n, struct tls_io *io,
		      int *taken);

#endif
