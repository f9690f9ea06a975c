/* SPDX-License-Identifier: MIT
 *
 * A server whose mounts lead to others, and what its protocol is told.
 *
 *   mount PORT TLSPORT CERT KEY TIMEOUT loud|quiet {MOUNTPOINT http|https|auth ORIGIN}...
 *
 * TLSPORT 0: no TLS. auth is http, for who is in the file that $USERS names. A PORT
 * that begins with "/" is a unix socket.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stop;
static int loud;

static void
on_signal(int n)
{
	(void)n;
	stop = 1;
}

#define NAMED(name_) { LWS_CALLBACK_##name_, #name_ }

static const struct {
	int reason;
	const char *name;
} named[] = {
	NAMED(WSI_CREATE), NAMED(WSI_DESTROY), NAMED(FILTER_HTTP_CONNECTION),
	NAMED(HTTP), NAMED(HTTP_BODY), NAMED(HTTP_BODY_COMPLETION),
	NAMED(HTTP_WRITEABLE), NAMED(CLOSED_HTTP), NAMED(HTTP_BIND_PROTOCOL),
	NAMED(HTTP_DROP_PROTOCOL), NAMED(HTTP_CONFIRM_UPGRADE),
	NAMED(CLIENT_CONNECTION_ERROR), NAMED(CLIENT_FILTER_PRE_ESTABLISH),
	NAMED(CLIENT_APPEND_HANDSHAKE_HEADER), NAMED(ESTABLISHED_CLIENT_HTTP),
	NAMED(RECEIVE_CLIENT_HTTP), NAMED(RECEIVE_CLIENT_HTTP_READ),
	NAMED(COMPLETED_CLIENT_HTTP), NAMED(CLOSED_CLIENT_HTTP),
	NAMED(CLIENT_HTTP_BIND_PROTOCOL), NAMED(CLIENT_HTTP_DROP_PROTOCOL),
	NAMED(CLIENT_HTTP_WRITEABLE), NAMED(CLIENT_HTTP_REDIRECT),
	NAMED(CHILD_CLOSING), NAMED(ESTABLISHED), NAMED(CLIENT_ESTABLISHED),
	NAMED(RECEIVE), NAMED(CLIENT_RECEIVE), NAMED(CLOSED), NAMED(CLIENT_CLOSED),
	NAMED(FILTER_PROTOCOL_CONNECTION), NAMED(SERVER_NEW_CLIENT_INSTANTIATED),
	NAMED(CONNECTING),
};

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	 size_t len)
{
	size_t n;

	if (reason == LWS_CALLBACK_HTTP) /* not the proxy's */
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	for (n = 0; loud && n < LWS_ARRAY_SIZE(named); n++)
		if (named[n].reason == (int)reason) {
			printf("%s\n", named[n].name);
			break;
		}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ "http", callback, 16, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate,
	  "permessage-deflate; client_no_context_takeover" },
	{ NULL, NULL, NULL }
};

int
main(int argc, const char **argv)
{
	struct lws_context_creation_info info;
	struct lws_http_mount mounts[8];
	struct lws_context *context;
	int n, m = 0;

	if (argc < 10)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_signal);
	signal(SIGPIPE, SIG_IGN);
	loud = !strcmp(argv[6], "loud");
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(mounts, 0, sizeof(mounts));
	for (n = 7; n + 2 < argc && m < 8; n += 3, m++) {
		mounts[m].mountpoint = argv[n];
		mounts[m].mountpoint_len = (unsigned char)strlen(argv[n]);
		mounts[m].origin_protocol = !strcmp(argv[n + 1], "https") ?
			LWSMPRO_HTTPS : LWSMPRO_HTTP;
		if (!strcmp(argv[n + 1], "auth"))
			mounts[m].basic_auth_login_file = getenv("USERS");
		mounts[m].origin = argv[n + 2];
		if (m)
			mounts[m - 1].mount_next = &mounts[m];
	}
	memset(&info, 0, sizeof(info));
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.timeout_secs = (unsigned int)atoi(argv[5]);
	info.connect_timeout_secs = info.timeout_secs;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	info.protocols = protocols;
	info.extensions = extensions;
	info.mounts = mounts;
	info.vhost_name = "default";
	info.port = atoi(argv[1]);
	if (argv[1][0] == '/') {
		info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
		info.iface = argv[1];
		info.port = 1;
	}
	info.client_ssl_ca_filepath = argv[3];
	if (!lws_create_vhost(context, &info))
		return 1;
	if (atoi(argv[2])) {
		info.options &= ~(uint64_t)LWS_SERVER_OPTION_UNIX_SOCK;
		info.iface = NULL;
		info.port = atoi(argv[2]);
		info.vhost_name = "tls";
		info.ssl_cert_filepath = argv[3];
		info.ssl_private_key_filepath = argv[4];
		info.alpn = "h2,http/1.1";
		if (!lws_create_vhost(context, &info))
			return 1;
	}
	printf("ready\n");
	for (n = 0; n >= 0 && !stop;)
		n = lws_service(context, 0);
	lws_context_destroy(context);
	return 0;
}
