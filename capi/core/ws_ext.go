// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"

static inline void ext_option(const struct lws_extension *ext, struct lws *wsi, void *user,
			      int index, const char *start, int len)
{
	struct lws_ext_option_arg arg = { NULL, index, start, len };

	ext->callback(lws_get_context(wsi), ext, wsi, LWS_EXT_CB_OPTION_SET, user, &arg, 0);
}
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/wire/ws"
)

//export go_lws_ext_parse_options
func go_lws_ext_parse_options(ext *C.struct_lws_extension, wsi *C.struct_lws, user unsafe.Pointer, opts *C.struct_lws_ext_options, in *C.char, n C.int) (ret C.int) {
	defer guardOr("lws_ext_parse_options", &ret, -1)
	if lacks("lws_ext_parse_options", ext == nil || ext.callback == nil || opts == nil || in == nil && n != 0) {
		return -1
	}
	var known []ws.ExtOption
	for o := opts; o.name != nil; o = next(o, 1) {
		known = append(known, ws.ExtOption{Name: str(o.name), Value: ws.ExtValue(o._type)})
	}
	err := ws.ParseExtOptions(cView(in, int(n)), known, func(i, at, n int) {
		var start *C.char
		if at >= 0 {
			start = next(in, at)
		}
		C.ext_option(ext, wsi, user, C.int(i), start, C.int(n))
	})
	if err != nil {
		return -1
	}
	return 0
}
