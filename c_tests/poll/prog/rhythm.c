/* SPDX-License-Identifier: MIT
 *
 * rhythm HOW KIND [CERT KEY]: a server that is polled in one of the ways that
 * programs have. It prints "PORT n", "READY" when the first ten bytes of payload
 * have come, and "ALL" when all have. A wait of its own has no end but a failed
 * test's: who is not told of something stalls.
 */
#include "poll.h"

#define FIRST 10
#define BYTES 10000

static const char *how;
static struct lws *peer; /* whose socket is polled, once it has sent something */
static int got;

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
		if (!got)
			peer = wsi;
		got += (int)len;
		if (got == FIRST)
			puts("READY");
		if (got == BYTES) {
			puts("ALL");
			_exit(0);
		}
		break;
	default:
		break;
	}
	return 0;
}

static int
is(const char *name)
{
	return !strcmp(how, name);
}

/* Polls the peer's socket alone, as it is asked for, for ever. */
static void
own_wait(struct pollfd *p)
{
	*p = (struct pollfd){
		.fd = lws_get_socket_fd(lws_get_network_wsi(peer)),
		.events = POLLIN,
	};
	wait_for(p, 1, -1);
}

/* A round of a program that polls nothing but the sockets it knows. */
static void
own_round(void)
{
	struct pollfd p;

	if (!peer) { /* still unknown */
		lws_service(context, 0);
		return;
	}
	own_wait(&p);
	if (is("own-fd"))
		lws_service_fd(context, &p);
	if (is("own-fd") || is("own-minus"))
		lws_service(context, -1);
	if (is("own-service"))
		lws_service(context, 0);
}

static void
announced_round(int n)
{
	int mix = is("mix"), ms = -1;

	if (is("adjust"))
		ms = lws_service_adjust_timeout(context, 1 << 30, 0);
	wait_for(set, set_size, ms);
	if (is("tsi") || (mix && n % 3 == 1))
		lws_service_tsi(context, -1, 0);
	else if (mix && n % 3 == 2)
		lws_service(context, 0);
	else
		serve_set();
	if (is("adjust"))
		while (!lws_service_adjust_timeout(context, 1, 0))
			lws_service_tsi(context, -1, 0);
}

int
main(int argc, char **argv)
{
	struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback }, { 0 }
	};
	struct lws_context_creation_info info = { .protocols = protocols };
	int n;

	if (argc < 3)
		return 2;
	how = argv[1];
	take_arguments(&info, argc, argv);
	if (begin(&info))
		return 3;
	for (n = 0;; n++)
		if (!strncmp(how, "own-", 4))
			own_round();
		else if (is("service") || loop_option(how))
			lws_service(context, 0);
		else
			announced_round(n);
}
