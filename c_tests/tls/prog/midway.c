/* SPDX-License-Identifier: MIT
 *
 * What happens to TLS connections that are not finished: their vhost or
 * context is destroyed, or their certificate is replaced, while they shake
 * hands or while a large write waits for the peer. With wait the connections of
 * a destroyed vhost must be gone before the context goes.
 *
 *   midway CERT KEY WHAT HOW MANY [wait]
 *
 * WHAT is vhost, context or update; HOW is hello (the peers have sent half a
 * hello), silent (they have sent nothing), tail (they have not read our
 * flight) or write (they are served and do not read). The counts of callbacks
 * and of descriptors are printed.
 */
#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 100
#define BODY (8 << 20)

static int counts[256], port, many;
static struct lws_context *ctx;
static unsigned char *body;

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	unsigned char head[LWS_PRE + 512], *p = head + LWS_PRE;

	(void)user;
	(void)in;
	(void)len;
	if ((unsigned int)reason < LWS_ARRAY_SIZE(counts))
		counts[reason]++;
	if (reason == LWS_CALLBACK_HTTP) {
		if (lws_add_http_common_headers(wsi, 200, "text/plain", BODY, &p, head + sizeof(head)) ||
		    lws_finalize_write_http_header(wsi, head + LWS_PRE, &p, head + sizeof(head)))
			return 1;
		lws_callback_on_writable(wsi);
	}
	if (reason == LWS_CALLBACK_HTTP_WRITEABLE && !lws_partial_buffered(wsi))
		return lws_write(wsi, body + LWS_PRE, BODY, LWS_WRITE_HTTP_FINAL) < 0;
	return 0;
}

static const struct lws_protocols protocols[] = { { "only", callback, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 } };

static int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d && readdir(d))
		n++;
	closedir(d);
	return n;
}

static void
turns(int n)
{
	lws_cancel_service(ctx);
	while (n--)
		lws_service(ctx, -1);
}

static struct {
	int fd;
	SSL *ssl;
	BIO *in, *out;
} peers[MOST];

/* What the peer has to say goes out, if all is wanted; half of it otherwise. */
static void
flush(int i, int all)
{
	char b[16384];
	int n = BIO_read(peers[i].out, b, sizeof(b));

	if (n > 0 && send(peers[i].fd, b, (size_t)(all ? n : n / 2), MSG_NOSIGNAL) < 0)
		abort();
}

static void
connect_all(SSL_CTX *c, const char *how)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int i;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((unsigned short)port);
	for (i = 0; i < many; i++) {
		peers[i].fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(peers[i].fd, (struct sockaddr *)&to, sizeof(to)))
			abort();
		fcntl(peers[i].fd, F_SETFL, O_NONBLOCK);
		if (!strcmp(how, "silent"))
			continue;
		peers[i].ssl = SSL_new(c);
		peers[i].in = BIO_new(BIO_s_mem());
		peers[i].out = BIO_new(BIO_s_mem());
		SSL_set_bio(peers[i].ssl, peers[i].in, peers[i].out);
		SSL_connect(peers[i].ssl);
		flush(i, strcmp(how, "hello"));
	}
}

/* The peers go on with their handshakes; how many have one is answered. */
static int
shake(void)
{
	char b[16384];
	ssize_t n;
	int i, k, done = 0;

	for (k = 0; k < 40 * many && done < many; k++) {
		turns(1);
		for (i = done = 0; i < many; i++) {
			while ((n = recv(peers[i].fd, b, sizeof(b), 0)) > 0)
				BIO_write(peers[i].in, b, (int)n);
			if (SSL_do_handshake(peers[i].ssl) == 1)
				done++;
			flush(i, 1);
		}
	}
	return done;
}

static void
settle(void)
{
	int n, was = -1;

	/* until every connection has been taken in */
	for (n = 0; n < 40 * many && counts[LWS_CALLBACK_FILTER_NETWORK_CONNECTION] < many; n++)
		turns(1);
	for (n = 0; n < 2000 && was != counts[LWS_CALLBACK_HTTP_WRITEABLE]; n++) {
		was = counts[LWS_CALLBACK_HTTP_WRITEABLE];
		turns(4 * many);
	}
}

static const struct {
	const char *name;
	int reason;
} shown[] = {
#define R(x) { #x, LWS_CALLBACK_##x }
	R(FILTER_NETWORK_CONNECTION), R(SERVER_NEW_CLIENT_INSTANTIATED), R(WSI_CREATE), R(WSI_DESTROY), R(HTTP),
	R(HTTP_BIND_PROTOCOL), R(HTTP_DROP_PROTOCOL), R(CLOSED_HTTP), R(PROTOCOL_INIT), R(PROTOCOL_DESTROY),
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_vhost *vh;
	const char *what, *how;
	SSL_CTX *c = SSL_CTX_new(TLS_client_method());
	int before, i;

	if (argc < 6)
		return 2;
	what = argv[3];
	how = argv[4];
	many = atoi(argv[5]);
	if (many > MOST)
		return 2;
	body = calloc(1, LWS_PRE + BODY);
	lws_set_log_level(LLL_ERR, NULL);
	memset(&info, 0, sizeof(info));
	info.gid = info.uid = -1;
	info.protocols = protocols;
	info.iface = "127.0.0.1";
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
		       LWS_SERVER_OPTION_DISABLE_OS_CA_CERTS;
	info.ssl_cert_filepath = argv[1];
	info.ssl_private_key_filepath = argv[2];
	ctx = lws_create_context(&info); /* what is needed once stays */
	if (!ctx || !lws_create_vhost(ctx, &info))
		return 3;
	lws_context_destroy(ctx);
	memset(counts, 0, sizeof(counts));
	before = descriptors();
	ctx = lws_create_context(&info);
	vh = ctx ? lws_create_vhost(ctx, &info) : NULL;
	if (!vh)
		return 3;
	port = lws_get_vhost_listen_port(vh);
	connect_all(c, how);
	if (!strcmp(how, "write")) {
		if (shake() != many)
			return 4;
		for (i = 0; i < many; i++) {
			SSL_write(peers[i].ssl, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
			flush(i, 1);
		}
		while (counts[LWS_CALLBACK_HTTP] < many)
			turns(1);
	}
	settle();
	if (!strcmp(what, "update")) {
		for (i = 0; i < 10; i++)
			printf("updated %d\n", lws_tls_cert_updated(ctx, argv[1], argv[2], NULL, 0, NULL, 0));
		if (!strcmp(how, "tail"))
			printf("handshakes %d\n", shake());
	}
	if (!strcmp(what, "vhost")) {
		lws_vhost_destroy(vh);
		if (argc > 6) { /* until they are gone */
			for (i = 0; i < 2000 && counts[LWS_CALLBACK_WSI_DESTROY] <= many; i++) {
				usleep(2000);
				turns(1);
			}
			if (counts[LWS_CALLBACK_WSI_DESTROY] <= many)
				printf("BAD %d are left\n", many + 1 - counts[LWS_CALLBACK_WSI_DESTROY]);
		} else {
			turns(10);
		}
	}
	lws_context_destroy(ctx);
	for (i = 0; i < (int)LWS_ARRAY_SIZE(shown); i++)
		printf("%s %d\n", shown[i].name, counts[shown[i].reason]);
	for (i = 0; i < many; i++) {
		SSL_free(peers[i].ssl);
		close(peers[i].fd);
	}
	SSL_CTX_free(c);
	free(body);
	printf("descriptors left %d\n", descriptors() - before);
	return 0;
}
