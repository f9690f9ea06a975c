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
	"libwebsockets/impl/httpd"
	"libwebsockets/impl/proxy"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/h2"
	"libwebsockets/impl/role/listen"
	"libwebsockets/impl/role/raw"
	"libwebsockets/impl/role/secure"
	"libwebsockets/impl/role/ws"
	"libwebsockets/impl/wire/coding"
)

// Whatever a package calls that it cannot import, as it is of a floor above or builds
// upon it, is wired here, and nowhere else.
func init() {
	engine.Prog = &program{}
	coding.Wire(brotli{})
	// Who takes an adopted descriptor: the first that wants it.
	listen.Wire(h2.Binder{}, h1.Binder{}, raw.ProxyBinder{}, raw.SocketBinder{}, raw.DatagramBinder{}, raw.FileBinder{})
	h1.Wire(h1.Hooks{
		App: httpd.App{},
		Upgrades: map[string]func(*engine.Conn) bool{
			"websocket": ws.Upgrade,
			"h2c":       h2.Upgrade,
		},
		Extended: h2.Extended,
		Fallback: raw.Fallback,
	})
	secure.Wire(secure.Hooks{
		ALPN: map[string]func(*engine.Conn) bool{"h2": h2.Accept},
		Raw:  raw.Fallback,
	})
	httpd.Wire(httpd.Hooks{Open: openFile, SendFD: sendFD, Onward: proxy.Start,
		ProcessFace: newProcess, ProcessGone: processGone, Path: searchPath})
	ws.Wire(ws.Hooks{Passage: proxy.Passage})
	proxy.Wire(proxy.Hooks{Protocol: func() unsafe.Pointer { return unsafe.Pointer(C.lwsgo_ws_proxy()) }})
}
