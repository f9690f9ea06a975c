/* SPDX-License-Identifier: MIT
 *
 * State managers: a state, and a list of notifiers that may veto a change.
 * C because of reason 5: list work on the program's own structs.
 */
#include "lws_private.h"
#include "entry.h"

LWS_VISIBLE void
lws_state_reg_notifier(lws_state_manager_t *mgr, lws_state_notify_link_t *nl)
{
	LWS_NEEDS_VOID(mgr && nl);
	lws_dll2_add_head(&nl->list, &mgr->notify_list);
}

LWS_VISIBLE void
lws_state_reg_deregister(lws_state_notify_link_t *nl)
{
	LWS_NEEDS_VOID(nl);
	lws_dll2_remove(&nl->list);
}

LWS_VISIBLE void
lws_state_reg_notifier_list(lws_state_manager_t *mgr,
			    lws_state_notify_link_t *const *nl)
{
	for (; nl && *nl; nl++)
		lws_state_reg_notifier(mgr, *nl);
}

static const char *
name_of(const lws_state_manager_t *mgr, int state, char *room, size_t len)
{
	if (mgr->state_names)
		return mgr->state_names[state];
	lws_snprintf(room, len, "%d", state);
	return room;
}

/* Asks the notifiers; the first that answers nonzero has vetoed. */
static int
tell(lws_state_manager_t *mgr, int from, int to)
{
	lws_dll2_t *d, *next;
	char a[12], b[12];

	for (d = mgr->notify_list.head; d; d = next) {
		lws_state_notify_link_t *l =
			lws_container_of(d, lws_state_notify_link_t, list);

		next = d->next; /* a notifier may take itself off the list */
		if (!l->notify_cb(mgr, l, from, to))
			continue;
		lwsl_info("%s: %s: rejected '%s' -> '%s'\n", mgr->name, l->name,
			  name_of(mgr, from, a, sizeof(a)),
			  name_of(mgr, to, b, sizeof(b)));
		return 1;
	}
	return 0;
}

static int
change(lws_state_manager_t *mgr, int target)
{
	if (tell(mgr, mgr->state, target))
		return 1;
	mgr->state = target;
	tell(mgr, target, target); /* it has happened: no veto now */
	if (mgr->smd_class && mgr->context && mgr->state_names)
		lws_smd_msg_printf(mgr->context, mgr->smd_class,
				   "{\"state\":\"%s\"}",
				   mgr->state_names[target]);
	return 0;
}

LWS_VISIBLE int
lws_state_transition_steps(lws_state_manager_t *mgr, int target)
{
	LWS_NEEDS(mgr, 1);
	while (mgr->state < target)
		if (change(mgr, mgr->state + 1))
			break;
	return 0;
}

LWS_VISIBLE int
lws_state_transition(lws_state_manager_t *mgr, int target)
{
	LWS_NEEDS(mgr, 1);
	if (mgr->state != target)
		change(mgr, target);
	return 0;
}
