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

	if (argc > 1) {
		look = (useconds_t)atoi(argv[1]) * 1000;
		size = 1;
	}
	return begin(protocols) ? serve() : 3;
}
