/* SPDX-License-Identifier: MIT
 *
 * The original's plugin for raw proxies, unchanged, and what it is told.
 *
 *   raw PORT ONWARD fallback|all|small FOLDER     small: all, and more comes at a time than sockets take
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define LWS_PLUGIN_STATIC
#include "protocol_lws_raw_proxy.c"

static volatile sig_atomic_t stop;
static int small, partial;

static void
on_signal(int n)
{
	(void)n;
	stop = 1;
}

static const struct {
	int reason;
	const char *name;
} named[] = {
	{ LWS_CALLBACK_RAW_PROXY_CLI_RX, "CLI_RX" },
	{ LWS_CALLBACK_RAW_PROXY_SRV_RX, "SRV_RX" },
	{ LWS_CALLBACK_RAW_PROXY_CLI_CLOSE, "CLI_CLOSE" },
	{ LWS_CALLBACK_RAW_PROXY_SRV_CLOSE, "SRV_CLOSE" },
	{ LWS_CALLBACK_RAW_PROXY_CLI_WRITEABLE, "CLI_WRITEABLE" },
	{ LWS_CALLBACK_RAW_PROXY_SRV_WRITEABLE, "SRV_WRITEABLE" },
	{ LWS_CALLBACK_RAW_PROXY_CLI_ADOPT, "CLI_ADOPT" },
	{ LWS_CALLBACK_RAW_PROXY_SRV_ADOPT, "SRV_ADOPT" },
	{ LWS_CALLBACK_RAW_PROXY_CLI_BIND_PROTOCOL, "CLI_BIND" },
	{ LWS_CALLBACK_RAW_PROXY_SRV_BIND_PROTOCOL, "SRV_BIND" },
	{ LWS_CALLBACK_RAW_PROXY_CLI_DROP_PROTOCOL, "CLI_DROP" },
	{ LWS_CALLBACK_RAW_PROXY_SRV_DROP_PROTOCOL, "SRV_DROP" },
	{ LWS_CALLBACK_CLIENT_CONNECTION_ERROR, "CLIENT_CONNECTION_ERROR" },
	{ LWS_CALLBACK_RAW_ADOPT, "RAW_ADOPT" },
	{ LWS_CALLBACK_RAW_RX, "RAW_RX" },
	{ LWS_CALLBACK_RAW_CLOSE, "RAW_CLOSE" },
	{ LWS_CALLBACK_RAW_CONNECTED, "RAW_CONNECTED" },
};

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	 size_t len)
{
	size_t n;
	int r;

	for (n = 0; n < LWS_ARRAY_SIZE(named); n++)
		if (named[n].reason == (int)reason)
			break;
	if (n < LWS_ARRAY_SIZE(named) && len && len < 4000)
		printf("%s %u\n", named[n].name, (unsigned int)len);
	else if (n < LWS_ARRAY_SIZE(named))
		printf("%s\n", named[n].name);
	if (small && (reason == LWS_CALLBACK_RAW_PROXY_SRV_ADOPT || reason == LWS_CALLBACK_RAW_PROXY_CLI_ADOPT))
		setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	r = callback_raw_proxy(wsi, reason, user, in, len);
	if (!partial && lws_partial_buffered(wsi)) {
		partial = 1;
		printf("PARTIAL\n");
	}
	if (r && reason != LWS_CALLBACK_GET_THREAD_ID)
		printf("... %d\n", r);
	return r;
}

static const struct lws_protocols protocols[] = {
	{ "raw-proxy", callback, sizeof(struct raw_pss), 8192, 8192, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(int argc, const char **argv)
{
	struct lws_protocol_vhost_options onward = { NULL, NULL, "onward", NULL };
	struct lws_protocol_vhost_options pvo = { NULL, &onward, "raw-proxy", "" };
	struct lws_context_creation_info info;
	struct lws_context *context;
	struct lws_http_mount mount;
	int n = 0;

	if (argc < 5)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_signal);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	onward.value = argv[2];
	memset(&mount, 0, sizeof(mount));
	mount.mountpoint = "/";
	mount.mountpoint_len = 1;
	mount.origin = argv[4];
	mount.def = "index.html";
	mount.origin_protocol = LWSMPRO_FILE;
	memset(&info, 0, sizeof(info));
	info.port = atoi(argv[1]);
	info.protocols = protocols;
	info.pvo = &pvo;
	info.mounts = &mount;
	if (!strcmp(argv[3], "small")) {
		small = 4096;
		info.pt_serv_buf_size = 65536;
	}
	info.listen_accept_role = "raw-proxy";
	info.listen_accept_protocol = "raw-proxy";
	info.options = !strcmp(argv[3], "fallback") ?
		LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG :
		LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	printf("ready\n");
	while (n >= 0 && !stop)
		n = lws_service(context, 0);
	lws_context_destroy(context);
	return 0;
}
