// SPDX-License-Identifier: MIT

package main

/*
#include "lws_private.h"
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/listen"
)

// go_lwsgo_again makes the contexts anew in a forked child.
//
//export go_lwsgo_again
func go_lwsgo_again() {
	defer guard("fork")
	for cx := C.lwsgo_contexts; cx != nil; cx = cx.next_made {
		if cx.slot != 0 && cx.dead == 0 {
			contextAgain(cx)
		}
	}
}

func contextAgain(cx *C.struct_lws_context) {
	defer guard("fork")
	logsApart.Store(true) // the parent may have had one
	cx.slot = 0           // were it to fail, every call would be refused
	ctx, listening, err := engine.Again((*engine.ContextFace)(unsafe.Pointer(cx)))
	if err != nil {
		engine.Errf("fork: the context cannot be served in this process: %v", err)
		return
	}
	ctx.Lock()
	defer ctx.Unlock()
	C.lwsgo_loop_forked(cx)
	for _, v := range ctx.Vhosts() {
		if fds := listening[v]; len(fds) > 0 {
			err = listen.Again(v, fds)
		} else {
			err = listen.Open(v)
		}
		if err != nil {
			engine.Errf("fork: vhost %s: %v", v.Name, err)
		}
	}
}
