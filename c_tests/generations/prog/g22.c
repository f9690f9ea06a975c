/* SPDX-License-Identifier: MIT */
/* A program of v2.2 (pkg-config libwebsockets) in event loops: its server lives in the library's libuv loop, beside a
 * timer of its own; its client in a libev loop of the program's. */
#define LWS_USE_LIBUV
#define LWS_USE_LIBEV
#include "gen.h"
#include <libwebsockets.h>

#include "gen_echo.h"

static struct lws_context *context;

static const struct lws_protocols protocols[] = {
    {"http-only", gen_http, 0, 0, 0, NULL, 0},
    {"gen", gen_echo, sizeof(struct gen), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const char *const plugin_dirs[] = {NULL};

static void
uv_sigint(uv_signal_t *w, int signum)
{
	(void)w;
	(void)signum;
	lws_libuv_stop(context);
}

static void
look(uv_timer_t *t)
{
	(void)t;
	if (gen_stop)
		lws_libuv_stop(context);
}

static int
in_uv(void)
{
	static uv_timer_t timer; /* the loop closes it when the context goes */

	lws_uv_sigint_cfg(context, 1, uv_sigint);
	if (lws_uv_initloop(context, NULL, 0))
		return 1;
	uv_timer_init(lws_uv_getloop(context, 0), &timer);
	uv_timer_start(&timer, look, 20, 20);
	lws_libuv_run(context, 0);
	uv_timer_stop(&timer);
	uv_close((uv_handle_t *)&timer, NULL);
	return 0;
}

static int
in_ev(void)
{
	struct ev_loop *loop = ev_loop_new(0);
	struct lws_client_connect_info i;

	lws_ev_sigint_cfg(context, 0, NULL);
	if (!loop || lws_ev_initloop(context, loop, 0))
		return 1;
	memset(&i, 0, sizeof(i));
	i.context = context;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = gen_port;
	i.path = "/";
	i.protocol = "gen";
	client_wsi = lws_client_connect_via_info(&i);
	while (client_wsi && !gen_stop)
		ev_run(loop, EVRUN_ONCE);
	return !client_wsi;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	int server = gen_args(argc, argv), bad;

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.plugin_dirs = plugin_dirs;
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8 | (server ? LWS_SERVER_OPTION_LIBUV : LWS_SERVER_OPTION_LIBEV);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	bad = server ? in_uv() : in_ev();
	lws_context_destroy(context);
	return bad ? bad : gen_report(server);
}
