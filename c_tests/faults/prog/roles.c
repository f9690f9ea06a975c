/* SPDX-License-Identifier: MIT
 *
 * roles CERT KEY: servers and clients of every role. It prints "PORTS plain
 * tls prior raw", then obeys lines:
 *   client KIND PORT   connects to the loopback
 *   hold               connections that are established from now on receive nothing
 * and built with -fsanitize=address:
 *   live               prints "LIVE n", the bytes of C memory in use
 *   quit               destroys the context, has LeakSanitizer look, prints "LEAKS n"
 */
#include "../../harness/prog/term.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BIG 200000

/* Of the sanitizers' own interface; gcc does not bring its headers everywhere. */
extern size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

struct session {
	unsigned char *msg; /* LWS_PRE bytes in front */
	size_t len, left;
	int posting;
};

static struct lws_vhost *direct, *proxied, *socks; /* of clients */
static int holding;

static int
answer(struct lws *wsi, struct session *s, size_t n)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof(buf) - 1;

	s->left = n;
	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", n, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return 1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
body(struct lws *wsi, struct session *s)
{
	static unsigned char buf[LWS_PRE + 4000];
	size_t n = s->left < 4000 ? s->left : 4000;

	if (!n)
		return 0;
	s->left -= n;
	if (lws_write(wsi, buf + LWS_PRE, n, s->left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) != (int)n)
		return -1;
	if (!s->left)
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	lws_callback_on_writable(wsi);
	return 0;
}

/* What came is kept, and sent back when the connection may be written to. */
static int
keep(struct lws *wsi, struct session *s, const void *in, size_t len)
{
	unsigned char *m = realloc(s->msg, LWS_PRE + s->len + len + 1);

	if (!m)
		return -1;
	if (len)
		memcpy(m + LWS_PRE + s->len, in, len);
	s->msg = m;
	s->len += len;
	lws_callback_on_writable(wsi);
	return s->len > 100000 ? -1 : 0;
}

static int
send_back(struct lws *wsi, struct session *s, enum lws_write_protocol how)
{
	int n = (int)s->len;

	s->len = 0;
	return n && lws_write(wsi, s->msg + LWS_PRE, (size_t)n, how) < n ? -1 : 0;
}

static int
client_reads(struct lws *wsi)
{
	char buf[LWS_PRE + 1024], *p = buf + LWS_PRE;
	int n = 1024;

	return lws_http_client_read(wsi, &p, &n);
}

static int
client_head(struct lws *wsi, void *in, size_t len)
{
	unsigned char **p = in, *end = *p + len;

	if (lws_http_is_redirected_to_get(wsi) || lws_hdr_total_length(wsi, _WSI_TOKEN_CLIENT_METHOD) != 4)
		return 0;
	if (lws_add_http_header_content_length(wsi, 5, p, end))
		return -1;
	lws_client_http_body_pending(wsi, 1);
	lws_callback_on_writable(wsi);
	return 0;
}

static int
client_body(struct lws *wsi)
{
	unsigned char buf[LWS_PRE + 5];

	memcpy(buf + LWS_PRE, "hello", 5);
	lws_client_http_body_pending(wsi, 0);
	return lws_write(wsi, buf + LWS_PRE, 5, LWS_WRITE_HTTP_FINAL) != 5;
}

static int
hold(struct lws *wsi)
{
	return holding ? lws_rx_flow_control(wsi, 0) : 0;
}

/* What must have been called for the sessions to be worth something. */
static const enum lws_callback_reasons wanted[] = {
	LWS_CALLBACK_ESTABLISHED, LWS_CALLBACK_RECEIVE, LWS_CALLBACK_CLOSED, LWS_CALLBACK_HTTP,
	LWS_CALLBACK_HTTP_BODY_COMPLETION, LWS_CALLBACK_RAW_RX, LWS_CALLBACK_RAW_CLOSE,
	LWS_CALLBACK_CLIENT_CONNECTION_ERROR, LWS_CALLBACK_CLIENT_ESTABLISHED, LWS_CALLBACK_CLIENT_RECEIVE,
	LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ, LWS_CALLBACK_COMPLETED_CLIENT_HTTP, LWS_CALLBACK_RAW_CONNECTED,
};
static char seen[256];

static void
missed(void)
{
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!seen[wanted[i]])
			printf("BAD no session came to callback reason %d\n", wanted[i]);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;

	if ((unsigned int)reason < sizeof(seen))
		seen[reason] = 1;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
	case LWS_CALLBACK_RAW_ADOPT:
		return hold(wsi);
	case LWS_CALLBACK_HTTP:
		s->left = 0;
		s->posting = lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0;
		return s->posting ? 0 : answer(wsi, s, strstr(in, "big") ? BIG : 5);
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		return answer(wsi, s, 5);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return body(wsi, s);
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
	case LWS_CALLBACK_RAW_RX:
		return keep(wsi, s, in, len);
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
	case LWS_CALLBACK_RAW_CONNECTED:
		hold(wsi);
		return keep(wsi, s, "hello", 5);
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_RAW_WRITEABLE:
		return send_back(wsi, s, LWS_WRITE_TEXT);
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return client_head(wsi, in, len);
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		return client_body(wsi);
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return client_reads(wsi) < 0 ? -1 : 0;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_RAW_CLOSE:
	case LWS_CALLBACK_CLOSED_HTTP:
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		if (s) {
			free(s->msg);
			s->msg = NULL;
			s->len = 0;
		}
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
	case LWS_CALLBACK_HTTP_BODY:
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		break;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
	return 0;
}

/* The kinds of clients: how they ask, and through what. */
static const struct kind {
	const char *name, *method, *alpn;
	int flags;
	struct lws_vhost **vh;
} kinds[] = {
	{ "http", "GET", NULL, 0, &direct },
	{ "post", "POST", NULL, 0, &direct },
	{ "ws", NULL, NULL, 0, &direct },
	{ "raw", "RAW", NULL, 0, &direct },
	{ "h2", "GET", NULL, LCCSCF_H2_PRIOR_KNOWLEDGE, &direct },
	{ "https", "GET", "http/1.1", 1, &direct },
	{ "wss", NULL, "http/1.1", 1, &direct },
	{ "h2s", "GET", "h2", 1, &direct },
	{ "proxied", NULL, NULL, 0, &proxied },
	{ "socks", NULL, NULL, 0, &socks },
};

static void
start_client(const char *name, int port)
{
	struct lws_client_connect_info i;
	char via[64];

	memset(&i, 0, sizeof(i));
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const struct kind *d = &kinds[k];

		if (strcmp(d->name, name))
			continue;
		lws_snprintf(via, sizeof(via), "127.0.0.1:%d", port);
		if (d->vh == &proxied)
			lws_set_proxy(proxied, via);
		if (d->vh == &socks)
			lws_set_socks(socks, via);
		i.context = context;
		i.vhost = *d->vh;
		i.address = i.host = i.origin = "127.0.0.1";
		i.path = "/";
		i.port = port;
		i.method = d->method;
		i.alpn = d->alpn;
		i.local_protocol_name = "echo";
		if (!d->method)
			i.protocol = "echo";
		i.ssl_connection = d->flags == 1 ? LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED |
			LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK | LCCSCF_ALLOW_INSECURE : d->flags;
		lws_client_connect_via_info(&i);
		return;
	}
	printf("BAD no kind %s\n", name);
}

static void
obey(char *line)
{
	char name[32];
	int port;

	if (!strcmp(line, "live"))
		printf("LIVE %zu\n", __sanitizer_get_current_allocated_bytes());
	else if (!strcmp(line, "hold"))
		holding = 1;
	else if (sscanf(line, "client %31s %d", name, &port) == 2)
		start_client(name, port);
	else
		stopping = 1;
}

static int
control(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static char b[4096];
	static size_t have;
	char *end;
	ssize_t n;

	(void)user;
	(void)in;
	(void)len;
	if (reason != LWS_CALLBACK_RAW_RX_FILE)
		return 0;
	n = read(lws_get_socket_fd(wsi), b + have, sizeof(b) - have);
	if (n <= 0) {
		stopping = 1;
		return -1;
	}
	have += (size_t)n;
	while ((end = memchr(b, '\n', have))) {
		*end++ = '\0';
		obey(b);
		have -= (size_t)(end - b);
		memmove(b, end, have);
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "http", .callback = callback, .per_session_data_size = sizeof(struct session) },
	{ .name = "echo", .callback = callback, .per_session_data_size = sizeof(struct session) },
	{ .name = "control", .callback = control },
	{ 0 }
};

static const struct lws_extension deflate[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_max_window_bits" },
	{ NULL, NULL, NULL }
};

static struct lws_vhost *
vhost(const char *name, int port, uint64_t options, const char *cert, const char *key)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof(info));
	info.port = port;
	info.iface = port ? NULL : "127.0.0.1";
	info.vhost_name = name;
	info.protocols = protocols;
	info.extensions = deflate;
	info.options = options | LWS_SERVER_OPTION_DISABLE_IPV6;
	info.listen_accept_role = "raw-skt";
	info.listen_accept_protocol = "echo";
	info.ssl_cert_filepath = cert;
	info.ssl_private_key_filepath = key;
	return lws_create_vhost(context, &info);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	lws_sock_file_fd_type in = { .filefd = 0 };
	struct lws_vhost *v[4];

	if (argc != 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	v[0] = vhost("plain", 0, LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG, NULL, NULL);
	v[1] = vhost("tls", 0, LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT, argv[1], argv[2]);
	v[2] = vhost("prior", 0, LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE, NULL, NULL);
	v[3] = vhost("raw", 0, LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG, NULL, NULL);
	direct = vhost("direct", CONTEXT_PORT_NO_LISTEN, LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT, NULL, NULL);
	proxied = vhost("proxied", CONTEXT_PORT_NO_LISTEN, 0, NULL, NULL);
	socks = vhost("socks", CONTEXT_PORT_NO_LISTEN, 0, NULL, NULL);
	if (!direct || !proxied || !socks || !lws_adopt_descriptor_vhost(direct, LWS_ADOPT_RAW_FILE_DESC, in, "control", NULL))
		return 1;
	printf("PORTS");
	for (int i = 0; i < 4; i++)
		printf(" %d", v[i] ? lws_get_vhost_listen_port(v[i]) : 0);
	printf("\n");
	while (!stopping && lws_service(context, 0) >= 0)
		;
	missed();
	lws_context_destroy(context);
	printf("LEAKS %d\n", __lsan_do_recoverable_leak_check());
	return 0;
}
