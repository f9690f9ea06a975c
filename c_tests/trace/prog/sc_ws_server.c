/* SPDX-License-Identifier: MIT */
/* A WebSocket server and raw peers: handshake, choice of protocol, refusals, closing. */
#include "trace.h"

struct session {
	int count;
	char text[60];
};

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"chat", cb1, sizeof(struct session), 1024, 0, NULL, 0},
    {"other", cb2, sizeof(struct session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static void print_header(event *e, const char *name, enum lws_token_indexes t)
{
	char v[128];
	int n = lws_hdr_copy(e->wsi, v, sizeof v, t);

	say(e->conn, "  %s total %d copy %d %s", name, lws_hdr_total_length(e->wsi, t), n,
	    n >= 0 ? v : "");
}

static int echo(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE && e->len)
		put(e, e->in, e->len, lws_frame_is_binary(e->wsi) ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
	return PASS;
}

/* ---- one accepted connection, everything looked at ---- */

static int accepted_hook(event *e)
{
	char v[64];

	switch (e->reason) {
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		print_header(e, "uri", WSI_TOKEN_GET_URI);
		print_header(e, "host", WSI_TOKEN_HOST);
		print_header(e, "upgrade", WSI_TOKEN_UPGRADE);
		print_header(e, "connection", WSI_TOKEN_CONNECTION);
		print_header(e, "protocol", WSI_TOKEN_PROTOCOL);
		print_header(e, "version", WSI_TOKEN_VERSION);
		print_header(e, "key", WSI_TOKEN_KEY);
		print_header(e, "origin", WSI_TOKEN_ORIGIN);
		print_header(e, "http", WSI_TOKEN_HTTP);
		print_header(e, "args", WSI_TOKEN_HTTP_URI_ARGS);
		say(e->conn, "  custom length %d", lws_hdr_custom_length(e->wsi, "x-mine:", 7));
		say(e->conn, "  custom copy %d",
		    lws_hdr_custom_copy(e->wsi, v, sizeof v, "x-mine:", 7));
		break;
	case LWS_CALLBACK_ESTABLISHED:
		print_header(e, "uri", WSI_TOKEN_GET_URI);
		say(e->conn, "  custom length %d", lws_hdr_custom_length(e->wsi, "x-mine:", 7));
		break;
	case LWS_CALLBACK_RECEIVE:
		print_header(e, "uri later", WSI_TOKEN_GET_URI);
		break;
	default:
		break;
	}
	if (strcmp(e->conn, GLOBAL))
		say(e->conn, "  user %s", e->user ? "set" : "NULL");
	return echo(e);
}

static void accepted_peer(peer *p)
{
	p_connect(p);
	p_upgrade(p, "chat", "Origin: http://trace.test\r\nX-Mine: 17\r\n");
	p_text(p, "hello");
	p_frames(p, 1);
	p_shut_frame(p, 1000, "bye");
	p_rest_frames(p);
}

static void accepted(void)
{
	rig.flat = true;
	if (server(protos, accepted_hook)) {
		peer_start("peer0", accepted_peer);
		finish();
	}
}

/* ---- choice of the protocol ---- */

static const char *offered;

static void offer_peer(peer *p)
{
	p_connect(p);
	if (p_upgrade(p, offered, NULL)) {
		p_text(p, "hi");
		p_frames(p, 1);
		p_shut_frame(p, 1000, "");
	}
	p_rest_frames(p);
}

static void offer(const char *what)
{
	offered = what;
	if (server(protos, echo)) {
		peer_start("peer0", offer_peer);
		finish();
	}
}

static void offer_other(void) { offer("other"); }
static void offer_unknown(void) { offer("gamma"); }
static void offer_none(void) { offer(NULL); }
static void offer_several(void) { offer("gamma, other, chat"); }
static void offer_several_tight(void) { offer("gamma,chat,other"); }
static void offer_first(void) { offer("http"); }

static const struct lws_protocol_vhost_options pvo_default_on = {NULL, NULL, "default", "1"};
static const struct lws_protocol_vhost_options pvo_other = {NULL, &pvo_default_on, "other", ""};
static const struct lws_protocol_vhost_options pvo_chat = {&pvo_other, NULL, "chat", ""};
static const struct lws_protocol_vhost_options pvo_http = {&pvo_chat, NULL, "http", ""};

static void offer_none_default(void)
{
	rig.info.pvo = &pvo_http;
	offer(NULL);
}

/* ---- refusals ---- */

static enum lws_callback_reasons refuse_at;
static const char *refuse_proto;
static int refuse_with = 1;

static int refuse_hook(event *e)
{
	if (e->reason == refuse_at && (!refuse_proto || !strcmp(refuse_proto, e->proto)))
		return refuse_with;
	return echo(e);
}

static void refused_peer(peer *p)
{
	p_connect(p);
	if (p_upgrade(p, "chat", NULL)) {
		p_text(p, "one");
		p_text(p, "two");
		if (p_frames(p, 2))
			p_close(p);
	} else {
		p_rest(p);
	}
}

static void refuse(enum lws_callback_reasons at, int with)
{
	refuse_at = at;
	refuse_with = with;
	if (server(protos, refuse_hook)) {
		peer_start("peer0", refused_peer);
		finish();
	}
}

static void refuse_network(void) { refuse(LWS_CALLBACK_FILTER_NETWORK_CONNECTION, 1); }
static void refuse_instantiated(void) { refuse(LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED, 1); }
static void refuse_wsi_create(void) { refuse(LWS_CALLBACK_WSI_CREATE, 1); }
static void refuse_http_filter(void) { refuse(LWS_CALLBACK_FILTER_HTTP_CONNECTION, 1); }
static void refuse_confirm(void) { refuse(LWS_CALLBACK_HTTP_CONFIRM_UPGRADE, -1); }
static void refuse_bind(void) { refuse(LWS_CALLBACK_WS_SERVER_BIND_PROTOCOL, 1); }
static void refuse_filter(void) { refuse(LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION, 1); }
static void refuse_add_headers(void) { refuse(LWS_CALLBACK_ADD_HEADERS, 1); }
static void refuse_established(void) { refuse(LWS_CALLBACK_ESTABLISHED, -1); }
static void refuse_receive(void) { refuse(LWS_CALLBACK_RECEIVE, -1); }

static int confirm_handled_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP_CONFIRM_UPGRADE) {
		if (lws_return_http_status(e->wsi, 418, "teapot"))
			return -1;
		return 1;
	}
	return PASS;
}

static void confirm_peer(peer *p)
{
	p_connect(p);
	p_put(p, "GET /chat HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
	p_response(p);
	p_close(p);
}

static void confirm_handled(void)
{
	if (server(protos, confirm_handled_hook)) {
		peer_start("peer0", confirm_peer);
		finish();
	}
}

/* FILTER_PROTOCOL_CONNECTION that answers by itself before it refuses. */
static int own_answer_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION) {
		say(e->conn, "  status call %d", lws_return_http_status(e->wsi, 403, "no"));
		return 1;
	}
	return PASS;
}

static void refuse_own_answer(void)
{
	if (server(protos, own_answer_hook)) {
		peer_start("peer0", refused_peer);
		finish();
	}
}

/* ---- headers added to the 101 ---- */

static int add_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_ADD_HEADERS) {
		struct lws_process_html_args *a = e->in;
		unsigned char *p = (unsigned char *)a->p;

		if (lws_add_http_header_by_name(e->wsi, (unsigned char *)"x-added:",
		                                (unsigned char *)"yes", 3, &p,
		                                (unsigned char *)a->p + a->max_len))
			return 1;
		a->p = (char *)p;
	}
	return echo(e);
}

static void add_headers(void)
{
	if (server(protos, add_hook)) {
		offered = "chat";
		peer_start("peer0", offer_peer);
		finish();
	}
}

/* ---- bad handshakes ---- */

#define GET "GET /chat HTTP/1.1\r\nHost: t\r\n"
#define UP "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define V13 "Sec-WebSocket-Version: 13\r\n"

static const char *request;

static void request_peer(peer *p)
{
	p_connect(p);
	p_put(p, request);
	if (!strstr(request, KEY) && p_response(p))
		p_rest(p);
	else
		p_head(p);
}

static void bad_request(const char *text)
{
	request = text;
	if (server(protos, echo)) {
		peer_start("peer0", request_peer);
		finish();
	}
}

static void hs_no_key(void) { bad_request(GET UP V13 "Sec-WebSocket-Protocol: chat\r\n\r\n"); }
static void hs_no_host(void)
{
	bad_request("GET /chat HTTP/1.1\r\n" UP KEY V13 "Sec-WebSocket-Protocol: chat\r\n\r\n");
}
static void hs_version(void)
{
	bad_request(GET UP KEY "Sec-WebSocket-Version: 7\r\nSec-WebSocket-Protocol: chat\r\n\r\n");
}
static void hs_other_upgrade(void)
{
	bad_request(GET "Upgrade: tractor\r\nConnection: Upgrade\r\n\r\n");
}
static void hs_garbage(void) { bad_request("\x16\x03\x01 rubbish\r\n\r\n"); }
static void hs_method(void) { bad_request("BREW /chat HTTP/1.1\r\nHost: t\r\n\r\n"); }

static void hs_cut_peer(peer *p)
{
	p_connect(p);
	p_put(p, GET UP);
	await("SERVER_NEW_CLIENT_INSTANTIATED");
	p_close(p);
}

static void hs_cut(void)
{
	if (server(protos, echo)) {
		peer_start("peer0", hs_cut_peer);
		finish();
	}
}

/* Connects and goes away without a byte. */
static void mute_peer(peer *p)
{
	p_connect(p);
	await("SERVER_NEW_CLIENT_INSTANTIATED");
	p_close(p);
}

static void mute(void)
{
	if (server(protos, echo)) {
		peer_start("peer0", mute_peer);
		finish();
	}
}

/* The header comes slowly: the vhost's timeout ends it. */
static void slow_head_peer(peer *p)
{
	p_connect(p);
	p_patient(p);
	p_put(p, "GET /chat HTTP/1.1\r\nHost: ");
	p_rest(p);
}

static void slow_head(void)
{
	rig.info.timeout_secs_ah_idle = 1;
	rig.info.timeout_secs = 2;
	if (server(protos, echo)) {
		peer_start("peer0", slow_head_peer);
		finish();
	}
}

/* Frames that arrive in one packet with the handshake. */
static void early_peer(peer *p)
{
	p_connect(p);
	p_put(p, GET UP KEY V13 "Sec-WebSocket-Protocol: chat\r\n\r\n"
	                        "\x81\x82\x01\x02\x03\x04\x69\x6b");
	p_head(p);
	p_frames(p, 1);
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}

static void early_frame(void)
{
	if (server(protos, echo)) {
		peer_start("peer0", early_peer);
		finish();
	}
}

/* ---- session memory ---- */

static int memory_hook(event *e)
{
	struct session *s = e->user;

	switch (e->reason) {
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
	case LWS_CALLBACK_ESTABLISHED:
		say(e->conn, "  zero %d", s && !s->count && !s->text[0] && !memcmp(s->text, s->text + 1, 59));
		if (s)
			say(e->conn, "  lws_wsi_user same %d, opaque %s", lws_wsi_user(e->wsi) == s,
			    lws_get_opaque_user_data(e->wsi) ? "set" : "NULL");
		lws_set_opaque_user_data(e->wsi, s);
		break;
	case LWS_CALLBACK_RECEIVE:
		snprintf(s->text + strlen(s->text), sizeof s->text - strlen(s->text), "%.*s", (int)e->len,
		         (char *)e->in);
		say(e->conn, "  message %d, so far %s, opaque same %d", ++s->count, s->text,
		    lws_get_opaque_user_data(e->wsi) == s);
		break;
	case LWS_CALLBACK_CLOSED:
		say(e->conn, "  at the end %d %s", s->count, s->text);
		break;
	default:
		break;
	}
	return echo(e);
}

static void memory_peer0(peer *p)
{
	p_connect(p);
	p_upgrade(p, "chat", NULL);
	p_text(p, "ab");
	p_frames(p, 1);
	mark("first");
	await("second");
	p_text(p, "cd");
	p_frames(p, 1);
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
	mark("gone");
}

static void memory_peer1(peer *p)
{
	await("first");
	p_connect(p);
	p_upgrade(p, "chat", NULL);
	p_text(p, "xy");
	p_frames(p, 1);
	mark("second");
	await("gone");
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}

static void session_memory(void)
{
	if (server(protos, memory_hook)) {
		peer_start("peer0", memory_peer0);
		peer_start("peer1", memory_peer1);
		finish();
	}
}

/* ---- who is it ---- */

static int peer_name_hook(event *e)
{
	char name[64];

	if (e->reason == LWS_CALLBACK_ESTABLISHED) {
		const char *r = lws_get_peer_simple(e->wsi, name, sizeof name);
		int fd = lws_get_socket_fd(e->wsi);

		say(e->conn, "  peer %s, answer is the buffer %d", name, r == name);
		lws_get_peer_addresses(e->wsi, fd, name, sizeof name, name + 32, 32);
		say(e->conn, "  address %s", name + 32);
		say(e->conn, "  fd %d, wsi of it %d, network %d", fd >= 0,
		    wsi_from_fd(rig.ctx, fd) == e->wsi, lws_get_network_wsi(e->wsi) == e->wsi);
		say(e->conn, "  context %d, vhost %s, ssl %d, parent %s, child %s, tsi %d",
		    lws_get_context(e->wsi) == rig.ctx, lws_get_vhost_name(lws_get_vhost(e->wsi)),
		    lws_is_ssl(e->wsi), lws_get_parent(e->wsi) ? "set" : "NULL",
		    lws_get_child(e->wsi) ? "set" : "NULL", lws_get_tsi(e->wsi));
		say(e->conn, "  choked %d, partial %d, reserved bits %d", lws_send_pipe_choked(e->wsi),
		    lws_partial_buffered(e->wsi), lws_get_reserved_bits(e->wsi));
		say(e->conn, "  allowance %d", (int)lws_get_peer_write_allowance(e->wsi));
	}
	return echo(e);
}

static void peer_name(void)
{
	if (server(protos, peer_name_hook)) {
		offered = "chat";
		peer_start("peer0", offer_peer);
		finish();
	}
}

static void unix_listen(void)
{
	static char path[64];

	snprintf(path, sizeof path, "/tmp/trace-%d.sock", (int)getpid());
	rig.info.iface = rig.unix_path = path;
	rig.info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
	if (server(protos, echo)) {
		offered = "chat";
		peer_start("peer0", offer_peer);
		finish();
		say(GLOBAL, "socket file %s", access(path, F_OK) ? "gone" : "left");
	}
	unlink(path);
}

static const scenario sc_ws_server[] = {
    {"ws-accepted", accepted},
    {"ws-offer-other", offer_other},
    {"ws-offer-unknown", offer_unknown},
    {"ws-offer-none", offer_none},
    {"ws-offer-none-default", offer_none_default},
    {"ws-offer-several", offer_several},
    {"ws-offer-several-tight", offer_several_tight},
    {"ws-offer-first", offer_first},
    {"ws-refuse-network", refuse_network},
    {"ws-refuse-instantiated", refuse_instantiated},
    {"ws-refuse-wsi-create", refuse_wsi_create},
    {"ws-refuse-http-filter", refuse_http_filter},
    {"ws-refuse-confirm", refuse_confirm},
    {"ws-refuse-bind", refuse_bind},
    {"ws-refuse-filter", refuse_filter},
    {"ws-refuse-add-headers", refuse_add_headers},
    {"ws-refuse-established", refuse_established},
    {"ws-refuse-receive", refuse_receive},
    {"ws-refuse-own-answer", refuse_own_answer},
    {"ws-confirm-handled", confirm_handled},
    {"ws-add-headers", add_headers},
    {"ws-bad-no-key", hs_no_key},
    {"ws-bad-no-host", hs_no_host},
    {"ws-bad-version", hs_version},
    {"ws-bad-upgrade", hs_other_upgrade},
    {"ws-bad-garbage", hs_garbage},
    {"ws-bad-method", hs_method},
    {"ws-bad-cut", hs_cut},
    {"ws-mute", mute},
    {"ws-slow-head", slow_head},
    {"ws-early-frame", early_frame},
    {"ws-session-memory", session_memory},
    {"ws-peer-name", peer_name},
    {"ws-unix-listen", unix_listen},
    {NULL, NULL},
};

SCENARIOS(sc_ws_server)
