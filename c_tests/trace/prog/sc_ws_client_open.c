/* SPDX-License-Identifier: MIT */
/* An open WebSocket client: frames, closing, whose memory it is, unix sockets. */
#include "client.h"

static int error_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR)
		say(e->conn, "  user %s", e->user ? "set" : "NULL");
	return talk(e);
}

/* ---- frames towards a client ---- */

static script_fn frames_of;

static void frames_script(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frames(p, 1);
	frames_of(p);
	p_rest_frames(p);
}

static void frames(script_fn f)
{
	frames_of = f;
	client_with(talk, frames_script);
}

static void f_mixed(peer *p)
{
	p_frame_plain(p, 0x01, "part ", 5);
	p_frame_plain(p, PING, "between", 7);
	p_frame_plain(p, CONT, "whole", 5);
	p_frame_plain(p, BIN, "\0\1\2", 3);
	p_frame_plain(p, TEXT, "", 0);
	p_frame_plain(p, PONG, "pong", 4);
	p_frames(p, 1);
	p_frame_plain(p, SHUT, "\x03\xe9gone", 6);
}

static void f_close_empty(peer *p) { p_frame_plain(p, SHUT, "", 0); }
static void f_masked(peer *p) { p_frame(p, TEXT, "masked", 6); p_frame_plain(p, SHUT, "\x03\xe8", 2); }
static void f_opcode(peer *p) { p_frame_plain(p, 0x83, "x", 1); }
static void f_rsv(peer *p) { p_frame_plain(p, 0xa1, "x", 1); }
static void f_split_ping(peer *p) { p_frame_plain(p, 0x09, "x", 1); }
static void f_lone_cont(peer *p) { p_frame_plain(p, CONT, "x", 1); }
static void f_fin(peer *p) { p_close(p); }
static void f_rst(peer *p) { p_reset(p); }

static void f_large(peer *p)
{
	char *s = malloc(200000);

	for (int i = 0; i < 200000; i++)
		s[i] = (char)('a' + i % 26);
	p_frame_plain(p, TEXT, s, 200000);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	free(s);
}

static void rx_mixed(void) { frames(f_mixed); }
static void rx_close_empty(void) { frames(f_close_empty); }
static void rx_masked(void) { frames(f_masked); }
static void rx_bad_opcode(void) { frames(f_opcode); }
static void rx_bad_rsv(void) { frames(f_rsv); }
static void rx_split_ping(void) { frames(f_split_ping); }
static void rx_lone_cont(void) { frames(f_lone_cont); }
static void server_fin(void) { frames(f_fin); }
static void server_rst(void) { frames(f_rst); }

static void rx_large(void)
{
	rig.sum_rx = true;
	frames(f_large);
}

/* A message that comes in one packet with the 101. */
static void early_script(peer *p)
{
	char all[1024];

	if (!p_accept(p) || !p_head_quiet(p))
		return;
	snprintf(all, sizeof all,
	         UP101 "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: chat\r\n\r\n\x81\x05" "early",
	         p_accept_key(p));
	p_put(p, all);
	p_frames(p, 1);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void early_frame(void) { client_with(talk, early_script); }

/* ---- the client closes ---- */

static int close_code;

static int closing_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_RECEIVE) {
		if (close_code)
			lws_close_reason(e->wsi, (enum lws_close_status)close_code,
			                 (unsigned char *)"enough", 6);
		return -1;
	}
	return talk(e);
}

static void closing_script(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frames(p, 1);
	p_frame_plain(p, TEXT, "close now", 9);
	if (p_frames(p, 1))
		p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void client_closes(void) { client_with(closing_hook, closing_script); }

static void client_closes_code(void)
{
	close_code = 1000;
	client_with(closing_hook, closing_script);
}

/* What the caller wrote is his after the call (quirk 9). */
static int kept_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_CLIENT_WRITEABLE) {
		static unsigned char buf[LWS_PRE + 8];
		int *sent = e->user;

		if (!(*sent)++) {
			memcpy(buf + LWS_PRE, "hello", 5);
			lws_write(e->wsi, buf + LWS_PRE, 5, LWS_WRITE_TEXT);
			say(e->conn, "  buffer %s", memcmp(buf + LWS_PRE, "hello", 5) ? "masked" : "as it was");
		}
	}
	return PASS;
}

static void buffer_kept(void) { client_with(kept_hook, chat_script); }

/* ---- several and others ---- */

static char given[40];

static int given_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		say(e->conn, "  user is the given %d, opaque %s", e->user == given,
		    (char *)lws_get_opaque_user_data(e->wsi));
	return talk(e);
}

static void connect_given(void *arg)
{
	struct lws_client_connect_info i = client_info("/", "chat");

	(void)arg;
	i.userdata = given;
	i.opaque_user_data = "opaque";
	client("cli0", &i);
}

static void given_starter(peer *p)
{
	(void)p;
	in_loop(connect_given, NULL);
}

static void given_user(void)
{
	if (no_server(client_protocols, given_hook)) {
		peer_listen("peer0", chat_script);
		peer_start("peer1", given_starter);
		finish();
		say(GLOBAL, "given memory %d", given[0]);
	}
}

/* The context goes while the client waits for the answer. */
static void leave(void *arg)
{
	(void)arg;
	rig.quit = true;
}

static void pending_script(peer *p)
{
	if (!p_accept(p) || !p_head_quiet(p))
		return;
	in_loop(leave, NULL);
	p_rest(p);
	mark("seen");
}

static void destroyed_pending(void)
{
	if (no_server(client_protocols, error_hook)) {
		peer_listen("peer0", pending_script);
		peer_start("peer1", client_starter);
		finish();
		await("seen");
	}
}

static void established_script(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frames(p, 1);
	in_loop(leave, NULL);
	p_rest_frames(p);
	mark("seen");
}

static void destroyed_established(void)
{
	if (no_server(client_protocols, talk)) {
		peer_listen("peer0", established_script);
		peer_start("peer1", client_starter);
		finish();
		await("seen");
	}
}

static char sock[64];

static void connect_unix(void *arg)
{
	struct lws_client_connect_info i = client_info("/", "chat");
	char address[80];

	(void)arg;
	snprintf(address, sizeof address, "+%s", sock);
	i.address = address;
	client("cli0", &i);
}

static void unix_starter(peer *p)
{
	(void)p;
	in_loop(connect_unix, NULL);
}

static int unix_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_RECEIVE)
		return -1;
	if (e->reason == LWS_CALLBACK_RECEIVE)
		puts_ws(e, "from the server");
	return talk(e);
}

static void unix_connect(void)
{
	snprintf(sock, sizeof sock, "/tmp/trace-c%d.sock", (int)getpid());
	rig.info.iface = sock;
	rig.info.options |= LWS_SERVER_OPTION_UNIX_SOCK;
	if (server(client_protocols, unix_hook)) {
		peer_start("peer1", unix_starter);
		finish();
	}
	unlink(sock);
}

static void unix_refused(void)
{
	snprintf(sock, sizeof sock, "/tmp/trace-none%d.sock", (int)getpid());
	if (no_server(client_protocols, error_hook)) {
		peer_start("peer1", unix_starter);
		finish();
	}
}

static const scenario sc_ws_client_open[] = {
    {"cli-rx-mixed", rx_mixed},
    {"cli-rx-large", rx_large},
    {"cli-rx-close-empty", rx_close_empty},
    {"cli-rx-masked", rx_masked},
    {"cli-rx-bad-opcode", rx_bad_opcode},
    {"cli-rx-bad-rsv", rx_bad_rsv},
    {"cli-rx-split-ping", rx_split_ping},
    {"cli-rx-lone-continuation", rx_lone_cont},
    {"cli-server-fin", server_fin},
    {"cli-server-rst", server_rst},
    {"cli-early-frame", early_frame},
    {"cli-closes", client_closes},
    {"cli-closes-code", client_closes_code},
    {"cli-buffer-kept", buffer_kept},
    {"cli-given-user", given_user},
    {"cli-destroyed-pending", destroyed_pending},
    {"cli-destroyed-established", destroyed_established},
    {"cli-unix", unix_connect},
    {"cli-unix-refused", unix_refused},
    {NULL, NULL},
};

SCENARIOS(sc_ws_client_open)
