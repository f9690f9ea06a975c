/* SPDX-License-Identifier: MIT
 *
 * An HTTP client: prints the status, then the body. With a text it is a POST.
 *
 *	fetch PORT PATH [TEXT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lws *connection;
static const char *text;
static int result = 1;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_http(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	char buf[LWS_PRE + 1024], *px = buf + LWS_PRE, length[16];
	int room = sizeof buf - LWS_PRE, n;
	unsigned char **p, *end;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		lwsl_err("%s\n", in ? (const char *)in : "no connection");
		connection = NULL;
		break;

	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		if (!text)
			break;
		p = (unsigned char **)in;
		end = *p + len;
		n = snprintf(length, sizeof length, "%u", (unsigned)strlen(text));
		if (lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, (unsigned char *)length, n, p, end) ||
		    lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, (unsigned char *)"text/plain", 10, p, end))
			return -1;
		lws_client_http_body_pending(wsi, 1);
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		if (!text)
			break;
		n = snprintf(px, (size_t)room, "%s", text); /* longer ones would go in pieces */
		if (n >= room)
			return -1;
		text = NULL;
		lws_client_http_body_pending(wsi, 0); /* before the last piece */
		if (lws_write(wsi, (unsigned char *)px, (size_t)n, LWS_WRITE_HTTP_FINAL) < n)
			return -1;
		break;

	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP: /* the answer's head is here */
		printf("%u\n", lws_http_client_http_response(wsi));
		break;

	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: /* take it now, or later, when there is room */
		if (lws_http_client_read(wsi, &px, &room) < 0)
			return -1;
		break;

	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		fwrite(in, 1, len, stdout);
		break;

	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP: /* only a whole answer gets here */
		result = 0;
		connection = NULL; /* it may be kept open for the next request */
		break;

	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		connection = NULL;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", callback_http, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_client_connect_info c;

	if (argc < 3)
		return 2;
	text = argc > 3 ? argv[3] : NULL;
	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);

	memset(&c, 0, sizeof c);
	c.context = context;
	c.address = c.host = c.origin = "127.0.0.1";
	c.port = atoi(argv[1]);
	c.path = argv[2];
	c.method = text ? "POST" : "GET"; /* this makes it HTTP and not a WebSocket */
	c.protocol = "http";
	c.pwsi = &connection;
	lws_client_connect_via_info(&c);
	while (connection && !stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return result;
}
