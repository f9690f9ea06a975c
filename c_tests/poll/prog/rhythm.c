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
	switch (reason) {
	case LWS_CALLBACK_ADD_POLL_FD:
	case LWS_CALLBACK_DEL_POLL_FD:
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		set_event(reason, in);
		break;
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
	if (!strcmp(argv[2], "h2"))
		info.options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
	if (!strcmp(argv[2], "raw")) {
		info.options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
		info.listen_accept_role = "raw-skt";
		info.listen_accept_protocol = "echo";
	}
	if (argc > 4) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = argv[3];
		info.ssl_private_key_filepath = argv[4];
	}
	info.options |= loop_option(how);
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
