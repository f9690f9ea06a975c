// SPDX-License-Identifier: MIT

package main

/*
#include "lws_private.h"

static inline void name_header(lws_hdr_custom_fe_cb_t cb, const char *name, int n, void *opaque)
{
	cb(name, n, opaque);
}
*/
import "C"

import (
	"strconv"
	"strings"
	"time"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/text/httpdate"
	wire "libwebsockets/impl/wire/h1"
)

// What v4.2 and v4.3 added about HTTP (lws-newer.h).

//export go_lws_http_date_render_from_unix
func go_lws_http_date_render_from_unix(buf *C.char, n C.size_t, t *C.time_t) (ret C.int) {
	defer guardOr("lws_http_date_render_from_unix", &ret, -1)
	if lacks("lws_http_date_render_from_unix", buf == nil || t == nil) {
		return -1
	}
	s := httpdate.Format(int64(*t))
	if int(n) <= len(s) {
		return -1
	}
	b := cView(buf, len(s)+1)
	copy(b, s)
	b[len(s)] = 0
	return 0
}

//export go_lws_http_date_parse_unix
func go_lws_http_date_parse_unix(b *C.char, n C.size_t, t *C.time_t) (ret C.int) {
	defer guardOr("lws_http_date_parse_unix", &ret, -1)
	if lacks("lws_http_date_parse_unix", b == nil || t == nil) {
		return -1
	}
	if n > 64 {
		return -1
	}
	at, err := httpdate.Parse(string(cView(b, int(n))))
	if err != nil {
		return -1
	}
	*t = C.time_t(at.Unix())
	return 0
}

//export go_lws_http_check_retry_after
func go_lws_http_check_retry_after(wsi *C.struct_lws, us *C.lws_usec_t) (ret C.int) {
	defer guardOr("lws_http_check_retry_after", &ret, 1)
	if lacks("lws_http_check_retry_after", us == nil) {
		return 1
	}
	text := withHeaders(wsi, "", func(h *wire.Headers) string {
		var b [64]byte
		return string(b[:max(0, h.Copy(b[:], wire.TokenHTTPRetryAfter))])
	})
	text = strings.TrimSpace(text)
	wait, err := time.ParseDuration(text + "s")
	if _, digits := strconv.ParseUint(text, 10, 31); digits != nil || err != nil {
		at, err := httpdate.Parse(text)
		if err != nil {
			return 1
		}
		wait = time.Until(at)
	}
	*us = max(*us, C.lws_usec_t(wait.Microseconds()))
	return 0
}

//export go_lws_get_urlarg_by_name_safe
func go_lws_get_urlarg_by_name_safe(wsi *C.struct_lws, name, buf *C.char, n C.int) (ret C.int) {
	defer guardOr("lws_get_urlarg_by_name_safe", &ret, -1)
	if name == nil || buf == nil || n <= 0 {
		return -1
	}
	return withHeaders(wsi, -1, func(h *wire.Headers) C.int { return C.int(h.CopyArgValue(cView(buf, int(n)), str(name))) })
}

//export go_lws_hdr_custom_name_foreach
func go_lws_hdr_custom_name_foreach(wsi *C.struct_lws, cb C.lws_hdr_custom_fe_cb_t, opaque unsafe.Pointer) (ret C.int) {
	defer guardOr("lws_hdr_custom_name_foreach", &ret, -1)
	var names []string // the callback may do anything, so the lock is not held
	if !withHeaders(wsi, false, func(h *wire.Headers) bool {
		h.EachCustom(func(n []byte) { names = append(names, string(n)) })
		return true
	}) {
		return -1
	}
	for _, n := range names {
		c := C.CString(n)
		C.name_header(cb, c, C.int(len(n)), opaque)
		C.free(unsafe.Pointer(c))
	}
	return 0
}

//export go_lws_vhd_find_by_pvo
func go_lws_vhd_find_by_pvo(cx *C.struct_lws_context, protocol, name, value *C.char) unsafe.Pointer {
	defer guard("lws_vhd_find_by_pvo")
	c := context(cx)
	if c == nil || protocol == nil || name == nil || value == nil {
		return nil
	}
	c.Lock()
	defer c.Unlock()
	for _, vh := range c.Vhosts() {
		p := vh.Protocol(str(protocol))
		o := vh.PVO(str(protocol))
		if p == nil || o == nil {
			continue
		}
		opt := C.lws_pvo_search((*C.struct_lws_protocol_vhost_options)(o.OptionsC), name)
		if opt != nil && opt.value != nil && str(opt.value) == str(value) {
			return vh.Priv(p)
		}
	}
	engine.Infof("lws_vhd_find_by_pvo: no vhost has %s with %s=%s", str(protocol), str(name), str(value))
	return nil
}
