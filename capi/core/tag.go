// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"
*/
import "C"

//export go_lwsgo_wsi_tag
func go_lwsgo_wsi_tag(wsi *C.struct_lws) *C.char {
	defer guard("lws_wsi_tag")
	if c := maybeConn(wsi); c != nil {
		return C.CString(c.TagText())
	}
	return nil
}

//export go_lwsgo_vh_tag
func go_lwsgo_vh_tag(v *C.struct_lws_vhost) *C.char {
	defer guard("lws_vh_tag")
	if vh := vhostOf(v); vh != nil {
		return C.CString(vh.TagText())
	}
	return nil
}
