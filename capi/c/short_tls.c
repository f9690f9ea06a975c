/* SPDX-License-Identifier: MIT
 *
 * What the short way reads and writes over TLS (short.c), with the calls of the
 * Go half, which OpenSSL has not noticed anything of.
 * C because of reason 5.
 */
#include "short.h"
#include "../../impl/tls/io.h"

_Static_assert(sizeof(struct tls_io) <= LWSGO_SHORT_TLS, "its room");

static struct tls_sock *
sock_of(SSL *s)
{
	return BIO_get_data(SSL_get_rbio(s));
}

int
lwsgo_short_tls_read(void *ssl, void *b, int n, struct tls_io *io, int *got)
{
	tls_read(ssl, sock_of(ssl), b, n, io);
	*got = io->n > 0 ? io->n : 0;
	return !io->out && !io->lost && !io->pending &&
	       (io->n > 0 || io->err == SSL_ERROR_WANT_READ);
}

int
lwsgo_short_tls_write(void *ssl, const void *b, int n, struct tls_io *io,
		      int *taken)
{
	tls_write(ssl, sock_of(ssl), b, n, 0, io);
	*taken = io->n > 0 ? io->n : 0;
	return io->n == n && !io->out && !io->lost;
}
