/* SPDX-License-Identifier: MIT */
/* A client of v1.3 to v1.5 that fails: PROGRAM PORT [SILENT]. It says which protocol heard of it,
 * and ends. With SILENT its wait for an answer is a second long. */
#ifndef FAILS_H
#define FAILS_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libwebsockets.h>

static int over, asked;
static int mine; /* the connection's own memory */

static void
heard(const char *protocol, enum libwebsocket_callback_reasons reason, void *user)
{
	const char *name = NULL;

	switch ((int)reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		asked = 1;
		name = "asks";
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		over = 1;
		name = "error";
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		name = "established";
		break;
	case LWS_CALLBACK_CLOSED:
		over = 1;
		name = "closed";
		break;
	default:
		return;
	}
	printf("%s %s%s\n", protocol, name, user == &mine ? "" : user ? ", other memory" : ", no memory");
}

static int
callback_first(struct libwebsocket_context *context, struct libwebsocket *wsi,
	       enum libwebsocket_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)context, (void)wsi, (void)in, (void)len;
	heard("first", reason, user);
	return 0;
}

static int
callback_named(struct libwebsocket_context *context, struct libwebsocket *wsi,
	       enum libwebsocket_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)context, (void)wsi, (void)in, (void)len;
	heard("named", reason, user);
	return 0;
}

static struct libwebsocket_protocols protocols[] = {
    {"first", callback_first, 64, 0, 0, NULL},
    {"named", callback_named, 32, 0, 0, NULL},
    {NULL, NULL, 0, 0, 0, NULL},
};

int
main(int argc, char **argv)
{
	struct libwebsocket_context *context;
	struct lws_context_creation_info info;
	struct libwebsocket *wsi;
	int set = argc < 3;

	alarm(60);
	setvbuf(stdout, NULL, _IONBF, 0);
	lws_set_log_level(0, NULL);
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.gid = -1;
	info.uid = -1;
	context = libwebsocket_create_context(&info);
	if (argc < 2 || !context)
		return 1;
	wsi = libwebsocket_client_connect_extended(context, "127.0.0.1", atoi(argv[1]), 0, "/", "localhost",
						   "localhost", "named", -1, &mine);
	if (!wsi)
		puts("nothing");
	while (wsi && !over && libwebsocket_service(context, 50) >= 0)
		if (asked && !set) {
			libwebsocket_set_timeout(wsi, PENDING_TIMEOUT_AWAITING_SERVER_RESPONSE, 1);
			set = 1;
		}
	libwebsocket_context_destroy(context);
	return 0;
}
#endif
