/* SPDX-License-Identifier: MIT
 *
 * Whole messages: what comes in pieces is gathered, the answer (the same bytes, last
 * one first) is sent in pieces.
 *
 *	fragments [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST (1 << 20) /* no peer makes us keep more */
#define PIECE 1400	  /* sent at a time */

struct session {
	unsigned char *message; /* LWS_PRE bytes of room, then the message */
	size_t len, room;
	size_t sent;
	int complete, binary;
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int append(struct session *s, const void *in, size_t len)
{
	if (s->len + len > s->room) {
		size_t room = 2 * (s->len + len);
		unsigned char *m = (unsigned char *)realloc(s->message, LWS_PRE + room);

		if (!m)
			return -1;
		s->message = m;
		s->room = room;
	}
	if (len)
		memcpy(s->message + LWS_PRE + s->len, in, len);
	s->len += len;
	return 0;
}

static void reverse(unsigned char *p, size_t len)
{
	size_t i;

	for (i = 0; i < len / 2; i++) {
		unsigned char c = p[i];

		p[i] = p[len - 1 - i];
		p[len - 1 - i] = c;
	}
}

static int callback_message(struct lws *wsi, enum lws_callback_reasons reason,
			    void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	size_t n;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		if (lws_is_first_fragment(wsi)) {
			s->len = 0;
			s->binary = lws_frame_is_binary(wsi);
		}
		if (s->len + len > LARGEST) {
			lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL, 0);
			return -1;
		}
		if (append(s, in, len))
			return -1;
		if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi))
			break;
		reverse(s->message + LWS_PRE, s->len); /* now it is a whole message */
		s->complete = 1;
		s->sent = 0;
		lws_rx_flow_control(wsi, 0);
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->complete)
			break;
		n = s->len - s->sent;
		if (n > PIECE)
			n = PIECE;
		/* The LWS_PRE bytes in front of a later piece are of one that has left. */
		if (lws_write(wsi, s->message + LWS_PRE + s->sent, n, (enum lws_write_protocol)
			      lws_write_ws_flags(s->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT,
						 s->sent == 0, s->sent + n == s->len)) < (int)n)
			return -1;
		s->sent += n;
		if (s->sent < s->len) {
			lws_callback_on_writable(wsi);
			break;
		}
		s->complete = 0;
		lws_rx_flow_control(wsi, 1);
		break;

	case LWS_CALLBACK_CLOSED: /* comes once for each ESTABLISHED */
		free(s->message);
		s->message = NULL;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "reverse", callback_message, sizeof(struct session), 4096, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
