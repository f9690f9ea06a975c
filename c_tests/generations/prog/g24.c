/* SPDX-License-Identifier: MIT */
/* A program of v2.2, v2.4, v3.0, v3.2 or v4.0 (pkg-config libwebsockets): what those had and 4.1.6 dropped. */
#include "gen.h"
#include <libwebsockets.h>
#include "gen_echo.h"

static const struct lws_protocols protocols[];
static struct lws_context *context;
static int pings;

static int
callback_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_CHILD_WRITE_VIA_PARENT) /* no child here has LWS_ADOPT_WS_PARENTIO */
		return -1;
	return gen_http(wsi, reason, user, in, len);
}

/* The subchannel commands of lws-meta, as they are on the wire. */
static const char meta[] = {LWS_META_CMD_OPEN_SUBCHANNEL, LWS_META_CMD_OPEN_RESULT, LWS_META_CMD_CLOSE_NOTIFY,
			    LWS_META_CMD_CLOSE_RQ, LWS_META_CMD_WRITE, LWS_META_TRANSPORT_OFFSET};

static int
callback_gen(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_RECEIVE_PONG)
		pings++;
	return gen_echo(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
    {"http-only", callback_http, 0, 0, 0, NULL, 0},
    {"gen", callback_gen, sizeof(struct gen), 0, 0, NULL, 0},
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
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.ws_ping_pong_interval = 1;
	info.ip_limit_ah = 24;
	info.ip_limit_wsi = 105;
	context = lws_create_context(&info);
	if (!context || ARRAY_SIZE(meta) != 6 || memcmp(meta, "ABCDE ", 6) || LWS_ADOPT_WS_PARENTIO != 8 ||
	    LWS_CALLBACK_CHILD_WRITE_VIA_PARENT != 68 ||
	    !lws_create_vhost(context, &info))
		return 1;
	if (!server) {
		client_wsi = lws_client_connect(context, "127.0.0.1", gen_port, 0, "/", "localhost", "localhost",
						"gen", -1);
		if (!client_wsi)
			return 1;
	}
	while (!gen_stop && lws_service(context, 50) >= 0)
		;
	lws_context_destroy(context);
	return gen_report(server);
}
