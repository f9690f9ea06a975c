/* SPDX-License-Identifier: MIT
 *
 * The program polls by itself, for its own descriptors and the library's. Standard input
 * is one of its own: a line "quit" ends it. The server sends back what it is sent.
 *
 *	poll [PORT]
 */

#include <libwebsockets.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST 256

struct session {
	unsigned char buf[LWS_PRE + 512];
	size_t len;
};

static struct pollfd fds[MOST]; /* [0] is standard input, the others the library's */
static int count = 1;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static struct pollfd *find(int fd)
{
	int i;

	for (i = 1; i < count; i++)
		if (fds[i].fd == fd)
			return &fds[i];
	return NULL;
}

static int callback_echo(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	const struct lws_pollargs *a = (const struct lws_pollargs *)in;
	struct pollfd *p;

	switch (reason) {
	case LWS_CALLBACK_ADD_POLL_FD:
		if (count == MOST)
			return 1; /* fd_limit_per_thread sees to it that this does not happen */
		fds[count].fd = a->fd;
		fds[count].revents = 0;
		fds[count++].events = (short)a->events;
		break;

	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		if ((p = find(a->fd)))
			p->events = (short)a->events;
		break;

	case LWS_CALLBACK_DEL_POLL_FD:
		if ((p = find(a->fd)))
			*p = fds[--count];
		break;

	case LWS_CALLBACK_RECEIVE:
		if (len > sizeof s->buf - LWS_PRE || !lws_is_final_fragment(wsi))
			return -1;
		memcpy(s->buf + LWS_PRE, in, s->len = len);
		lws_rx_flow_control(wsi, 0);
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->len)
			break;
		if (lws_write(wsi, s->buf + LWS_PRE, s->len, LWS_WRITE_TEXT) < (int)s->len)
			return -1;
		s->len = 0;
		lws_rx_flow_control(wsi, 1);
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "echo", callback_echo, sizeof(struct session), 512, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void own_input(void)
{
	char line[64];
	ssize_t n = read(0, line, sizeof line);

	if (n <= 0)
		fds[0].fd = -1; /* poll() passes over it */
	else if (n >= 4 && !memcmp(line, "quit", 4))
		stopped = 1;
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	int i, n;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	info.fd_limit_per_thread = MOST - 8; /* sockets: there are a few descriptors beside them */
	fds[0].events = POLLIN;
	context = lws_create_context(&info); /* ADD_POLL_FD comes in here already */
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);

	while (!stopped) {
		/* 0 when there is work that no descriptor shows */
		n = poll(fds, (nfds_t)count, lws_service_adjust_timeout(context, 10000, 0));
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0 && fds[0].revents)
			own_input();
		for (i = count - 1; n > 0 && i > 0; i--) /* down: entries may go meanwhile */
			if (fds[i].revents && lws_service_fd(context, &fds[i]) < 0)
				stopped = 1;
		if (n == 0 || lws_service_adjust_timeout(context, 1, 0) == 0)
			lws_service_tsi(context, -1, 0); /* timers, and work that waits */
	}
	lws_context_destroy(context);
	return 0;
}
