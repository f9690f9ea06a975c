/* SPDX-License-Identifier: MIT
 *
 * What libwebsockets.so.19 exports and others have in a header. C because of
 * reason 3.
 */
#include "entry.h"
#include "lws_private.h"
#include <stddef.h>
#include <stdlib.h>

int
lws_dll2_is_detached(const struct lws_dll2 *d)
{
	return !d->owner;
}

/* ---- event loops that the program brings along ---- */

#define OPS_SAME(name_)                                                        \
	_Static_assert(offsetof(struct lwsgo_event_loop_ops, name_) ==         \
			       offsetof(struct lws_event_loop_ops, name_),     \
		       "lws_event_loop_ops." #name_ " is elsewhere")
OPS_SAME(destroy_context2);
OPS_SAME(init_pt);
OPS_SAME(sock_accept);
OPS_SAME(io);
OPS_SAME(foreign_thread);
OPS_SAME(evlib_size_pt);
_Static_assert(sizeof(struct lwsgo_event_loop_ops) ==
		       sizeof(struct lws_event_loop_ops),
	       "lws_event_loop_ops has another size");

void *
lws_evlib_tsi_to_evlib_pt(struct lws_context *ctx, int tsi)
{
	LWS_NEEDS(ctx, NULL);
	return tsi < 0 || tsi >= ctx->threads ? NULL : ctx->pt[tsi].evlib;
}

void *
lws_evlib_wsi_to_evlib_pt(struct lws *wsi)
{
	LWS_NEEDS(wsi && wsi->context, NULL);
	return lwsgo_pt_of(wsi->context, wsi->tsi)->evlib;
}

extern int go_lwsgo_listeners(struct lws_context *cx);

/* Of what the list holds a program knows no more than that it is a place in one: the
 * nodes last for the call. */
int
lws_vhost_foreach_listen_wsi(struct lws_context *cx, void *arg,
			     lws_dll2_foreach_cb_t cb)
{
	lws_dll2_owner_t owner = { 0 };
	lws_dll2_t *nodes;
	int n, count, r = 0;

	LWS_NEEDS(cx && cb, 1);
	if (!lwsgo_enter(__func__))
		return 1;
	count = go_lwsgo_listeners(cx);
	lwsgo_leave();
	nodes = calloc((size_t)count + 1, sizeof(*nodes));
	if (!nodes)
		return 1;
	for (n = 0; n < count; n++)
		lws_dll2_add_tail(&nodes[n], &owner);
	r = lws_dll2_foreach_safe(&owner, arg, cb);
	free(nodes);
	return r;
}
