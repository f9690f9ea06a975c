/* SPDX-License-Identifier: MIT */
/* Frames between a raw peer and a server: sizes, fragments, control frames, errors, closing. */
#include "trace.h"

#include <sys/socket.h>

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"dflt", cb1, 32, 0, 0, NULL, 0},
    {"tiny", cb2, 32, 16, 0, NULL, 0},
    {"wide", cb3, 32, 10000, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static const char *proto = "dflt";
static script_fn body;

static char *pattern(size_t n)
{
	char *s = malloc(n + 1);

	for (size_t i = 0; i < n; i++)
		s[i] = (char)('a' + (i * 7 + i / 26) % 26);
	s[n] = 0;
	return s;
}

static void ws_peer(peer *p)
{
	p_connect(p);
	if (p_upgrade(p, proto, NULL))
		body(p);
}

/* Runs the script behind an accepted upgrade. */
static void with(hook_fn hook, script_fn script)
{
	body = script;
	if (server(protos, hook)) {
		peer_start("peer0", ws_peer);
		finish();
	}
}

static int count_only(event *e)
{
	static size_t total;

	if (e->reason == LWS_CALLBACK_RECEIVE) {
		total += e->len;
		if (lws_is_final_fragment(e->wsi) && !lws_remaining_packet_payload(e->wsi)) {
			char t[64];

			snprintf(t, sizeof t, "got %zu", total);
			total = 0;
			puts_ws(e, t);
		}
	}
	return PASS;
}

static void bye(peer *p)
{
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}

/* ---- receiving ---- */

static void small_frames(peer *p)
{
	p_text(p, "plain");
	p_frames(p, 1);
	p_frame(p, BIN, "\0\1\2\3", 4);
	p_frames(p, 1);
	p_text(p, "");
	p_frames(p, 1);
	p_frame(p, BIN, "", 0);
	p_frames(p, 1);
	bye(p);
}

static void rx_small(void) { with(count_only, small_frames); }

static void fragments(peer *p)
{
	p_frame(p, 0x01, "one ", 4);
	p_frame(p, 0x00, "two ", 4);
	p_frame(p, CONT, "three", 5);
	p_frames(p, 1);
	p_frame(p, 0x02, "a", 1);
	p_frame(p, CONT, "", 0);
	p_frames(p, 1);
	p_frame(p, 0x01, "", 0);
	p_frame(p, 0x00, "", 0);
	p_frame(p, CONT, "x", 1);
	p_frames(p, 1);
	bye(p);
}

static void rx_fragments(void) { with(count_only, fragments); }

static void control_inside(peer *p)
{
	p_frame(p, 0x01, "before ", 7);
	p_frame(p, PING, "now", 3);
	p_frames(p, 1);
	p_frame(p, CONT, "after", 5);
	p_frames(p, 1);
	bye(p);
}

static void rx_control_inside(void) { with(count_only, control_inside); }

static void send_of(peer *p, size_t n)
{
	char *s = pattern(n);

	p_frame(p, TEXT, s, n);
	free(s);
	p_frames(p, 1);
}

static void sizes(peer *p)
{
	static const size_t n[] = {15, 16, 17, 32, 33, 125, 126, 127, 4095, 4096, 4097, 65535, 65536};

	for (size_t i = 0; i < LWS_ARRAY_SIZE(n); i++)
		send_of(p, n[i]);
	bye(p);
}

/* The chunks, one line each, as rx_buffer_size cuts them. */
static void short_sizes(peer *p)
{
	send_of(p, 15);
	send_of(p, 16);
	send_of(p, 17);
	bye(p);
}

static void rx_sizes(void)
{
	rig.sum_rx = true;
	with(count_only, sizes);
}

static void rx_sizes_tiny(void)
{
	rig.sum_rx = true;
	proto = "tiny";
	with(count_only, sizes);
}

static void rx_sizes_wide(void)
{
	rig.sum_rx = true;
	proto = "wide";
	with(count_only, sizes);
}

static void rx_chunks_tiny(void)
{
	rig.pieces = true;
	proto = "tiny";
	with(count_only, short_sizes);
}

static void million(peer *p)
{
	send_of(p, 1 << 20);
	bye(p);
}

static void rx_million(void)
{
	rig.sum_rx = true;
	rig.info.pt_serv_buf_size = 32768;
	with(count_only, million);
}

static void rx_serv_buf(void)
{
	rig.sum_rx = true;
	rig.info.pt_serv_buf_size = 1024;
	with(count_only, sizes);
}

/* No callback gets more than the configuration says. */
static int largest_hook(event *e)
{
	static size_t largest;

	if (e->reason == LWS_CALLBACK_RECEIVE && e->len > largest)
		largest = e->len;
	if (e->reason == LWS_CALLBACK_CLOSED)
		say(e->conn, "  chunks within the limit %d",
		    largest <= (rig.info.pt_serv_buf_size ? rig.info.pt_serv_buf_size : 16));
	return count_only(e);
}

static void largest_tiny(void)
{
	rig.pieces = true;
	rig.sum_rx = true;
	proto = "tiny";
	with(largest_hook, sizes);
}

static void largest_small_buf(void)
{
	rig.pieces = true;
	rig.sum_rx = true;
	rig.info.pt_serv_buf_size = 512;
	with(largest_hook, sizes);
}

/* ---- ping and pong ---- */

static void pings(peer *p)
{
	char *s = pattern(125);

	p_frame(p, PING, "", 0);
	p_frames(p, 1);
	p_frame(p, PING, "payload", 7);
	p_frames(p, 1);
	p_frame(p, PING, s, 125);
	p_frames(p, 1);
	p_frame(p, PONG, "not asked", 9);
	p_frame(p, PONG, "", 0);
	p_text(p, "end");
	p_frames(p, 1);
	bye(p);
	free(s);
}

static void rx_ping(void) { with(count_only, pings); }

static int ping_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_ESTABLISHED)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE) {
		char **done = e->user;

		if (!*done)
			put(e, "are you there", 13, LWS_WRITE_PING);
		*done = "sent";
	}
	return count_only(e);
}

static void answer_ping(peer *p)
{
	p_frames(p, 1);
	p_frame(p, PONG, "are you there", 13);
	p_text(p, "end");
	p_frames(p, 1);
	bye(p);
}

static void tx_ping(void) { with(ping_hook, answer_ping); }

/* ---- closing by the peer ---- */

static void close_plain(peer *p)
{
	p_frame(p, SHUT, "", 0);
	p_rest_frames(p);
}

static void close_reason(peer *p)
{
	p_shut_frame(p, 4001, "because of that");
	p_rest_frames(p);
}

static void close_one_byte(peer *p)
{
	p_frame(p, SHUT, "\3", 1);
	p_rest_frames(p);
}

static void close_bad_code(peer *p)
{
	p_shut_frame(p, 1005, "");
	p_rest_frames(p);
}

static void vanish_fin(peer *p)
{
	p_text(p, "x");
	p_frames(p, 1);
	p_close(p);
}

static void vanish_rst(peer *p)
{
	p_text(p, "x");
	p_frames(p, 1);
	p_reset(p);
}

static void vanish_inside(peer *p)
{
	p_send(p, "\x81\x8a\x01\x02\x03\x04half", 10);
	p_close(p);
}

static void peer_close_plain(void) { with(count_only, close_plain); }
static void peer_close_reason(void) { with(count_only, close_reason); }
static void peer_close_one_byte(void) { with(count_only, close_one_byte); }
static void peer_close_bad_code(void) { with(count_only, close_bad_code); }
static void peer_vanish_fin(void) { with(count_only, vanish_fin); }
static void peer_vanish_rst(void) { with(count_only, vanish_rst); }
static void peer_vanish_inside(void)
{
	rig.pieces = true;
	with(count_only, vanish_inside);
}

static int veto_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE) {
		lws_close_reason(e->wsi, 3333, (unsigned char *)"mine", 4);
		return 1;
	}
	return count_only(e);
}

static void peer_close_veto(void) { with(veto_hook, close_reason); }

static int payload_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE || e->reason == LWS_CALLBACK_CLOSED) {
		int n = lws_get_close_length(e->wsi);

		say(e->conn, "  close payload %d %s", n,
		    n > 0 ? RENDER(lws_get_close_payload(e->wsi), (size_t)n) : "");
	}
	return count_only(e);
}

static void peer_close_payload(void) { with(payload_hook, close_reason); }

/* ---- closing by us ---- */

static int we_close_code;
static const char *we_close_text;

static int we_close_hook(event *e)
{
	if (e->reason != LWS_CALLBACK_RECEIVE)
		return PASS;
	if (we_close_code)
		lws_close_reason(e->wsi, (enum lws_close_status)we_close_code,
		                 (unsigned char *)we_close_text, strlen(we_close_text));
	return -1;
}

static void ask_close(peer *p)
{
	p_text(p, "close please");
	if (p_frames(p, 1))
		p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}

static void we_close(int code, const char *text)
{
	we_close_code = code;
	we_close_text = text;
	with(we_close_hook, ask_close);
}

static void our_close_plain(void) { we_close(0, ""); }
static void our_close_code(void) { we_close(1001, ""); }
static void our_close_reason(void) { we_close(4400, "go away please"); }
static void our_close_nostatus(void) { we_close(LWS_CLOSE_STATUS_NOSTATUS, ""); }

static int close_at_write_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE && !*(int *)e->user) {
		++*(int *)e->user;
		puts_ws(e, "last words");
		lws_close_reason(e->wsi, LWS_CLOSE_STATUS_GOINGAWAY, (unsigned char *)"done", 4);
		return -1;
	}
	return PASS;
}

static void close_at_write_peer(peer *p)
{
	p_text(p, "close please");
	p_frames(p, 2);
	p_shut_frame(p, 1001, "");
	p_rest_frames(p);
}

static void our_close_at_write(void) { with(close_at_write_hook, close_at_write_peer); }

/* The peer goes on sending instead of answering our close. */
static void talks_on(peer *p)
{
	p_text(p, "close please");
	p_frames(p, 1);
	p_text(p, "still talking");
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}

static void our_close_talks_on(void)
{
	we_close_code = 1001;
	we_close_text = "";
	with(we_close_hook, talks_on);
}

static int kill_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE) {
		say(e->conn, "  kill");
		lws_set_timeout(e->wsi, PENDING_TIMEOUT_USER_OK,
		                !strncmp(e->in, "sync", 4) ? LWS_TO_KILL_SYNC : LWS_TO_KILL_ASYNC);
		say(e->conn, "  kill returns");
	}
	return PASS;
}

static void kill_peer(peer *p)
{
	p_text(p, "async");
	p_rest_frames(p);
}

static void kill_async(void) { with(kill_hook, kill_peer); }

static struct lws *victim;

static int victim_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_ESTABLISHED)
		victim = e->wsi;
	return PASS;
}

static void kill_now(void *arg)
{
	(void)arg;
	say(GLOBAL, "kill");
	lws_set_timeout(victim, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
	say(GLOBAL, "killed");
}

static void kill_sync_peer(peer *p)
{
	await("ESTABLISHED");
	in_loop(kill_now, NULL);
	p_rest_frames(p);
}

static void kill_sync(void)
{
	rig.flat = true;
	with(victim_hook, kill_sync_peer);
}

/* ---- the validity policy pings, and hangs up on silence ---- */

static const lws_retry_bo_t policy = {.secs_since_valid_ping = 1, .secs_since_valid_hangup = 3};

static void validity_peer(peer *p)
{
	p_frames(p, 1);
	p_frame(p, PONG, "", 0);
	p_frames(p, 1);
	p_frame(p, PONG, "", 0);
	bye(p);
}

static void validity_ping(void)
{
	rig.info.retry_and_idle_policy = &policy;
	with(count_only, validity_peer);
}

static void validity_silent_peer(peer *p)
{
	p_frames(p, 1);
	p_rest_frames(p);
}

static void validity_hangup(void)
{
	rig.info.retry_and_idle_policy = &policy;
	with(count_only, validity_silent_peer);
}

/* ---- violations ---- */

static void fails(peer *p)
{
	p_rest_frames(p);
}

static void bad_opcode_peer(peer *p)
{
	p_frame(p, 0x83, "x", 1);
	fails(p);
}

static void bad_control_peer(peer *p)
{
	p_frame(p, 0x8b, "x", 1);
	fails(p);
}

static void bad_rsv_peer(peer *p)
{
	p_frame(p, 0x91, "x", 1);
	fails(p);
}

static void bad_rsv1_peer(peer *p)
{
	p_frame(p, 0xc1, "x", 1);
	fails(p);
}

static void long_ping_peer(peer *p)
{
	char *s = pattern(126);

	p_frame(p, PING, s, 126);
	free(s);
	fails(p);
}

static void split_ping_peer(peer *p)
{
	p_frame(p, 0x09, "x", 1);
	fails(p);
}

static void lone_cont_peer(peer *p)
{
	p_frame(p, CONT, "x", 1);
	fails(p);
}

static void text_inside_peer(peer *p)
{
	p_frame(p, 0x01, "a", 1);
	p_frame(p, TEXT, "b", 1);
	fails(p);
}

static void unmasked_peer(peer *p)
{
	p_frame_plain(p, TEXT, "bare", 4);
	if (p_frames(p, 1))
		p_shut_frame(p, 1000, "");
	fails(p);
}

static void utf8_peer(peer *p)
{
	p_frame(p, TEXT, "\xce\xba\xe1\xbd\xb9 fine", 10);
	p_frames(p, 1);
	p_frame(p, TEXT, "bad \xff\xfe", 6);
	fails(p);
}

static void utf8_close_peer(peer *p)
{
	p_frame(p, SHUT, "\x03\xe8\xff\xff", 4);
	fails(p);
}

static void bad_opcode(void) { with(count_only, bad_opcode_peer); }
static void bad_control(void) { with(count_only, bad_control_peer); }
static void bad_rsv(void) { with(count_only, bad_rsv_peer); }
static void bad_rsv1(void) { with(count_only, bad_rsv1_peer); }
static void long_ping(void) { with(count_only, long_ping_peer); }
static void split_ping(void) { with(count_only, split_ping_peer); }
static void lone_cont(void) { with(count_only, lone_cont_peer); }
static void text_inside(void) { with(count_only, text_inside_peer); }
static void unmasked(void) { with(count_only, unmasked_peer); }

static void utf8_checked(void)
{
	rig.info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	with(count_only, utf8_peer);
}

static void utf8_unchecked_peer(peer *p)
{
	p_frame(p, TEXT, "bad \xff\xfe", 6);
	p_frames(p, 1);
	bye(p);
}

static void utf8_unchecked(void) { with(count_only, utf8_unchecked_peer); }

static void utf8_close(void)
{
	rig.info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	with(count_only, utf8_close_peer);
}

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

static void tx_fragments(void) { with(nofin_hook, nofin_peer); }

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

static void tx_large(void) { with(large_hook, slow_reader); }

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

static void tx_many(void) { with(many_hook, many_peer); }

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

static void tx_reset(void) { with(large_once_hook, reset_reader); }

static int fail_write_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE)
		return -1;
	return PASS;
}

static void writeable_refuses(void) { with(fail_write_hook, ask_close); }

const scenario sc_ws_frames[] = {
    {"rx-small", rx_small},
    {"rx-fragments", rx_fragments},
    {"rx-control-inside", rx_control_inside},
    {"rx-sizes", rx_sizes},
    {"rx-sizes-tiny", rx_sizes_tiny},
    {"rx-sizes-wide", rx_sizes_wide},
    {"rx-chunks-tiny", rx_chunks_tiny},
    {"rx-million", rx_million},
    {"rx-serv-buf", rx_serv_buf},
    {"rx-largest-tiny", largest_tiny},
    {"rx-largest-small-buf", largest_small_buf},
    {"rx-ping", rx_ping},
    {"tx-ping", tx_ping},
    {"peer-close-plain", peer_close_plain},
    {"peer-close-reason", peer_close_reason},
    {"peer-close-one-byte", peer_close_one_byte},
    {"peer-close-bad-code", peer_close_bad_code},
    {"peer-close-veto", peer_close_veto},
    {"peer-close-payload", peer_close_payload},
    {"peer-vanish-fin", peer_vanish_fin},
    {"peer-vanish-rst", peer_vanish_rst},
    {"peer-vanish-inside", peer_vanish_inside},
    {"our-close-plain", our_close_plain},
    {"our-close-code", our_close_code},
    {"our-close-reason", our_close_reason},
    {"our-close-nostatus", our_close_nostatus},
    {"our-close-at-write", our_close_at_write},
    {"our-close-talks-on", our_close_talks_on},
    {"kill-async", kill_async},
    {"kill-sync", kill_sync},
    {"validity-ping", validity_ping},
    {"validity-hangup", validity_hangup},
    {"bad-opcode", bad_opcode},
    {"bad-control-opcode", bad_control},
    {"bad-rsv", bad_rsv},
    {"bad-rsv1", bad_rsv1},
    {"bad-long-ping", long_ping},
    {"bad-split-ping", split_ping},
    {"bad-lone-continuation", lone_cont},
    {"bad-text-inside", text_inside},
    {"bad-unmasked", unmasked},
    {"utf8-checked", utf8_checked},
    {"utf8-unchecked", utf8_unchecked},
    {"utf8-close-reason", utf8_close},
    {"tx-fragments", tx_fragments},
    {"tx-large", tx_large},
    {"tx-many", tx_many},
    {"tx-reset", tx_reset},
    {"writeable-refuses", writeable_refuses},
    {NULL, NULL},
};
