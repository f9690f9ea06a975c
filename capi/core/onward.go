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
	"libwebsockets/impl/proxy"
	"libwebsockets/impl/role/h1"
)

// go_lwsgo_onward does what lws_callback_http_dummy does for a side of a request that
// another server answers; 0: nothing.
//
//export go_lwsgo_onward
func go_lwsgo_onward(wsi *C.struct_lws, reason C.int, in unsafe.Pointer, n C.size_t, answer *C.int) C.int {
	return onConn(wsi, "lws_callback_http_dummy", 0, func(c *engine.Conn) C.int {
		a, done := proxy.Event(c, engine.Reason(reason), in, uintptr(n))
		*answer = C.int(a)
		return b2i(done)
	})
}

// go_lwsgo_answer_body answers, for lws_callback_http_dummy, a request whose body has come,
// where the ABI does; nonzero closes.
//
//export go_lwsgo_answer_body
func go_lwsgo_answer_body(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_callback_http_dummy", 1, func(c *engine.Conn) C.int {
		if !c.Ctx.ABI.AnswersBody {
			return 0
		}
		return C.int(h1.ReturnStatus(c, 200, ""))
	})
}
