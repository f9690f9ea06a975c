// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"

static inline void *lwsgo_custom_callback(void) { return (void *)lwsgo_custom_op; }
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
func go__lws_plat_service_forced_tsi(cx *C.struct_lws_context, tsi C.int) (ret C.int) {
	defer guardOr("_lws_plat_service_forced_tsi", &ret, -1)
	pt := threadOf(cx, tsi)
	if pt == nil {
		return -1
	}
	pt.Lock()
	defer pt.Unlock()
	return b2i(pt.DeliverKept())
}

// A program has no pointer of a service thread: the context stands for the caller's.
//
//export go_lws_service_do_ripe_rxflow
func go_lws_service_do_ripe_rxflow(pt *C.struct_lws_context_per_thread) {
	defer guard("lws_service_do_ripe_rxflow")
	ctx := context((*C.struct_lws_context)(unsafe.Pointer(pt)))
	if ctx == nil {
		return
	}
	if pt := ctx.Caller(); pt != nil {
		pt.Lock()
		defer pt.Unlock()
		pt.DeliverKept()
	}
}

// enterCustomLoop puts a new context into the event loop that the program brings
// along; false: that says no.
func enterCustomLoop(ctx *engine.Context, cx *C.struct_lws_context, i *C.struct_lwsgo_info) bool {
	if C.lwsgo_custom_begin(cx, i.custom_loop) != 0 {
		return false
	}
	ctx.Loop = C.lwsgo_custom_callback() // is told of the end, too
	loop := &engine.Protocol{Callback: ctx.Loop}
	if engine.Prog.Call(loop, nil, engine.Reason(engine.LoopInitContext), unsafe.Pointer(cx), unsafe.Pointer(i.given), 0) != 0 {
		return false
	}
	for tsi := range ctx.Threads {
		var foreign unsafe.Pointer
		if i.foreign_loops != nil {
			foreign = *next(i.foreign_loops, tsi)
		}
		if engine.Prog.Call(loop, nil, engine.Reason(engine.LoopInitThread), unsafe.Pointer(cx), foreign, uintptr(tsi)) != 0 {
			return false
		}
	}
	ctx.Lock()
	defer ctx.Unlock()
	return ctx.EnterLoop()
}

//export go_lwsgo_listeners
func go_lwsgo_listeners(cx *C.struct_lws_context) C.int {
	return onContext(cx, "lws_vhost_foreach_listen_wsi", 0, func(ctx *engine.Context) C.int {
		n := 0
		for _, v := range ctx.Vhosts() {
			n += len(v.Listeners())
		}
		return C.int(n)
	})
}
