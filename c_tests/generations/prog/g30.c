/* SPDX-License-Identifier: MIT */
/* A program of v3.0, v3.2 or v4.0 (pkg-config libwebsockets): it asks for its writes with timers that call a
 * protocol of the vhost. */
#include "gen.h"
#include <libwebsockets.h>

static struct lws_context *context;
static struct lws *client_wsi;

static int
callback_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (lws_serve_http_file(wsi, gen_file, "text/plain", NULL, 0) < 0)
			return -1;
		break;
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		break;
	}
	return 0;
}

#define WRITE_NOW (LWS_CALLBACK_USER + 1)
#define NEVER (LWS_CALLBACK_USER + 2)

static struct lws_vhost *vhost;

static int
callback_gen(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct gen *g = user;
	int last;

	switch ((int)reason) {
	case WRITE_NOW:
		if (lws_get_vhost(wsi) != vhost || lws_get_protocol(wsi)->callback != callback_gen || user || in || len)
			return -1;
		lws_callback_on_writable_all_protocol_vhost(vhost, lws_get_protocol(wsi));
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		gen_fill(g);
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
		last = lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi);
		if (gen_piece(g, in, len, last))
			return -1;
		if (!last)
			break;
		if (reason == LWS_CALLBACK_CLIENT_RECEIVE) {
			if (gen_check(g))
				return -1;
			gen_fill(g);
		}
		if (lws_timed_callback_vh_protocol_us(vhost, lws_get_protocol(wsi), WRITE_NOW, 1000))
			return -1;
		break;
	case NEVER:
		fprintf(stderr, "a timer of the vhost's fires too early\n");
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!g->ready)
			break;
		/* fallthrough */
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (!g->len)
			break;
		if (lws_write(wsi, g->buf + GEN_ROOM, g->len, LWS_WRITE_BINARY) < (int)g->len)
			return -1;
		g->len = 0;
		g->ready = 0;
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
	case LWS_CALLBACK_CLOSED:
		if (wsi == client_wsi)
			gen_stop = 1;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
    {"http-only", callback_http, 0, 0, 0, NULL, 0},
    {"gen", callback_gen, sizeof(struct gen), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	int server = gen_args(argc, argv);

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
	info.ws_ping_pong_interval = 1;
	info.ip_limit_ah = 24;
	info.ip_limit_wsi = 105;
	context = lws_create_context(&info);
	if (!context || ARRAY_SIZE(protocols) != 3)
		return 1;
	vhost = lws_get_vhost_by_name(context, "default");
	/* is still to come when the context goes */
	if (lws_timed_callback_vh_protocol(vhost, &protocols[1], NEVER, 60))
		return 1;
	if (!server) {
		struct lws_client_connect_info i;

		memset(&i, 0, sizeof(i));
		i.context = context;
		i.address = i.host = i.origin = "127.0.0.1";
		i.port = gen_port;
		i.path = "/";
		i.protocol = "gen";
		client_wsi = lws_client_connect_via_info(&i);
		if (!client_wsi)
			return 1;
	}
	while (!gen_stop && lws_service(context, 50) >= 0)
		;
	lws_context_destroy(context);
	return gen_report(server);
}
