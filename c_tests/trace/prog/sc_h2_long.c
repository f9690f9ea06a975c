/* SPDX-License-Identifier: MIT */
/* HTTP/2 over time: streams that live long, the program's own poll, calls to all connections, the end of it all. */
#include "extpoll.h"
#include "h2peer.h"
#include "web.h"

static void begin(hook_fn hook)
{
	rig.info.options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
	server(web_protocols, hook);
}

static void serve_h2(hook_fn hook, script_fn script)
{
	begin(hook);
	peer_start("peer0", script);
	finish();
}

static void one_request(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, "GET", "/thing");
	h2_flush(p);
	h2_until(p, 1);
	p_close(p);
}

/* ---- events, and answers that come late: longer than a connection may be silent ---- */

#define SILENCE 1 /* s */

static int sse_hook(event *e)
{
	struct web_session *s = e->user;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		s->step = 0;
		if (web_head(e, 200, "text/event-stream", LWS_ILLEGAL_HTTP_CONTENT_LEN))
			return 1;
		say(e->conn, "  mark sse %d", lws_http_mark_sse(e->wsi));
		lws_callback_on_writable(e->wsi);
		return 0;
	case LWS_CALLBACK_TIMER:
		lws_callback_on_writable(e->wsi);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE: {
		char text[32];

		if (s->step == 4)
			return 0;
		snprintf(text, sizeof text, "data: %d\r\n\r\n", s->step++);
		put(e, text, strlen(text), s->step == 4 ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
		if (s->step == 4)
			return lws_http_transaction_completed(e->wsi) ? -1 : 0;
		lws_set_timer_usecs(e->wsi, 900 * LWS_US_PER_MS);
		return 0;
	}
	default:
		return PASS;
	}
}

static void sse(void)
{
	rig.info.keepalive_timeout = SILENCE;
	serve_h2(sse_hook, one_request);
}

/* The peer hears nothing at all for a while, then its answer. */
static int late_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		lws_set_timer_usecs(e->wsi, 2500 * LWS_US_PER_MS);
		return 0;
	}
	if (e->reason == LWS_CALLBACK_TIMER) {
		lws_callback_on_writable(e->wsi);
		((struct web_session *)e->user)->step = 10;
		return 0;
	}
	if (e->reason == LWS_CALLBACK_HTTP_WRITEABLE && ((struct web_session *)e->user)->step == 10) {
		((struct web_session *)e->user)->step = 0;
		if (web_head(e, 200, "text/plain", 4))
			return 1;
		put(e, "late", 4, LWS_WRITE_HTTP_FINAL);
		return lws_http_transaction_completed(e->wsi) ? -1 : 0;
	}
	return PASS;
}

static void long_poll(void)
{
	rig.info.options |= LWS_SERVER_OPTION_VH_H2_HALF_CLOSED_LONG_POLL;
	rig.info.keepalive_timeout = SILENCE;
	serve_h2(late_hook, one_request);
}

/* ---- a client that only listens ---- */

static int listener_hook(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		say(e->conn, "  rxonly %d", lws_h2_client_stream_long_poll_rxonly(e->wsi));
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: {
		char buffer[1024 + LWS_PRE], *px = buffer + LWS_PRE;
		int len = sizeof buffer - LWS_PRE;

		return lws_http_client_read(e->wsi, &px, &len) < 0 ? -1 : 0;
	}
	default:
		break;
	}
	return PASS;
}

static void connect_now(void *arg)
{
	struct lws_client_connect_info i = client_info("/page", "http");

	(void)arg;
	i.method = "POST"; /* its side stays open behind the head */
	i.origin = i.host;
	i.ssl_connection |= LCCSCF_H2_PRIOR_KNOWLEDGE;
	client("cliA", &i);
}

static void starter(peer *p)
{
	(void)p;
	in_loop(connect_now, NULL);
}

static void listened_to(peer *p)
{
	unsigned id;

	if (!h2_serve(p) || !(id = h2_await_head(p)))
		return;
	h2_head(0, id, ":status", "200", "content-type", "text/plain", NULL);
	h2_flush(p);
	p_pause(2500);
	h2_data(0, id, "news ");
	h2_flush(p);
	await("RECEIVE_CLIENT_HTTP_READ");
	p_pause(200);
	h2_data(END_STREAM, id, "more");
	h2_flush(p);
	await("COMPLETED_CLIENT_HTTP");
	if (h2_until(p, id))
		say(p->name, "the client's side is over");
	p_close(p);
}

static void rxonly(void)
{
	rig.info.timeout_secs = SILENCE;
	h2_show_resets = true; /* an end by END_STREAM shows none */
	if (no_server(web_protocols, listener_hook)) {
		peer_listen("peer0", listened_to);
		peer_start("peer1", starter);
		finish();
	}
}

static int no_stream_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP)
		say(e->conn, "  rxonly on the network connection %d", lws_h2_client_stream_long_poll_rxonly(lws_get_network_wsi(e->wsi)));
	return simple_hook(e);
}

static void rxonly_no_stream(void) { serve_h2(no_stream_hook, one_request); }

/* ---- the program polls ---- */

static int extpoll_hook(event *e)
{
	return ext_event(e) ? 0 : simple_hook(e);
}

static void extpoll_peer(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, "GET", "/one");
	h2_request(END_STREAM, 3, "GET", "/two");
	h2_flush(p);
	h2_until(p, 1);
	h2_until(p, 3);
	h2_request(END_STREAM, 5, "GET", "/three");
	h2_flush(p);
	h2_until(p, 5);
	p_close(p);
}

static void external_poll(void)
{
	begin(extpoll_hook);
	peer_start("peer0", extpoll_peer);
	say(GLOBAL, "served %s", ext_serve() ? "to the end" : "not to the end");
	rig.quit = true;
	finish();
	say(GLOBAL, "descriptors left %d", ext_count);
}

/* ---- the program calls all connections ---- */

static int called_hook(event *e)
{
	if (e->reason >= LWS_CALLBACK_USER)
		say(e->conn, "  %s, user %s", lws_get_network_wsi(e->wsi) == e->wsi ? "a connection" : "a stream",
		    e->user ? "some" : "none");
	if (e->reason == LWS_CALLBACK_HTTP)
		return 0;
	return PASS;
}

static void call_all(void *arg)
{
	struct lws_vhost *vh = lws_get_vhost_by_name(rig.ctx, "default");
	const struct lws_protocols *own = lws_vhost_name_to_protocol(vh, "http");

	(void)arg;
	say(GLOBAL, "all_protocol %d", lws_callback_all_protocol(rig.ctx, own, LWS_CALLBACK_USER + 1));
	say(GLOBAL, "all_protocol_vhost %d", lws_callback_all_protocol_vhost(vh, own, LWS_CALLBACK_USER + 2));
	say(GLOBAL, "all_protocol_vhost, any %d", lws_callback_all_protocol_vhost_args(vh, NULL, LWS_CALLBACK_USER + 3, "args", 4));
}

static void called_peer(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, "GET", "/one");
	h2_request(END_STREAM, 3, "GET", "/two");
	h2_flush(p);
	await_n("HTTP", 2);
	in_loop(call_all, NULL);
	p_close(p);
}

static void all_protocol(void) { serve_h2(called_hook, called_peer); }

/* ---- the end with streams that live ---- */

static int hang_hook(event *e)
{
	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	if (!strcmp(e->in, "/two"))
		rig.quit = true;
	return 0;
}

static void left_peer(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, "GET", "/one");
	h2_flush(p);
	await("HTTP");
	h2_request(END_STREAM, 3, "GET", "/two");
	h2_flush(p);
	h2_until(p, 0);
}

static void destroy_live(void)
{
	serve_h2(hang_hook, left_peer);
	while (peers_running()) /* it has yet to see the end */
		usleep(1000);
}

static int hang_on_hook(event *e)
{
	return e->reason == LWS_CALLBACK_HTTP ? 0 : PASS;
}

static void vanish_three_peer(peer *p)
{
	h2_begin(p);
	for (int i = 0; i < 3; i++) {
		h2_request(END_STREAM, 1 + 2 * (unsigned)i, "GET", "/one");
		h2_flush(p);
		await_n("HTTP", i + 1);
	}
	p_close(p);
}

static void vanish_three(void)
{
	rig.flat = true;
	serve_h2(hang_on_hook, vanish_three_peer);
}

static const scenario list[] = {
    {"h2-sse", sse},
    {"h2-long-poll", long_poll},
    {"h2cli-rxonly", rxonly},
    {"h2-rxonly-no-stream", rxonly_no_stream},
    {"h2-external-poll", external_poll},
    {"h2-all-protocol", all_protocol},
    {"h2-destroy-live", destroy_live},
    {"h2-vanish-three", vanish_three},
    {NULL, NULL},
};
SCENARIOS(list)
