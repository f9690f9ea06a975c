/* SPDX-License-Identifier: MIT
 *
 * Sockets and files without HTTP: what clients send comes back in capitals, and lines
 * of standard input go to all of them.
 *
 *	raw [PORT]
 */

#include <libwebsockets.h>
#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM 8192 /* more than twice what one RAW_RX brings */

struct session {
	struct session *next;
	struct lws *wsi;
	unsigned char buf[LWS_PRE + ROOM];
	size_t len;
};

static struct session *sessions;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int say(struct session *s, const void *text, size_t len)
{
	if (len > ROOM - s->len)
		return -1; /* it does not read: for it to be closed */
	memcpy(s->buf + LWS_PRE + s->len, text, len);
	s->len += len;
	lws_rx_flow_control(s->wsi, 0); /* until it has left */
	lws_callback_on_writable(s->wsi);
	return 0;
}

static int callback_socket(struct lws *wsi, enum lws_callback_reasons reason,
			   void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user, **p;
	size_t i;

	switch (reason) {
	case LWS_CALLBACK_RAW_ADOPT:
		s->wsi = wsi;
		s->next = sessions;
		sessions = s;
		break;

	case LWS_CALLBACK_RAW_RX: /* bytes, as they come: no messages */
		for (i = 0; i < len; i++)
			((char *)in)[i] = (char)toupper(((unsigned char *)in)[i]);
		return say(s, in, len);

	case LWS_CALLBACK_RAW_WRITEABLE:
		if (!s->len)
			break;
		if (lws_write(wsi, s->buf + LWS_PRE, s->len, LWS_WRITE_RAW) < (int)s->len)
			return -1;
		s->len = 0;
		lws_rx_flow_control(wsi, 1);
		break;

	case LWS_CALLBACK_RAW_CLOSE:
		for (p = &sessions; *p; p = &(*p)->next)
			if (*p == s) {
				*p = s->next;
				break;
			}
		break;

	default:
		break;
	}
	return 0;
}

static int callback_file(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	struct session *s;
	char buf[256];
	ssize_t n;

	(void)user;
	(void)in;
	(void)len;
	if (reason != LWS_CALLBACK_RAW_RX_FILE)
		return 0;
	n = read(lws_get_socket_fd(wsi), buf, sizeof buf); /* the program reads */
	if (n <= 0)
		return -1; /* the end: closes it */
	for (s = sessions; s; s = s->next)
		if (say(s, buf, (size_t)n))
			lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "socket", callback_socket, sizeof(struct session), 0, 0, NULL, 0 },
	{ "file", callback_file, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	lws_sock_file_fd_type input;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.listen_accept_role = "raw-skt"; /* from the first byte on: */
	info.listen_accept_protocol = "socket";
	info.options = LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG |
		       LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	input.filefd = dup(0); /* the library closes what it has adopted */
	if (!lws_adopt_descriptor_vhost(lws_get_vhost_by_name(context, "default"), LWS_ADOPT_RAW_FILE_DESC,
					input, "file", NULL))
		lwsl_warn("standard input cannot be watched\n");
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
