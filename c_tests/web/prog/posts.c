/* SPDX-License-Identifier: MIT */
/*
 * A server that leaves all to lws_callback_http_dummy(), but that /NUMBER is answered with
 * lws_return_http_status() of that number, and that a request with a body waits for it.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

static int http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_HTTP) {
		int status = atoi((const char *)in + 1);

		if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0)
			return 0;
		if (status && lws_return_http_status(wsi, (unsigned int)status, "bare"))
			return -1;
		if (status)
			return lws_http_transaction_completed(wsi) ? -1 : 0;
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{.name = "http", .callback = http},
	{.name = NULL},
};

static volatile sig_atomic_t ended;
static struct lws_context *context;

static void end(int sig)
{
	(void)sig;
	ended = 1;
	lws_cancel_service(context);
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info i = {0};
	struct lws_vhost *plain, *tls;

	if (argc != 4)
		return 2;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	i.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
	            LWS_SERVER_OPTION_DISABLE_IPV6;
	i.gid = i.uid = -1;
	context = lws_create_context(&i);
	if (!context)
		return 1;
	i.iface = "127.0.0.1";
	i.protocols = protocols;
	i.vhost_name = "plain.test";
	plain = lws_create_vhost(context, &i);
	i.vhost_name = "tls.test";
	i.ssl_cert_filepath = argv[2];
	i.ssl_private_key_filepath = argv[3];
	tls = lws_create_vhost(context, &i);
	if (!plain || !tls)
		return 1;
	signal(SIGTERM, end);
	printf("ports %d %d\n", lws_get_vhost_listen_port(plain), lws_get_vhost_listen_port(tls));
	fflush(stdout);
	while (!ended && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
