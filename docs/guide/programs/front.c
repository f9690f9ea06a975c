/* SPDX-License-Identifier: MIT
 *
 * A server in front of another: what it does not have itself it asks that one for,
 * WebSockets too.
 *
 *	front PORT HOST:PORT
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 }, /* carries both sides of a proxied request */
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_http_mount other, old;
	char origin[256];

	if (argc != 3)
		return 2;
	snprintf(origin, sizeof origin, "%s/", argv[2]);
	memset(&other, 0, sizeof other);
	other.mount_next = &old;
	other.mountpoint = "/";
	other.mountpoint_len = 1;
	other.origin = origin; /* host:port/path, or +/path/of/a/socket:/path */
	other.origin_protocol = LWSMPRO_HTTP;

	memset(&old, 0, sizeof old); /* a longer mount point counts first */
	old.mountpoint = "/old";
	old.mountpoint_len = 4;
	old.origin = "localhost/";
	old.origin_protocol = LWSMPRO_REDIR_HTTPS;

	memset(&info, 0, sizeof info);
	info.port = atoi(argv[1]);
	info.protocols = protocols;
	info.mounts = &other;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
