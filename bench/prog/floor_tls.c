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
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BUF 65536

static SSL **all;
static int connects;

static SSL *
begin(SSL_CTX *x)
{
	SSL *s = SSL_new(x);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());

	if (!s || !in || !out)
		abort();
	SSL_set_bio(s, in, out);
	SSL_set_accept_state(s);
	return s;
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
	struct epoll_event ev = { .events = EPOLLIN }, evs[256];
	int ep = epoll_create1(0), s, i, n, fd, one = 1, room;
	SSL_CTX *x = SSL_CTX_new(TLS_server_method());

	connects = argc > 3 && !strcmp(argv[3], "connect");
	if (argc < 3 || !x || SSL_CTX_use_certificate_file(x, argv[1], SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(x, argv[2], SSL_FILETYPE_PEM) != 1)
		return 1;
	/* what both libraries ask for: the strongest cipher, whatever the client prefers */
	SSL_CTX_set_options(x, SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(x, SSL_MODE_RELEASE_BUFFERS);
	room = (int)raise_limit();
	if (room > 1 << 20)
		room = 1 << 20;
	all = calloc((size_t)room, sizeof(*all));
	s = listening(SOCK_NONBLOCK);
	if (!all || s < 0)
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
				all[fd] = begin(x);
				ev.data.fd = fd;
				epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
			} else if (readable(fd)) {
				SSL_free(all[fd]);
				epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL);
				close(fd);
			}
		}
	}
}
