/* SPDX-License-Identifier: MIT
 *
 * Wrappers of what only matters to HTTP/2. C because of reason 1.
 */
#include "abi.h"
#include "entry.h"

LWS_ENTRY(int, 0, lws_wsi_tx_credit,
	  (struct lws * wsi, char peer_to_us, int add), (wsi, peer_to_us, add))
LWS_ENTRY_AS(int, 1, lws_h2_update_peer_txcredit,
	     (struct lws * wsi, lwsgo_stream sid, int bump),
	     (struct lws * wsi, int sid, int bump), (wsi, (int)sid, bump))
LWS_ENTRY(int, 0, lws_h2_get_peer_txcredit_estimate, (struct lws * wsi), (wsi))
LWS_ENTRY(int, 1, lws_h2_client_stream_long_poll_rxonly, (struct lws * wsi),
	  (wsi))
LWS_ENTRY(lws_fileofs_t, -1, lws_get_peer_write_allowance, (struct lws * wsi),
	  (wsi))
