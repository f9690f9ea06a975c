// SPDX-License-Identifier: MIT

package main

// #include "lwsgo.h"
import "C"

import "libwebsockets/impl/text/netaddr"

//export go_lws_parse_numeric_address
func go_lws_parse_numeric_address(ads *C.char, result *C.uint8_t, maxLen C.size_t) (ret C.int) {
	defer guardOr("lws_parse_numeric_address", &ret, -1)
	return C.int(netaddr.Parse(string(cBytes(ads)), cView(result, int(maxLen))))
}

//export go_lws_write_numeric_address
func go_lws_write_numeric_address(ads *C.uint8_t, size C.int, buf *C.char, n C.size_t) (ret C.int) {
	defer guardOr("lws_write_numeric_address", &ret, -1)
	return C.int(netaddr.Write(cView(ads, int(size)), cView(buf, int(n))))
}
