// SPDX-License-Identifier: MIT

package main

// #include "lwsgo.h"
import "C"

import "libwebsockets/impl/text/purify"

//export go_lws_sql_purify
func go_lws_sql_purify(escaped, str *C.char, n C.size_t) *C.char {
	defer guard("lws_sql_purify")
	if lacks("lws_sql_purify", escaped == nil) {
		return nil
	}
	purify.SQL(cView(escaped, max(int(min(n, openEnd)), 1)), cBytes(str))
	return escaped
}

//export go_lws_json_purify
func go_lws_json_purify(escaped, str *C.char, n C.int, inUsed *C.int) *C.char {
	defer guard("lws_json_purify")
	if lacks("lws_json_purify", escaped == nil) {
		return nil
	}
	_, used := purify.JSON(cView(escaped, max(int(n), 1)), cBytes(str))
	if inUsed != nil && str != nil {
		*inUsed = C.int(used)
	}
	return escaped
}

//export go_lws_json_purify_len
func go_lws_json_purify_len(str *C.char) C.int {
	defer guard("lws_json_purify_len")
	if lacks("lws_json_purify_len", str == nil) {
		return 0
	}
	return C.int(purify.JSONLen(cBytes(str)))
}

//export go_lws_filename_purify_inplace
func go_lws_filename_purify_inplace(name *C.char) {
	defer guard("lws_filename_purify_inplace")
	if lacks("lws_filename_purify_inplace", name == nil) {
		return
	}
	purify.Filename(cBytes(name))
}
