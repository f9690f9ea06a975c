/* SPDX-License-Identifier: MIT
 *
 * How a connection ends: by us with a reason, by us because it says nothing, by the
 * peer, or because the network is gone.
 *
 *	closing [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE (2 * LWS_USEC_PER_SEC)

struct session {
	int heard; /* a message since the timer began */
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int hang_up(struct lws *wsi, enum lws_close_status code, const char *reason)
{
	lws_close_reason(wsi, code, (unsigned char *)reason, strlen(reason));
	return -1; /* from a callback of this connection it is: close */
}

static int callback_closing(struct lws *wsi, enum lws_callback_reasons reason,
			    void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	const unsigned char *p = (const unsigned char *)in;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		lws_set_timer_usecs(wsi, IDLE);
		break;

	case LWS_CALLBACK_TIMER:
		if (!s->heard)
			return hang_up(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, "idle");
		s->heard = 0;
		lws_set_timer_usecs(wsi, IDLE);
		break;

	case LWS_CALLBACK_RECEIVE:
		s->heard = 1;
		if (len == 3 && !memcmp(in, "bye", 3))
			return hang_up(wsi, LWS_CLOSE_STATUS_NORMAL, "as you wish");
		if (len == 2 && !memcmp(in, "go", 2))
			return -1; /* no reason: no CLOSE frame, the peer sees 1006 */
		break;

	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE: /* the code, if there is one, then text */
		if (len >= 2)
			printf("peer closes: %d %.*s\n", p[0] << 8 | p[1], (int)len - 2, (const char *)in + 2);
		else
			printf("peer closes without a code\n");
		fflush(stdout);
		break; /* 0: the same code goes back */

	case LWS_CALLBACK_CLOSED: /* whoever did it; the last time that user is valid */
		printf("closed\n");
		fflush(stdout);
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "closing", callback_closing, sizeof(struct session), 1024, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	info.ka_time = 60; /* TCP asks a silent peer after 60 s, */
	info.ka_probes = 3; /* 3 times, */
	info.ka_interval = 10; /* every 10 s */
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
