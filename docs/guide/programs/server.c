/* SPDX-License-Identifier: MIT
 *
 * A first server: it sends back what it is sent.
 *
 *	server [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 1024

struct session {
	unsigned char buf[LWS_PRE + PIECE]; /* room in front for the frame's header */
	size_t len;
	int mode;			    /* what lws_write() is told */
	int full;
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context); /* ends the wait in lws_service() */
}

static int callback_echo(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user; /* zeroed when the connection begins */

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		lwsl_user("a client has come\n");
		break;

	case LWS_CALLBACK_RECEIVE: /* a piece of a message, at most PIECE bytes */
		if (s->full || len > PIECE)
			return -1;
		memcpy(s->buf + LWS_PRE, in, len);
		s->len = len;
		s->mode = lws_write_ws_flags(lws_frame_is_binary(wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT,
					     lws_is_first_fragment(wsi), lws_is_final_fragment(wsi));
		s->full = 1;
		lws_rx_flow_control(wsi, 0); /* nothing more until this has left */
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->full)
			break;
		if (lws_write(wsi, s->buf + LWS_PRE, s->len, (enum lws_write_protocol)s->mode) < (int)s->len)
			return -1;
		s->full = 0;
		lws_rx_flow_control(wsi, 1);
		break;

	case LWS_CALLBACK_CLOSED:
		lwsl_user("a client has gone\n");
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "echo", callback_echo, sizeof(struct session), PIECE, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;

	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER, NULL);
	context = lws_create_context(&info);
	if (!context)
		return 1; /* the log has said why */
	signal(SIGINT, stop);
	signal(SIGTERM, stop);

	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
