/* SPDX-License-Identifier: MIT
 *
 * TLS with client certificates. Who connects is greeted by the name in its certificate.
 * SIGHUP: the server's certificate has changed.
 *
 *	tls-server PORT CERT KEY CA
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session {
	char name[64];
	int greeted;
};

static volatile sig_atomic_t renewed;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static void renew(int sig)
{
	(void)sig;
	renewed = 1;
	lws_cancel_service(context);
}

static int callback_hello(struct lws *wsi, enum lws_callback_reasons reason,
			  void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	union lws_tls_cert_info_results info;
	unsigned char buf[LWS_PRE + 80];
	int n;

	(void)in;
	switch (reason) {
	case LWS_CALLBACK_OPENSSL_PERFORM_CLIENT_CERT_VERIFICATION:
		return !len; /* OpenSSL's own verdict. 0 would let everybody in */

	case LWS_CALLBACK_ESTABLISHED:
		if (lws_tls_peer_cert_info(wsi, LWS_TLS_CERT_INFO_COMMON_NAME, &info, sizeof info.ns.name))
			return -1;
		snprintf(s->name, sizeof s->name, "%.*s", info.ns.len, info.ns.name);
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (s->greeted)
			break;
		s->greeted = 1;
		n = snprintf((char *)buf + LWS_PRE, 80, "hello %s", s->name);
		if (lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n)
			return -1;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "hello", callback_hello, sizeof(struct session), 128, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	if (argc != 5)
		return 2;
	memset(&info, 0, sizeof info);
	info.port = atoi(argv[1]);
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND |
		       LWS_SERVER_OPTION_REQUIRE_VALID_OPENSSL_CLIENT_CERT;
	info.ssl_cert_filepath = argv[2];
	info.ssl_private_key_filepath = argv[3];
	info.ssl_ca_filepath = argv[4]; /* who signs clients' certificates */
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	signal(SIGHUP, renew);
	while (!stopped && lws_service(context, 0) >= 0)
		if (renewed) { /* new connections get the new one, old ones go on */
			renewed = 0;
			lws_tls_cert_updated(context, argv[2], argv[3], NULL, 0, NULL, 0);
		}
	lws_context_destroy(context);
	return 0;
}
