/* SPDX-License-Identifier: MIT
 *
 * What a context knows of the system it runs on: the system state and its
 * notifiers, blobs, work attached to a state, captive portal detection.
 * C because of reason 5: lists and fields of the context's C struct.
 */
#include "entry.h"
#include "lws_private.h"
#include <stdlib.h>

static const char *state_names[] = {
	"undef",	 "CONTEXT_CREATED", "INITIALIZED", "IFACE_COLDPLUG",
	"DHCP",		 "CPD_PRE_TIME",    "TIME_VALID",  "CPD_POST_TIME",
	"POLICY_VALID",	 "REGISTERED",	    "AUTH1",	   "AUTH2",
	"OPERATIONAL",	 "POLICY_INVALID",  "DESTROYING",
};

/* LWS_SYSTATE_CONTEXT_DESTROYING, where the ABI has it. */
#define STATE_DESTROYING (LWS_SYSTATE_POLICY_INVALID + 1)

static const char *const cpd_names[] = { "Unknown", "OK", "Captive",
					 "No internet" };

struct lws_attach_item {
	lws_dll2_t list;
	lws_attach_cb_t cb;
	void *opaque;
	lws_system_states_t state;
};

LWS_VISIBLE const lws_system_ops_t *
lws_system_get_ops(struct lws_context *context)
{
	LWS_NEEDS(context, NULL);
	return context->system_ops;
}

LWS_VISIBLE lws_state_manager_t *
lws_system_get_state_manager(struct lws_context *context)
{
	return &context->mgr_system;
}

LWS_VISIBLE struct lws_context *
lws_system_context_from_system_mgr(lws_state_manager_t *mgr)
{
	LWS_NEEDS(mgr, NULL);
	return mgr->context;
}

/* Work that waited for a state runs on the service thread. */
static void
run_attached(struct lws_context *cx)
{
	struct lws_attach_item *item;

	while (__atomic_load_n(&cx->attached_any, __ATOMIC_RELAXED)) {
		if (!cx->system_ops || !cx->system_ops->attach) {
			lwsl_err("lws_system: attached work needs an attach "
				 "op\n");
			return;
		}
		if (cx->system_ops->attach(cx, 0, NULL, LWS_SYSTATE_UNKNOWN,
					   NULL, &item)) {
			lwsl_err("lws_system: attach problem\n");
			return;
		}
		if (!item)
			return;
		item->cb(cx, 0, item->opaque);
		lwsgo_free(item);
	}
}

LWS_VISIBLE int
__lws_system_attach(struct lws_context *context, int tsi, lws_attach_cb_t cb,
		    lws_system_states_t state, void *opaque,
		    struct lws_attach_item **get)
{
	struct lws_attach_item *item;
	lws_dll2_t *d;

	LWS_NEEDS(context, 1);
	(void)tsi;
	if (!get) {
		item = lwsgo_zalloc(sizeof(*item), __func__);
		if (!item)
			return 1;
		item->cb = cb;
		item->opaque = opaque;
		item->state = state;
		lws_dll2_add_head(&item->list, &context->attached);
		__atomic_store_n(&context->attached_any, 1, __ATOMIC_RELAXED);
		lws_cancel_service(context);
		return 0;
	}
	*get = NULL;
	for (d = context->attached.head; d; d = d->next) {
		item = lws_container_of(d, struct lws_attach_item, list);
		if (context->mgr_system.state < (int)item->state)
			continue;
		lws_dll2_remove(d);
		__atomic_store_n(&context->attached_any, !!context->attached.count, __ATOMIC_RELAXED);
		*get = item;
		break;
	}
	return 0;
}

static int
init_protocols(struct lws_context *cx)
{
	if (cx->protocols_done)
		return 0;
	cx->protocols_done = 1;
	return lws_protocol_init(cx);
}

/* PROTOCOL_INIT comes when the policy is valid, in the first turn. */
static int
protocol_init(struct lws_state_manager *mgr, struct lws_state_notify_link *link,
	      int current, int target)
{
	struct lws_context *cx = mgr->context;

	(void)link;
	(void)current;
	run_attached(cx);
	if (target == LWS_SYSTATE_IFACE_COLDPLUG && cx->abi->coldplug_ms &&
	    !cx->coldplug_done)
		return 1;
	return target == LWS_SYSTATE_POLICY_VALID ? init_protocols(cx) : 0;
}

/* The original has looked at the interfaces by now. */
static void
coldplugged(lws_sorted_usec_list_t *sul)
{
	struct lws_context *cx =
		lws_container_of(sul, struct lws_context, sul_system);

	cx->coldplug_done = 1;
	lws_state_transition_steps(&cx->mgr_system, LWS_SYSTATE_OPERATIONAL);
}

static void
go_operational(lws_sorted_usec_list_t *sul)
{
	struct lws_context *cx =
		lws_container_of(sul, struct lws_context, sul_system);

	lws_state_transition_steps(&cx->mgr_system, LWS_SYSTATE_OPERATIONAL);
	if (!cx->abi->coldplug_ms)
		return;
	init_protocols(cx);
	lws_sul_schedule(cx, 0, &cx->sul_system, coldplugged,
			 cx->abi->coldplug_ms * LWS_US_PER_MS);
}

static int
on_message(void *opaque, lws_smd_class_t class_, lws_usec_t timestamp,
	   void *buf, size_t len)
{
	(void)timestamp;
	if (class_ == LWSSMDCL_NETWORK &&
	    (!lws_json_simple_strcmp(buf, len, "\"trigger\":", "cpdcheck") ||
	     !lws_json_simple_strcmp(buf, len, "\"type\":", "ipacq")))
		lws_system_cpd_start(opaque);
	return 0;
}

void
lwsgo_system_init(struct lws_context *cx,
		  const struct lwsgo_info *info)
{
	pthread_mutex_init(&cx->smd.lock, NULL);
	pthread_cond_init(&cx->smd.returned, NULL);
	cx->smd.depth = info->smd_queue_depth ? info->smd_queue_depth :
						cx->abi->smd_queue_depth;
	cx->smd.ttl = info->smd_ttl_us ? info->smd_ttl_us : cx->abi->smd_ttl_us;
	cx->system_ops = info->system_ops;
	lws_smd_register(cx, cx, 0, LWSSMDCL_NETWORK, on_message);
	if (info->early_smd_cb)
		lws_smd_register(cx, info->early_smd_opaque, 0,
				 info->early_smd_class_filter,
				 info->early_smd_cb);
	cx->mgr_system.state_names = state_names;
	cx->mgr_system.name = "system";
	cx->mgr_system.state = LWS_SYSTATE_CONTEXT_CREATED;
	cx->mgr_system.parent = cx;
	cx->mgr_system.context = cx;
	cx->mgr_system.smd_class = LWSSMDCL_SYSTEM_STATE;
	cx->notify_protocols.name = "prot_init";
	cx->notify_protocols.notify_cb = protocol_init;
	lws_state_reg_notifier(&cx->mgr_system, &cx->notify_protocols);
	lws_state_reg_notifier_list(&cx->mgr_system,
				    info->register_notifier_list);
	lws_sul_schedule(cx, 0, &cx->sul_system, go_operational, 1);
}

void
lwsgo_system_run(struct lws_context *cx)
{
	/* the list is other threads', too, with the program's lock */
	if (__atomic_load_n(&cx->attached_any, __ATOMIC_RELAXED))
		run_attached(cx);
	lwsgo_smd_distribute(cx);
}

void
lwsgo_system_ends(struct lws_context *cx)
{
	if (!__atomic_exchange_n(&cx->told_ends, 1, __ATOMIC_SEQ_CST))
		lws_state_transition(&cx->mgr_system, LWS_SYSTATE_POLICY_INVALID);
}

void
lwsgo_system_ended(struct lws_context *cx)
{
	/* each of several threads comes by, one tells */
	if (__atomic_load_n(&cx->dead, __ATOMIC_SEQ_CST) && cx->abi->tells_destroying &&
	    !__atomic_exchange_n(&cx->told_ended, 1, __ATOMIC_SEQ_CST) &&
	    cx->mgr_system.state == LWS_SYSTATE_POLICY_INVALID)
		lws_state_transition(&cx->mgr_system, STATE_DESTROYING);
}

void
lwsgo_system_destroy(struct lws_context *cx)
{
	lws_dll2_t *d;
	int n;

	lws_sul_cancel(&cx->sul_system);
	lws_sul_cancel(&cx->sul_cpd);
	for (n = 0; n < cx->threads; n++) {
		free(cx->pt[n].evlib);
		cx->pt[n].evlib = NULL;
	}
	__atomic_store_n(&cx->custom_loop, NULL, __ATOMIC_RELAXED);
	lwsgo_log_emit(); /* what goes there */
	lwsl_refcount_cx(cx->log_cx, -1);
	cx->log_cx = NULL;
	lwsgo_smd_destroy(cx);
	while ((d = cx->attached.head)) {
		lws_dll2_remove(d);
		lwsgo_free(lws_container_of(d, struct lws_attach_item, list));
	}
	for (n = 0; n < LWS_SYSBLOB_TYPE_COUNT; n++)
		lws_system_blob_destroy(&cx->blobs[n]);
}

/* ---- blobs ---- */

LWS_VISIBLE lws_system_blob_t *
lws_system_get_blob(struct lws_context *context, lws_system_blob_item_t type,
		    int idx)
{
	if (idx < 0 || (int)type + idx >= LWS_SYSBLOB_TYPE_COUNT)
		return NULL;
	return &context->blobs[type + idx];
}

LWS_VISIBLE void
lws_system_blob_direct_set(lws_system_blob_t *b, const uint8_t *ptr, size_t len)
{
	LWS_NEEDS_VOID(b);
	b->direct = 1;
	b->ptr = ptr;
	b->len = len;
}

LWS_VISIBLE void
lws_system_blob_heap_empty(lws_system_blob_t *b)
{
	LWS_NEEDS_VOID(b);
	b->direct = 0;
	lws_buflist_destroy_all_segments(&b->heap);
}

LWS_VISIBLE int
lws_system_blob_heap_append(lws_system_blob_t *b, const uint8_t *ptr, size_t len)
{
	LWS_NEEDS(b, -1);
	if (b->direct) {
		lwsl_err("%s: the blob refers to memory of the program\n",
			 __func__);
		return -1;
	}
	return lws_buflist_append_segment(&b->heap, ptr, len) < 0 ? -1 : 0;
}

LWS_VISIBLE size_t
lws_system_blob_get_size(lws_system_blob_t *b)
{
	LWS_NEEDS(b, 0);
	return b->direct ? b->len : lws_buflist_total_len(&b->heap);
}

LWS_VISIBLE int
lws_system_blob_get(lws_system_blob_t *b, uint8_t *ptr, size_t *len, size_t ofs)
{
	int n;

	LWS_NEEDS(b && len, -1);
	if (b->direct) {
		if (ofs >= b->len) {
			*len = 0;
			return 1;
		}
		if (*len > b->len - ofs)
			*len = b->len - ofs;
		memcpy(ptr, b->ptr + ofs, *len);
		return 0;
	}
	n = lws_buflist_linear_copy(&b->heap, ofs, ptr, *len);
	if (n < 0)
		return -2;
	*len = (size_t)n;
	return 0;
}

LWS_VISIBLE int
lws_system_blob_get_single_ptr(lws_system_blob_t *b, const uint8_t **ptr)
{
	uint8_t *p;
	size_t first;

	LWS_NEEDS(b && ptr, -1);
	if (b->direct) {
		*ptr = b->ptr;
		return 0;
	}
	first = lws_buflist_next_segment_len(&b->heap, &p);
	if (!first || first != lws_buflist_total_len(&b->heap))
		return -1;
	*ptr = p;
	return 0;
}

LWS_VISIBLE void
lws_system_blob_destroy(lws_system_blob_t *b)
{
	if (b && !b->direct)
		lws_buflist_destroy_all_segments(&b->heap);
}

/* ---- captive portal detection ---- */

LWS_VISIBLE int
lws_system_cpd_start(struct lws_context *cx)
{
	LWS_NEEDS(cx, 1);
	cx->cpd = LWS_CPD_UNKNOWN;
	if (!cx->system_ops || !cx->system_ops->captive_portal_detect_request)
		return 0; /* nobody can look */
	return cx->system_ops->captive_portal_detect_request(cx);
}

static void
cpd_begin(lws_sorted_usec_list_t *sul)
{
	lws_system_cpd_start(lws_container_of(sul, struct lws_context, sul_cpd));
}

LWS_VISIBLE void
lws_system_cpd_start_defer(struct lws_context *cx, lws_usec_t defer_us)
{
	LWS_NEEDS_VOID(cx);
	lws_sul_schedule(cx, 0, &cx->sul_cpd, cpd_begin, defer_us);
}

LWS_VISIBLE void
lws_system_cpd_set(struct lws_context *cx, lws_cpd_result_t result)
{
	LWS_NEEDS_VOID(cx);
	if (cx->cpd != LWS_CPD_UNKNOWN)
		return;
	lwsl_notice("%s: setting CPD result %s\n", __func__, cpd_names[result]);
	cx->cpd = result;
	lws_smd_msg_printf(cx, LWSSMDCL_NETWORK,
			   "{\"type\":\"cpd\",\"result\":\"%s\"}",
			   cpd_names[result]);
	if (cx->mgr_system.state != LWS_SYSTATE_POLICY_INVALID)
		lws_state_transition_steps(&cx->mgr_system,
					   LWS_SYSTATE_OPERATIONAL);
}

LWS_VISIBLE lws_cpd_result_t
lws_system_cpd_state_get(struct lws_context *cx)
{
	LWS_NEEDS(cx, LWS_CPD_UNKNOWN);
	return cx->cpd;
}
