// SPDX-License-Identifier: MIT

package main

/*
#include "threadpool.h"

static inline int lwsgo_tsi(struct lws_context *cx, struct lwsgo_pt *pt) { return (int)(pt - cx->pt); }
*/
import "C"

import (
	"sync/atomic"
	"unsafe"

	"libwebsockets/impl/engine"
)

// tasks are a context's, for the engine; they are all in C.
type tasks struct{ cx *C.struct_lws_context }

func (t tasks) Asking(pt *engine.ThreadFace, ask func(*engine.Face)) {
	tsi := C.lwsgo_tsi(t.cx, (*C.struct_lwsgo_pt)(unsafe.Pointer(pt)))
	for w := C.lwsgo_tasks_asking(t.cx, tsi); w != nil; {
		next := w.next_asked
		atomic.StoreInt32((*int32)(&w.asked), 0)
		ask((*engine.Face)(unsafe.Pointer(w)))
		w = next
	}
}

func (t tasks) Part(f *engine.Face) {
	C.lwsgo_tasks_part((*C.struct_lws)(unsafe.Pointer(f)))
}

//export go_lwsgo_pool_made
func go_lwsgo_pool_made(cx *C.struct_lws_context) C.int {
	return onContext(cx, "lws_threadpool_create", 0, func(ctx *engine.Context) C.int {
		ctx.Tasks = tasks{cx}
		return 1
	})
}

//export go_lwsgo_task_put
func go_lwsgo_task_put(wsi *C.struct_lws, tp *C.struct_lws_threadpool, task *C.struct_lws_threadpool_task) C.int {
	return onConn(wsi, "lws_threadpool_enqueue", C.LWSGO_TASK_REFUSED, func(c *engine.Conn) C.int {
		if c.Dead() || c.Ctx.Tasks == nil {
			engine.Errf("%s: lws_threadpool_enqueue: the connection has ended", c)
			return C.LWSGO_TASK_REFUSED
		}
		return C.lwsgo_task_put(tp, task)
	})
}
