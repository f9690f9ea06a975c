// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"

static inline int
lwsgo_strexp_call(lws_strexp_t *e)
{
	return e->cb(e->priv, e->name, e->out, &e->pos, e->olen, &e->exp_ofs);
}
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/text/strexp"
	"libwebsockets/impl/text/tokenize"
)

//export go_lws_tokenize
func go_lws_tokenize(ts *C.struct_lws_tokenize) C.lws_tokenize_elem {
	defer guard("lws_tokenize")
	if lacks("lws_tokenize", ts == nil) {
		return C.LWS_TOKZE_ENDED
	}
	t := tokenize.Tokenizer{
		In:    cView(ts.start, int(ts.len)),
		Flags: tokenize.Flags(ts.flags),
		Delim: tokenize.Delim(ts.delim),
		Star:  C.lwsgo_plain.star_delimits != 0,
	}
	e := t.Next()
	ts.token = nil
	if t.Start >= 0 {
		ts.token = (*C.char)(unsafe.Add(unsafe.Pointer(ts.start), t.Start))
	}
	ts.token_len = C.size_t(t.Len)
	ts.start = (*C.char)(unsafe.Add(unsafe.Pointer(ts.start), t.Pos))
	ts.len -= C.size_t(t.Pos)
	ts.delim = C.uint8_t(t.Delim)
	return C.lws_tokenize_elem(e)
}

//export go_lws_strexp_expand
func go_lws_strexp_expand(ce *C.lws_strexp_t, in *C.char, n C.size_t,
	usedIn, usedOut *C.size_t) (ret C.int) {
	defer guardOr("lws_strexp_expand", &ret, C.LSTRX_FATAL_NAME_UNKNOWN)
	if lacks("lws_strexp_expand", ce == nil || usedIn == nil || usedOut == nil) {
		return C.LSTRX_FATAL_NAME_UNKNOWN
	}
	name := (*[strexp.NameMax]byte)(unsafe.Pointer(&ce.name))
	e := strexp.Expander{
		Name: *name, NamePos: uint8(ce.name_pos), State: strexp.State(ce.state),
		Out: cView(ce.out, int(ce.olen)), OutLen: uint(ce.olen),
		Pos: uint(ce.pos), ExpOfs: uint(ce.exp_ofs),
	}
	save := func() {
		*name = e.Name
		ce.name_pos, ce.state = C.uint8_t(e.NamePos), C.char(e.State)
		ce.pos, ce.exp_ofs = C.size_t(e.Pos), C.size_t(e.ExpOfs)
	}
	e.Lookup = func(*strexp.Expander) strexp.Result {
		save()
		r := strexp.Result(C.lwsgo_strexp_call(ce))
		e.Pos, e.ExpOfs = uint(ce.pos), uint(ce.exp_ofs)
		return r
	}
	r, p := e.Expand(cView(in, int(n)))
	save()
	if p.Known {
		*usedIn, *usedOut = C.size_t(p.Used), C.size_t(p.Wrote)
	}
	return C.int(r)
}
