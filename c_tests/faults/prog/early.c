/* SPDX-License-Identifier: MIT
 *
 * early [MS]: answers each message with 60,000 bytes when its first piece comes,
 * and does not write when the others do. With MS it takes so long to look at a
 * message, and answers with one byte.
 */
#include "common.h"
#include <unistd.h>

#define ANSWER 60000

static unsigned char answer[LWS_PRE + ANSWER];
static size_t size = ANSWER;
static useconds_t look;

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		usleep(look);
		if (lws_is_first_fragment(wsi))
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (lws_write(wsi, answer + LWS_PRE, size, LWS_WRITE_BINARY) != (int)size)
			return -1;
		break;
	default:
		break;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback }, { 0 }
	};
	struct lws_context_creation_info info;
	struct lws_vhost *vh;

	if (argc > 1) {
		look = (useconds_t)atoi(argv[1]) * 1000;
		size = 1;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	context = bare_context();
	if (!context)
		return 3;
	memset(&info, 0, sizeof(info));
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	vh = lws_create_vhost(context, &info);
	if (!vh)
		return 4;
	printf("PORT %d\n", lws_get_vhost_listen_port(vh));
	return serve();
}
