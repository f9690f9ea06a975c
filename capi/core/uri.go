// SPDX-License-Identifier: MIT

package main

// #include "lwsgo.h"
import "C"

import (
	"unsafe"

	"libwebsockets/impl/wire/h1"
)

//export go_lwsgo_parse_uri
func go_lwsgo_parse_uri(p *C.char, prot, ads **C.char, port *C.int, path **C.char) {
	defer guard("lws_parse_uri")
	u := h1.ParseURI(cBytes(p))
	at := func(ofs int) *C.char {
		return (*C.char)(unsafe.Add(unsafe.Pointer(p), ofs))
	}
	*prot, *ads = at(u.Scheme), at(u.Host)
	if u.HasPort {
		*port = C.int(u.Port)
	}
	if u.Path >= 0 {
		*path = at(u.Path)
	}
}

//export go_lws_urlencode
func go_lws_urlencode(escaped, str *C.char, n C.int) *C.char {
	defer guard("lws_urlencode")
	if lacks("lws_urlencode", escaped == nil) {
		return nil
	}
	h1.URLEncode(cView(escaped, max(int(n), 1)), cBytes(str))
	return escaped
}

//export go_lws_urldecode
func go_lws_urldecode(str, escaped *C.char, n C.int) (ret C.int) {
	defer guardOr("lws_urldecode", &ret, -1)
	if lacks("lws_urldecode", str == nil || escaped == nil) {
		return -1
	}
	if n < 0 {
		n = openEnd
	}
	wrote, ok := h1.URLDecode(cView(str, int(n)), cBytes(escaped))
	if !ok {
		return -1
	}
	*(*C.char)(unsafe.Add(unsafe.Pointer(str), wrote)) = 0
	return 0
}
