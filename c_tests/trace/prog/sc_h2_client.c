/* SPDX-License-Identifier: MIT */
/* An HTTP/2 client and raw servers, without TLS: what the program sees of its streams. */
#include "h2peer.h"
#include "httpc.h"

static void by_http2(struct lws_client_connect_info *i)
{
	if (i->ssl_connection & LCCSCF_PIPELINE)
		i->host = i->address; /* by this name others find the connection */
	i->origin = i->host;
	i->ssl_connection |= LCCSCF_H2_PRIOR_KNOWLEDGE;
	i->manual_initial_tx_credit = 100;
	i->keep_warm_secs = 0;
}

static int reader(event *e)
{
	int r = hc_reader(e);
	char v[64];

	if (e->reason == LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP) {
		say(e->conn, "  network %s", lws_get_network_wsi(e->wsi) == e->wsi ? "itself" : "other");
		if (lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_HTTP_CONTENT_TYPE) > 0)
			say(e->conn, "  type %s", v);
	}
	return r;
}

static void with(hook_fn hook, script_fn script)
{
	hc_names[0] = "cliA";
	hc_adjust = by_http2;
	hc_with(hook, script);
}

static const char *code = "200", *body = "hello world";

/* Answers every request until the client goes. */
static void answer_peer(peer *p)
{
	unsigned id;

	if (!h2_serve(p))
		return;
	while ((id = h2_await_head(p))) {
		if (body) {
			h2_head(0, id, ":status", code, "content-type", "text/plain", NULL);
			h2_data(END_STREAM, id, body);
		} else {
			h2_head(END_STREAM, id, ":status", code, "content-length", "0", NULL);
		}
		h2_flush(p);
	}
}

static void get(void) { with(reader, answer_peer); }

static void not_found(void)
{
	code = "404";
	with(reader, answer_peer);
}

static void pieces_peer(peer *p)
{
	unsigned id;

	if (!h2_serve(p) || !(id = h2_await_head(p)))
		return;
	h2_head(0, id, ":status", "200", "content-length", "11", NULL);
	h2_flush(p);
	h2_data(0, id, "hello ");
	h2_flush(p);
	await("RECEIVE_CLIENT_HTTP_READ");
	h2_data(END_STREAM, id, "world");
	h2_flush(p);
	h2_until(p, 0);
}

static void in_pieces(void) { with(reader, pieces_peer); }

static int established_refused(event *e)
{
	return e->reason == LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP ? -1 : PASS;
}

static void refuse_established(void) { with(established_refused, answer_peer); }

static int filter_refused(event *e)
{
	return e->reason == LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH ? -1 : PASS;
}

static void refuse_filter(void) { with(filter_refused, answer_peer); }

static int read_refused(event *e)
{
	return e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ ? -1 : PASS;
}

static void refuse_read(void) { with(read_refused, answer_peer); }

static int posting(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: {
		unsigned char **p = e->in, *end = *p + e->len;

		say(e->conn, "  add %d", lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH,
		                                                     (const unsigned char *)"4", 1, p, end));
		lws_client_http_body_pending(e->wsi, 1);
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE: {
		unsigned char b[LWS_PRE + 8];
		struct session *s = e->user;

		if (s->step++)
			return 0;
		memcpy(b + LWS_PRE, "data", 4);
		lws_client_http_body_pending(e->wsi, 0);
		say(e->conn, "  write %d", lws_write(e->wsi, b + LWS_PRE, 4, LWS_WRITE_HTTP_FINAL));
		return 0;
	}
	default:
		return reader(e);
	}
}

static void post_peer(peer *p)
{
	unsigned id;

	if (!h2_serve(p) || !(id = h2_await_head(p)) || !h2_await_data(p, id, 4))
		return;
	h2_head(0, id, ":status", "200", NULL);
	h2_data(END_STREAM, id, "thanks");
	h2_flush(p);
	h2_until(p, 0);
}

static void post(void)
{
	hc_method = "POST";
	with(posting, post_peer);
}

static int credits(event *e)
{
	if (e->reason == LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP)
		say(e->conn, "  estimate %d", lws_h2_get_peer_txcredit_estimate(e->wsi));
	if (e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ) {
		say(e->conn, "  estimate %d", lws_h2_get_peer_txcredit_estimate(e->wsi));
		say(e->conn, "  more %d", lws_wsi_tx_credit(e->wsi, LWSTXCR_PEER_TO_US, 50));
		say(e->conn, "  estimate %d", lws_h2_get_peer_txcredit_estimate(e->wsi));
	}
	return reader(e);
}

static void manual(void)
{
	hc_flags = LCCSCF_H2_MANUAL_RXFLOW;
	with(credits, answer_peer);
}

static void vanish_peer(peer *p)
{
	if (!h2_serve(p) || !h2_await_head(p))
		return;
	p_close(p);
}

static void vanish(void) { with(reader, vanish_peer); }

static void half_peer(peer *p)
{
	unsigned id;

	if (!h2_serve(p) || !(id = h2_await_head(p)))
		return;
	h2_head(0, id, ":status", "200", NULL);
	h2_data(0, id, "hello");
	h2_flush(p);
	await("RECEIVE_CLIENT_HTTP_READ");
	p_close(p);
}

static void half(void) { with(reader, half_peer); }

static void shared(void)
{
	hc_flags = LCCSCF_PIPELINE;
	hc_names[1] = "cliB";
	with(reader, answer_peer);
}

static void again_peer(peer *p)
{
	(void)p;
	await("CLOSED_CLIENT_HTTP");
	hc_starter(NULL);
}

/* The second request finds the connection of the first, which is over. */
static void joined(void)
{
	hc_flags = LCCSCF_PIPELINE;
	peer_start("peer2", again_peer);
	with(reader, answer_peer);
}

static const scenario list[] = {
    {"h2cli-get", get},
    {"h2cli-404", not_found},
    {"h2cli-pieces", in_pieces},
    {"h2cli-refuse-established", refuse_established},
    {"h2cli-refuse-filter", refuse_filter},
    {"h2cli-refuse-read", refuse_read},
    {"h2cli-post", post},
    {"h2cli-manual", manual},
    {"h2cli-vanish", vanish},
    {"h2cli-half", half},
    {"h2cli-shared", shared},
    {"h2cli-joined", joined},
    {NULL, NULL},
};
SCENARIOS(list)
