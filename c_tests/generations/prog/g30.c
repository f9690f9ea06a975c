/* SPDX-License-Identifier: MIT */
/* A program of v3.0, v3.2 or v4.0 (pkg-config libwebsockets): its server asks for writes with timers that call a
 * protocol of the vhost. */
#include "gen.h"
#include <libwebsockets.h>

#define WRITE_NOW (LWS_CALLBACK_USER + 1)
#define NEVER (LWS_CALLBACK_USER + 2)

static struct lws_vhost *vhost;

#define GEN_ECHO_ANSWER(wsi)                                                                                          \
	if (lws_timed_callback_vh_protocol_us(vhost, lws_get_protocol(wsi), WRITE_NOW, 1000))                         \
	return -1
#include "gen_echo.h"
#include "gen_connect.h"

static int
callback_gen(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	const struct lws_protocols *p = lws_get_protocol(wsi);

	if ((int)reason == NEVER)
		fprintf(stderr, "a timer fires too early\n");
	if ((int)reason != WRITE_NOW)
		return gen_echo(wsi, reason, user, in, len);
	if (lws_get_vhost(wsi) != vhost || p->callback != callback_gen || user || in || len)
		fprintf(stderr, "a timer's callback has wrong arguments\n");
	return lws_callback_on_writable_all_protocol_vhost(vhost, p);
}

static const struct lws_protocols protocols[] = {
    {"http-only", gen_http, 0, 0, 0, NULL, 0},
    {"gen", callback_gen, sizeof(struct gen), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	int server = gen_args(argc, argv);

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
	info.ws_ping_pong_interval = 1;
	info.ip_limit_ah = 24;
	info.ip_limit_wsi = 105;
	context = lws_create_context(&info);
	if (!context || ARRAY_SIZE(protocols) != 3)
		return 1;
	vhost = lws_get_vhost_by_name(context, "default");
	/* is still to come when the context goes */
	if (lws_timed_callback_vh_protocol(vhost, &protocols[1], NEVER, 60))
		return 1;
	if (gen_serve(context, NULL, server))
		return 1;
	lws_context_destroy(context);
	return gen_report(server);
}
