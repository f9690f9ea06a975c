/* SPDX-License-Identifier: MIT
 *
 * Adopts a socket on a vhost with TLS, with or without bytes that were read
 * from it, and prints the callbacks and what the peer gets.
 *
 *   adopt CERT KEY HOW TALK EARLY
 *
 * HOW is vhost (lws_adopt_socket_vhost), readbuf, or a number of LWS_ADOPT_
 * bits; TALK is tls or plain, what the peer speaks; EARLY is how many of its
 * first bytes are handed over as read already (readbuf).
 */
#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char request[] = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
static int gone, over;

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	const char *name;

	(void)user;
	switch (reason) {
#define R(x)                                                                                                           \
	case LWS_CALLBACK_##x:                                                                                         \
		name = #x;                                                                                             \
		break
	R(FILTER_NETWORK_CONNECTION);
	R(SERVER_NEW_CLIENT_INSTANTIATED);
	R(WSI_CREATE);
	R(WSI_DESTROY);
	R(FILTER_HTTP_CONNECTION);
	R(HTTP);
	R(HTTP_BIND_PROTOCOL);
	R(HTTP_DROP_PROTOCOL);
	R(CLOSED_HTTP);
	R(RAW_ADOPT);
	R(RAW_RX);
	R(RAW_CLOSE);
	R(RAW_SKT_BIND_PROTOCOL);
	R(RAW_SKT_DROP_PROTOCOL);
	default:
		return 0;
	}
	if (over) /* the order in which a context's end closes things is not compared here */
		return 0;
	printf("%s is_ssl=%d ssl=%d\n", name, lws_is_ssl(wsi), !!lws_get_ssl(wsi));
	if (reason == LWS_CALLBACK_WSI_DESTROY)
		gone = 1;
	if (reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(wsi, 200, "ok"))
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	}
	if (reason == LWS_CALLBACK_RAW_RX) {
		unsigned char b[LWS_PRE + 4096];

		printf("got %d bytes\n", (int)len);
		memcpy(b + LWS_PRE, in, len);
		lws_write(wsi, b + LWS_PRE, len, LWS_WRITE_RAW);
		return -1;
	}
	return 0;
}

static const struct lws_protocols protocols[] = { { "only", callback, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 } };

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *ctx;
	struct lws_vhost *vh;
	struct lws *wsi;
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(c);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	char b[16384];
	int pair[2], tls, early, n, ended = 0, asked = 0, told = 0;
	lws_sock_file_fd_type fd;
	lws_usec_t end;

	if (argc < 6)
		return 2;
	tls = !strcmp(argv[4], "tls");
	early = atoi(argv[5]);
	lws_set_log_level(0, NULL);
	memset(&info, 0, sizeof(info));
	info.gid = info.uid = -1;
	info.protocols = protocols;
	info.iface = "127.0.0.1";
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
		       LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
	info.ssl_cert_filepath = argv[1];
	info.ssl_private_key_filepath = argv[2];
	ctx = lws_create_context(&info);
	vh = ctx ? lws_create_vhost(ctx, &info) : NULL;
	if (!vh || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 3;
	fcntl(pair[1], F_SETFL, O_NONBLOCK);
	SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
	SSL_set_bio(ssl, in, out);
	SSL_connect(ssl);
	n = tls ? BIO_read(out, b, sizeof(b)) : (int)strlen(strcpy(b, request));
	if (early > n)
		early = n;
	if (send(pair[1], b + early, (size_t)(n - early), 0) < 0)
		return 4;
	fd.sockfd = pair[0];
	if (!strcmp(argv[3], "vhost"))
		wsi = lws_adopt_socket_vhost(vh, pair[0]);
	else if (!strcmp(argv[3], "readbuf"))
		wsi = lws_adopt_socket_vhost_readbuf(vh, pair[0], b, (size_t)early);
	else
		wsi = lws_adopt_descriptor_vhost(vh, (lws_adoption_type)strtol(argv[3], NULL, 0), fd, NULL, NULL);
	printf("adopted %d\n", !!wsi);
	/* Less than the 5 s that a handshake may take. */
	for (end = lws_now_usecs() + 4 * LWS_US_PER_SEC; lws_now_usecs() < end && !(gone && ended);) {
		lws_cancel_service(ctx);
		lws_service(ctx, 0);
		while ((n = (int)recv(pair[1], b, sizeof(b), 0)) > 0)
			if (tls)
				BIO_write(in, b, n);
			else
				told += n;
		ended |= !n || (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN);
		if (ended)
			shutdown(pair[1], SHUT_WR);
		if (!tls)
			continue;
		if (SSL_do_handshake(ssl) == 1 && !asked) {
			asked = 1;
			printf("peer: shook hands\n");
			SSL_write(ssl, request, (int)strlen(request));
		}
		while (asked && (n = SSL_read(ssl, b, sizeof(b))) > 0)
			told += n;
		if ((n = BIO_read(out, b, sizeof(b))) > 0 && send(pair[1], b, (size_t)n, MSG_NOSIGNAL) < 0)
			ended = 1;
	}
	printf("peer: told %d, ended %d\n", told > 0, ended);
	over = 1;
	lws_context_destroy(ctx);
	SSL_free(ssl);
	SSL_CTX_free(c);
	return 0;
}
