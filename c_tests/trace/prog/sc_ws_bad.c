/* SPDX-License-Identifier: MIT */
/* A client that violates the protocol. */
#include "frames.h"

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

static void bad_opcode(void) { frames_with(count_only, bad_opcode_peer); }
static void bad_control(void) { frames_with(count_only, bad_control_peer); }
static void bad_rsv(void) { frames_with(count_only, bad_rsv_peer); }
static void bad_rsv1(void) { frames_with(count_only, bad_rsv1_peer); }
static void long_ping(void) { frames_with(count_only, long_ping_peer); }
static void split_ping(void) { frames_with(count_only, split_ping_peer); }
static void lone_cont(void) { frames_with(count_only, lone_cont_peer); }
static void text_inside(void) { frames_with(count_only, text_inside_peer); }
static void unmasked(void) { frames_with(count_only, unmasked_peer); }

static void utf8_checked(void)
{
	rig.info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	frames_with(count_only, utf8_peer);
}

static void utf8_unchecked_peer(peer *p)
{
	p_frame(p, TEXT, "bad \xff\xfe", 6);
	p_frames(p, 1);
	bye(p);
}

static void utf8_unchecked(void) { frames_with(count_only, utf8_unchecked_peer); }

static void utf8_close(void)
{
	rig.info.options |= LWS_SERVER_OPTION_VALIDATE_UTF8;
	frames_with(count_only, utf8_close_peer);
}

static const scenario sc_ws_bad[] = {
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
    {NULL, NULL},
};

SCENARIOS(sc_ws_bad)
