/* SPDX-License-Identifier: MIT
 *
 * A client over TLS, with a certificate of its own. It prints whom it has reached, and
 * the first message.
 *
 *	tls-client PORT CA CERT KEY
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lws *connection;
static int result = 1;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_client(struct lws *wsi, enum lws_callback_reasons reason,
			   void *user, void *in, size_t len)
{
	union lws_tls_cert_info_results info;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
		return !len; /* OpenSSL's own verdict */

	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		lwsl_err("no connection: %s\n", in ? (const char *)in : "?");
		connection = NULL;
		break;

	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		if (!lws_tls_peer_cert_info(wsi, LWS_TLS_CERT_INFO_COMMON_NAME, &info, sizeof info.ns.name))
			printf("connected to %.*s\n", info.ns.len, info.ns.name);
		break;

	case LWS_CALLBACK_CLIENT_RECEIVE:
		printf("%.*s\n", (int)len, (const char *)in);
		result = 0;
		lws_close_reason(wsi, LWS_CLOSE_STATUS_NORMAL, NULL, 0);
		return -1;

	case LWS_CALLBACK_CLOSED_CLIENT_HTTP: /* so.17: no answer to the handshake in time */
	case LWS_CALLBACK_CLIENT_CLOSED:
		connection = NULL;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "hello", callback_client, 0, 1024, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_client_connect_info c;

	if (argc != 5)
		return 2;
	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.client_ssl_ca_filepath = argv[2]; /* whom to trust beside those of the system */
	info.client_ssl_cert_filepath = argv[3];
	info.client_ssl_private_key_filepath = argv[4];
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);

	memset(&c, 0, sizeof c);
	c.context = context;
	c.address = "127.0.0.1";
	c.host = c.origin = "localhost"; /* the name that the certificate must be for */
	c.port = atoi(argv[1]);
	c.path = "/";
	c.protocol = "hello";
	c.ssl_connection = LCCSCF_USE_SSL; /* and none of LCCSCF_ALLOW_... */
	c.pwsi = &connection;
	lws_client_connect_via_info(&c);
	while (connection && !stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return result;
}
