// SPDX-License-Identifier: MIT

package main

/*
#include <stdlib.h>
#include "lwsgo.h"

extern const char *const lwsgo_schema_path[1];

static inline void
lwsgo_struct_told(void *cb, void *dest, void *arg)
{
	((lws_struct_args_cb)cb)(dest, arg);
}
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/text/lejp"
	"libwebsockets/impl/text/structjson"
)

// structLib is what a parse of the struct lejp_ctx at p works with.
func structLib(p unsafe.Pointer) *structjson.Lib {
	return &structjson.Lib{
		Alloc: func(ac *unsafe.Pointer, n, block uintptr) unsafe.Pointer {
			return C.lwsac_use_zero((**C.struct_lwsac)(unsafe.Pointer(ac)), C.size_t(n), C.size_t(block))
		},
		Free:    func(ac *unsafe.Pointer) { C.lwsac_free((**C.struct_lwsac)(unsafe.Pointer(ac))) },
		Default: unsafe.Pointer(C.lws_struct_default_lejp_cb),
		Invoke:  calling(p),
		Told:    func(cb, dest, arg unsafe.Pointer) { C.lwsgo_struct_told(cb, dest, arg) },
		Noticef: engine.Noticef,
		Errf:    engine.Errf,
	}
}

//export go_lws_struct_json_init_parse
func go_lws_struct_json_init_parse(ctx unsafe.Pointer, cb C.lejp_callback, user unsafe.Pointer) (ret C.int) {
	defer guardOr("lws_struct_json_init_parse", &ret, 1)
	if lacks("lws_struct_json_init_parse", ctx == nil || user == nil) {
		return 1
	}
	callback := unsafe.Pointer(cb)
	if callback == nil {
		callback = unsafe.Pointer(C.lws_struct_schema_only_lejp_cb)
	}
	c := lejpAt(ctx)
	lejp.Construct(c, callback, user, unsafe.Pointer(&C.lwsgo_schema_path), 1, calling(ctx))
	c.PathStride = unsafe.Sizeof(structjson.Map{})
	return 0
}

//export go_lws_struct_schema_only_lejp_cb
func go_lws_struct_schema_only_lejp_cb(ctx unsafe.Pointer, reason C.char) (ret C.schar) {
	defer guardOr("lws_struct_schema_only_lejp_cb", &ret, -1)
	if lacks("lws_struct_schema_only_lejp_cb", ctx == nil) {
		return -1
	}
	return C.schar(structjson.SchemaOnly(lejpAt(ctx), lejp.Reason(reason), structLib(ctx)))
}

//export go_lws_struct_default_lejp_cb
func go_lws_struct_default_lejp_cb(ctx unsafe.Pointer, reason C.char) (ret C.schar) {
	defer guardOr("lws_struct_default_lejp_cb", &ret, -1)
	if lacks("lws_struct_default_lejp_cb", ctx == nil) {
		return -1
	}
	return C.schar(structjson.Default(lejpAt(ctx), lejp.Reason(reason), structLib(ctx)))
}

//export go_lws_struct_json_serialize_create
func go_lws_struct_json_serialize_create(m *C.lws_struct_map_t, entries C.size_t, flags C.int,
	toplevel unsafe.Pointer) *C.lws_struct_serialize_t {
	defer guard("lws_struct_json_serialize_create")
	if lacks("lws_struct_json_serialize_create", m == nil || toplevel == nil) {
		return nil
	}
	js := (*C.lws_struct_serialize_t)(C.calloc(1, C.sizeof_lws_struct_serialize_t))
	(*structjson.Writer)(unsafe.Pointer(js)).Begin((*structjson.Map)(unsafe.Pointer(m)), uintptr(entries), int32(flags), toplevel)
	return js
}

//export go_lws_struct_json_serialize_destroy
func go_lws_struct_json_serialize_destroy(js **C.lws_struct_serialize_t) {
	defer guard("lws_struct_json_serialize_destroy")
	if lacks("lws_struct_json_serialize_destroy", js == nil) {
		return
	}
	C.free(unsafe.Pointer(*js))
	*js = nil
}

//export go_lws_struct_json_serialize
func go_lws_struct_json_serialize(js *C.lws_struct_serialize_t, buf *C.uint8_t, n C.size_t,
	written *C.size_t) (ret C.lws_struct_json_serialize_result_t) {
	defer guardOr("lws_struct_json_serialize", &ret, C.LSJS_RESULT_ERROR)
	if lacks("lws_struct_json_serialize", js == nil || buf == nil || written == nil) {
		return C.LSJS_RESULT_ERROR
	}
	*written = 0
	room := cView((*C.uchar)(buf), int(min(n, openEnd)))
	if len(room) < 2 {
		engine.Errf("lws_struct_json_serialize: %d bytes are no room for a byte and a NUL", len(room))
		return C.LSJS_RESULT_ERROR
	}
	wrote, finished, err := (*structjson.Writer)(unsafe.Pointer(js)).Write(room[:len(room)-1])
	room[wrote] = 0
	if err != nil {
		engine.Errf("lws_struct_json_serialize: %v", err)
		return C.LSJS_RESULT_ERROR
	}
	*written = C.size_t(wrote)
	if !finished {
		return C.LSJS_RESULT_CONTINUE
	}
	return C.LSJS_RESULT_FINISH
}
