// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"

static inline const char *html_replace(struct lws_process_html_state *s, int i)
{
	const char *t = s->replace(s->data, i);
	return t ? t : "NULL";
}
*/
import "C"

import (
	"fmt"
	"unsafe"

	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h1"
)

// chunkTail is the room that ends a chunk and the body behind it.
const chunkTail = 7

//export go_lws_chunked_html_process
func go_lws_chunked_html_process(args *C.struct_lws_process_html_args, s *C.struct_lws_process_html_state) (ret C.int) {
	defer guardOr("lws_chunked_html_process", &ret, -1)
	if lacks("lws_chunked_html_process", args == nil || s == nil) {
		return -1
	}
	limit := int(args.max_len) - chunkTail
	if args.p == nil || args.len < 0 || limit < 0 || int(s.pos) >= len(s.swallow) || s.pos < 0 {
		engine.Errf("lws_chunked_html_process: bad arguments")
		return -1
	}
	vars := make([]string, s.count_vars)
	for i, v := range unsafe.Slice(s.vars, int(s.count_vars)) {
		vars[i] = str(v)
	}
	e := wire.Expander{Vars: vars, Replace: func(i int) []byte { return cBytes(C.html_replace(s, C.int(i))) }}
	room := unsafe.Slice((*byte)(unsafe.Pointer(args.p)), limit)
	swallow := unsafe.Slice((*byte)(unsafe.Pointer(&s.swallow)), len(s.swallow))
	in := append([]byte(nil), cView(args.p, int(args.len))...)
	out, held, ok := e.Expand(room[:0:limit], swallow[:s.pos], in, args.final != 0)
	if !ok {
		engine.Errf("lws_chunked_html_process: the replaced text does not fit the %d bytes of the piece", limit)
		return -1
	}
	s.pos = C.int(copy(swallow, held))
	swallow[s.pos] = 0
	args.len = C.int(len(out))
	if args.chunked == 0 {
		return 0
	}
	tail := ""
	if len(out) > 0 {
		head := fmt.Appendf(nil, "%X\r\n", len(out))
		args.p = (*C.char)(unsafe.Add(unsafe.Pointer(args.p), -len(head)))
		copy(unsafe.Slice((*byte)(unsafe.Pointer(args.p)), len(head)), head)
		args.len += C.int(len(head))
		tail = "\r\n"
	}
	if args.final != 0 {
		tail += "0\r\n\r\n"
	}
	copy(unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(args.p), args.len)), len(tail)), tail)
	args.len += C.int(len(tail))
	return 0
}
