/* SPDX-License-Identifier: MIT */
/* What a context knows of its system: states and their notifiers, messages, blobs, attached work. */
#include "trace.h"

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

/* ---- the system state ---- */

static int vetoes;

static int on_state(struct lws_state_manager *mgr, struct lws_state_notify_link *link, int current,
		    int target)
{
	say(GLOBAL, "%s: %s %d -> %d", mgr->name, link->name, current, target);
	return vetoes && current != target && target == vetoes;
}

static lws_state_notify_link_t first = {{NULL, NULL, NULL}, on_state, "first"};
static lws_state_notify_link_t second = {{NULL, NULL, NULL}, on_state, "second"};
static lws_state_notify_link_t *const both[] = {&first, &second, NULL};

static void turns(int n)
{
	while (n--) {
		lws_cancel_service(rig.ctx);
		lws_service(rig.ctx, 0);
	}
}

static void system_state(void)
{
	lws_state_manager_t *mgr;

	rig.info.register_notifier_list = both;
	if (!no_server(protos, NULL))
		return;
	mgr = lws_system_get_state_manager(rig.ctx);
	say(GLOBAL, "state %d, name of it %s, context of it %d", mgr->state, mgr->state_names[mgr->state],
	    lws_system_context_from_system_mgr(mgr) == rig.ctx);
	turns(2);
	say(GLOBAL, "state %d", mgr->state);
	lws_state_reg_deregister(&first);
	say(GLOBAL, "back %d, now %d", lws_state_transition(mgr, LWS_SYSTATE_AUTH1), mgr->state);
	say(GLOBAL, "steps %d, now %d", lws_state_transition_steps(mgr, LWS_SYSTATE_OPERATIONAL), mgr->state);
	finish();
}

static void system_state_veto(void)
{
	vetoes = LWS_SYSTATE_TIME_VALID;
	rig.info.register_notifier_list = both;
	if (!no_server(protos, NULL))
		return;
	turns(2);
	say(GLOBAL, "state %d", lws_system_get_state_manager(rig.ctx)->state);
	vetoes = 0;
	lws_state_transition_steps(lws_system_get_state_manager(rig.ctx), LWS_SYSTATE_OPERATIONAL);
	say(GLOBAL, "state %d", lws_system_get_state_manager(rig.ctx)->state);
	finish();
}

/* ---- messages ---- */

static int on_message(void *opaque, lws_smd_class_t class_, lws_usec_t when, void *buf, size_t len)
{
	say(GLOBAL, "%s got class %u, %d: '%.*s', time %d", (char *)opaque, (unsigned int)class_, (int)len,
	    (int)len, (char *)buf, when > 0);
	return 0;
}

static void messages(void)
{
	struct lws_smd_peer *all, *net;
	void *p;
	int n, sent = 0;

	rig.info.early_smd_cb = on_message;
	rig.info.early_smd_opaque = "early";
	rig.info.early_smd_class_filter = LWSSMDCL_SYSTEM_STATE;
	if (!no_server(protos, NULL))
		return;
	turns(3);
	p = lws_smd_msg_alloc(rig.ctx, LWSSMDCL_INTERACTION, 4);
	say(GLOBAL, "nobody wants it: %s", p ? "made" : "NULL");
	all = lws_smd_register(rig.ctx, "all", 0, 7, on_message);
	net = lws_smd_register(rig.ctx, "net", 0, LWSSMDCL_NETWORK, on_message);
	say(GLOBAL, "registered %d %d", !!all, !!net);
	p = lws_smd_msg_alloc(rig.ctx, LWSSMDCL_INTERACTION, 4);
	memcpy(p, "push", 4);
	say(GLOBAL, "send %d", lws_smd_msg_send(rig.ctx, p));
	say(GLOBAL, "printf %d", lws_smd_msg_printf(rig.ctx, LWSSMDCL_NETWORK, "{\"n\":%d}", 7));
	turns(3);
	p = lws_smd_msg_alloc(rig.ctx, LWSSMDCL_INTERACTION, 8);
	lws_smd_msg_free(&p);
	say(GLOBAL, "freed %s", p ? "left" : "NULL");
	for (n = 0; n < 20; n++)
		sent += !lws_smd_msg_printf(rig.ctx, LWSSMDCL_INTERACTION, "%d", n);
	say(GLOBAL, "queue took %d", sent);
	turns(3);
	lws_smd_unregister(net);
	lws_smd_msg_printf(rig.ctx, LWSSMDCL_NETWORK, "one less");
	turns(3);
	finish();
}

/* ---- blobs ---- */

static void show(const char *what, lws_system_blob_t *b)
{
	uint8_t buf[16];
	size_t len = sizeof buf, ofs[] = {0, 3, 5, 40};

	say(GLOBAL, "%s: size %d", what, (int)lws_system_blob_get_size(b));
	for (size_t n = 0; n < LWS_ARRAY_SIZE(ofs); n++) {
		int r;

		len = sizeof buf;
		r = lws_system_blob_get(b, buf, &len, ofs[n]);
		say(GLOBAL, "  from %d: %d, %d '%.*s'", (int)ofs[n], r, (int)len, (int)len, (char *)buf);
	}
}

static void blobs(void)
{
	static const uint8_t text[] = "0123456789abcdefghij";
	lws_system_blob_t *a, *b;

	if (!no_server(protos, NULL))
		return;
	a = lws_system_get_blob(rig.ctx, LWS_SYSBLOB_TYPE_AUTH, 1);
	b = lws_system_get_blob(rig.ctx, LWS_SYSBLOB_TYPE_DEVICE_SERIAL, 0);
	say(GLOBAL, "blobs %d %d, below %s", !!a, !!b,
	    lws_system_get_blob(rig.ctx, LWS_SYSBLOB_TYPE_AUTH, -1) ? "made" : "NULL");
	say(GLOBAL, "empty %d", (int)lws_system_blob_get_size(a));
	lws_system_blob_direct_set(a, text, 6);
	show("direct", a);
	say(GLOBAL, "append %d", lws_system_blob_heap_append(b, text, 4));
	say(GLOBAL, "append %d", lws_system_blob_heap_append(b, text + 4, 6));
	show("heap", b);
	lws_system_blob_heap_empty(b);
	say(GLOBAL, "emptied %d", (int)lws_system_blob_get_size(b));
	finish();
}

/* ---- captive portal detection, and the program's operations ---- */

static int detect(struct lws_context *cx)
{
	say(GLOBAL, "asked to detect");
	lws_system_cpd_set(cx, LWS_CPD_CAPTIVE_PORTAL);
	return 0;
}

static const lws_system_ops_t ops = {.captive_portal_detect_request = detect, .wake_latency_us = 5};

static void portal(void)
{
	rig.info.system_ops = &ops;
	if (!no_server(protos, NULL))
		return;
	say(GLOBAL, "ops %d, known %d", lws_system_get_ops(rig.ctx) == &ops, lws_system_cpd_state_get(rig.ctx));
	say(GLOBAL, "start %d, known %d", lws_system_cpd_start(rig.ctx), lws_system_cpd_state_get(rig.ctx));
	lws_system_cpd_set(rig.ctx, LWS_CPD_INTERNET_OK);
	say(GLOBAL, "set again: %d", lws_system_cpd_state_get(rig.ctx));
	finish();
}

static void portal_without_ops(void)
{
	if (!no_server(protos, NULL))
		return;
	say(GLOBAL, "start %d, known %d", lws_system_cpd_start(rig.ctx), lws_system_cpd_state_get(rig.ctx));
	finish();
}

static const scenario sc_system[] = {
    {"system-state", system_state},
    {"system-state-veto", system_state_veto},
    {"system-messages", messages},
    {"system-blobs", blobs},
    {"system-portal", portal},
    {"system-portal-none", portal_without_ops},
    {NULL, NULL},
};

SCENARIOS(sc_system)
