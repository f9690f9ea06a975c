/* SPDX-License-Identifier: MIT
 *
 * The floor of the rows over TLS: epoll, one recv, what OpenSSL makes of it, one send.
 *
 *   floor_tls CERT KEY           prints "READY port", echoes
 *   floor_tls CERT KEY connect   as floor connect
 */
#define _GNU_SOURCE
#include "floor.h"
#include <errno.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#define BUF 65536

static SSL_CTX *x;
static SSL **all;
static int connects;

static void
begin(int fd)
{
	SSL *s = SSL_new(x);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	if (!s || !in || !out)
		abort();
	SSL_set_bio(s, in, out);
	SSL_set_accept_state(s);
	all[fd] = s;
}

static void
end(int fd)
{
	SSL_free(all[fd]);
}

/* Answers what was read; 1: that was the last. */
static int
answer(SSL *s, const char *b, int n)
{
	if (!connects)
		return SSL_write(s, b, n) == n ? 0 : -1;
	if (*b == 'G')
		return SSL_write(s, upgrade, sizeof(upgrade) - 1) > 0 ? 0 : -1;
	SSL_write(s, "\x88\x02\x03\xe8", 4);
	SSL_shutdown(s);
	return 1;
}

/* What there is to send leaves at once: the rows have no more than a socket takes. */
static int
leave(SSL *s, int fd, int last)
{
	char *p;
	long n = BIO_get_mem_data(SSL_get_wbio(s), &p);

	if (n && send(fd, p, (size_t)n, MSG_NOSIGNAL | (last ? MSG_MORE : 0)) != n)
		return -1;
	if (n)
		(void)BIO_reset(SSL_get_wbio(s));
	if (last)
		shutdown(fd, SHUT_WR);
	return last;
}

static int
readable(int fd)
{
	static char b[BUF];
	SSL *s = all[fd];
	ssize_t n = recv(fd, b, sizeof(b), 0);
	int r = 0, got;

	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	if (!n || BIO_write(SSL_get_rbio(s), b, (int)n) != n)
		return -1;
	if (!SSL_is_init_finished(s) && SSL_do_handshake(s) != 1) {
		r = SSL_get_error(s, 0) == SSL_ERROR_SSL ? -1 : 0;
		return leave(s, fd, 0) ? -1 : r;
	}
	while (!r && (got = SSL_read(s, b, sizeof(b))) > 0)
		r = answer(s, b, got);
	return r < 0 ? r : leave(s, fd, r);
}

int
main(int argc, char **argv)
{
	int room = places();

	x = SSL_CTX_new(TLS_server_method());
	connects = argc > 3 && !strcmp(argv[3], "connect");
	if (argc < 3 || !x || SSL_CTX_use_certificate_file(x, argv[1], SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(x, argv[2], SSL_FILETYPE_PEM) != 1)
		return 1;
	/* what both libraries ask for: the strongest cipher, whatever the client prefers */
	SSL_CTX_set_options(x, SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(x, SSL_MODE_RELEASE_BUFFERS);
	all = calloc((size_t)room, sizeof(*all));
	return all ? serve(epoll_create1(0), room, begin, readable, end) : 1;
}
