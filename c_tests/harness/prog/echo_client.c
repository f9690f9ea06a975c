/* SPDX-License-Identifier: MIT
 *
 * echo_client: opens connections to 127.0.0.1 (-p port), sends every message
 * that it gets back, and opens the next one when one has closed (-n rounds,
 * -k at a time). Prints "DONE" at its end.
 */
#include "echo.h"

static int left, open_now;
static lws_sorted_usec_list_t again;

static void
dial(void)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = context;
	i.address = "127.0.0.1";
	i.port = opt.port;
	i.path = opt.path;
	i.host = i.origin = "127.0.0.1";
	i.protocol = "echo";
	i.local_protocol_name = "echo";
	if (opt.tls)
		i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED |
				   LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	open_now++;
	left--;
	lws_client_connect_via_info(&i);
}

static void
dial_all(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	while (left > 0 && open_now < opt.connections && !stopping)
		dial();
	if (!left && !open_now) {
		stopping = 1;
		lws_cancel_service(context); /* the wait may follow at once */
	}
}

/* A failed attempt ends with one of two callbacks, or both. */
static void
ended(struct lws *wsi)
{
	static char once;

	if (lws_get_opaque_user_data(wsi) == &once)
		return;
	lws_set_opaque_user_data(wsi, &once);
	open_now--;
	lws_sul_schedule(context, 0, &again, dial_all, 1);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	struct session *s = user;

	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		session_open(s, wsi);
		if (opt.verbose)
			printf("OPEN\n");
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		return session_rx(wsi, s, in, len);
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		return session_tx(wsi, s);
	case LWS_CALLBACK_CLIENT_CLOSED:
		session_close(s);
		if (opt.verbose)
			printf("CLOSED\n");
		ended(wsi);
		break;
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP: /* the answer was not HTTP */
		ended(wsi);
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf("ERROR %.*s\n", in ? (int)len : 1, in ? (char *)in : "?");
		ended(wsi);
		break;
	default:
		break;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info = { 0 };

	if (options(argc, argv))
		return 2;
	if (begin(&info, callback))
		return 3;
	left = opt.rounds;
	dial_all(NULL);
	return serve();
}
