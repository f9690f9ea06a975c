/* SPDX-License-Identifier: MIT
 *
 * A program's view of the headers: its own structs, the macros, the inline
 * helpers. It is compiled as C and as C++ with all warnings on, never run.
 */
#include <libwebsockets.h>

struct session { struct lws *wsi; int count; };

static int
on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	unsigned char out[LWS_PRE + 32];

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		s->wsi = wsi;
		lwsl_notice("%s: up\n", __func__);
		break;
	case LWS_CALLBACK_RECEIVE:
		lwsl_user("%d: %.*s\n", s->count++, (int)len, (const char *)in);
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return lws_write(wsi, out + LWS_PRE, 32, LWS_WRITE_TEXT) < 32;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "demo", on_event, sizeof(struct session), 128, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(void)
{
	struct lws_context_creation_info info;
	struct lws_context *context;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_VALIDATE_UTF8;
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER, NULL);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	while (lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return LWS_ARRAY_SIZE(protocols) != 2;
}
