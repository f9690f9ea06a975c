/* SPDX-License-Identifier: MIT */
/* Both ends are the library's, in one process: echo, compression, broadcasts, closing. */
#include "trace.h"

struct session {
	int sent, got;
	bool asked;
};

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"chat", cb1, sizeof(struct session), 0, 0, NULL, 0},
    {"small", cb2, sizeof(struct session), 64, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_extension deflate[] = {
    {"permessage-deflate", lws_extension_callback_pm_deflate,
     "permessage-deflate; client_no_context_takeover; client_max_window_bits"},
    {NULL, NULL, NULL},
};

static const char *protocol = "chat";
static const struct lws_extension *client_extensions;
static int clients = 1;

static void connect_all(void *arg)
{
	(void)arg;
	for (int i = 0; i < clients; i++) {
		struct lws_client_connect_info c = client_info("/", protocol);
		char name[16];

		snprintf(name, sizeof name, "cli%d", i);
		c.client_exts = client_extensions;
		client(name, &c);
	}
}

static void starter(peer *p)
{
	(void)p;
	in_loop(connect_all, NULL);
}

/*
 * Both ends in this process, or, with TRACE_ROLE=server or client, one of them:
 * the server prints its port first, the client finds it in TRACE_PORT.
 */
static void pair(hook_fn hook)
{
	const char *role = getenv("TRACE_ROLE");

	if (role && !strcmp(role, "client")) {
		if (no_server(protos, hook)) {
			rig.port = atoi(getenv("TRACE_PORT"));
			peer_start("peer0", starter);
			finish();
		}
		return;
	}
	if (role && server(protos, hook)) {
		printf("port %d\n", rig.port);
		fflush(stdout);
		rig.hold = true;
		rig.until_ended = clients;
		finish();
	} else if (!role && server(protos, hook)) {
		peer_start("peer0", starter);
		finish();
	}
}

static const size_t sizes[] = {5, 1, 125, 126, 1000, 5000, 70000, 200000};
static int rounds = 4; /* of sizes */

static char letter(size_t i, bool random)
{
	return random ? (char)('!' + (i * 2654435761u >> 13) % 90) : (char)('a' + i / 50 % 26);
}

/* The client sends the sizes one after the other, the server echoes, the client closes. */
static int echo_hook(event *e)
{
	struct session *s = e->user;
	size_t n;

	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		s->asked = true;
		lws_callback_on_writable(e->wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (!s->asked)
			break;
		s->asked = false;
		if (s->sent == rounds) {
			lws_close_reason(e->wsi, LWS_CLOSE_STATUS_NORMAL, (unsigned char *)"all", 3);
			return -1;
		}
		n = sizes[s->sent++];
		{
			char *b = malloc(n);

			for (size_t i = 0; i < n; i++)
				b[i] = letter(i, s->sent & 1);
			put(e, b, n, LWS_WRITE_TEXT);
			free(b);
		}
		break;
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE:
		if (!lws_is_final_fragment(e->wsi) || lws_remaining_packet_payload(e->wsi))
			break;
		if (e->len == sizes[0]) /* in one piece, whatever is received at a time */
			say(e->conn, "  reserved bits %d", lws_get_reserved_bits(e->wsi));
		s->asked = true;
		lws_callback_on_writable(e->wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->asked)
			break;
		s->asked = false;
		n = sizes[s->sent++];
		{
			char *b = malloc(n);

			for (size_t i = 0; i < n; i++)
				b[i] = letter(i, s->sent & 1);
			put(e, b, n, LWS_WRITE_BINARY);
			free(b);
		}
		break;
	default:
		break;
	}
	return PASS;
}

static void pair_echo(void)
{
	rounds = 8;
	rig.sum_rx = true;
	pair(echo_hook);
}

static void pair_echo_small(void)
{
	rounds = 8;
	protocol = "small";
	rig.sum_rx = true;
	pair(echo_hook);
}

static void pair_deflate(void)
{
	rounds = 6;
	rig.sum_rx = true;
	rig.info.extensions = client_extensions = deflate;
	pair(echo_hook);
}

static void pair_deflate_small(void)
{
	rounds = 6;
	protocol = "small";
	rig.sum_rx = true;
	rig.info.extensions = client_extensions = deflate;
	pair(echo_hook);
}

static const struct lws_extension none[] = {{NULL, NULL, NULL}};

static void deflate_server_only(void)
{
	rounds = 5;
	rig.sum_rx = true;
	rig.info.extensions = deflate;
	client_extensions = none;
	pair(echo_hook);
}

static int peer_extension(event *e)
{
	if (e->reason == LWS_CALLBACK_ESTABLISHED)
		say(e->conn, "  extensions header %d",
		    lws_hdr_total_length(e->wsi, WSI_TOKEN_EXTENSIONS));
	return PASS;
}

/* The server's answer to an offer, as a raw peer sees it. */
static const char *offer_line;

static void offer_peer(peer *p)
{
	p_connect(p);
	p_upgrade(p, "chat", offer_line);
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}

static void offer(const char *line)
{
	offer_line = line;
	rig.info.extensions = deflate;
	if (server(protos, peer_extension)) {
		peer_start("peer0", offer_peer);
		finish();
	}
}

static void offer_plain(void) { offer("Sec-WebSocket-Extensions: permessage-deflate\r\n"); }
static void offer_chrome(void)
{
	offer("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
}
static void offer_window(void)
{
	offer("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10; "
	      "server_no_context_takeover; client_no_context_takeover\r\n");
}
static void offer_unknown(void) { offer("Sec-WebSocket-Extensions: x-webkit-zoom\r\n"); }

/* The compressed bytes of "Hello" as in RFC 7692 section 7.2.3.1. */
static int hello_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE) {
		struct session *s = e->user;
		static unsigned char keep[LWS_PRE + 5];

		if (!s->sent++) {
			memcpy(keep + LWS_PRE, "Hello", 5);
			lws_write(e->wsi, keep + LWS_PRE, 5, LWS_WRITE_TEXT);
		}
	}
	return PASS;
}

static void hello_peer(peer *p)
{
	p_connect(p);
	if (!p_upgrade(p, "chat", "Sec-WebSocket-Extensions: permessage-deflate\r\n"))
		return;
	p_frame(p, 0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
	p_frames(p, 1);
	p_frame(p, TEXT, "bare", 4);
	p_frame(p, 0x41, "\xf2\x48\xcd", 3);
	p_frame(p, CONT, "\xc9\xc9\x07\x00", 4);
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}

static void deflate_bytes(void)
{
	rig.sum_rx = true;
	rig.info.extensions = deflate;
	if (server(protos, hello_hook)) {
		peer_start("peer0", hello_peer);
		finish();
	}
}

static void bad_deflate_peer(peer *p)
{
	p_connect(p);
	if (!p_upgrade(p, "chat", "Sec-WebSocket-Extensions: permessage-deflate\r\n"))
		return;
	p_frame(p, 0xc1, "\xff\xff\xff\xff\xff", 5);
	p_rest_frames(p);
}

static void deflate_bad(void)
{
	rig.info.extensions = deflate;
	if (server(protos, hello_hook)) {
		peer_start("peer0", bad_deflate_peer);
		finish();
	}
}

/* ---- several clients ---- */

static int ask_all(struct lws *wsi)
{
	return lws_callback_on_writable_all_protocol(rig.ctx, lws_get_protocol(wsi));
}

static int ask_all_of_vhost(struct lws *wsi)
{
	return lws_callback_on_writable_all_protocol_vhost(lws_get_vhost(wsi), lws_get_protocol(wsi));
}

/* Who is asked when all are there, and by which name. */
static int (*broadcast_ask)(struct lws *);
static const char *broadcast_name;

static int broadcast_hook(event *e)
{
	struct session *s = e->user;
	static int there;

	switch (e->reason) {
	case LWS_CALLBACK_ESTABLISHED:
		if (++there == clients)
			say(GLOBAL, "all there: %s %d", broadcast_name, broadcast_ask(e->wsi));
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (there == clients && !s->sent++)
			puts_ws(e, "news");
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		return -1;
	default:
		break;
	}
	return PASS;
}

static void broadcast(void)
{
	clients = 4;
	broadcast_ask = ask_all;
	broadcast_name = "on_writable_all_protocol";
	pair(broadcast_hook);
}

static void broadcast_vhost(void)
{
	clients = 3;
	broadcast_ask = ask_all_of_vhost;
	broadcast_name = "on_writable_all_protocol_vhost";
	pair(broadcast_hook);
}

/* lws_callback_all_protocol reaches both ends of each connection. */
static int all_hook(event *e)
{
	static int there;

	if (e->reason == LWS_CALLBACK_ESTABLISHED || e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		if (++there == 2 * clients)
			say(GLOBAL, "all_protocol %d",
			    lws_callback_all_protocol(rig.ctx, lws_get_protocol(e->wsi), LWS_CALLBACK_USER + 3));
	if (e->reason == LWS_CALLBACK_USER + 3) {
		static int heard;

		if (++heard == 2 * clients)
			mark("heard");
	}
	return PASS;
}

static void leave(void *arg)
{
	(void)arg;
	rig.quit = true;
}

static void all_starter(peer *p)
{
	(void)p;
	in_loop(connect_all, NULL);
	await("heard");
	in_loop(leave, NULL);
}

static void all_protocol(void)
{
	clients = 2;
	if (server(protos, all_hook)) {
		peer_start("peer0", all_starter);
		finish();
	}
}

/* ---- closing and destroying with live connections ---- */

static int quiet_hook(event *e)
{
	static int there;

	if (e->reason == LWS_CALLBACK_ESTABLISHED || e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		if (++there == 2 * clients)
			mark("there");
	return PASS;
}

static void quiet_starter(peer *p)
{
	(void)p;
	in_loop(connect_all, NULL);
	await("there");
	in_loop(leave, NULL);
}

static void context_destroy_live(void)
{
	clients = 2;
	if (server(protos, quiet_hook)) {
		peer_start("peer0", quiet_starter);
		finish();
	}
}

static void drop_vhost(void *arg)
{
	(void)arg;
	say(GLOBAL, "vhost_destroy");
	lws_vhost_destroy(lws_get_vhost_by_name(rig.ctx, "served"));
	say(GLOBAL, "vhost_destroy returns");
}

static void vhost_peer(peer *p)
{
	p_connect(p);
	p_upgrade(p, "chat", NULL);
	in_loop(drop_vhost, NULL);
	p_close(p);
}

/* A vhost goes while one of its connections is open. */
static void vhost_destroy_live(void)
{
	struct lws_context_creation_info i;
	struct lws_vhost *vh;

	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!server(protos, NULL))
		return;
	i = rig.info;
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.vhost_name = "stays";
	lws_create_vhost(rig.ctx, &i);
	i.port = 0;
	i.vhost_name = "served";
	vh = lws_create_vhost(rig.ctx, &i);
	rig.port = lws_get_vhost_listen_port(vh);
	peer_start("peer0", vhost_peer);
	finish();
}

/* Both ends close at the same time. */
static int both_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		lws_set_timeout(e->wsi, PENDING_TIMEOUT_USER_REASON_BASE, 1);
	return PASS;
}

/* lws_set_timeout ends the client; the server sees it go. */
static void timeout_closes(void)
{
	pair(both_hook);
}

/* Closing a connection from another one's callback. */
static struct lws *first_server;

static int other_hook(event *e)
{
	static int there, gone;

	if (e->reason == LWS_CALLBACK_ESTABLISHED && !first_server)
		first_server = e->wsi;
	if (e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED && ++there == clients)
		lws_set_timeout(first_server, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
	if (e->reason == LWS_CALLBACK_CLIENT_CLOSED && !gone++)
		mark("first gone");
	return PASS;
}

static void other_starter(peer *p)
{
	(void)p;
	in_loop(connect_all, NULL);
	await("first gone");
	in_loop(leave, NULL);
}

static void kill_other(void)
{
	clients = 2;
	if (server(protos, other_hook)) {
		peer_start("peer0", other_starter);
		finish();
	}
}

static const scenario sc_ws_pair[] = {
    {"pair-echo", pair_echo},
    {"pair-echo-small", pair_echo_small},
    {"pair-deflate", pair_deflate},
    {"pair-deflate-small", pair_deflate_small},
    {"pair-deflate-server-only", deflate_server_only},
    {"deflate-offer-plain", offer_plain},
    {"deflate-offer-chrome", offer_chrome},
    {"deflate-offer-window", offer_window},
    {"deflate-offer-unknown", offer_unknown},
    {"deflate-bytes", deflate_bytes},
    {"deflate-bad", deflate_bad},
    {"pair-broadcast", broadcast},
    {"pair-broadcast-vhost", broadcast_vhost},
    {"pair-all-protocol", all_protocol},
    {"context-destroy-live", context_destroy_live},
    {"vhost-destroy-live", vhost_destroy_live},
    {"pair-timeout-closes", timeout_closes},
    {"pair-kill-other", kill_other},
    {NULL, NULL},
};

SCENARIOS(sc_ws_pair)
