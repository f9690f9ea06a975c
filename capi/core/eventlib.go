// SPDX-License-Identifier: MIT

package main

/*
#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include "lws_private.h"
*/
import "C"

import "unsafe"

//export go_lws_destroy_event_pipe
func go_lws_destroy_event_pipe(wsi *C.struct_lws) {
	defer guard("lws_destroy_event_pipe")
	if c := conn(wsi, "lws_destroy_event_pipe"); c != nil {
		c.Ctx.Lock()
		defer c.Ctx.Unlock()
		c.Vanish()
	}
}

//export go___lws_close_free_wsi_final
func go___lws_close_free_wsi_final(wsi *C.struct_lws) {
	defer guard("__lws_close_free_wsi_final")
	if c := conn(wsi, "__lws_close_free_wsi_final"); c != nil {
		c.Ctx.Lock()
		defer c.Ctx.Unlock()
		c.Final()
	}
}

//export go__lws_plat_service_forced_tsi
func go__lws_plat_service_forced_tsi(cx *C.struct_lws_context, tsi C.int) (ret C.int) {
	defer guardOr("_lws_plat_service_forced_tsi", &ret, -1)
	ctx := context(cx)
	if ctx == nil || tsi != 0 {
		return -1
	}
	ctx.Lock()
	defer ctx.Unlock()
	return b2i(ctx.DeliverKept())
}

// A context has one service thread, so the context itself stands for it.
//
//export go_lws_service_do_ripe_rxflow
func go_lws_service_do_ripe_rxflow(pt *C.struct_lws_context_per_thread) {
	defer guard("lws_service_do_ripe_rxflow")
	if ctx := context((*C.struct_lws_context)(unsafe.Pointer(pt))); ctx != nil {
		ctx.Lock()
		defer ctx.Unlock()
		ctx.DeliverKept()
	}
}
