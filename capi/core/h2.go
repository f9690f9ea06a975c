// SPDX-License-Identifier: MIT

package main

/*
#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include "lws_private.h"
*/
import "C"

import (
	"libwebsockets/impl/role/h2"
	"libwebsockets/impl/role/secure"
)

func init() { secure.OfferALPN("h2", h2.Accept) }

//export go_lws_get_peer_write_allowance
func go_lws_get_peer_write_allowance(wsi *C.struct_lws) (ret C.lws_fileofs_t) {
	defer guardOr("lws_get_peer_write_allowance", &ret, -1)
	c := conn(wsi, "lws_get_peer_write_allowance")
	if c == nil {
		return -1
	}
	c.Ctx.Lock()
	defer c.Ctx.Unlock()
	return C.lws_fileofs_t(h2.Allowance(c))
}

//export go_lws_wsi_tx_credit
func go_lws_wsi_tx_credit(wsi *C.struct_lws, toUs C.char, add C.int) C.int {
	defer guard("lws_wsi_tx_credit")
	c := conn(wsi, "lws_wsi_tx_credit")
	if c == nil {
		return 0
	}
	c.Ctx.Lock()
	defer c.Ctx.Unlock()
	return C.int(h2.Credit(c, toUs != 0, int(add)))
}

//export go_lws_h2_update_peer_txcredit
func go_lws_h2_update_peer_txcredit(wsi *C.struct_lws, sid, bump C.int) (ret C.int) {
	defer guardOr("lws_h2_update_peer_txcredit", &ret, 1)
	c := conn(wsi, "lws_h2_update_peer_txcredit")
	if c == nil {
		return 1
	}
	c.Ctx.Lock()
	defer c.Ctx.Unlock()
	return b2i(bump != 0 && !h2.Grant(c, int(sid), int(bump)))
}

//export go_lws_h2_get_peer_txcredit_estimate
func go_lws_h2_get_peer_txcredit_estimate(wsi *C.struct_lws) C.int {
	defer guard("lws_h2_get_peer_txcredit_estimate")
	c := conn(wsi, "lws_h2_get_peer_txcredit_estimate")
	if c == nil {
		return 0
	}
	c.Ctx.Lock()
	defer c.Ctx.Unlock()
	return C.int(h2.Estimate(c))
}

//export go_lws_h2_client_stream_long_poll_rxonly
func go_lws_h2_client_stream_long_poll_rxonly(wsi *C.struct_lws) (ret C.int) {
	defer guardOr("lws_h2_client_stream_long_poll_rxonly", &ret, 1)
	c := conn(wsi, "lws_h2_client_stream_long_poll_rxonly")
	if c == nil {
		return 1
	}
	c.Ctx.Lock()
	defer c.Ctx.Unlock()
	return b2i(!h2.LongPoll(c))
}
