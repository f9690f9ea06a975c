/* SPDX-License-Identifier: MIT
 *
 * gone HOW KIND [CERT KEY]: a server that stops receiving when the first bytes have come,
 * and says "OFF". At SIGUSR1 it receives again. With HOW "poll" it polls by itself, else
 * it is in the named event loop, or "service". It prints how many bytes it got when the
 * connection is closed.
 */
#include "poll.h"
#include <signal.h>

static struct lws *peer;
static size_t got;
static int off, closed;
static volatile sig_atomic_t on;

static void
usr1(int sig)
{
	(void)sig;
	on = 1;
	lws_cancel_service(context);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	(void)user;
	if (set_event(reason, in))
		return 0;
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_RAW_RX:
	case LWS_CALLBACK_HTTP_BODY:
		got += len;
		if (peer)
			break;
		peer = wsi;
		off = 1;
		lws_rx_flow_control(wsi, 0);
		puts("OFF");
		break;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		if (!on || !off)
			break;
		off = 0;
		lws_rx_flow_control(peer, 1);
		break;
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_RAW_CLOSE:
	case LWS_CALLBACK_CLOSED_HTTP:
		if (wsi != peer)
			break;
		closed = 1;
		printf("GOT %zu\n", got);
		break;
	default:
		break;
	}
	return 0;
}

static void
polls(void)
{
	struct pollfd *p = off ? find(lws_get_socket_fd(peer)) : NULL;
	int ms = lws_service_adjust_timeout(context, 1 << 30, 0);

	if (p && p->events & POLLIN)
		puts("BAD POLLIN is wanted while nothing is received");
	poll_once(ms);
}

int
main(int argc, char **argv)
{
	struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback }, { 0 }
	};
	struct lws_context_creation_info info = { .protocols = protocols };

	take_arguments(&info, argc, argv);
	signal(SIGUSR1, usr1);
	if (begin(&info))
		return 3;
	while (!closed)
		if (!strcmp(argv[1], "poll"))
			polls();
		else
			lws_service(context, 0);
	return 0;
}
