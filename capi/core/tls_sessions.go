// SPDX-License-Identifier: MIT

package main

/*
#include <libwebsockets.h>
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/secure"
)

func putTag(v *engine.Vhost, host *C.char, port C.int, tag *C.char) {
	putString(tag, C.LWS_SESSION_TAG_LEN, secure.SessionTag(v, str(host), int(port)))
}

//export go_lwsgo_session_save
func go_lwsgo_session_save(v *C.struct_lws_vhost, host *C.char, port C.int, tag *C.char, n *C.size_t) unsafe.Pointer {
	defer guard("lws_tls_session_dump_save")
	vh := vhost(v)
	if vh == nil {
		return nil
	}
	vh.Ctx.Lock()
	defer vh.Ctx.Unlock()
	der := secure.SaveSession(vh, str(host), int(port))
	if der == nil {
		return nil
	}
	putTag(vh, host, port, tag)
	*n = C.size_t(len(der))
	return C.CBytes(der)
}

//export go_lwsgo_session_wanted
func go_lwsgo_session_wanted(v *C.struct_lws_vhost, host *C.char, port C.int, tag *C.char) C.int {
	defer guard("lws_tls_session_dump_load")
	vh := vhost(v)
	if vh == nil {
		return 0
	}
	vh.Ctx.Lock()
	defer vh.Ctx.Unlock()
	putTag(vh, host, port, tag)
	return b2i(secure.WantsSession(vh, str(host), int(port)))
}

//export go_lwsgo_session_load
func go_lwsgo_session_load(v *C.struct_lws_vhost, host *C.char, port C.int, blob unsafe.Pointer, n C.size_t) (ret C.int) {
	defer guardOr("lws_tls_session_dump_load", &ret, 1)
	vh := vhost(v)
	if vh == nil || blob == nil || n > 1<<30 {
		return 1
	}
	der := C.GoBytes(blob, C.int(n))
	vh.Ctx.Lock()
	defer vh.Ctx.Unlock()
	if err := secure.LoadSession(vh, str(host), int(port), der); err != nil {
		engine.Errf("lws_tls_session_dump_load: %v", err)
		return 1
	}
	return 0
}
