/* SPDX-License-Identifier: MIT
 *
 * first HOW: prints what the first turn of a context tells, for each way to wait.
 */
#include "poll.h"

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	(void)wsi;
	(void)user;
	(void)len;
	if (set_event(reason, in))
		return 0;
	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		puts("PROTOCOL_INIT");
		break;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		puts("EVENT_WAIT_CANCELLED");
		_exit(0);
	default:
		break;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback }, { 0 }
	};
	struct lws_context_creation_info info = { .protocols = protocols };

	if (argc < 2)
		return 2;
	take_arguments(&info, argc, argv);
	if (begin(&info))
		return 2;
	for (;;)
		if (strcmp(argv[1], "fd")) {
			lws_service(context, 0);
		} else {
			wait_for(set, set_size, -1);
			serve_set();
		}
}
