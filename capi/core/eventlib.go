// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/engine"
)

//export go_lws_destroy_event_pipe
func go_lws_destroy_event_pipe(wsi *C.struct_lws) {
	withConn(wsi, "lws_destroy_event_pipe", (*engine.Conn).Vanish)
}

//export go___lws_close_free_wsi_final
func go___lws_close_free_wsi_final(wsi *C.struct_lws) {
	withConn(wsi, "__lws_close_free_wsi_final", (*engine.Conn).Final)
}

//export go__lws_plat_service_forced_tsi
func go__lws_plat_service_forced_tsi(cx *C.struct_lws_context, tsi C.int) C.int {
	return onContext(cx, "_lws_plat_service_forced_tsi", -1, func(ctx *engine.Context) C.int {
		if tsi != 0 {
			return -1
		}
		return b2i(ctx.DeliverKept())
	})
}

// A context has one service thread, so the context itself stands for it.
//
//export go_lws_service_do_ripe_rxflow
func go_lws_service_do_ripe_rxflow(pt *C.struct_lws_context_per_thread) {
	withContext((*C.struct_lws_context)(unsafe.Pointer(pt)), "lws_service_do_ripe_rxflow", func(ctx *engine.Context) { ctx.DeliverKept() })
}
