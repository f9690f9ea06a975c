/* SPDX-License-Identifier: MIT */
/* A client of before v3.0 that fails: PROGRAM PORT [silent] [http]. It says which protocol heard of
 * it, and ends. With silent its wait for an answer is a second long; http asks for a page.
 * Without CONTEXT, what callbacks begin with, it is one of v1.6 or later: names of today. */
#ifndef FAILS_H
#define FAILS_H
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libwebsockets.h>

#ifndef CONTEXT
#define CONTEXT
#define libwebsocket lws
#define libwebsocket_context lws_context
#define libwebsocket_protocols lws_protocols
#define libwebsocket_callback_reasons lws_callback_reasons
#define libwebsocket_create_context lws_create_context
#define libwebsocket_context_destroy lws_context_destroy
#define libwebsocket_client_connect_extended lws_client_connect_extended
#define libwebsocket_service lws_service
#define libwebsocket_set_timeout lws_set_timeout
#endif

static int over, asked;
static int mine; /* the connection's own memory */

static void
heard(const char *protocol, enum libwebsocket_callback_reasons reason, void *user)
{
	const char *name = NULL;

	switch ((int)reason) {
	case 44: /* LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP, of v2.0 on */
		name = "answered";
		break;
	case 45: /* LWS_CALLBACK_CLOSED_CLIENT_HTTP, of v2.0 on */
		over = 1;
		name = "http closed";
		break;
	case 75: /* LWS_CALLBACK_CLIENT_CLOSED, of v3.0 on */
		over = 1;
		name = "unknown";
		break;
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
callback_first(CONTEXT struct libwebsocket *wsi, enum libwebsocket_callback_reasons reason,
	       void *user, void *in, size_t len)
{
	(void)wsi, (void)in, (void)len;
	heard("first", reason, user);
	return 0;
}

static int
callback_named(CONTEXT struct libwebsocket *wsi, enum libwebsocket_callback_reasons reason,
	       void *user, void *in, size_t len)
{
	(void)wsi, (void)in, (void)len;
	heard("named", reason, user);
	return 0;
}

static struct libwebsocket_protocols protocols[] = {
	{ .name = "first", .callback = callback_first, .per_session_data_size = 64 },
	{ .name = "named", .callback = callback_named, .per_session_data_size = 32 },
	{ .name = NULL },
};

static struct libwebsocket *
begins(struct libwebsocket_context *context, int port, const char *method)
{
#ifdef VIA_INFO
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = context;
	i.address = "127.0.0.1";
	i.port = port;
	i.path = "/";
	i.host = i.origin = "localhost";
	i.protocol = "named";
	i.ietf_version_or_minus_one = -1;
	i.userdata = &mine;
	if (method)
		i.method = method;
	return lws_client_connect_via_info(&i);
#else
	return method ? NULL : libwebsocket_client_connect_extended(context, "127.0.0.1", port, 0, "/", "localhost",
								    "localhost", "named", -1, &mine);
#endif
}

int
main(int argc, char **argv)
{
	const char *method = NULL;
	struct libwebsocket_context *context;
	struct lws_context_creation_info info;
	struct libwebsocket *wsi;
	int set = 1;

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
	for (int n = 2; n < argc; n++)
		if (!strcmp(argv[n], "http"))
			method = "GET";
		else
			set = 0;
	wsi = begins(context, atoi(argv[1]), method);
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
