/* SPDX-License-Identifier: MIT */
/* A program of 4.1.6 (pkg-config libwebsockets), which the older ones talk to. */
#include "gen.h"
#include <libwebsockets.h>
#include "gen_echo.h"

static const struct lws_protocols protocols[];
static struct lws_context *context;

static const struct lws_protocols protocols[] = {
    {"http-only", gen_http, 0, 0, 0, NULL, 0},
    {"gen", gen_echo, sizeof(struct gen), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	int server = gen_args(argc, argv);

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	if (!server) {
		struct lws_client_connect_info i;

		memset(&i, 0, sizeof(i));
		i.context = context;
		i.address = i.host = i.origin = "127.0.0.1";
		i.port = gen_port;
		i.path = "/";
		i.protocol = "gen";
		client_wsi = lws_client_connect_via_info(&i);
		if (!client_wsi)
			return 1;
	}
	while (!gen_stop && lws_service(context, 50) >= 0)
		;
	lws_context_destroy(context);
	return gen_report(server);
}
