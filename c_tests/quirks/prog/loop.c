/* SPDX-License-Identifier: MIT
 *
 * A context in a loop that the library makes: loop OPTION [destroy]. It prints what is told of, and when
 * it serves; with destroy its own callback ends it.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lws_context *context;
static int destroys;

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct lws_context *cx = wsi ? lws_get_context(wsi) : NULL;

	(void)user;
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_PROTOCOL_DESTROY)
		puts("PROTOCOL_DESTROY");
	if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED) {
		if (destroys == 1 && cx) {
			destroys = 2;
			lws_context_destroy(cx);
		}
		puts("SERVES");
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", callback, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2)
		return 2;
	destroys = argc > 2;
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options = strtoull(argv[1], NULL, 0);
	info.pcontext = &context;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = lws_create_context(&info);
	if (!context) {
		puts("NO CONTEXT");
		return 0;
	}
	lws_cancel_service(context);
	while (context && lws_service(context, 0) >= 0)
		;
	printf("ENDED %s\n", context ? "half" : "whole");
	return 0;
}
