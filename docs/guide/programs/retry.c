/* SPDX-License-Identifier: MIT
 *
 * A client that comes back: after a failure it waits, a little longer each time. PINGs
 * find out whether a silent server is still there.
 *
 *	retry [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t delays[] = { 50, 100, 200, 400 }; /* ms */

static const lws_retry_bo_t policy = {
	delays, LWS_ARRAY_SIZE(delays), /* how long to wait after each failure */
	8,				/* give up after so many in a row */
	1,				/* s of silence until a PING is sent */
	3,				/* s of silence until the connection is closed */
	20				/* percent that a delay may be longer, by chance */
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;
static lws_sorted_usec_list_t again;
static uint16_t failures;
static int port, result = 1;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static void begin(lws_sorted_usec_list_t *sul);

static void later(void)
{
	if (!lws_dll2_is_detached(&again.list))
		return; /* it is scheduled */
	if (lws_retry_sul_schedule(context, 0, &again, &policy, begin, &failures)) {
		lwsl_err("failed too often\n");
		stop(0);
	}
}

static void begin(lws_sorted_usec_list_t *sul)
{
	struct lws_client_connect_info c;

	(void)sul;
	memset(&c, 0, sizeof c);
	c.context = context;
	c.address = c.host = c.origin = "127.0.0.1";
	c.port = port;
	c.path = "/";
	c.protocol = "news";
	c.retry_and_idle_policy = &policy;
	if (!lws_client_connect_via_info(&c))
		later(); /* not even begun */
}

static int callback_news(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	(void)wsi;
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		failures = 0; /* the next failure is a first one again */
		break;

	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		lwsl_user("attempt %d: %s\n", failures + 1, in ? (const char *)in : "?");
		later();
		break;

	case LWS_CALLBACK_CLOSED_CLIENT_HTTP: /* so.17: no answer to the handshake in time */
	case LWS_CALLBACK_CLIENT_CLOSED:
		later();
		break;

	case LWS_CALLBACK_CLIENT_RECEIVE:
		printf("%.*s\n", (int)len, (const char *)in);
		fflush(stdout);
		if (len == 3 && !memcmp(in, "end", 3)) {
			result = 0;
			stop(0);
		}
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "news", callback_news, 0, 1024, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	port = argc > 1 ? atoi(argv[1]) : 7681;
	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.timeout_secs = 2; /* for the handshake */
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER, NULL);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	lws_sul_schedule(context, 0, &again, begin, 1);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_sul_cancel(&again);
	lws_context_destroy(context);
	return result;
}
