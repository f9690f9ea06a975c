/* SPDX-License-Identifier: MIT
 *
 * Reading and writing on an SSL. Included by glue.h, and by the C half, which
 * reads and writes small messages itself (capi/c/short_tls.c).
 */
#ifndef LWSGO_TLS_IO_H
#define LWSGO_TLS_IO_H

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "sock.h"

/* Outcome of a call: err is SSL_get_error's, text only set with a failure. */
struct tls_io {
	int n;
	int err;
	int sys;
	int pending; /* after a read: bytes that wait inside */
	int out;     /* TLS_GATHERED, TLS_KEPT */
	int lost;    /* errno of the socket, which takes nothing more */
	/* of a handshake that is complete: what was settled */
	const SSL_CTX *ctx;
	int version;
	unsigned char alpn_len; /* TLS_LONG: the SSL has it */
	char alpn[15];
	char text[232];
};

#define TLS_GATHERED 1 /* something is to be flushed */
#define TLS_KEPT 2     /* the socket did not take it */

/* Empties the thread's error queue into one line. */
static inline void
tls_drain(char *text, size_t size)
{
	unsigned long e;
	size_t at = 0;

	text[0] = '\0';
	while ((e = ERR_get_error())) {
		if (at && at + 3 < size) {
			text[at++] = ';';
			text[at++] = ' ';
		}
		if (at + 1 < size) {
			ERR_error_string_n(e, text + at, size - at);
			at += strlen(text + at);
		}
	}
}

static inline void
tls_clean(void)
{
	errno = 0;
	if (ERR_peek_error()) /* it is quicker */
		ERR_clear_error();
}

static inline void
tls_begin(struct tls_sock *k)
{
	k->gather = 1;
	k->drained = 0;
	tls_clean();
}

static inline void
tls_note(struct tls_sock *k, struct tls_io *io)
{
	io->out = (k->pool->writer == k ? TLS_GATHERED : 0) |
		  (k->out.p ? TLS_KEPT : 0);
	io->lost = k->lost;
}

static inline void
tls_end(SSL *s, struct tls_sock *k, int n, struct tls_io *io)
{
	io->n = n;
	io->err = SSL_ERROR_NONE;
	if (n <= 0) {
		io->sys = errno;
		io->err = SSL_get_error(s, n);
		io->text[0] = '\0';
		if (io->err == SSL_ERROR_SSL || io->err == SSL_ERROR_SYSCALL) {
			tls_drain(io->text, sizeof(io->text));
			tls_flush(k); /* the alert */
		}
	}
	k->gather = k->drained = 0;
	tls_note(k, io);
}

/* What waits inside, at least 1 when another read may give something. */
static inline int
tls_pending(SSL *s, struct tls_sock *k)
{
	int n = SSL_pending(s);

	return n ? n : SSL_has_pending(s) || tls_ahead(k);
}

static inline void
tls_read(SSL *s, struct tls_sock *k, void *b, int n, struct tls_io *io)
{
	tls_begin(k);
	tls_end(s, k, SSL_read(s, b, n), io);
	io->pending = io->n > 0 ? tls_pending(s, k) : 0;
	if (io->n > 0)
		k->idle = 0;
	else if (k->idle > TLS_IDLE && io->err != SSL_ERROR_SSL) {
		io->err = SSL_ERROR_SSL;
		snprintf(io->text, sizeof(io->text), "%zu bytes without data (limit %zu)",
			 k->idle, TLS_IDLE);
	}
}

/* Encrypts until all is taken or the socket is full. What ended it shows in
 * err also when n > 0. With more to come it need not leave now. */
static inline void
tls_write(SSL *s, struct tls_sock *k, const char *b, int n, int more,
	  struct tls_io *io)
{
	int at = 0, r;

	tls_begin(k);
	do {
		r = SSL_write(s, b + at, n - at);
		if (r > 0)
			at += r;
	} while (r > 0 && at < n);
	if (!more)
		tls_flush(k);
	tls_end(s, k, r, io);
	io->n = at;
}

#endif
