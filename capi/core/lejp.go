// SPDX-License-Identifier: MIT

package main

/*
#include <libwebsockets.h>

static inline signed char
lwsgo_lejp_call(void *cb, void *ctx, char why)
{
	return ((lejp_callback)cb)((struct lejp_ctx *)ctx, why);
}
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/text/lejp"
)

// lejp.Ctx must be the public struct: what differs does not compile.
const (
	_ = -(unsafe.Sizeof(C.struct_lejp_ctx{}) ^ unsafe.Sizeof(lejp.Ctx{}))
	_ = -(unsafe.Offsetof(C.struct_lejp_ctx{}.st) ^
		unsafe.Offsetof(lejp.Ctx{}.Levels))
	_ = -(unsafe.Offsetof(C.struct_lejp_ctx{}.buf) ^
		unsafe.Offsetof(lejp.Ctx{}.Buf))
	_ = -(unsafe.Offsetof(C.struct_lejp_ctx{}.npos) ^
		unsafe.Offsetof(lejp.Ctx{}.NPos))
	_ = -(unsafe.Offsetof(C.struct_lejp_ctx{}.outer_array) ^
		unsafe.Offsetof(lejp.Ctx{}.OuterArray))
)

func lejpCtx(c *C.struct_lejp_ctx) *lejp.Ctx {
	return (*lejp.Ctx)(unsafe.Pointer(c))
}

func callLejp(c *lejp.Ctx, callback unsafe.Pointer, why lejp.Reason) int8 {
	return int8(C.lwsgo_lejp_call(callback, unsafe.Pointer(c), C.char(why)))
}

//export go_lejp_construct
func go_lejp_construct(c *C.struct_lejp_ctx, callback C.lejp_callback,
	user unsafe.Pointer, paths **C.char, count C.uchar) {
	defer guard("lejp_construct")
	if lacks("lejp_construct", c == nil) {
		return
	}
	lejp.Construct(lejpCtx(c), unsafe.Pointer(callback), user,
		unsafe.Pointer(paths), uint8(count), callLejp)
}

//export go_lejp_destruct
func go_lejp_destruct(c *C.struct_lejp_ctx) {
	defer guard("lejp_destruct")
	if lacks("lejp_destruct", c == nil) {
		return
	}
	lejp.Destruct(lejpCtx(c), callLejp)
}

//export go_lejp_parse
func go_lejp_parse(c *C.struct_lejp_ctx, json *C.uchar, n C.int) (ret C.int) {
	defer guardOr("lejp_parse", &ret, C.LEJP_REJECT_UNKNOWN)
	if lacks("lejp_parse", c == nil) {
		return C.LEJP_REJECT_UNKNOWN
	}
	return C.int(lejp.Parse(lejpCtx(c), cView(json, int(n)), callLejp))
}

//export go_lejp_change_callback
func go_lejp_change_callback(c *C.struct_lejp_ctx, callback C.lejp_callback) {
	defer guard("lejp_change_callback")
	if lacks("lejp_change_callback", c == nil) {
		return
	}
	lejp.ChangeCallback(lejpCtx(c), unsafe.Pointer(callback), callLejp)
}

//export go_lejp_parser_push
func go_lejp_parser_push(c *C.struct_lejp_ctx, user unsafe.Pointer,
	paths **C.char, count C.uchar, callback C.lejp_callback) (ret C.int) {
	defer guardOr("lejp_parser_push", &ret, -1)
	if lacks("lejp_parser_push", c == nil) {
		return -1
	}
	if !lejp.Push(lejpCtx(c), user, unsafe.Pointer(paths), uint8(count),
		unsafe.Pointer(callback)) {
		return -1
	}
	return 0
}

//export go_lejp_parser_pop
func go_lejp_parser_pop(c *C.struct_lejp_ctx) (ret C.int) {
	defer guardOr("lejp_parser_pop", &ret, -1)
	if lacks("lejp_parser_pop", c == nil) {
		return -1
	}
	if !lejp.Pop(lejpCtx(c)) {
		return -1
	}
	return 0
}

//export go_lejp_check_path_match
func go_lejp_check_path_match(c *C.struct_lejp_ctx) {
	defer guard("lejp_check_path_match")
	if lacks("lejp_check_path_match", c == nil) {
		return
	}
	lejp.CheckPathMatch(lejpCtx(c))
}

//export go_lejp_get_wildcard
func go_lejp_get_wildcard(c *C.struct_lejp_ctx, wildcard C.int, dest *C.char, n C.int) C.int {
	defer guard("lejp_get_wildcard")
	if lacks("lejp_get_wildcard", c == nil) {
		return 0
	}
	return C.int(lejp.Wildcard(lejpCtx(c), int(wildcard), cView(dest, int(n))))
}
