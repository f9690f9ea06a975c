/* SPDX-License-Identifier: MIT
 *
 * tlsflood client PORT | server CERT KEY: a TLS peer, on OpenSSL alone, that shakes
 * hands and then sends KeyUpdate without end, and reads nothing. A server prints
 * "PORT n"; both print "UP", and at the end "SENT n".
 */
#include <errno.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int
loopback(int server, int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((unsigned short)port) };
	struct timeval patience = { 3, 0 };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0), l;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (server) {
		if (bind(fd, (struct sockaddr *)&a, n) || listen(fd, 5) || getsockname(fd, (struct sockaddr *)&a, &n))
			return -1;
		printf("PORT %d\n", ntohs(a.sin_port));
		l = fd;
		fd = accept(l, NULL, NULL);
		close(l);
	} else if (connect(fd, (struct sockaddr *)&a, n))
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return fd;
}

#define MOST (64 << 20)

int
main(int argc, char **argv)
{
	int server = argc == 4 && !strcmp(argv[1], "server");
	SSL_CTX *x = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
	SSL *s;
	int fd;

	if (argc < 3 || !x)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	if (server && (SSL_CTX_use_certificate_file(x, argv[2], SSL_FILETYPE_PEM) != 1 ||
		       SSL_CTX_use_PrivateKey_file(x, argv[3], SSL_FILETYPE_PEM) != 1))
		return 1;
	fd = loopback(server, server ? 0 : atoi(argv[2]));
	s = SSL_new(x);
	if (fd < 0 || !s)
		return 1;
	SSL_set_fd(s, fd);
	if ((server ? SSL_accept(s) : SSL_connect(s)) != 1) {
		ERR_print_errors_fp(stderr);
		return 1;
	}
	printf("UP\n");
	while (BIO_number_written(SSL_get_wbio(s)) < MOST &&
	       SSL_key_update(s, SSL_KEY_UPDATE_REQUESTED) == 1 && SSL_do_handshake(s) == 1)
		;
	printf("SENT %d\n", (int)BIO_number_written(SSL_get_wbio(s)));
	return 0;
}
