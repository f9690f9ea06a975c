/* SPDX-License-Identifier: MIT
 *
 * What is exported for event libraries: the steps of closing and servicing,
 * one by one. C because of reason 1.
 */
#include "entry.h"
#include "lws_private.h"

LWS_ENTRY_VOID(lws_destroy_event_pipe, (struct lws * wsi), (wsi))
LWS_ENTRY_VOID(__lws_close_free_wsi_final, (struct lws * wsi), (wsi))
LWS_ENTRY(int, -1, _lws_plat_service_forced_tsi,
	  (struct lws_context * context, int tsi), (context, tsi))
LWS_ENTRY_VOID(lws_service_do_ripe_rxflow, (struct lws_context_per_thread * pt),
	       (pt))
