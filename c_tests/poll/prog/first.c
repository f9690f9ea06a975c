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
	switch (reason) {
	case LWS_CALLBACK_ADD_POLL_FD:
	case LWS_CALLBACK_DEL_POLL_FD:
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		set_event(reason, in);
		break;
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
	struct lws_context_creation_info info = {
		.protocols = protocols,
		.options = loop_option(argc > 1 ? argv[1] : ""),
	};

	if (argc < 2 || begin(&info))
		return 2;
	for (;;)
		if (strcmp(argv[1], "fd")) {
			lws_service(context, 0);
		} else {
			wait_for(set, set_size, -1);
			serve_set();
		}
}
