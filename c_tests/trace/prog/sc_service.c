/* SPDX-License-Identifier: MIT */
/* The service loop: writeable, timers, wake-ups, flow control, external poll. */
#include "extpoll.h"

struct session {
	int step, got;
	bool asked;
};

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"chat", cb1, sizeof(struct session), 0, 0, NULL, 0},
    {"other", cb2, sizeof(struct session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static script_fn body;

static void ws_peer(peer *p)
{
	p_connect(p);
	if (p_upgrade(p, "chat", NULL))
		body(p);
}

static void with(hook_fn hook, script_fn script)
{
	body = script;
	if (server(protos, hook)) {
		peer_start("peer0", ws_peer);
		finish();
	}
}

static void bye(peer *p)
{
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}

static void two_and_bye(peer *p)
{
	p_text(p, "go");
	p_frames(p, 2);
	bye(p);
}

/* ---- writeable ---- */

/* Several requests are one WRITEABLE; asking in it brings the next. */
static int writeable_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RECEIVE) {
		s->asked = true;
		say(e->conn, "  asked %d %d %d", lws_callback_on_writable(e->wsi),
		    lws_callback_on_writable(e->wsi), lws_callback_on_writable(e->wsi));
	}
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE && s->asked) {
		puts_ws(e, s->step ? "second" : "first");
		s->asked = !s->step++;
		if (s->asked)
			lws_callback_on_writable(e->wsi);
	}
	return PASS;
}

static void writeable_several(void) { with(writeable_hook, two_and_bye); }

/* WRITEABLE comes after the RECEIVE callback that asked has returned. */
static int order_hook(event *e)
{
	static bool in_receive;
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RECEIVE) {
		in_receive = true;
		lws_callback_on_writable(e->wsi);
		in_receive = false;
	}
	if (e->reason == LWS_CALLBACK_SERVER_WRITEABLE && s->step++ < 2) {
		say(e->conn, "  writeable %s", in_receive ? "inside RECEIVE" : "by itself");
		puts_ws(e, "x");
		if (s->step < 2)
			lws_callback_on_writable(e->wsi);
	}
	return PASS;
}

static void writeable_not_inside(void) { with(order_hook, two_and_bye); }

/* lws_callback_vhost_protocols reaches every protocol once, without a connection. */
static void call_vhost_protocols(void *arg)
{
	struct lws_vhost *vh = lws_get_vhost_by_name(rig.ctx, "default");

	(void)arg;
	say(GLOBAL, "vhost_protocols_vhost %d",
	    lws_callback_vhost_protocols_vhost(vh, LWS_CALLBACK_USER + 1, "data", 4));
	say(GLOBAL, "all_protocol_vhost_args %d",
	    lws_callback_all_protocol_vhost_args(vh, lws_vhost_name_to_protocol(vh, "chat"),
	                                         LWS_CALLBACK_USER + 2, "chat", 4));
	say(GLOBAL, "all_protocol_vhost_args %d",
	    lws_callback_all_protocol_vhost_args(vh, NULL, LWS_CALLBACK_USER + 3, "args", 4));
	say(GLOBAL, "on_writable_all_protocol other %d",
	    lws_callback_on_writable_all_protocol(rig.ctx, &protos[2]));
}

static int user_hook(event *e)
{
	if (e->reason >= LWS_CALLBACK_USER)
		say(e->conn, "  in %s, len %d", e->in ? (char *)e->in : "(none)", (int)e->len);
	return PASS;
}

static void vhost_protocols_script(peer *p)
{
	in_loop(call_vhost_protocols, NULL);
	bye(p);
}

static void vhost_protocols(void) { with(user_hook, vhost_protocols_script); }

static int by_wsi_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE)
		say(e->conn, "  vhost_protocols %d",
		    lws_callback_vhost_protocols(e->wsi, LWS_CALLBACK_USER + 1, "wsi", 3));
	return user_hook(e);
}

static void by_wsi_script(peer *p)
{
	p_text(p, "go");
	await_n("reason-1001", 1);
	bye(p);
}

static void vhost_protocols_by_wsi(void) { with(by_wsi_hook, by_wsi_script); }

/* ---- receive flow control ---- */

static int flow_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RECEIVE) {
		s->got++;
		if (s->got == 2) {
			say(e->conn, "  flow off %d", lws_rx_flow_control(e->wsi, 0));
			lws_set_timer_usecs(e->wsi, 300000);
			mark("off");
		}
		if (s->got == 6)
			puts_ws(e, "all there");
	}
	if (e->reason == LWS_CALLBACK_TIMER)
		say(e->conn, "  flow on %d", lws_rx_flow_control(e->wsi, 1));
	return PASS;
}

static void flow_script(peer *p)
{
	p_text(p, "one");
	p_text(p, "two");
	await("off");
	p_text(p, "three");
	p_text(p, "four");
	p_text(p, "five");
	p_text(p, "six");
	p_frames(p, 1);
	bye(p);
}

static void rx_flow(void) { with(flow_hook, flow_script); }

/* All six in one packet: what is already read waits too. */
static void flow_packet_script(peer *p)
{
	static const char all[] = "\x81\x81\0\0\0\0" "1" "\x81\x81\0\0\0\0" "2" "\x81\x81\0\0\0\0" "3"
	                          "\x81\x81\0\0\0\0" "4" "\x81\x81\0\0\0\0" "5" "\x81\x81\0\0\0\0" "6";

	p_send(p, all, sizeof all - 1);
	p_frames(p, 1);
	bye(p);
}

static void rx_flow_packet(void) { with(flow_hook, flow_packet_script); }

static void allow_all(void *arg)
{
	(void)arg;
	say(GLOBAL, "allow all");
	lws_rx_flow_allow_all_protocol(
	    rig.ctx, lws_vhost_name_to_protocol(lws_get_vhost_by_name(rig.ctx, "default"), "chat"));
}

static int flow_all_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RECEIVE) {
		s->got++;
		if (s->got == 1) {
			lws_rx_flow_control(e->wsi, 0);
			mark("off");
		}
		if (s->got == 3)
			puts_ws(e, "all there");
	}
	return PASS;
}

static void flow_all_script(peer *p)
{
	p_text(p, "one");
	await("off");
	p_text(p, "two");
	p_text(p, "three");
	in_loop(allow_all, NULL);
	p_frames(p, 1);
	bye(p);
}

static void rx_flow_all(void) { with(flow_all_hook, flow_all_script); }

/* ---- timers ---- */

static int timeout_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE)
		lws_set_timeout(e->wsi, PENDING_TIMEOUT_USER_REASON_BASE, 1);
	return PASS;
}

static void wait_end(peer *p)
{
	p_text(p, "go");
	p_rest_frames(p);
}

static void set_timeout(void) { with(timeout_hook, wait_end); }

static int no_timeout_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE) {
		lws_set_timeout(e->wsi, PENDING_TIMEOUT_USER_REASON_BASE, 1);
		lws_set_timeout(e->wsi, NO_PENDING_TIMEOUT, 0);
		lws_set_timer_usecs(e->wsi, 1500000);
	}
	if (e->reason == LWS_CALLBACK_TIMER)
		puts_ws(e, "still here");
	return PASS;
}

static void one_and_bye(peer *p)
{
	p_text(p, "go");
	p_frames(p, 1);
	bye(p);
}

static void timeout_cancelled(void) { with(no_timeout_hook, one_and_bye); }

static int timer_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RECEIVE)
		lws_set_timer_usecs(e->wsi, 20000);
	if (e->reason == LWS_CALLBACK_TIMER) {
		puts_ws(e, s->step ? "again" : "tick");
		if (!s->step++)
			lws_set_timer_usecs(e->wsi, 20000);
	}
	return PASS;
}

static void timer(void) { with(timer_hook, two_and_bye); }

static int timer_refuses_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE)
		lws_set_timer_usecs(e->wsi, 20000);
	return e->reason == LWS_CALLBACK_TIMER ? -1 : PASS;
}

static void timer_refuses(void) { with(timer_refuses_hook, wait_end); }

static int timer_cancelled_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE) {
		lws_set_timer_usecs(e->wsi, 10000);
		lws_set_timer_usecs(e->wsi, LWS_SET_TIMER_USEC_CANCEL);
		lws_set_timeout(e->wsi, PENDING_TIMEOUT_USER_REASON_BASE, 1);
	}
	return PASS;
}

static void timer_cancelled(void) { with(timer_cancelled_hook, wait_end); }

static lws_sorted_usec_list_t suls[5];

static void fire(lws_sorted_usec_list_t *s)
{
	say(GLOBAL, "sul %d", (int)(s - suls));
	if (s == &suls[3]) {
		static int again;

		if (!again++)
			lws_sul_schedule(rig.ctx, 0, s, fire, 1000);
		else {
			rig.hold = false;
			lws_cancel_service(rig.ctx);
		}
	}
}

static void sul_order(void)
{
	if (!no_server(protos, NULL))
		return;
	rig.hold = true;
	lws_sul_schedule(rig.ctx, 0, &suls[0], fire, 60000);
	lws_sul_schedule(rig.ctx, 0, &suls[1], fire, 20000);
	lws_sul_schedule(rig.ctx, 0, &suls[2], fire, 40000);
	lws_sul_schedule(rig.ctx, 0, &suls[3], fire, 80000);
	lws_sul_schedule(rig.ctx, 0, &suls[4], fire, 50000);
	lws_sul_schedule(rig.ctx, 0, &suls[4], fire, LWS_SET_TIMER_USEC_CANCEL);
	lws_sul_schedule(rig.ctx, 0, &suls[1], fire, 70000);
	finish();
}

/* ---- wake-ups ---- */

static int cancelled_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED) {
		static bool seen[3];
		int i = !strcmp(e->proto, "http") ? 0 : !strcmp(e->proto, "chat") ? 1 : 2;

		if (!seen[i])
			say(GLOBAL, "EVENT_WAIT_CANCELLED @%s", e->proto);
		seen[i] = true;
	}
	return PASS;
}

static void cancel_peer(peer *p)
{
	(void)p;
	lws_cancel_service(rig.ctx);
	await_n("EVENT_WAIT_CANCELLED", 3);
}

static void cancel_service(void)
{
	if (no_server(protos, cancelled_hook)) {
		peer_start("peer0", cancel_peer);
		finish();
	}
}

/* The service return value, and a negative timeout does not block here. */
static void service_returns(void)
{
	if (!no_server(protos, NULL))
		return;
	lws_cancel_service(rig.ctx);
	say(GLOBAL, "lws_service %d", lws_service(rig.ctx, 0));
	lws_cancel_service(rig.ctx);
	say(GLOBAL, "lws_service_tsi %d", lws_service_tsi(rig.ctx, 0, 0));
	finish();
	say(GLOBAL, "after destroy: not called");
}

/* ---- the poll callbacks ---- */

static int extpoll_hook(event *e)
{
	if (ext_event(e))
		return PASS;
	switch (e->reason) {
	case LWS_CALLBACK_RECEIVE:
		lws_callback_on_writable(e->wsi);
		((struct session *)e->user)->asked = true;
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (((struct session *)e->user)->asked)
			puts_ws(e, "answer");
		((struct session *)e->user)->asked = false;
		break;
	default:
		break;
	}
	return PASS;
}

static void external_peer(peer *p)
{
	p_connect(p);
	if (!p_upgrade(p, "chat", NULL))
		return;
	p_text(p, "question");
	p_frames(p, 1);
	bye(p);
}

static void external_poll(void)
{
	if (!server(protos, extpoll_hook))
		return;
	peer_start("peer0", external_peer);
	ext_serve();
	say(GLOBAL, "descriptors %s", ext_announced ? "announced" : "not announced");
	rig.quit = true;
	finish();
	say(GLOBAL, "descriptors left %d", ext_count);
}

static const scenario sc_service[] = {
    {"writeable-several", writeable_several},
    {"writeable-not-inside", writeable_not_inside},
    {"vhost-protocols", vhost_protocols},
    {"vhost-protocols-by-wsi", vhost_protocols_by_wsi},
    {"rx-flow", rx_flow},
    {"rx-flow-packet", rx_flow_packet},
    {"rx-flow-all", rx_flow_all},
    {"set-timeout", set_timeout},
    {"timeout-cancelled", timeout_cancelled},
    {"timer", timer},
    {"timer-refuses", timer_refuses},
    {"timer-cancelled", timer_cancelled},
    {"sul-order", sul_order},
    {"cancel-service", cancel_service},
    {"service-returns", service_returns},
    {"external-poll", external_poll},
    {NULL, NULL},
};

SCENARIOS(sc_service)
