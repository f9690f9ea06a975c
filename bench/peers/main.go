// SPDX-License-Identifier: MIT

// Peers is an echo server on a Go library, to compare with: gws or gorilla.
//
//	peers gws|gorilla [deflate=1]     prints "READY port"
package main

import (
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
	"github.com/lxzan/gws"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: peers gws|gorilla [deflate=1]")
		os.Exit(2)
	}
	deflate := len(os.Args) > 2 && os.Args[2] == "deflate=1"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		fmt.Println("READY", l.Addr().(*net.TCPAddr).Port)
		if os.Args[1] == "gws" {
			err = http.Serve(l, gwsHandler(deflate))
		} else {
			err = http.Serve(l, gorillaHandler(deflate))
		}
	}
	fmt.Fprintln(os.Stderr, "peers:", err)
	os.Exit(1)
}

type gwsEcho struct{ gws.BuiltinEventHandler }

func (gwsEcho) OnMessage(c *gws.Conn, m *gws.Message) {
	defer m.Close()
	_ = c.WriteMessage(m.Opcode, m.Bytes())
}

func gwsHandler(deflate bool) http.Handler {
	up := gws.NewUpgrader(gwsEcho{}, &gws.ServerOption{
		SubProtocols:       []string{"echo"},
		ReadMaxPayloadSize: 16 << 20,
		PermessageDeflate: gws.PermessageDeflate{Enabled: deflate, ServerContextTakeover: true, ClientContextTakeover: true,
			Threshold: 1},
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := up.Upgrade(w, r); err == nil {
			c.ReadLoop()
		}
	})
}

func gorillaHandler(deflate bool) http.Handler {
	up := websocket.Upgrader{Subprotocols: []string{"echo"}, EnableCompression: deflate,
		CheckOrigin: func(*http.Request) bool { return true }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer c.Close()
		for {
			kind, b, err := c.ReadMessage()
			if err != nil || c.WriteMessage(kind, b) != nil {
				return
			}
		}
	})
}
