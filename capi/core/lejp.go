// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"

static inline signed char
lwsgo_lejp_call(void *cb, void *ctx, char why)
{
	return ((lejp_callback)cb)(ctx, why);
}
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/text/lejp"
)

// lejpAt views the program's struct lejp_ctx.
func lejpAt(p unsafe.Pointer) *lejp.Ctx {
	c := lejpLayout.At(p)
	return &c
}

// lejpLayout is that of this library's ABI; what the ABIs have in common is checked.
var lejpLayout = func() lejp.Layout {
	l := &C.lwsgo_layouts.lejp
	return lejp.Layout{
		Depth: int(l.depth), Indexes: uintptr(l.i), Wild: uintptr(l.wild), Texts: uintptr(l.path), Tail: uintptr(l.path_stride),
		Ways: lejp.Ways{ExpFloat: C.lwsgo_plain.exp_float != 0, PathsFit: C.lwsgo_plain.paths_fit != 0},
	}
}()

// calling calls a callback of the program's for the struct at p.
func calling(p unsafe.Pointer) lejp.Invoke {
	return func(callback unsafe.Pointer, why lejp.Reason) int8 {
		return int8(C.lwsgo_lejp_call(callback, p, C.char(why)))
	}
}

//export go_lejp_construct
func go_lejp_construct(c unsafe.Pointer, callback C.lejp_callback,
	user unsafe.Pointer, paths **C.char, count C.uchar) {
	defer guard("lejp_construct")
	if lacks("lejp_construct", c == nil) {
		return
	}
	lejp.Construct(lejpAt(c), unsafe.Pointer(callback), user,
		unsafe.Pointer(paths), uint8(count), calling(c))
}

//export go_lejp_destruct
func go_lejp_destruct(c unsafe.Pointer) {
	defer guard("lejp_destruct")
	if lacks("lejp_destruct", c == nil) {
		return
	}
	lejp.Destruct(lejpAt(c), calling(c))
}

//export go_lejp_parse
func go_lejp_parse(c unsafe.Pointer, json *C.uchar, n C.int) (ret C.int) {
	defer guardOr("lejp_parse", &ret, C.LEJP_REJECT_UNKNOWN)
	if lacks("lejp_parse", c == nil) {
		return C.LEJP_REJECT_UNKNOWN
	}
	return C.int(lejp.Parse(lejpAt(c), cView(json, int(n)), calling(c)))
}

//export go_lejp_change_callback
func go_lejp_change_callback(c unsafe.Pointer, callback C.lejp_callback) {
	defer guard("lejp_change_callback")
	if lacks("lejp_change_callback", c == nil) {
		return
	}
	lejp.ChangeCallback(lejpAt(c), unsafe.Pointer(callback), calling(c))
}

//export go_lejp_parser_push
func go_lejp_parser_push(c unsafe.Pointer, user unsafe.Pointer,
	paths **C.char, count C.uchar, callback C.lejp_callback) (ret C.int) {
	defer guardOr("lejp_parser_push", &ret, -1)
	if lacks("lejp_parser_push", c == nil) {
		return -1
	}
	if !lejp.Push(lejpAt(c), user, unsafe.Pointer(paths), uint8(count),
		unsafe.Pointer(callback)) {
		return -1
	}
	return 0
}

//export go_lejp_parser_pop
func go_lejp_parser_pop(c unsafe.Pointer) (ret C.int) {
	defer guardOr("lejp_parser_pop", &ret, -1)
	if lacks("lejp_parser_pop", c == nil) {
		return -1
	}
	if !lejp.Pop(lejpAt(c)) {
		return -1
	}
	return 0
}

//export go_lejp_check_path_match
func go_lejp_check_path_match(c unsafe.Pointer) {
	defer guard("lejp_check_path_match")
	if lacks("lejp_check_path_match", c == nil) {
		return
	}
	lejp.CheckPathMatch(lejpAt(c))
}

//export go_lejp_get_wildcard
func go_lejp_get_wildcard(c unsafe.Pointer, wildcard C.int, dest *C.char, n C.int) C.int {
	defer guard("lejp_get_wildcard")
	if lacks("lejp_get_wildcard", c == nil) {
		return 0
	}
	return C.int(lejp.Wildcard(lejpAt(c), int(wildcard), cView(dest, int(n))))
}
