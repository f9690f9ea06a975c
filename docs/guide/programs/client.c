/* SPDX-License-Identifier: MIT
 *
 * A first client: it sends one message, prints the answer, and closes.
 *
 *	client [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lws_context *context;
static struct lws *connection; /* NULL: none, or none any more */
static volatile sig_atomic_t stopped;
static int asked, result = 1;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_client(struct lws *wsi, enum lws_callback_reasons reason,
			   void *user, void *in, size_t len)
{
	static const char text[] = "hello";
	unsigned char buf[LWS_PRE + sizeof text];

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR: /* in says why, or is NULL */
		lwsl_err("no connection: %s\n", in ? (const char *)in : "?");
		connection = NULL;
		break;

	case LWS_CALLBACK_CLIENT_ESTABLISHED: /* only now there is a connection */
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (asked)
			break;
		asked = 1;
		memcpy(buf + LWS_PRE, text, sizeof text - 1);
		if (lws_write(wsi, buf + LWS_PRE, sizeof text - 1, LWS_WRITE_TEXT) < 0)
			return -1;
		break;

	case LWS_CALLBACK_CLIENT_RECEIVE:
		fwrite(in, 1, len, stdout);
		if (!lws_is_final_fragment(wsi))
			break;
		putchar('\n');
		result = 0;
		lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
		return -1; /* closes */

	case LWS_CALLBACK_CLOSED_CLIENT_HTTP: /* so.17: no answer to the handshake in time */
	case LWS_CALLBACK_CLIENT_CLOSED:
		connection = NULL;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "echo", callback_client, 0, 1024, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_client_connect_info c;

	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN; /* no server */
	info.protocols = protocols;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);

	memset(&c, 0, sizeof c);
	c.context = context;
	c.address = c.host = c.origin = "127.0.0.1";
	c.port = argc > 1 ? atoi(argv[1]) : 7681;
	c.path = "/";
	c.protocol = "echo";
	c.pwsi = &connection; /* set before any callback comes */
	lws_client_connect_via_info(&c);

	while (connection && !stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return result;
}
