/* SPDX-License-Identifier: MIT */
/* A program of v2.0 (pkg-config libwebsockets-2.0): its files are served by mounts, which are filled in member by
 * member, in a vhost of its own. */
#include "gen.h"
#include <libgen.h>
#include <libwebsockets.h>
#include "gen_echo.h"
#include "gen_connect.h"

static struct lws_vhost *vhost;

static int
callback_gen(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_ESTABLISHED && lws_vhost_get(wsi) != vhost)
		return -1;
	return gen_echo(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
    {"gen", callback_gen, sizeof(struct gen), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_protocol_vhost_options types = {NULL, NULL, ".txt", "text/gen"};
static char folder[256], file[256];

static struct lws_http_mount typed = {
    NULL, "/typed", folder, file, NULL, &types, 0, 60, 1, 0, 0, LWSMPRO_FILE, 6,
};
static struct lws_http_mount mount = {
    &typed, "/", folder, file, NULL, NULL, 0, 0, 0, 0, 0, LWSMPRO_FILE, 1,
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
	info.gid = -1;
	info.uid = -1;
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.vhost_name = "generation";
	if (server) {
		snprintf(file, sizeof(file), "%s", gen_file);
		snprintf(folder, sizeof(folder), "%s", dirname(file));
		snprintf(file, sizeof(file), "%s", gen_file + strlen(folder) + 1);
		info.mounts = &mount;
	}
	context = lws_create_context(&info);
	if (!context)
		return 1;
	vhost = lws_create_vhost(context, &info);
	if (!vhost)
		return 1;
	if (gen_serve(context, vhost, server))
		return 1;
	lws_context_destroy(context);
	return gen_report(server);
}
