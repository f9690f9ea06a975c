/* SPDX-License-Identifier: MIT */
/* A WebSocket client and raw servers. */
#include "trace.h"

#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <sys/un.h>

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"chat", cb1, 32, 0, 0, NULL, 0},
    {"other", cb2, 32, 64, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const char *want_protocol = "chat";
static const char *local_protocol;
static const char *want_path = "/chat";
static const char *want_host, *want_origin;
static bool no_origin;

static void connect_now(void *arg)
{
	struct lws_client_connect_info i = client_info(want_path, want_protocol);

	(void)arg;
	i.local_protocol_name = local_protocol;
	if (want_host)
		i.host = want_host;
	if (want_origin)
		i.origin = want_origin;
	if (no_origin)
		i.origin = NULL;
	client("cli0", &i);
}

/* The first turn initialises the protocols, then the client connects. */
static void starter(peer *p)
{
	(void)p;
	in_loop(connect_now, NULL);
}

static void with(hook_fn hook, script_fn script)
{
	if (no_server(protos, hook)) {
		if (script)
			peer_listen("peer0", script);
		peer_start("peer1", starter);
		finish();
	}
}

/* Sends hello, then closes normally when the answer came. */
static int talk(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		lws_callback_on_writable(e->wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE: {
		int *sent = e->user;
		static int without_user;

		if (!(*(sent ? sent : &without_user))++)
			puts_ws(e, "hello");
		break;
	}
	default:
		break;
	}
	return PASS;
}

static void chat_script(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frames(p, 1);
	p_frame_plain(p, TEXT, "welcome", 7);
	p_frame_plain(p, SHUT, "\x03\xe8" "bye", 5);
	p_rest_frames(p);
}

static void no_protocol_script(peer *p)
{
	if (!p_accept_ws(p, NULL))
		return;
	p_frames(p, 1);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static int all_hook(event *e)
{
	char v[64];

	if (strcmp(e->conn, GLOBAL))
		say(e->conn, "  user %s", e->user ? "set" : "NULL");
	if (e->reason == LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH ||
	    e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
		int n = lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_PROTOCOL);

		say(e->conn, "  protocol header %d %s", n, n > 0 ? v : "");
		n = lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_ACCEPT);
		say(e->conn, "  accept header %d", n);
		n = lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_HTTP);
		say(e->conn, "  status line %d %s", n, n > 0 ? v : "");
		say(e->conn, "  response %u", lws_http_client_http_response(e->wsi));
	}
	if (e->reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER) {
		char **p = e->in;

		say(e->conn, "  room %s", e->len > 1000 ? "ample" : "short");
		*p += sprintf(*p, "X-Extra: some\r\n");
	}
	return talk(e);
}

static void complete(void)
{
	rig.flat = true;
	with(all_hook, chat_script);
}

/* The request line and headers in their variants. */
static void request_variants(void)
{
	want_host = "other.host:99";
	want_origin = "elsewhere.test";
	want_path = "/a/b?c=d&e=f";
	want_protocol = "other, chat";
	with(talk, chat_script);
}

static void request_bare(void)
{
	want_path = "/";
	no_origin = true;
	want_protocol = NULL;
	with(talk, no_protocol_script);
}

static void remote_name_script(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: remote-name\r\n"))
		return;
	p_frames(p, 1);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void local_name(void)
{
	want_protocol = "remote-name";
	local_protocol = "other";
	with(talk, remote_name_script);
}

static int plain_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_CLIENT_WRITEABLE) {
		static int sent;

		if (!sent++)
			puts_ws(e, "hello");
	}
	return PASS;
}

static void none_wanted(void)
{
	want_protocol = NULL;
	with(plain_hook, no_protocol_script);
}

static void none_granted(void) { with(plain_hook, no_protocol_script); }

/* ---- failures ---- */

static int error_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR)
		say(e->conn, "  user %s", e->user ? "set" : "NULL");
	return talk(e);
}

static const char *answer;

static void answer_script(peer *p)
{
	if (!p_accept(p) || !p_head_quiet(p))
		return;
	p_put(p, answer);
	p_rest(p);
}

static void answered(const char *text)
{
	answer = text;
	with(error_hook, answer_script);
}

#define UP101 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"

static void answer_404(void)
{
	answered("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
}
static void answer_200(void) { answered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"); }
static void answer_401(void) { answered("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"); }
static void answer_no_accept(void) { answered(UP101 "Sec-WebSocket-Protocol: chat\r\n\r\n"); }
static void answer_bad_accept(void)
{
	answered(UP101 "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
	               "Sec-WebSocket-Protocol: chat\r\n\r\n");
}
static void answer_no_upgrade(void)
{
	answered("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
	         "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
}
static void answer_no_connection(void)
{
	answered("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	         "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
}
static void answer_bad_upgrade(void)
{
	answered("HTTP/1.1 101 Switching Protocols\r\nUpgrade: tractor\r\nConnection: Upgrade\r\n"
	         "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
}
static void answer_garbage(void) { answered("no http at all\r\n\r\n"); }

static void wrong_protocol_script(peer *p)
{
	if (p_accept_ws(p, "Sec-WebSocket-Protocol: gamma\r\n"))
		p_rest(p);
}

static void wrong_protocol(void) { with(error_hook, wrong_protocol_script); }

static void unoffered_script(peer *p)
{
	if (p_accept_ws(p, "Sec-WebSocket-Protocol: other\r\n"))
		p_rest(p);
}

static void unoffered_protocol(void) { with(error_hook, unoffered_script); }

static void unasked_extension_script(peer *p)
{
	if (p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"
	                   "Sec-WebSocket-Extensions: x-unknown\r\n"))
		p_rest(p);
}

static void unasked_extension(void) { with(error_hook, unasked_extension_script); }

static void hang_up_script(peer *p)
{
	if (p_accept(p))
		p_head_quiet(p);
	p_close(p);
}

static void server_hangs_up(void) { with(error_hook, hang_up_script); }

static void half_answer_script(peer *p)
{
	if (p_accept(p) && p_head_quiet(p))
		p_put(p, "HTTP/1.1 101 Swit");
	p_close(p);
}

static void server_hangs_up_inside(void) { with(error_hook, half_answer_script); }

static void reset_script(peer *p)
{
	if (p_accept(p) && p_head_quiet(p))
		p_reset(p);
}

static void server_resets(void) { with(error_hook, reset_script); }

static void silent_script(peer *p)
{
	if (p_accept(p) && p_head_quiet(p))
		p_rest(p);
}

static void server_silent(void)
{
	rig.info.timeout_secs = 2;
	with(error_hook, silent_script);
}

static void refused(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&a, n) || getsockname(fd, (struct sockaddr *)&a, &n))
		abort();
	rig.port = ntohs(a.sin_port); /* bound, nobody listens */
	with(error_hook, NULL);
	close(fd);
}

static void unknown_vhost_protocol(void)
{
	local_protocol = "nowhere";
	with(error_hook, silent_script);
}

/* ---- answers of the program ---- */

static enum lws_callback_reasons refuse_at;

static int refuse_hook(event *e)
{
	return e->reason == refuse_at ? -1 : talk(e);
}

static void refuse(enum lws_callback_reasons at)
{
	refuse_at = at;
	with(refuse_hook, chat_script);
}

static void refuse_append(void) { refuse(LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER); }
static void refuse_pre(void) { refuse(LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH); }
static void refuse_established(void) { refuse(LWS_CALLBACK_CLIENT_ESTABLISHED); }
static void refuse_receive(void) { refuse(LWS_CALLBACK_CLIENT_RECEIVE); }
static void refuse_writeable(void) { refuse(LWS_CALLBACK_CLIENT_WRITEABLE); }

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
	with(talk, frames_script);
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

static void early_frame(void) { with(talk, early_script); }

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

static void client_closes(void) { with(closing_hook, closing_script); }

static void client_closes_code(void)
{
	close_code = 1000;
	with(closing_hook, closing_script);
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

static void buffer_kept(void) { with(kept_hook, chat_script); }

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
	if (no_server(protos, given_hook)) {
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
	if (no_server(protos, error_hook)) {
		peer_listen("peer0", pending_script);
		peer_start("peer1", starter);
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
	if (no_server(protos, talk)) {
		peer_listen("peer0", established_script);
		peer_start("peer1", starter);
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
	if (server(protos, unix_hook)) {
		peer_start("peer1", unix_starter);
		finish();
	}
	unlink(sock);
}

static void unix_refused(void)
{
	snprintf(sock, sizeof sock, "/tmp/trace-none%d.sock", (int)getpid());
	if (no_server(protos, error_hook)) {
		peer_start("peer1", unix_starter);
		finish();
	}
}

const scenario sc_ws_client[] = {
    {"cli-complete", complete},
    {"cli-request-variants", request_variants},
    {"cli-request-bare", request_bare},
    {"cli-local-name", local_name},
    {"cli-none-wanted", none_wanted},
    {"cli-none-granted", none_granted},
    {"cli-answer-404", answer_404},
    {"cli-answer-200", answer_200},
    {"cli-answer-401", answer_401},
    {"cli-answer-no-accept", answer_no_accept},
    {"cli-answer-bad-accept", answer_bad_accept},
    {"cli-answer-no-upgrade", answer_no_upgrade},
    {"cli-answer-no-connection", answer_no_connection},
    {"cli-answer-bad-upgrade", answer_bad_upgrade},
    {"cli-answer-garbage", answer_garbage},
    {"cli-wrong-protocol", wrong_protocol},
    {"cli-unoffered-protocol", unoffered_protocol},
    {"cli-unasked-extension", unasked_extension},
    {"cli-hang-up", server_hangs_up},
    {"cli-hang-up-inside", server_hangs_up_inside},
    {"cli-reset", server_resets},
    {"cli-silent", server_silent},
    {"cli-refused", refused},
    {"cli-unknown-local", unknown_vhost_protocol},
    {"cli-refuse-append", refuse_append},
    {"cli-refuse-pre-establish", refuse_pre},
    {"cli-refuse-established", refuse_established},
    {"cli-refuse-receive", refuse_receive},
    {"cli-refuse-writeable", refuse_writeable},
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
