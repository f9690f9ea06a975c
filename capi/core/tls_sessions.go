// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
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
	return onVhost(v, "lws_tls_session_dump_save", nil, func(vh *engine.Vhost) unsafe.Pointer {
		der := secure.SaveSession(vh, str(host), int(port))
		if der == nil {
			return nil
		}
		putTag(vh, host, port, tag)
		*n = C.size_t(len(der))
		return C.CBytes(der)
	})
}

//export go_lwsgo_session_wanted
func go_lwsgo_session_wanted(v *C.struct_lws_vhost, host *C.char, port C.int, tag *C.char) C.int {
	return onVhost(v, "lws_tls_session_dump_load", 0, func(vh *engine.Vhost) C.int {
		putTag(vh, host, port, tag)
		return b2i(secure.WantsSession(vh, str(host), int(port)))
	})
}

//export go_lwsgo_session_load
func go_lwsgo_session_load(v *C.struct_lws_vhost, host *C.char, port C.int, blob unsafe.Pointer, n C.size_t) C.int {
	return onVhost(v, "lws_tls_session_dump_load", 1, func(vh *engine.Vhost) C.int {
		if blob == nil || n > 1<<30 {
			return 1
		}
		der := C.GoBytes(blob, C.int(n))
		if err := secure.LoadSession(vh, str(host), int(port), der); err != nil {
			engine.Errf("lws_tls_session_dump_load: %v", err)
			return 1
		}
		return 0
	})
}
