// SPDX-License-Identifier: MIT

package main

/*
#include <stdlib.h>
#include "cache.h"
*/
import "C"

import (
	"strings"
	"time"
	"unsafe"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
	"libwebsockets/impl/text/cookie"
)

//export go_lwsgo_jar_change
func go_lwsgo_jar_change(path, line *C.char, n C.size_t, pattern *C.char, size *C.uint64_t) (ret C.int) {
	defer guardOr("cookie jar", &ret, 1)
	var add []string
	drop := str(pattern)
	if line != nil {
		l := strings.TrimSuffix(string(cView(line, int(n))), "\n")
		tag, ok := cookie.Tag(l)
		if !ok || strings.Contains(l, "\n") {
			engine.Errf("cookie jar: what is to be written is no cookie")
			return 1
		}
		add, drop = []string{l}, tag
	}
	j := client.Jar{Path: str(path)}
	sum, err := j.Change(add, func(l string) bool {
		tag, _ := cookie.Tag(l)
		return drop != "" && (tag == drop || pattern != nil && cookie.TagMatch(drop, tag, false))
	})
	if err != nil {
		engine.Errf("cookie jar: %v", err)
		return 1
	}
	*size = C.uint64_t(sum)
	return 0
}

// eachCookie calls fn with the jar's cookies until it is false.
func eachCookie(path *C.char, fn func(tag, line string, at C.lws_usec_t) bool) bool {
	j := client.Jar{Path: str(path)}
	l, err := j.Lines()
	if err != nil {
		engine.Errf("cookie jar: %v", err)
		return false
	}
	for _, line := range l {
		tag, _ := cookie.Tag(line)
		c, _ := cookie.ParseLine(line)
		var at C.lws_usec_t // on the timers' clock
		if c.Expires != 0 {
			left := min(c.Expires-time.Now().Unix(), 1<<40)
			at = C.lws_usec_t(engine.Now() + left*1_000_000)
		}
		if !fn(tag, line, at) {
			break
		}
	}
	return true
}

//export go_lwsgo_jar_lookup
func go_lwsgo_jar_lookup(path, pattern *C.char, results *C.lws_dll2_owner_t) (ret C.int) {
	defer guardOr("cookie jar", &ret, 1)
	bad := false
	want := str(pattern)
	ok := eachCookie(path, func(tag, line string, at C.lws_usec_t) bool {
		if !cookie.TagMatch(want, tag, true) {
			return true
		}
		t := C.CString(tag)
		defer C.free(unsafe.Pointer(t))
		bad = C.lwsgo_cache_match(results, t, C.size_t(len(line)), at) != 0
		return !bad
	})
	return b2i(bad || !ok)
}

//export go_lwsgo_jar_get
func go_lwsgo_jar_get(path, tag *C.char, n *C.size_t, at *C.lws_usec_t) (line unsafe.Pointer) {
	defer guard("cookie jar")
	want := str(tag)
	eachCookie(path, func(t, l string, until C.lws_usec_t) bool {
		if t != want {
			return true
		}
		line, *n, *at = unsafe.Pointer(C.CString(l)), C.size_t(len(l)), until
		return false
	})
	return line
}

//export go_lwsgo_jar_match
func go_lwsgo_jar_match(pattern, tag *C.char, lookup C.int) (ret C.int) {
	defer guardOr("cookie jar", &ret, 1)
	return b2i(!cookie.TagMatch(str(pattern), str(tag), lookup != 0))
}
