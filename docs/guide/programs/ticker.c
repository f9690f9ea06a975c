/* SPDX-License-Identifier: MIT
 *
 * A number that goes up, shown to everybody: each gets the newest one when it can take
 * it. A slow client misses some; it never makes a queue.
 *
 *	ticker [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
	unsigned long shown; /* the last number that was sent to this one */
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;
static unsigned long number;
static lws_sorted_usec_list_t timer;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_ticker(struct lws *wsi, enum lws_callback_reasons reason,
			   void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	unsigned char buf[LWS_PRE + 32];
	int n;

	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (s->shown == number)
			break; /* it comes also when nobody has asked */
		n = snprintf((char *)buf + LWS_PRE, 32, "%lu", number);
		if (lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n)
			return -1;
		s->shown = number; /* one lws_write(), then back to the loop */
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "ticker", callback_ticker, sizeof(struct session), 128, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void tick(lws_sorted_usec_list_t *sul)
{
	number++;
	lws_callback_on_writable_all_protocol(context, &protocols[0]);
	lws_sul_schedule(context, 0, sul, tick, 20 * LWS_US_PER_MS);
}

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
	lws_sul_schedule(context, 0, &timer, tick, 1);

	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_sul_cancel(&timer);
	lws_context_destroy(context);
	return 0;
}
