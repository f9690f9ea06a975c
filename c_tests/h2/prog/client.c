/* SPDX-License-Identifier: MIT
 *
 * A client for tests of HTTP/2: requests with bodies, or one WebSocket.
 *
 *   client [-n requests] [-c at a time] [-m method] [-b body length] [-a alpn] [-p] [-w] [-x] [-l level] port path
 *     -p  plain HTTP/2    -w  a WebSocket that wants its messages back
 *     -x  the answers' hash (FNV-1a) is printed: of one, or of each
 * Without -p it is TLS, without a look at the certificate.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct session {
	size_t got, left;
	unsigned int hash;
	int begun;
};

static struct lws_context *context;
static int port, requests = 1, at_once = 1, started, done, ok, plain, websocket, networks, echoes, hashes;
static const char *path, *method = "GET", *alpn = "h2,http/1.1";
static size_t body;
static struct lws *network[64];

static void
begin(void)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = context;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = port;
	i.path = path;
	i.method = websocket ? NULL : method;
	i.protocol = websocket ? "echo" : NULL;
	i.local_protocol_name = "test";
	i.alpn = alpn;
	i.ssl_connection = LCCSCF_PIPELINE;
	if (plain)
		i.ssl_connection |= LCCSCF_H2_PRIOR_KNOWLEDGE;
	else
		i.ssl_connection |= LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	started++;
	if (!lws_client_connect_via_info(&i))
		done++;
}

static void
over(void)
{
	done++;
	if (started < requests)
		begin();
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;
	unsigned char buf[LWS_PRE + 4096];
	struct lws *n;
	int k;

	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf("error %s\n", in ? (char *)in : "");
		over();
		break;
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		if (body && !websocket) {
			unsigned char **p = in, *end = *p + len;
			char text[24];

			k = lws_snprintf(text, sizeof(text), "%zu", body);
			if (lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, (unsigned char *)text, k, p, end))
				return -1;
			s->left = body;
			lws_client_http_body_pending(wsi, 1);
			lws_callback_on_writable(wsi);
		}
		break;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		n = lws_get_network_wsi(wsi);
		for (k = 0; k < networks && network[k] != n; k++)
			;
		if (k == networks && networks < 64)
			network[networks++] = n;
		break;
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		if (!s || !s->left)
			break;
		k = (int)(s->left < 4096 ? s->left : 4096);
		memset(buf + LWS_PRE, 'u', (size_t)k);
		s->left -= (size_t)k;
		if (!s->left)
			lws_client_http_body_pending(wsi, 0);
		if (lws_write(wsi, buf + LWS_PRE, (size_t)k, s->left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) != k)
			return -1;
		if (s->left)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		if (!s->got)
			s->hash = 2166136261u;
		s->got += len;
		for (size_t i = 0; i < len; i++)
			s->hash = (s->hash ^ ((unsigned char *)in)[i]) * 16777619u;
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: {
		char *p = (char *)buf + LWS_PRE;

		k = 4096;
		if (lws_http_client_read(wsi, &p, &k) < 0)
			return -1;
		break;
	}
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		ok++;
		if (requests == 1)
			printf("status %u got %zu\n", lws_http_client_http_response(wsi), s->got);
		if (hashes)
			printf("hash %08x\n", s->hash);
		s->begun = 1;
		over();
		break;
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		if (s && s->begun)
			break;
		if (requests == 1)
			puts("closed");
		over();
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		k = echoes ? 3000 : 5;
		memset(buf + LWS_PRE, 'e', (size_t)k);
		if (lws_write(wsi, buf + LWS_PRE, (size_t)k, LWS_WRITE_TEXT) < k)
			return -1;
		s->left = (size_t)k;
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		s->left -= len;
		if (s->left)
			break;
		printf("echo %s\n", lws_get_network_wsi(wsi) == wsi ? "alone" : "on a stream");
		if (++echoes == 2)
			return -1;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
		over();
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "test", callback, sizeof(struct session), 4096, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	int c, level = LLL_ERR | LLL_WARN;

	while ((c = getopt(argc, argv, "n:c:m:b:a:pwxl:")) != -1)
		switch (c) {
		case 'n': requests = atoi(optarg); break;
		case 'c': at_once = atoi(optarg); break;
		case 'm': method = optarg; break;
		case 'b': body = strtoul(optarg, NULL, 10); break;
		case 'a': alpn = optarg; break;
		case 'p': plain = 1; break;
		case 'w': websocket = 1; break;
		case 'x': hashes = 1; break;
		case 'l': level = atoi(optarg); break;
		default: return 2;
		}
	if (argc - optind != 2)
		return 2;
	port = atoi(argv[optind]);
	path = argv[optind + 1];
	lws_set_log_level(level, NULL);
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.protocols = protocols;
	info.timeout_secs = 100; /* what is told has come, and is not that nothing came */
	context = lws_create_context(&info);
	if (!context)
		return 1;
	for (c = 0; c < at_once && started < requests; c++)
		begin();
	while (done < requests && lws_service(context, 0) >= 0)
		;
	printf("ok %d of %d on %d connections\n", ok, requests, networks);
	lws_context_destroy(context);
	return 0;
}
