/* SPDX-License-Identifier: MIT
 *
 * lastwords CERT KEY SPEAK HOW TLS PORT: one connection, as client of PORT or, where that is 0, as
 * server, that speaks h1, ws, raw or h2. It says NOW when its peer is to say its last words
 * and to go. HOW it hears of them:
 *   write   it is about to write, which fails
 *   stuck   what it writes is not taken any more
 *   off     it does not receive until the peer has gone
 *   unread  it reads an answer's body when the peer has gone
 * Then it says what it was told, in order.
 */
#include "common.h"
#include <poll.h>

#define PIECE 30000

static const char *speak, *how;
static struct lws *conn;
static lws_sorted_usec_list_t look;
static char told[4096], got[4096];
static int writes, waited, reads_later;

static int is(const char *what) { return !strcmp(how, what); }

static void
tell(const char *what, int n)
{
	size_t at = strlen(told);

	if (*got) { /* in one piece or several */
		at += (size_t)lws_snprintf(told + at, sizeof(told) - at, "got %s; ", got);
		*got = '\0';
	}
	if (n)
		lws_snprintf(told + at, sizeof(told) - at, "%s %d; ", what, n);
	else
		lws_snprintf(told + at, sizeof(told) - at, "%s; ", what);
}

static void
heard(const void *in, size_t len)
{
	size_t at = strlen(got);

	if (len >= sizeof(got) - at)
		len = sizeof(got) - at - 1;
	memcpy(got + at, in, len);
	got[at + len] = '\0';
}

/* What the kernel says of the socket: whether the peer is gone, in ms at most. */
static int
gone(struct lws *wsi, short events, int ms)
{
	struct pollfd p = { .fd = lws_get_socket_fd(lws_get_network_wsi(wsi)), .events = events };

	return poll(&p, 1, ms) == 1 && p.revents & (events | POLLHUP | POLLERR);
}

static int
read_body(struct lws *wsi)
{
	char buf[LWS_PRE + 1024], *p = buf + LWS_PRE;
	int n = 1024;

	return lws_http_client_read(wsi, &p, &n) < 0 ? -1 : 0;
}

static void
looks(lws_sorted_usec_list_t *sul)
{
	if (!conn) /* it was closed */
		return;
	if (is("stuck")) {
		if (lws_partial_buffered(conn))
			puts("NOW");
		else
			lws_sul_schedule(context, 0, sul, looks, 5000);
		return;
	}
	/* The library has time to make a mistake. */
	if (!gone(conn, POLLRDHUP, 0) || waited++ < 20) {
		lws_sul_schedule(context, 0, sul, looks, 5000);
		return;
	}
	tell("on", 0);
	if (is("off"))
		lws_rx_flow_control(conn, 1);
	else if (read_body(conn))
		lws_set_timeout(conn, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

static void
opened(struct lws *wsi)
{
	conn = wsi;
	if (is("write") || is("stuck"))
		lws_callback_on_writable(wsi);
	if (is("write"))
		return;
	if (is("off"))
		lws_rx_flow_control(wsi, 0);
	if (!is("stuck"))
		puts("NOW");
	lws_sul_schedule(context, 0, &look, looks, 5000);
}

static int
may_write(struct lws *wsi, enum lws_write_protocol wp)
{
	static unsigned char buf[LWS_PRE + PIECE];

	if (is("write") && ++writes == 2) {
		puts("NOW");
		if (!gone(wsi, 0, 20000))
			BAD("the peer does not go");
	}
	if (writes > 1000)
		BAD("WRITEABLE again and again");
	if (lws_write(wsi, buf + LWS_PRE, PIECE, wp) < PIECE)
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

static void
closed(const char *what)
{
	tell(what, 0);
	conn = NULL;
	lws_sul_cancel(&look);
	stopping = 1;
}

static int
post(struct lws *wsi, unsigned char **p, size_t len)
{
	if (!is("write") && !is("stuck"))
		return 0;
	if (lws_add_http_header_content_length(wsi, 1000 * PIECE, p, *p + len))
		return -1;
	lws_client_http_body_pending(wsi, 1);
	opened(wsi);
	return 0;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return strcmp(speak, "ws") ? post(wsi, in, len) : 0;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		if (!strcmp(speak, "ws"))
			break;
		tell("status", (int)lws_http_client_http_response(wsi));
		if (is("off") || is("unread"))
			opened(wsi);
		reads_later = is("unread");
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_RAW_CONNECTED:
	case LWS_CALLBACK_RAW_ADOPT:
		opened(wsi);
		break;
	case LWS_CALLBACK_HTTP_BODY:
		if (!conn)
			opened(wsi);
		/* fallthrough */
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
	case LWS_CALLBACK_RAW_RX:
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		heard(in, len);
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		if (reads_later) {
			reads_later = 0;
			break;
		}
		return read_body(wsi);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		tell("close", len < 2 ? 1005 : ((unsigned char *)in)[0] << 8 | ((unsigned char *)in)[1]);
		break;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		tell("completed", 0);
		break;
	case LWS_CALLBACK_HTTP_WRITEABLE:
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		return may_write(wsi, LWS_WRITE_HTTP);
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_RAW_WRITEABLE:
		return may_write(wsi, LWS_WRITE_BINARY);
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		closed(in ? in : "error");
		break;
	case LWS_CALLBACK_CLOSED_HTTP:
		if (!conn) /* of a connection that became a WebSocket, or carries streams */
			break;
		/* fallthrough */
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_RAW_CLOSE:
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		closed("closed");
		break;
	case LWS_CALLBACK_HTTP:
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		break;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = callback, .per_session_data_size = 8 },
	{ 0 }
};

static void
connects(int port, int tls)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = context;
	i.address = i.host = i.origin = "127.0.0.1";
	i.path = "/";
	i.port = port;
	i.local_protocol_name = "echo";
	if (!strcmp(speak, "raw"))
		i.method = "RAW";
	else if (!strcmp(speak, "ws"))
		i.protocol = "echo";
	else
		i.method = is("write") || is("stuck") ? "POST" : "GET";
	if (strcmp(speak, "raw"))
		i.alpn = strcmp(speak, "h2") ? "http/1.1" : "h2";
	if (tls)
		i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED |
			LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK | LCCSCF_ALLOW_INSECURE;
	else if (!strcmp(speak, "h2"))
		i.ssl_connection = LCCSCF_H2_PRIOR_KNOWLEDGE;
	if (!lws_client_connect_via_info(&i))
		closed("nothing");
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_vhost *vh;
	int tls, port;

	if (argc != 7)
		return 2;
	speak = argv[3];
	how = argv[4];
	tls = atoi(argv[5]);
	port = atoi(argv[6]);
	alarm(60);
	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	context = lws_create_context(&info);
	if (!context)
		return 3;
	info.port = port ? CONTEXT_PORT_NO_LISTEN : 0;
	info.iface = port ? NULL : "127.0.0.1";
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6 | (tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0);
	if (!port && !strcmp(speak, "raw")) {
		info.options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
		info.listen_accept_role = "raw-skt";
		info.listen_accept_protocol = "echo";
	}
	if (!port && !tls && !strcmp(speak, "h2"))
		info.options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
	if (!port && tls) {
		info.ssl_cert_filepath = argv[1];
		info.ssl_private_key_filepath = argv[2];
	}
	vh = lws_create_vhost(context, &info);
	if (!vh)
		return 4;
	if (port)
		connects(port, tls);
	else
		printf("PORT %d\n", lws_get_vhost_listen_port(vh));
	while (!stopping && lws_service(context, 0) >= 0)
		;
	printf("TOLD %s\n", told);
	lws_context_destroy(context);
	return 0;
}
