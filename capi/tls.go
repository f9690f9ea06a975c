// SPDX-License-Identifier: MIT

package main

/*
#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
*/
import "C"

import "libwebsockets/impl/engine"

// initTLS makes the vhost's TLS contexts.
func initTLS(*engine.Vhost, *C.struct_lws_context_creation_info) error { return nil }
