// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"
*/
import "C"

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h2"
)

//export go_lws_get_peer_write_allowance
func go_lws_get_peer_write_allowance(wsi *C.struct_lws) C.lws_fileofs_t {
	return onConn(wsi, "lws_get_peer_write_allowance", -1, func(c *engine.Conn) C.lws_fileofs_t {
		return C.lws_fileofs_t(h2.Allowance(c))
	})
}

//export go_lws_wsi_tx_credit
func go_lws_wsi_tx_credit(wsi *C.struct_lws, toUs C.char, add C.int) C.int {
	return onConn(wsi, "lws_wsi_tx_credit", 0, func(c *engine.Conn) C.int {
		return C.int(h2.Credit(c, toUs != 0, int(add)))
	})
}

//export go_lws_h2_update_peer_txcredit
func go_lws_h2_update_peer_txcredit(wsi *C.struct_lws, sid, bump C.int) C.int {
	return onConn(wsi, "lws_h2_update_peer_txcredit", 1, func(c *engine.Conn) C.int {
		return b2i(bump != 0 && !h2.Grant(c, int(sid), int(bump)))
	})
}

//export go_lws_h2_get_peer_txcredit_estimate
func go_lws_h2_get_peer_txcredit_estimate(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_h2_get_peer_txcredit_estimate", 0, func(c *engine.Conn) C.int {
		return C.int(h2.Estimate(c))
	})
}

//export go_lws_h2_client_stream_long_poll_rxonly
func go_lws_h2_client_stream_long_poll_rxonly(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_h2_client_stream_long_poll_rxonly", 1, func(c *engine.Conn) C.int {
		return b2i(!h2.LongPoll(c))
	})
}
