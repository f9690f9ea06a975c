/* SPDX-License-Identifier: MIT */
/* A server sends: fragments, much at once, to slow and vanishing readers. */
#include "frames.h"

#include <sys/socket.h>

/* ---- sending ---- */

struct sending {
	int step;
	size_t at;
};

static int nofin_hook(event *e)
{
	struct sending *s = e->user;

	if (e->reason == LWS_CALLBACK_ESTABLISHED)
		lws_callback_on_writable(e->wsi);
	if (e->reason != LWS_CALLBACK_SERVER_WRITEABLE)
		return PASS;
	switch (s->step++) {
	case 0:
		put(e, "first ", 6, LWS_WRITE_TEXT | LWS_WRITE_NO_FIN);
		break;
	case 1:
		put(e, "middle ", 7, LWS_WRITE_CONTINUATION | LWS_WRITE_NO_FIN);
		break;
	case 2:
		put(e, "last", 4, LWS_WRITE_CONTINUATION);
		break;
	case 3:
		put(e, "", 0, LWS_WRITE_TEXT);
		break;
	case 4:
		put(e, "\0\1", 2, LWS_WRITE_BINARY | LWS_WRITE_NO_FIN);
		break;
	case 5:
		put(e, "", 0, LWS_WRITE_CONTINUATION);
		break;
	case 6:
		put(e, "flags", 5, lws_write_ws_flags(LWS_WRITE_TEXT, 1, 1));
		break;
	case 7:
		put(e, "beat", 4, LWS_WRITE_PONG);
		break;
	default:
		return PASS;
	}
	lws_callback_on_writable(e->wsi);
	return PASS;
}

static void nofin_peer(peer *p)
{
	p_frames(p, 8);
	bye(p);
}

static void tx_fragments(void) { frames_with(nofin_hook, nofin_peer); }

/* Several small writes in a callback, with calls between them that act at once, and one
 * in one that closes. Seen to fail where what was noted is lost when such a call comes. */
static int together_hook(event *e)
{
	struct sending *s = e->user;

	if (e->reason == LWS_CALLBACK_ESTABLISHED)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RECEIVE) {
		puts_ws(e, "in RECEIVE");
		lws_close_reason(e->wsi, LWS_CLOSE_STATUS_GOINGAWAY, (unsigned char *)"gone", 4);
		return -1;
	}
	if (e->reason != LWS_CALLBACK_SERVER_WRITEABLE)
		return PASS;
	switch (s->step++) {
	case 0:
		puts_ws(e, "one");
		puts_ws(e, "two");
		put(e, "beat", 4, LWS_WRITE_PONG);
		puts_ws(e, "three");
		break;
	case 1:
		puts_ws(e, "four");
		say(e->conn, "  partial %d", lws_partial_buffered(e->wsi));
		put(e, "", 0, LWS_WRITE_BINARY);
		return PASS;
	}
	lws_callback_on_writable(e->wsi);
	return PASS;
}

static void together_peer(peer *p)
{
	p_frames(p, 6);
	p_text(p, "x");
	p_rest_frames(p);
}

static void tx_together(void) { frames_with(together_hook, together_peer); }

#define LARGE 3000000

/* The library's side of the socket takes little, so that much has to be kept. */
static void small_send_buffer(struct lws *wsi)
{
	int n = 8192;

	setsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_SNDBUF, &n, sizeof n);
}

static int large_hook(event *e)
{
	struct sending *s = e->user;

	if (e->reason == LWS_CALLBACK_ESTABLISHED) {
		small_send_buffer(e->wsi);
		lws_callback_on_writable(e->wsi);
	}
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE && !s->step) {
		char *big = pattern(LARGE);

		s->step++;
		put(e, big, LARGE, LWS_WRITE_BINARY);
		free(big);
		say(e->conn, "  partial %d, choked %d", lws_partial_buffered(e->wsi),
		    lws_send_pipe_choked(e->wsi));
		lws_callback_on_writable(e->wsi);
	} else if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE && s->step == 1) {
		s->step++;
		say(e->conn, "  writeable again, partial %d", lws_partial_buffered(e->wsi));
		puts_ws(e, "after it");
	}
	return PASS;
}

static void slow_reader(peer *p)
{
	await("ESTABLISHED");
	p_pause(300);
	p_drain(p, LARGE);
	p_frames(p, 1);
	bye(p);
}

static void tx_large(void) { frames_with(large_hook, slow_reader); }

static int many_hook(event *e)
{
	struct sending *s = e->user;

	if (e->reason == LWS_CALLBACK_ESTABLISHED)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE && s->step < 200) {
		char *big = pattern(20000);

		big[0] = (char)s->step++;
		put(e, big, 20000, LWS_WRITE_BINARY);
		free(big);
		lws_callback_on_writable(e->wsi);
	}
	return PASS;
}

static void many_peer(peer *p)
{
	await("ESTABLISHED");
	p_pause(200);
	p_drain(p, 200 * 20000);
	bye(p);
}

static void tx_many(void) { frames_with(many_hook, many_peer); }

/* A peer that resets while much is still to be sent. */
static void reset_reader(peer *p)
{
	await("SERVER_WRITEABLE");
	p_pause(100);
	p_reset(p);
}

static int large_once_hook(event *e)
{
	struct sending *s = e->user;

	if (e->reason == LWS_CALLBACK_ESTABLISHED)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE && !s->step++) {
		char *big = pattern(LARGE);

		put(e, big, LARGE, LWS_WRITE_BINARY);
		free(big);
	}
	return PASS;
}

static void tx_reset(void) { frames_with(large_once_hook, reset_reader); }

static const scenario sc_ws_tx[] = {
    {"tx-fragments", tx_fragments},
    {"tx-together", tx_together},
    {"tx-large", tx_large},
    {"tx-many", tx_many},
    {"tx-reset", tx_reset},
    {NULL, NULL},
};

SCENARIOS(sc_ws_tx)
