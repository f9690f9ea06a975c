/* SPDX-License-Identifier: MIT */
/* A server receives: sizes, fragments, pings. */
#include "frames.h"

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

static void rx_small(void) { frames_with(count_only, small_frames); }

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

static void rx_fragments(void) { frames_with(count_only, fragments); }

static void control_inside(peer *p)
{
	p_frame(p, 0x01, "before ", 7);
	p_frame(p, PING, "now", 3);
	p_frames(p, 1);
	p_frame(p, CONT, "after", 5);
	p_frames(p, 1);
	bye(p);
}

static void rx_control_inside(void) { frames_with(count_only, control_inside); }

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
	frames_with(count_only, sizes);
}

static void rx_sizes_tiny(void)
{
	rig.sum_rx = true;
	frames_proto = "tiny";
	frames_with(count_only, sizes);
}

static void rx_sizes_wide(void)
{
	rig.sum_rx = true;
	frames_proto = "wide";
	frames_with(count_only, sizes);
}

static void rx_chunks_tiny(void)
{
	rig.pieces = true;
	frames_proto = "tiny";
	frames_with(count_only, short_sizes);
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
	frames_with(count_only, million);
}

static void rx_serv_buf(void)
{
	rig.sum_rx = true;
	rig.info.pt_serv_buf_size = 1024;
	frames_with(count_only, sizes);
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
	frames_proto = "tiny";
	frames_with(largest_hook, sizes);
}

static void largest_small_buf(void)
{
	rig.pieces = true;
	rig.sum_rx = true;
	rig.info.pt_serv_buf_size = 512;
	frames_with(largest_hook, sizes);
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

static void rx_ping(void) { frames_with(count_only, pings); }

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

static void tx_ping(void) { frames_with(ping_hook, answer_ping); }

static const scenario sc_ws_rx[] = {
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
    {NULL, NULL},
};

SCENARIOS(sc_ws_rx)
