// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/listen"
	"libwebsockets/impl/role/raw"
)

//export go_lwsgo_adopt
func go_lwsgo_adopt(v *C.struct_lws_vhost, how C.int, fd C.int, protocol *C.char, parent *C.struct_lws, opaque unsafe.Pointer) *C.struct_lws {
	defer guard("lws_adopt_descriptor_vhost")
	vh := vhostOf(v)
	if vh == nil {
		engine.Errf("lws_adopt_descriptor_vhost: no such vhost")
		return nil
	}
	var p *engine.Conn
	if parent != nil {
		if p = conn(parent, "lws_adopt_descriptor_vhost: parent"); p == nil {
			return nil
		}
	}
	vh.Lock()
	defer vh.Unlock()
	return face(listen.Adopt(vh, int(fd), engine.AdoptFlags(how), str(protocol), p, opaque))
}

//export go_lwsgo_first_vhost
func go_lwsgo_first_vhost(cx *C.struct_lws_context) *C.struct_lws_vhost {
	defer guard("lws_adopt_socket")
	ctx := contextOf(cx)
	if ctx == nil {
		engine.Errf("lws_adopt_socket: no such context")
		return nil
	}
	ctx.Lock()
	defer ctx.Unlock()
	if len(ctx.Vhosts()) == 0 {
		return nil
	}
	return (*C.struct_lws_vhost)(unsafe.Pointer(ctx.Vhosts()[0].F))
}

//export go_lwsgo_feed
func go_lwsgo_feed(wsi *C.struct_lws, b *C.char, n C.size_t) C.int {
	return onConn(wsi, "lws_adopt_socket_readbuf", 1, func(c *engine.Conn) C.int {
		c.Keep(cView(b, int(n)))
		if c.PT().Mine() {
			c.Serve()
		}
		return b2i(c.Closing())
	})
}

//export go_lws_create_adopt_udp
func go_lws_create_adopt_udp(v *C.struct_lws_vhost, ads *C.char, port, flags C.int, protocol, ifname *C.char, parent *C.struct_lws, opaque unsafe.Pointer, retry *C.lws_retry_bo_t) *C.struct_lws {
	defer guard("lws_create_adopt_udp")
	vh := vhostOf(v)
	if vh == nil {
		engine.Errf("lws_create_adopt_udp: no such vhost")
		return nil
	}
	d := raw.UDP{
		Vhost: vh, Address: str(ads), Any: ads == nil, Port: int(port),
		Bind: flags&C.LWS_CAUDP_BIND != 0, Broadcast: flags&C.LWS_CAUDP_BROADCAST != 0, Packet: flags&C.LWS_CAUDP_PF_PACKET != 0,
		Iface: str(ifname), Protocol: str(protocol), Opaque: opaque,
	}
	if parent != nil {
		if d.Parent = conn(parent, "lws_create_adopt_udp: parent"); d.Parent == nil {
			return nil
		}
	}
	if retry != nil {
		d.Retry = &engine.Retry{
			PingSecs: uint16(retry.secs_since_valid_ping), HangupSecs: uint16(retry.secs_since_valid_hangup), C: unsafe.Pointer(retry),
		}
	}
	vh.Lock()
	defer vh.Unlock()
	return face(d.Open())
}
