/* SPDX-License-Identifier: MIT
 *
 * A plugin: the protocol "keys" fills a page's $who, and lets nobody in who needs the
 * access bit 2.
 */
#include <libwebsockets.h>

static const char *const vars[] = { "$who" };

static const char *
replace(void *data, int i)
{
	(void)data;
	return i ? NULL : "somebody";
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct lws_process_html_args *a = in;
	static struct lws_process_html_state state;

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CHECK_ACCESS_RIGHTS:
		return (a->max_len & 2) != 0;
	case LWS_CALLBACK_HTTP:
		return lws_return_http_status(wsi, 200, "let in") || lws_http_transaction_completed(wsi);
	case LWS_CALLBACK_PROCESS_HTML:
		state.vars = vars;
		state.count_vars = 1;
		state.replace = replace;
		return lws_chunked_html_process(a, &state);
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = { { .name = "keys", .callback = callback } };

LWS_VISIBLE const lws_plugin_protocol_t more_keys = {
	.hdr = {
		"more_keys", "lws_protocol_plugin",
#if defined(LWS_BUILD_HASH)
		LWS_BUILD_HASH,
#endif
		LWS_PLUGIN_API_MAGIC,
	},
	.protocols = protocols,
	.count_protocols = LWS_ARRAY_SIZE(protocols),
};
