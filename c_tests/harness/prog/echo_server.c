/* SPDX-License-Identifier: MIT
 *
 * echo_server: sends every message back; prints "PORT n", then "DONE" when
 * SIGTERM has made it destroy its context.
 */
#include "echo.h"

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	struct session *s = user;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		session_open(s, wsi);
		break;
	case LWS_CALLBACK_RECEIVE:
		if (session_rx(wsi, s, in, len))
			return -1;
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return session_tx(wsi, s);
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		if (opt.verbose)
			printf("PEERCLOSE %zu\n", len);
		break;
	case LWS_CALLBACK_CLOSED:
		session_close(s);
		if (opt.verbose)
			printf("CLOSED\n");
		break;
	case LWS_CALLBACK_HTTP:
		lws_return_http_status(wsi, HTTP_STATUS_FORBIDDEN, NULL);
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		break;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info = { 0 };
	struct lws_vhost *vh;

	if (options(argc, argv))
		return 2;
	info.iface = "127.0.0.1";
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (begin(&info, callback))
		return 3;
	if (opt.sigpipe)
		signal(SIGPIPE, SIG_DFL);
	info.port = opt.port;
	info.ssl_cert_filepath = opt.cert;
	info.ssl_private_key_filepath = opt.key;
	info.vhost_name = "echo";
	vh = lws_create_vhost(context, &info);
	if (!vh) {
		printf("NOVHOST\n");
		return 4;
	}
	printf("PORT %d\n", lws_get_vhost_listen_port(vh));
	return serve();
}
