/* SPDX-License-Identifier: MIT
 *
 * What only programs of libwebsockets.so.19 can set: members of the creation info and
 * of the connect info that v4.3 added, and a header with a token of its own.
 *
 *   own SCENARIO PORT [CERT KEY]
 */
#include <libwebsockets.h>
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct lws_context *context;
static const char *scenario;
static int port, done, accepted, got;

static int
is(const char *name)
{
	return !strcmp(scenario, name);
}

/* ---- log contexts ---- */

static void
emit(struct lws_log_cx *cx, int level, const char *line, size_t len)
{
	const char *text = strstr(line, "say:");

	(void)len;
	if (text)
		printf("to %s, level %d: %s", (const char *)cx->opaque, level,
		       text);
}

static lws_log_cx_t of_context = { .u.emit_cx = emit, .opaque = "the context's" },
		    of_vhost = { .u.emit_cx = emit, .opaque = "the vhost's" },
		    of_client = { .u.emit_cx = emit, .opaque = "the client's" };

/* ---- callbacks ---- */

static void
name(const char *text, int len, void *opaque)
{
	(void)opaque;
	printf("unknown: %.*s\n", len, text);
}

static void
show_header(struct lws *wsi)
{
	char value[64] = "";
	int n;

	printf("length %d\n",
	       lws_hdr_total_length(wsi, WSI_TOKEN_DSS_SIGNATURE));
	n = lws_hdr_copy(wsi, value, sizeof(value), WSI_TOKEN_DSS_SIGNATURE);
	printf("copy %d '%s'\n", n, value);
	n = lws_hdr_copy_fragment(wsi, value, sizeof(value),
				  WSI_TOKEN_DSS_SIGNATURE, 0);
	printf("fragment %d '%s'\n", n, value);
	n = lws_hdr_custom_length(wsi, "x-amzn-dss-signature:", 21);
	printf("as one of unknown name %d\n", n);
	lws_hdr_custom_name_foreach(wsi, name, NULL);
	printf("x-auth-token %d, user-agent %d\n",
	       lws_hdr_total_length(wsi, WSI_TOKEN_X_AUTH_TOKEN),
	       lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_USER_AGENT));
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	 size_t len)
{
	int v = 0;
	socklen_t l = sizeof(v);

	(void)user;
	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		accepted++;
		return 0;
	case LWS_CALLBACK_HTTP:
		show_header(wsi);
		done = 1;
		return -1;
	case LWS_CALLBACK_ESTABLISHED:
		lwsl_wsi_err(wsi, "say: server");
		return 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		lwsl_wsi_err(wsi, "say: client");
		getsockopt(lws_get_socket_fd(wsi), IPPROTO_IP, IP_TOS, &v, &l);
		if (!is("log"))
			printf("service %d\n", v);
		l = sizeof(v);
		getsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_PRIORITY, &v,
			   &l);
		if (!is("log"))
			printf("priority %d\n", v);
		done = 1;
		return 0;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf("BAD connection error\n");
		done = 1;
		return 0;
	default:
		return 0;
	}
}

static int
on_message(void *opaque, lws_smd_class_t class_, lws_usec_t when, void *buf,
	   size_t len)
{
	(void)opaque;
	(void)class_;
	(void)when;
	printf("message %.*s\n", (int)len, (char *)buf);
	got++;
	return 0;
}

/* Serves for so many ms, or until there is nothing more to do. */
static void
serve(int ms)
{
	lws_usec_t end = lws_now_usecs() + ms * LWS_US_PER_MS;

	while (!done && lws_now_usecs() < end) {
		lws_service(context, -1);
		usleep(5000);
	}
}

static int
dial(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (connect(fd, (struct sockaddr *)&a, sizeof(a)))
		printf("BAD connect\n");
	return fd;
}

static void
connect_client(void)
{
	struct lws_client_connect_info i = {
		.context = context, .address = "127.0.0.1", .port = port,
		.path = "/", .host = "localhost", .origin = "localhost",
		.protocol = "own", .ietf_version_or_minus_one = -1,
	};

	if (is("priority"))
		i.priority = 3;
	if (is("service"))
		i.ssl_connection = LCCSCF_IP_HIGH_RELIABILITY;
	if (is("services"))
		i.ssl_connection = LCCSCF_IP_LOW_LATENCY | LCCSCF_IP_LOW_COST;
	if (is("log"))
		i.log_cx = &of_client;
	if (!lws_client_connect_via_info(&i))
		printf("no client\n");
}

static void
messages(void)
{
	int n, took = 0, many = is("depth") ? 10 : is("ttl") ? 2 : 60;

	lws_smd_register(context, NULL, 0, LWSSMDCL_INTERACTION, on_message);
	for (n = 0; n < many; n++)
		took += !lws_smd_msg_printf(context, LWSSMDCL_INTERACTION,
					    "%d", n);
	printf("took %d\n", took);
	if (is("ttl")) {
		usleep(200 * 1000);
		serve(50);
		lws_smd_msg_printf(context, LWSSMDCL_INTERACTION, "late");
	}
	serve(50);
	printf("got %d\n", got);
}

static void
fast_open(void)
{
	int fd, v;
	socklen_t l;

	for (fd = 3; fd < 64; fd++) {
		l = sizeof(v);
		v = 0;
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &v, &l) || !v)
			continue;
		l = sizeof(v);
		v = 0;
		getsockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, &v, &l);
		printf("fast open %d\n", v);
	}
}

/* Of two that say nothing the second is not accepted before the first has gone. */
static void
handshakes(void)
{
	int a = dial(), b, c;

	serve(100);
	b = dial();
	c = dial();
	serve(300);
	printf("accepted %d\n", accepted);
	close(a);
	serve(300);
	printf("accepted %d\n", accepted);
	close(b);
	serve(300);
	printf("accepted %d\n", accepted);
	close(c);
	serve(100);
}

static void
header(void)
{
	static const char text[] =
		"GET / HTTP/1.1\r\nHost: localhost\r\nX-Other: b\r\n"
		"X-AMZN-DSS-Signature: abc=\r\nX-Auth-Token: ab\r\n"
		"User-Agent: me\r\n\r\n";
	const unsigned char *s;
	int fd = dial(), n;

	if (write(fd, text, sizeof(text) - 1) < 0)
		printf("BAD write\n");
	serve(5000);
	close(fd);
	for (n = WSI_TOKEN_X_AUTH_TOKEN; n <= WSI_TOKEN_DSS_SIGNATURE; n++) {
		s = lws_token_to_string((enum lws_token_indexes)n);
		printf("%d %s\n", n, s ? (const char *)s : "none");
	}
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "own", .callback = callback }, { 0 }
	};
	struct lws_context_creation_info info = {
		.protocols = protocols, .iface = "127.0.0.1",
		.options = LWS_SERVER_OPTION_DISABLE_IPV6 |
			   LWS_SERVER_OPTION_EXPLICIT_VHOSTS,
		.gid = (gid_t)-1, .uid = (uid_t)-1,
	};
	struct lws_vhost *vh;

	if (argc < 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	scenario = argv[1];
	port = atoi(argv[2]);
	lws_set_log_level(0, NULL);
	of_context.lll_flags = of_vhost.lll_flags = of_client.lll_flags =
		LLL_ERR | LLLF_LOG_CONTEXT_AWARE;
	if (is("depth"))
		info.smd_queue_depth = 5;
	if (is("ttl"))
		info.smd_ttl_us = 50 * LWS_US_PER_MS;
	if (is("handshakes")) {
		info.simultaneous_ssl_handshake_restriction = 1;
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	}
	if (is("log") || is("log-context"))
		info.log_cx = &of_context;
	context = lws_create_context(&info);
	if (!context) {
		printf("no context\n");
		return 0;
	}
	info.port = port;
	info.vhost_name = "own";
	info.log_cx = is("log") ? &of_vhost : NULL;
	if (is("fast-open"))
		info.fo_listen_queue = 7;
	if (is("handshakes") && argc > 4) {
		info.ssl_cert_filepath = argv[3];
		info.ssl_private_key_filepath = argv[4];
	}
	vh = lws_create_vhost(context, &info);
	if (!vh)
		printf("no vhost\n");
	serve(20);
	if (is("depth") || is("ttl") || is("default-depth"))
		messages();
	else if (is("fast-open") || is("no-fast-open"))
		fast_open();
	else if (is("handshakes"))
		handshakes();
	else if (is("header"))
		header();
	else {
		if (is("log") || is("log-context")) {
			lwsl_cx_err(context, "say: context");
			lwsl_vhost_err(vh, "say: vhost");
		}
		connect_client();
		serve(5000);
	}
	lws_context_destroy(context);
	return 0;
}
