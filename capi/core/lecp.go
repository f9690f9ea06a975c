// SPDX-License-Identifier: MIT

package main

/*
#include "lecp.h"

static inline signed char
lwsgo_lecp_call(void *cb, void *ctx, char why)
{
	return ((lecp_callback)cb)((struct lecp_ctx *)ctx, why);
}
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/text/lecp"
)

func lecpCtx(c *C.struct_lecp_ctx) *lecp.Ctx {
	return (*lecp.Ctx)(unsafe.Pointer(c))
}

func lecWriter(w *C.lws_lec_pctx_t) *lecp.Writer {
	return (*lecp.Writer)(unsafe.Pointer(w))
}

func callLecp(c *lecp.Ctx, callback unsafe.Pointer, why lecp.Reason) int8 {
	return int8(C.lwsgo_lecp_call(callback, unsafe.Pointer(c), C.char(why)))
}

//export go_lecp_construct
func go_lecp_construct(c *C.struct_lecp_ctx, callback C.lecp_callback,
	user unsafe.Pointer, paths **C.char, count C.uchar) {
	defer guard("lecp_construct")
	if lacks("lecp_construct", c == nil) {
		return
	}
	lecp.Construct(lecpCtx(c), unsafe.Pointer(callback), user,
		unsafe.Pointer(paths), uint8(count), callLecp)
}

//export go_lecp_destruct
func go_lecp_destruct(c *C.struct_lecp_ctx) {
	defer guard("lecp_destruct")
	if lacks("lecp_destruct", c == nil) {
		return
	}
	lecp.Destruct(lecpCtx(c), callLecp)
}

//export go_lecp_change_callback
func go_lecp_change_callback(c *C.struct_lecp_ctx, callback C.lecp_callback) {
	defer guard("lecp_change_callback")
	if lacks("lecp_change_callback", c == nil) {
		return
	}
	lecp.ChangeCallback(lecpCtx(c), unsafe.Pointer(callback), callLecp)
}

//export go_lecp_parse
func go_lecp_parse(c *C.struct_lecp_ctx, in *C.uint8_t, n C.size_t) (ret C.int) {
	defer guardOr("lecp_parse", &ret, C.LECP_REJECT_UNKNOWN)
	if lacks("lecp_parse", c == nil) {
		return C.LECP_REJECT_UNKNOWN
	}
	return C.int(lecp.Parse(lecpCtx(c), cView((*C.uchar)(in), int(n)), callLecp))
}

//export go_lecp_parse_subtree
func go_lecp_parse_subtree(c *C.struct_lecp_ctx, in *C.uint8_t, n C.size_t) (ret C.int) {
	defer guardOr("lecp_parse_subtree", &ret, C.LECP_REJECT_UNKNOWN)
	if lacks("lecp_parse_subtree", c == nil) {
		return C.LECP_REJECT_UNKNOWN
	}
	return C.int(lecp.Subtree(lecpCtx(c), cView((*C.uchar)(in), int(n)), callLecp))
}

//export go_lecp_parse_report_raw
func go_lecp_parse_report_raw(c *C.struct_lecp_ctx, on C.int) {
	defer guard("lecp_parse_report_raw")
	if lacks("lecp_parse_report_raw", c == nil) {
		return
	}
	lecp.ReportRaw(lecpCtx(c), uint8(on), callLecp)
}

//export go_lecp_parse_map_is_key
func go_lecp_parse_map_is_key(c *C.struct_lecp_ctx) C.int {
	defer guard("lecp_parse_map_is_key")
	if lacks("lecp_parse_map_is_key", c == nil) {
		return 0
	}
	if lecp.IsKey(lecpCtx(c)) {
		return 1
	}
	return 0
}

//export go_lws_lec_int
func go_lws_lec_int(w *C.lws_lec_pctx_t, opcode, indet C.uint8_t, n C.uint64_t) {
	defer guard("lws_lec_int")
	if lacks("lws_lec_int", w == nil) {
		return
	}
	err := lecp.Int(lecWriter(w), uint8(opcode), indet != 0, uint64(n))
	if err != nil {
		engine.Errf("lws_lec_int: %v", err)
	}
}

//export go_lws_lec_scratch
func go_lws_lec_scratch(w *C.lws_lec_pctx_t) C.int {
	defer guard("lws_lec_scratch")
	if lacks("lws_lec_scratch", w == nil) {
		return 0
	}
	if lecp.Flush(lecWriter(w)) {
		return 1
	}
	return 0
}

//export go_lws_lec_init
func go_lws_lec_init(w *C.lws_lec_pctx_t, buf *C.uint8_t, n C.size_t) {
	defer guard("lws_lec_init")
	if lacks("lws_lec_init", w == nil) {
		return
	}
	lecp.Init(lecWriter(w), unsafe.Pointer(buf), uintptr(n))
}

//export go_lws_lec_setbuf
func go_lws_lec_setbuf(w *C.lws_lec_pctx_t, buf *C.uint8_t, n C.size_t) {
	defer guard("lws_lec_setbuf")
	if lacks("lws_lec_setbuf", w == nil) {
		return
	}
	lecp.SetBuf(lecWriter(w), unsafe.Pointer(buf), uintptr(n))
}

// lecArgs are the variadic arguments of a call.
type lecArgs C.struct_lwsgo_lec_args

func (a *lecArgs) Number(kind uint8) uint64 {
	return uint64(C.lwsgo_lec_number((*C.struct_lwsgo_lec_args)(a), C.int(kind)))
}

func (a *lecArgs) Pointer() unsafe.Pointer {
	return C.lwsgo_lec_pointer((*C.struct_lwsgo_lec_args)(a))
}

//export go_lws_lec_vsprintf
func go_lws_lec_vsprintf(w *C.lws_lec_pctx_t, format *C.char,
	args *C.struct_lwsgo_lec_args) (ret C.enum_lws_lec_pctx_ret) {
	defer guardOr("lws_lec_vsprintf", &ret, C.LWS_LECPCTX_RET_FAIL)
	res, err := lecp.Printf(lecWriter(w), cBytes(format), (*lecArgs)(args))
	if err != nil {
		engine.Errf("lws_lec_printf: %s: %v", str(format), err)
	}
	return C.enum_lws_lec_pctx_ret(res)
}

//export go_lws_singles2halfp
func go_lws_singles2halfp(h *C.uint16_t, x C.uint32_t) {
	defer guard("lws_singles2halfp")
	if lacks("lws_singles2halfp", h == nil) {
		return
	}
	*h = C.uint16_t(lecp.Half(uint32(x)))
}

//export go_lws_halfp2singles
func go_lws_halfp2singles(x *C.uint32_t, h C.uint16_t) {
	defer guard("lws_halfp2singles")
	if lacks("lws_halfp2singles", x == nil) {
		return
	}
	*x = C.uint32_t(lecp.Single(uint16(h)))
}
