/* SPDX-License-Identifier: MIT */
/* The protocol "gen", and HTTP that serves one file, of the programs whose callbacks are as today's (v1.6 on);
 * libwebsockets.h comes first. */
#ifndef GEN_ECHO_H
#define GEN_ECHO_H

static struct lws *client_wsi;

/* What a whole message at the server leads to. */
#ifndef GEN_ECHO_ANSWER
#define GEN_ECHO_ANSWER(wsi) lws_callback_on_writable(wsi)
#endif

static int
gen_echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct gen *g = user;
	int last;

	switch (reason) {
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
		if (reason == LWS_CALLBACK_RECEIVE) {
			GEN_ECHO_ANSWER(wsi);
			break;
		}
		if (gen_check(g))
			return -1;
		gen_fill(g);
		lws_callback_on_writable(wsi);
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

/* HTTP serves one file. */
__attribute__((unused)) static int
gen_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
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
#endif
