/* SPDX-License-Identifier: MIT */
/* An HTTP/2 server: what the program sees of streams. The peers speak HTTP/2 from the first byte. */
#include "h2peer.h"
#include "web.h"

static void serve_h2(hook_fn hook, script_fn script)
{
	rig.info.options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
	if (server(web_protocols, hook)) {
		peer_start("peer0", script);
		finish();
	}
}

static const char *method = "GET", *path = "/thing";

static void one_request(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, method, path);
	h2_flush(p);
	h2_until(p, 1);
	p_close(p);
}

/* ---- answers ---- */

static void get(void) { serve_h2(simple_hook, one_request); }

static int status_hook(event *e)
{
	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	say(e->conn, "  return_http_status %d", lws_return_http_status(e->wsi, 404, "nothing here"));
	if (lws_http_transaction_completed(e->wsi))
		return -1;
	return 0;
}

static void status(void) { serve_h2(status_hook, one_request); }

static int refuse_hook(event *e)
{
	return e->reason == LWS_CALLBACK_HTTP ? -1 : PASS;
}

static int filter_hook(event *e)
{
	return e->reason == LWS_CALLBACK_FILTER_HTTP_CONNECTION ? 1 : PASS;
}

/* The reference leaves the peer of a refused stream waiting. */
static void no_answer(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, method, path);
	h2_flush(p);
	await_n("WSI_DESTROY", 1);
	p_close(p);
}

static void refuse(void) { serve_h2(refuse_hook, no_answer); }
static void filter(void) { serve_h2(filter_hook, no_answer); }

static int redirect_hook(event *e)
{
	uint8_t buf[LWS_PRE + 512], *p = buf + LWS_PRE, *end = buf + sizeof buf - 1;

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	say(e->conn, "  redirect %d", lws_http_redirect(e->wsi, 302, (const uint8_t *)"/other", 6, &p, end));
	return lws_http_transaction_completed(e->wsi) ? -1 : 0;
}

static void redirect(void) { serve_h2(redirect_hook, one_request); }

static int headers_hook(event *e)
{
	uint8_t buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1, *tight;

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	say(e->conn, "  status %d at %td", lws_add_http_header_status(e->wsi, 206, &p, end), p - start);
	say(e->conn, "  by name %d at %td",
	    lws_add_http_header_by_name(e->wsi, (const uint8_t *)"X-Own:", (const uint8_t *)"value", 5, &p, end), p - start);
	say(e->conn, "  by token %d at %td",
	    lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_ETAG, (const uint8_t *)"tag", 3, &p, end), p - start);
	say(e->conn, "  transfer-encoding %d at %td",
	    lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING, (const uint8_t *)"chunked", 7, &p, end),
	    p - start);
	tight = p;
	say(e->conn, "  no room %d at %td",
	    lws_add_http_header_by_name(e->wsi, (const uint8_t *)"full:", (const uint8_t *)"value", 5, &tight, p + 12), tight - p);
	say(e->conn, "  length %d at %td", lws_add_http_header_content_length(e->wsi, 4, &p, end), p - start);
	say(e->conn, "  finalize %d at %td", lws_finalize_http_header(e->wsi, &p, end), p - start);
	say(e->conn, "  write %d of %td", lws_write(e->wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS), p - start);
	memcpy(buf + LWS_PRE, "body", 4);
	say(e->conn, "  write %d", lws_write(e->wsi, buf + LWS_PRE, 4, LWS_WRITE_HTTP));
	return lws_http_transaction_completed(e->wsi) ? -1 : 0;
}

static void add_headers(void) { serve_h2(headers_hook, one_request); }

/* ---- requests ---- */

static void show(event *e, const char *name, enum lws_token_indexes t)
{
	char v[256];
	int total = lws_hdr_total_length(e->wsi, t), n = lws_hdr_copy(e->wsi, v, sizeof v, t);

	if (total || n)
		say(e->conn, "  %s: total %d copy %d %s", name, total, n, n > 0 ? v : "");
}

static int reading_hook(event *e)
{
	char *uri = NULL, v[64];
	int len = 0, m;

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	show(e, "get", WSI_TOKEN_GET_URI);
	show(e, "put", WSI_TOKEN_PUT_URI);
	show(e, "delete", WSI_TOKEN_DELETE_URI);
	show(e, ":method", WSI_TOKEN_HTTP_COLON_METHOD);
	show(e, ":path", WSI_TOKEN_HTTP_COLON_PATH);
	show(e, ":scheme", WSI_TOKEN_HTTP_COLON_SCHEME);
	show(e, ":authority", WSI_TOKEN_HTTP_COLON_AUTHORITY);
	show(e, "host", WSI_TOKEN_HOST);
	show(e, "accept", WSI_TOKEN_HTTP_ACCEPT);
	show(e, "args", WSI_TOKEN_HTTP_URI_ARGS);
	say(e->conn, "  by name: %s", lws_get_urlarg_by_name(e->wsi, "b=", v, sizeof v) ? "found" : "(none)");
	say(e->conn, "  custom %d", lws_hdr_custom_length(e->wsi, "x-own:", 6));
	m = lws_http_get_uri_and_method(e->wsi, &uri, &len);
	say(e->conn, "  method %d uri %.*s", m, len, uri ? uri : "");
	if (lws_return_http_status(e->wsi, 200, "read") || lws_http_transaction_completed(e->wsi))
		return -1;
	return 0;
}

static void reading_peer(peer *p)
{
	h2_begin(p);
	h2_head(END_STREAM, 1, ":method", "GET", ":scheme", "http", ":path", "/path/to%20it/../it?a=1&b=two", ":authority",
	        "trace.test:80", "accept", "text/*", "x-own", "seventeen", NULL);
	h2_flush(p);
	h2_until(p, 1);
	h2_request(END_STREAM, 3, "DELETE", "/gone");
	h2_flush(p);
	h2_until(p, 3);
	p_close(p);
}

static void reading(void) { serve_h2(reading_hook, reading_peer); }

static int body_hook(event *e)
{
	struct web_session *s = e->user;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		s->left = 0;
		return 0;
	case LWS_CALLBACK_HTTP_BODY:
		s->left += e->len;
		return PASS;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION: {
		char text[32];

		snprintf(text, sizeof text, "got %zu", s->left);
		if (lws_return_http_status(e->wsi, 200, text) || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	default:
		return PASS;
	}
}

static const char *post_length = "11";

static void post_peer(peer *p)
{
	h2_begin(p);
	h2_head(*post_length == '0' ? END_STREAM : 0, 1, ":method", "POST", ":scheme", "http", ":path", "/up", ":authority", "trace.test",
	        "content-length", post_length, NULL);
	h2_flush(p);
	if (*post_length != '0') {
		await_n("HTTP", 1);
		h2_data(0, 1, "hello ");
		h2_flush(p);
		await_n("HTTP_BODY", 1);
		h2_data(END_STREAM, 1, "world");
	}
	h2_flush(p);
	h2_until(p, 1);
	p_close(p);
}

static void post(void) { serve_h2(body_hook, post_peer); }

/* Neither a stream nor its connection stops receiving. */
static int rx_off_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP)
		say(e->conn, "  rx off %d, of the network %d", lws_rx_flow_control(e->wsi, 0),
		    lws_rx_flow_control(lws_get_network_wsi(e->wsi), 0));
	return body_hook(e);
}

static void post_rx_off(void) { serve_h2(rx_off_hook, post_peer); }

static void post_zero(void)
{
	post_length = "0";
	serve_h2(body_hook, post_peer);
}

static void post_unknown_peer(peer *p)
{
	h2_begin(p);
	h2_request(0, 1, "POST", "/up");
	h2_data(END_STREAM, 1, "hello world");
	h2_flush(p);
	await_n("HTTP_BODY", 1);
	p_pause(200);
	p_close(p);
}

static void post_unknown(void) { serve_h2(body_hook, post_unknown_peer); }

static void put_request(void)
{
	method = "PUT";
	serve_h2(reading_hook, one_request);
}

/* ---- several streams ---- */

static void two_peer(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, "GET", "/one");
	h2_request(END_STREAM, 3, "GET", "/two");
	h2_flush(p);
	h2_until(p, 1);
	h2_until(p, 3);
	p_close(p);
}

static void two(void) { serve_h2(simple_hook, two_peer); }

static void in_turn_peer(peer *p)
{
	h2_begin(p);
	for (unsigned id = 1; id < 9; id += 2) {
		h2_request(END_STREAM, id, "GET", "/again");
		h2_flush(p);
		h2_until(p, id);
	}
	p_close(p);
}

static void in_turn(void) { serve_h2(simple_hook, in_turn_peer); }

static int hang_hook(event *e)
{
	return e->reason == LWS_CALLBACK_HTTP ? 0 : PASS;
}

static void vanish_peer(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, "GET", "/one");
	h2_flush(p);
	await_n("HTTP", 1);
	p_close(p);
}

static void vanish(void)
{
	rig.flat = true;
	serve_h2(hang_hook, vanish_peer);
}

static void ping_peer(peer *p)
{
	h2_begin(p);
	h2_frame(H2_PING, 0, 0, "12345678", 8);
	h2_request(END_STREAM, 1, "GET", "/one");
	h2_flush(p);
	h2_until(p, 1);
	p_close(p);
}

static void ping(void) { serve_h2(simple_hook, ping_peer); }

static void bad_preface_peer(peer *p)
{
	p_connect(p);
	p_put(p, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	p_pause(100);
	p_close(p);
}

static void bad_preface(void) { serve_h2(simple_hook, bad_preface_peer); }

static void no_frames_peer(peer *p)
{
	h2_begin(p);
	p_pause(100);
	p_close(p);
}

static void no_frames(void) { serve_h2(simple_hook, no_frames_peer); }

/* ---- mounts ---- */

static struct lws_http_mount mounts[3];

static void mounted(script_fn script)
{
	mounts[0] = (struct lws_http_mount){.mount_next = &mounts[1], .mountpoint = "/dyn", .mountpoint_len = 4, .origin = "dyn",
	                                    .origin_protocol = LWSMPRO_CALLBACK};
	mounts[1] = (struct lws_http_mount){.mount_next = &mounts[2], .mountpoint = "/moved", .mountpoint_len = 6,
	                                    .origin = "else.test/here", .origin_protocol = LWSMPRO_REDIR_HTTPS};
	mounts[2] = (struct lws_http_mount){.mountpoint = "/file", .mountpoint_len = 5, .origin = "/proc/self", .def = "comm",
	                                    .origin_protocol = LWSMPRO_FILE};
	rig.info.mounts = mounts;
	serve_h2(body_hook, script);
}

static void mount_get_peer(peer *p)
{
	h2_begin(p);
	h2_request(END_STREAM, 1, "GET", "/moved");
	h2_flush(p);
	h2_until(p, 1);
	h2_request(END_STREAM, 3, "GET", "/file/no.html");
	h2_flush(p);
	h2_until(p, 3);
	p_close(p);
}

static int not_found_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(e->wsi, 404, NULL) || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return PASS;
}

static void mount_get(void)
{
	mounts[0] = (struct lws_http_mount){.mount_next = &mounts[1], .mountpoint = "/moved", .mountpoint_len = 6,
	                                    .origin = "else.test/here", .origin_protocol = LWSMPRO_REDIR_HTTPS};
	mounts[1] = (struct lws_http_mount){.mountpoint = "/file", .mountpoint_len = 5, .origin = "/nowhere",
	                                    .origin_protocol = LWSMPRO_FILE};
	rig.info.mounts = mounts;
	serve_h2(not_found_hook, mount_get_peer);
}

static void mount_post_peer(peer *p)
{
	h2_begin(p);
	h2_head(0, 1, ":method", "POST", ":scheme", "http", ":path", "/dyn/form", ":authority", "trace.test", "content-length", "4", NULL);
	h2_data(END_STREAM, 1, "a=bc");
	h2_flush(p);
	h2_until(p, 1);
	p_close(p);
}

static void mount_post(void) { mounted(mount_post_peer); }

/* ---- the program's own questions ---- */

static int asks_hook(event *e)
{
	struct lws *n = lws_get_network_wsi(e->wsi);
	char name[64] = "";

	if (e->reason != LWS_CALLBACK_HTTP)
		return PASS;
	say(e->conn, "  network %s, its own %d", n == e->wsi ? "itself" : "other", lws_get_network_wsi(n) == n);
	say(e->conn, "  parent %d child %d ssl %d", lws_get_parent(e->wsi) != NULL, lws_get_child(e->wsi) != NULL, lws_is_ssl(e->wsi));
	say(e->conn, "  descriptor %s", lws_get_socket_fd(e->wsi) < 0 ? "none" : "some");
	lws_get_peer_simple(e->wsi, name, sizeof name);
	say(e->conn, "  peer %s", name);
	say(e->conn, "  allowance %lld", (long long)lws_get_peer_write_allowance(e->wsi));
	say(e->conn, "  credit to the peer %d, to us %d", lws_wsi_tx_credit(e->wsi, LWSTXCR_US_TO_PEER, 0),
	    lws_wsi_tx_credit(e->wsi, LWSTXCR_PEER_TO_US, 0));
	say(e->conn, "  estimate %d", lws_h2_get_peer_txcredit_estimate(e->wsi));
	say(e->conn, "  update %d", lws_h2_update_peer_txcredit(e->wsi, LWS_H2_STREAM_SID, 1000));
	say(e->conn, "  estimate %d", lws_h2_get_peer_txcredit_estimate(e->wsi));
	say(e->conn, "  choked %d partial %d", lws_send_pipe_choked(e->wsi), lws_partial_buffered(e->wsi));
	say(e->conn, "  rx off %d", lws_rx_flow_control(e->wsi, 0));
	say(e->conn, "  mark sse %d", lws_http_mark_sse(e->wsi));
	say(e->conn, "  header after it %d", lws_hdr_total_length(e->wsi, WSI_TOKEN_GET_URI));
	if (lws_return_http_status(e->wsi, 200, "asked") || lws_http_transaction_completed(e->wsi))
		return -1;
	return 0;
}

static void asks(void) { serve_h2(asks_hook, one_request); }

static int timer_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		lws_set_timer_usecs(e->wsi, 50 * LWS_US_PER_MS);
		return 0;
	}
	if (e->reason != LWS_CALLBACK_TIMER)
		return PASS;
	if (lws_return_http_status(e->wsi, 200, "late") || lws_http_transaction_completed(e->wsi))
		return -1;
	return 0;
}

static void timer(void) { serve_h2(timer_hook, one_request); }

static int kill_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP)
		lws_set_timeout(e->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	return e->reason == LWS_CALLBACK_HTTP ? 0 : PASS;
}

static void kill_stream(void) { serve_h2(kill_hook, no_answer); }

/* ---- the cleartext upgrade ---- */

static void upgrade_peer(peer *p)
{
	p_connect(p);
	p_put(p, "GET /thing HTTP/1.1\r\nHost: trace.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
	         "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
	if (!p_head(p))
		return;
	p_put(p, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	h2_frame(H2_SETTINGS, 0, 0, "\0\3\0\0\0\144", 6);
	h2_window(1, 65535);
	h2_flush(p);
	h2_until(p, 1);
	p_close(p);
}

static void upgrade(void)
{
	if (server(web_protocols, simple_hook)) {
		peer_start("peer0", upgrade_peer);
		finish();
	}
}

/* ---- WebSockets on streams ---- */

static const struct lws_protocols ws_protocols[] = {
    {"http", cb0, sizeof(struct web_session), 0, 0, NULL, 0},
    {"chat", cb1, sizeof(struct web_session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static void serve_ws(hook_fn hook, script_fn script)
{
	rig.info.options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
	if (server(ws_protocols, hook)) {
		peer_start("peer0", script);
		finish();
	}
}

static void ws_frame(int head, const char *text, int flags)
{
	unsigned char b[256] = {(unsigned char)head, (unsigned char)(0x80 | strlen(text)), 1, 2, 3, 4};
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		b[6 + i] = (unsigned char)text[i] ^ b[2 + i % 4];
	h2_frame(H2_DATA, flags, 1, b, 6 + n);
}

static bool ws_open(peer *p, const char *protocol)
{
	h2_begin(p);
	h2_head(0, 1, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/ws", ":authority", "trace.test",
	        "sec-websocket-version", "13", "sec-websocket-protocol", protocol, NULL);
	h2_flush(p);
	return h2_await_head(p) == 1;
}

static int echo_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE) {
		char text[LWS_PRE + 64];

		memcpy(text + LWS_PRE, e->in, e->len);
		say(e->conn, "  write %d", lws_write(e->wsi, (unsigned char *)text + LWS_PRE, e->len, LWS_WRITE_TEXT));
		say(e->conn, "  allowance %lld", (long long)lws_get_peer_write_allowance(e->wsi));
	}
	return PASS;
}

static void ws_echo_peer(peer *p)
{
	if (!ws_open(p, "chat"))
		return;
	ws_frame(TEXT, "question", 0);
	h2_flush(p);
	h2_await_data(p, 1, 10);
	ws_frame(SHUT, "\3\350bye", 0);
	h2_flush(p);
	h2_await_data(p, 1, 7);
	await_n("WSI_DESTROY", 1);
	p_close(p);
}

static void ws_echo(void) { serve_ws(echo_hook, ws_echo_peer); }

static void ws_vanish_peer(peer *p)
{
	if (!ws_open(p, "chat"))
		return;
	ws_frame(TEXT, "question", 0);
	h2_flush(p);
	h2_await_data(p, 1, 10);
	p_close(p);
}

static void ws_vanish(void) { serve_ws(echo_hook, ws_vanish_peer); }

static int ws_closing_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE) {
		lws_close_reason(e->wsi, LWS_CLOSE_STATUS_GOINGAWAY, (unsigned char *)"enough", 6);
		return -1;
	}
	return PASS;
}

static void ws_server_closes_peer(peer *p)
{
	if (!ws_open(p, "chat"))
		return;
	ws_frame(TEXT, "question", 0);
	h2_flush(p);
	h2_await_data(p, 1, 10);
	ws_frame(SHUT, "\3\351enough", 0);
	h2_flush(p);
	await_n("WSI_DESTROY", 1);
	p_close(p);
}

static void ws_server_closes(void) { serve_ws(ws_closing_hook, ws_server_closes_peer); }

static void ws_unknown_peer(peer *p)
{
	h2_begin(p);
	h2_head(0, 1, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/ws", ":authority", "trace.test",
	        "sec-websocket-version", "13", "sec-websocket-protocol", "nobody", NULL);
	h2_flush(p);
	await_n("WSI_DESTROY", 1);
	p_close(p);
}

static void ws_unknown(void) { serve_ws(echo_hook, ws_unknown_peer); }

static int ws_refuse_hook(event *e)
{
	return e->reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION ? -1 : PASS;
}

static void ws_refuse_peer(peer *p)
{
	h2_begin(p);
	h2_head(0, 1, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/ws", ":authority", "trace.test",
	        "sec-websocket-version", "13", "sec-websocket-protocol", "chat", NULL);
	h2_flush(p);
	await_n("WSI_DESTROY", 1);
	p_close(p);
}

static void ws_refuse(void) { serve_ws(ws_refuse_hook, ws_refuse_peer); }

static const scenario list[] = {
    {"h2-get", get},
    {"h2-status", status},
    {"h2-refuse", refuse},
    {"h2-filter", filter},
    {"h2-redirect", redirect},
    {"h2-add-headers", add_headers},
    {"h2-reading", reading},
    {"h2-post", post},
    {"h2-post-rx-off", post_rx_off},
    {"h2-post-zero", post_zero},
    {"h2-post-unknown", post_unknown},
    {"h2-put", put_request},
    {"h2-two", two},
    {"h2-in-turn", in_turn},
    {"h2-vanish", vanish},
    {"h2-ping", ping},
    {"h2-bad-preface", bad_preface},
    {"h2-no-frames", no_frames},
    {"h2-mount-get", mount_get},
    {"h2-mount-post", mount_post},
    {"h2-asks", asks},
    {"h2-timer", timer},
    {"h2-kill-stream", kill_stream},
    {"h2-upgrade", upgrade},
    {"h2-ws-echo", ws_echo},
    {"h2-ws-vanish", ws_vanish},
    {"h2-ws-server-closes", ws_server_closes},
    {"h2-ws-unknown", ws_unknown},
    {"h2-ws-refuse", ws_refuse},
    {NULL, NULL},
};
SCENARIOS(list)
