/* SPDX-License-Identifier: MIT */
/* Closing, by either side and by timeouts. */
#include "frames.h"

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

static void peer_close_plain(void) { frames_with(count_only, close_plain); }
static void peer_close_reason(void) { frames_with(count_only, close_reason); }
static void peer_close_one_byte(void) { frames_with(count_only, close_one_byte); }
static void peer_close_bad_code(void) { frames_with(count_only, close_bad_code); }
static void peer_vanish_fin(void) { frames_with(count_only, vanish_fin); }
static void peer_vanish_rst(void) { frames_with(count_only, vanish_rst); }
static void peer_vanish_inside(void)
{
	rig.pieces = true;
	frames_with(count_only, vanish_inside);
}

static int veto_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE) {
		lws_close_reason(e->wsi, 3333, (unsigned char *)"mine", 4);
		return 1;
	}
	return count_only(e);
}

static void peer_close_veto(void) { frames_with(veto_hook, close_reason); }

static int payload_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE || e->reason == LWS_CALLBACK_CLOSED) {
		int n = lws_get_close_length(e->wsi);

		say(e->conn, "  close payload %d %s", n,
		    n > 0 ? RENDER(lws_get_close_payload(e->wsi), (size_t)n) : "");
	}
	return count_only(e);
}

/* What the program has set itself is what it finds. */
static int own_payload_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE) {
		lws_close_reason(e->wsi, 3333, (unsigned char *)"mine", 4);
		return payload_hook(e) < 0 ? -1 : 1;
	}
	return count_only(e);
}

static void peer_close_own_payload(void) { frames_with(own_payload_hook, close_reason); }

static void peer_close_payload(void) { frames_with(payload_hook, close_reason); }

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
	frames_with(we_close_hook, ask_close);
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

static void our_close_at_write(void) { frames_with(close_at_write_hook, close_at_write_peer); }

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
	frames_with(we_close_hook, talks_on);
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

static void kill_async(void) { frames_with(kill_hook, kill_peer); }

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
	frames_with(victim_hook, kill_sync_peer);
}

/* A status that is no close code goes to no peer. Seen to fail: a close frame did. */
static void free_now(void *arg)
{
	(void)arg;
	lws_close_free_wsi(victim, LWS_CLOSE_STATUS_NOSTATUS_CONTEXT_DESTROY, "test");
	say(GLOBAL, "freed");
}

static void free_peer(peer *p)
{
	await("ESTABLISHED");
	in_loop(free_now, NULL);
	p_rest_frames(p);
}

static void free_no_status(void)
{
	rig.flat = true;
	frames_with(victim_hook, free_peer);
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
	frames_with(count_only, validity_peer);
}

static void validity_silent_peer(peer *p)
{
	p_frames(p, 1);
	p_rest_frames(p);
}

static void validity_hangup(void)
{
	rig.info.retry_and_idle_policy = &policy;
	frames_with(count_only, validity_silent_peer);
}

static int fail_write_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE)
		return -1;
	return PASS;
}

static void writeable_refuses(void) { frames_with(fail_write_hook, ask_close); }

static const scenario sc_ws_close[] = {
    {"peer-close-plain", peer_close_plain},
    {"peer-close-reason", peer_close_reason},
    {"peer-close-one-byte", peer_close_one_byte},
    {"peer-close-bad-code", peer_close_bad_code},
    {"peer-close-veto", peer_close_veto},
    {"peer-close-payload", peer_close_payload},
    {"peer-close-own-payload", peer_close_own_payload},
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
    {"free-no-status", free_no_status},
    {"validity-ping", validity_ping},
    {"validity-hangup", validity_hangup},
    {"writeable-refuses", writeable_refuses},
    {NULL, NULL},
};

SCENARIOS(sc_ws_close)
