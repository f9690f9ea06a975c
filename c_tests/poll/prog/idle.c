/* SPDX-License-Identifier: MIT
 *
 * idle HOW KIND [CERT KEY]: a server that asks for things outside of its
 * callbacks. With HOW "poll" it polls by itself and looks after each of them
 * whether the library becomes quiet: with the events that it was told of last,
 * poll() has nothing to report. With the name of an event loop, or "service", it
 * asks in a timer, and prints "QUIET" when nothing is left to be done.
 */
#include "poll.h"
#include <pthread.h>

#define MANY 1000
#define LARGE (4 << 20)

static struct lws *peer;
static int writeable, in_callback, write_large, loops;
static lws_sorted_usec_list_t sul;
static enum lws_write_protocol wp;

static int
send_large(struct lws *wsi)
{
	unsigned char *b = calloc(1, LWS_PRE + LARGE);
	int n;

	write_large = 0;
	n = lws_write(wsi, b + LWS_PRE, LARGE, wp);
	free(b);
	return n < LARGE;
}

static void
ask(lws_sorted_usec_list_t *s)
{
	(void)s;
	lws_callback_on_writable(peer);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	(void)user;
	(void)len;
	if (set_event(reason, in))
		return 0;
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_RAW_RX:
	case LWS_CALLBACK_HTTP_BODY:
		peer = wsi;
		if (loops)
			lws_sul_schedule(context, 0, &sul, ask, 10000);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_RAW_WRITEABLE:
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (wsi != peer)
			break;
		writeable++;
		if (write_large && send_large(wsi))
			return -1;
		if (in_callback-- > 0)
			lws_callback_on_writable(wsi);
		if (loops)
			puts("QUIET");
		break;
	default:
		break;
	}
	return 0;
}

static void
round_of_poll(void)
{
	int ms = lws_service_adjust_timeout(context, 1 << 30, 0);

	if (wait_for(set, set_size, ms))
		serve_set();
	else
		lws_service_tsi(context, -1, 0);
}

/* The program asked for n more WRITEABLE; then nothing is left. */
static void
expect(const char *what, int n)
{
	int want = writeable + n, i;

	while (writeable < want || lws_partial_buffered(peer))
		round_of_poll();
	for (i = 0; i < MANY && poll(set, (nfds_t)set_size, 0); i++)
		serve_set();
	if (i == MANY)
		printf("BAD never quiet after %s\n", what);
}

static void *
ask_in_thread(void *arg)
{
	lws_callback_on_writable(peer);
	return arg;
}

/* Serves POLLOUT as programs of old did. */
static void
handle_pollout(void)
{
	int want = writeable + 1;
	struct pollfd *p = find(lws_get_socket_fd(lws_get_network_wsi(peer)));

	lws_callback_on_writable(peer);
	if (!p || !(p->events & POLLOUT))
		puts("BAD POLLOUT is not wanted");
	wait_for(p, 1, -1);
	lws_handle_POLLOUT_event(peer, (struct lws_pollfd *)p);
	if (writeable != want)
		puts("BAD no WRITEABLE by lws_handle_POLLOUT_event");
}

static void
ask_around(int streams)
{
	pthread_t t;

	lws_callback_on_writable(peer);
	expect("lws_callback_on_writable", 1);
	lws_callback_on_writable_all_protocol(context, lws_get_protocol(peer));
	expect("lws_callback_on_writable_all_protocol", 1);
	lws_callback_on_writable_all_protocol_vhost(lws_get_vhost(peer),
						    lws_get_protocol(peer));
	expect("lws_callback_on_writable_all_protocol_vhost", 1);
	lws_sul_schedule(context, 0, &sul, ask, 10000);
	expect("a timer that asks", 1);
	in_callback = 3;
	lws_callback_on_writable(peer);
	expect("WRITEABLE that asks again", 4);
	pthread_create(&t, NULL, ask_in_thread, NULL);
	pthread_join(t, NULL);
	expect("another thread that asks", 1);
	lws_rx_flow_control(peer, 0);
	expect("flow off", 0);
	lws_rx_flow_control(peer, 1);
	expect("flow on", 0);
	if (streams)
		return;
	handle_pollout();
	expect("lws_handle_POLLOUT_event", 0);
}

int
main(int argc, char **argv)
{
	struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback }, { 0 }
	};
	struct lws_context_creation_info info = { .protocols = protocols };
	const char *kind = argc > 2 ? argv[2] : "";

	take_arguments(&info, argc, argv);
	loops = strcmp(argv[1], "poll");
	if (begin(&info))
		return 3;
	while (loops)
		lws_service(context, 0);
	while (!peer)
		round_of_poll();
	expect("the beginning", 0);
	ask_around(!strcmp(kind, "h2"));
	wp = strcmp(kind, "raw") ? LWS_WRITE_BINARY : LWS_WRITE_RAW;
	if (!strcmp(kind, "ws") || !strcmp(kind, "raw")) {
		write_large = 1;
		lws_callback_on_writable(peer);
		expect("a large write", 1);
	}
	puts("DONE");
	return 0;
}
