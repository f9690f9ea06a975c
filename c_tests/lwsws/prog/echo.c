/* SPDX-License-Identifier: MIT
 *
 * A plugin: the protocol "echo" sends back what it gets.
 */
#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

struct pss {
	size_t len;
	int text;
	unsigned char b[LWS_PRE + 256];
};

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct pss *p = user;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		if (len > sizeof(p->b) - LWS_PRE)
			return -1;
		memcpy(p->b + LWS_PRE, in, len);
		p->len = len;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!p->len)
			break;
		if (lws_write(wsi, p->b + LWS_PRE, p->len, LWS_WRITE_TEXT) < (int)p->len)
			return -1;
		p->len = 0;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = callback, .per_session_data_size = sizeof(struct pss) }
};

LWS_VISIBLE const lws_plugin_protocol_t test_echo = {
	.hdr = {
		"test_echo", "lws_protocol_plugin",
#if defined(LWS_BUILD_HASH)
		LWS_BUILD_HASH,
#endif
		LWS_PLUGIN_API_MAGIC,
	},
	.protocols = protocols,
	.count_protocols = LWS_ARRAY_SIZE(protocols),
};
