/* SPDX-License-Identifier: MIT */
/* The protocol "gen" of the programs up to v1.5, whose callbacks have the context in front.
 * early_* are the names of their time. libwebsockets.h comes first. */
#ifndef GEN_EARLY_H
#define GEN_EARLY_H

static early_wsi *client_wsi;

/* What comes, and what goes; heard is what a client does with a whole echo. */
static int
gen_early(early_context *context, early_wsi *wsi, early_reason reason, struct gen *g, void *in, size_t len,
	  int (*heard)(early_context *, early_wsi *, struct gen *))
{
	early_mode mode = LWS_WRITE_BINARY;
	int last;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
		last = early_is_final_fragment(wsi) && !early_remaining_packet_payload(wsi);
		if (!lws_frame_is_binary(wsi) || (early_get_reserved_bits(wsi) & 0x30) || gen_piece(g, in, len, last))
			return -1;
		if (!last)
			break;
		if (reason == LWS_CALLBACK_CLIENT_RECEIVE)
			return heard(context, wsi, g);
		early_callback_on_writable(context, wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!g->ready)
			break;
		/* fallthrough */
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (!g->len || lws_send_pipe_choked(wsi))
			break;
		if (early_write(wsi, g->buf + GEN_ROOM, g->len, mode) < (int)g->len)
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
#endif
