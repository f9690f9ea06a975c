/* SPDX-License-Identifier: MIT */
/* A program of 4.1.6 (pkg-config libwebsockets), which the older ones talk to. */
#include "gen.h"
#include <libwebsockets.h>
#include "gen_echo.h"
#include "gen_connect.h"

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
	if (gen_serve(context, NULL, server))
		return 1;
	lws_context_destroy(context);
	return gen_report(server);
}
