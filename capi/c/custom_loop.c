/* SPDX-License-Identifier: MIT
 *
 * An event loop that the program brings along (info.event_lib_custom): its
 * functions are called like a protocol's callback. C because of reason 5.
 */
#include "entry.h"
#include "lws_private.h"
#include <stdlib.h>

/* One that the program left out is not called: it has nothing to say. */
#define ASK(member_, ...) (ops->member_ ? ops->member_(__VA_ARGS__) : 0)
#define TELL(member_, ...)                                                     \
	do {                                                                   \
		if (ops->member_)                                              \
			ops->member_(__VA_ARGS__);                             \
	} while (0)

/* As lws_callback_function: op for the reason, the context for the user's memory. */
LWSGO_INTERNAL int
lwsgo_custom_op(struct lws *wsi, int op, struct lws_context *cx, void *in,
		size_t flags)
{
	const struct lwsgo_event_loop_ops *ops = cx->custom_loop;

	switch ((enum lwsgo_loop_op)op) {
	case LWSGO_LOOP_INIT_CONTEXT:
		return ASK(init_context, cx, in);
	case LWSGO_LOOP_INIT_THREAD:
		return ASK(init_pt, cx, in, (int)flags);
	case LWSGO_LOOP_LISTEN:
		return ASK(init_vhost_listen_wsi, wsi);
	case LWSGO_LOOP_ACCEPT:
		return ASK(sock_accept, wsi);
	case LWSGO_LOOP_IO:
		TELL(io, wsi, (unsigned int)flags);
		break;
	case LWSGO_LOOP_LOGICAL_CLOSE:
		return ASK(wsi_logical_close, wsi);
	case LWSGO_LOOP_FREE:
		TELL(destroy_wsi, wsi);
		break;
	case LWSGO_LOOP_MAY_CONNECT:
		return ASK(check_client_connect_ok, wsi);
	case LWSGO_LOOP_MOVED:
		/* As the original, but for a function that is left out: then the
		 * other one is to take the socket out of the loop. */
		if (ops->destroy_wsi && (flags || !ops->wsi_logical_close))
			ops->destroy_wsi(wsi);
		else
			TELL(wsi_logical_close, wsi);
		break;
	case LWSGO_LOOP_THREAD_ENDS:
		TELL(destroy_pt, cx, (int)flags);
		break;
	case LWSGO_LOOP_CONTEXT_ENDS:
		return ASK(destroy_context1, cx);
	case LWSGO_LOOP_CONTEXT_ENDED:
		return ASK(destroy_context2, cx);
	}
	return 0;
}

LWSGO_INTERNAL int
lwsgo_custom_begin(struct lws_context *cx,
		   const struct lwsgo_event_loop_ops *ops)
{
	int tsi;

	for (tsi = 0; tsi < cx->threads; tsi++) {
		cx->pt[tsi].evlib = calloc(1, ops->evlib_size_pt + 1u);
		if (!cx->pt[tsi].evlib) {
			lwsl_err("lws_create_context: out of memory\n");
			return -1;
		}
	}
	cx->custom_loop = ops;
	lwsl_info("Event loop: %s\n", ops->name ? ops->name : "?");
	return 0;
}
