/* SPDX-License-Identifier: MIT */
/* A client of v4.3 that does what its arguments say and prints what comes of it
 * (newer_test.go):
 *
 *   n43 PORT DIR STEP...
 *
 *   get:PATH, getx:PATH      a request over TCP, over TLS; the answer's status and body
 *   FLAG+STEP                with LCCSCF_FLAG
 *   ws:PATH                  a WebSocket
 *   host:NAME, port:PORT     for the following steps
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct lws_context *cx;
static struct lws_context_creation_info info;
static const char *host = "localhost", *dir;
static int port, done, connecting, refuse;
static char body[4096];

static void
show_conmon(struct lws *wsi)
{
	struct lws_conmon m, again;
	struct addrinfo *a;
	char text[64] = "none";
	int found = 0;

	lws_conmon_wsi_take(wsi, &m);
	lws_conmon_wsi_take(wsi, &again);
	if (m.peer46.sa4.sin_family)
		lws_sa46_write_numeric_address(&m.peer46, text, sizeof(text));
	for (a = m.dns_results_copy; a; a = a->ai_next)
		found += a->ai_addr->sa_family == a->ai_family;
	printf(" conmon peer=%s:%d dns=%d conn=%d tls=%d resp=%d disp=%d status=%d/%d found=%d,%d", text,
	       m.peer46.sa4.sin_family ? (int)ntohs(m.peer46.sa4.sin_port) == port : -1, m.ciu_dns > 0, m.ciu_sockconn > 0,
	       m.ciu_tls > 0, m.ciu_txn_resp > 0, m.dns_disposition, m.pcol,
	       m.pcol == LWSCONMON_PCOL_HTTP ? m.protocol_specific.http.response : 0, found, again.dns_results_copy != NULL);
	if (m.ciu_txn_resp >= 50000)
		printf(" slow");
	lws_conmon_release(&m);
	lws_conmon_release(&m); /* is allowed */
	lws_conmon_release(&again);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	char buf[LWS_PRE + 1024], *p = buf + LWS_PRE;
	int n = 1024;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf(" error");
		show_conmon(wsi);
		done = 1;
		break;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		printf(" status=%u", lws_http_client_http_response(wsi));
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return lws_http_client_read(wsi, &p, &n) < 0 ? -1 : 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		if (strlen(body) + len < sizeof(body))
			strncat(body, in, len);
		return 0;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		printf(" body='%s'", body);
		show_conmon(wsi);
		return -1;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		printf(" open");
		show_conmon(wsi);
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		done = 1;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {{"n43", callback, 0, 0, 0, NULL, 0}, LWS_PROTOCOL_LIST_TERM};

static void
connect_to(const char *path, int flags, int ws)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = cx;
	i.address = i.host = i.origin = host;
	i.port = port;
	i.path = path;
	i.ssl_connection = flags;
	i.method = ws ? NULL : "GET";
	i.protocol = i.local_protocol_name = "n43";
	i.alpn = "http/1.1";
	done = 0;
	body[0] = '\0';
	lws_client_connect_via_info(&i);
	while (!done && lws_service(cx, 0) >= 0)
		;
}

static void
step(char *s)
{
	char *arg = strchr(s, ':'), *plus;
	int flags = 0;

	printf("%s:", s);
	*arg++ = '\0';
	while ((plus = strchr(s, '+'))) {
		*plus = '\0';
		if (!strcmp(s, "CONMON"))
			flags |= LCCSCF_CONMON;
		s = plus + 1;
	}
	if (!strcmp(s, "host"))
		host = arg;
	else if (!strcmp(s, "port"))
		port = atoi(arg);
	else if (!strcmp(s, "get"))
		connect_to(arg, flags, 0);
	else if (!strcmp(s, "getx"))
		connect_to(arg, flags | LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED, 0);
	else if (!strcmp(s, "ws"))
		connect_to(arg, flags, 1);
	else
		exit(2);
	printf("\n");
}

int
main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	port = atoi(argv[1]);
	dir = argv[2];
	(void)dir;
	(void)connecting;
	(void)refuse;
	alarm(60); /* never hangs a test */
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	lws_set_log_level(LLL_ERR, NULL);
	cx = lws_create_context(&info);
	if (!cx)
		return 1;
	for (argv += 3; *argv; argv++)
		step(*argv);
	lws_context_destroy(cx);
	return 0;
}
