// SPDX-License-Identifier: MIT

package ws

import (
	"strings"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/role/h1"
)

// TestLists: the lists in the headers of an upgrade, in one line or in several. Seen to fail where only the
// first line counts, and without the limit.
func TestLists(t *testing.T) {
	h1.Wire(h1.Hooks{App: noSite{}, Upgrades: map[string]func(*engine.Conn) bool{"websocket": Upgrade},
		Extended: func(*engine.Conn) (done, ok bool) { return false, true },
		Fallback: func(*engine.Conn, []byte) bool { return false }})
	connection, subprotocol := "Connection: Upgrade\r\n", "\r\nSec-WebSocket-Protocol: p\r\n"
	for name, c := range map[string]struct {
		headers string
		ok      bool
	}{
		"one":                       {connection, true},
		"a list":                    {"Connection: keep-alive , UPGRADE\r\n", true},
		"two lines":                 {"Connection: keep-alive\r\n" + connection, true},
		"none":                      {"", false},
		"another":                   {"Connection: keep-alive\r\n", false},
		"255 bytes":                 {"Connection: " + strings.Repeat("x", 255-len(",upgrade")) + ",upgrade\r\n", true},
		"256 bytes":                 {"Connection: " + strings.Repeat("x", 256-len(",upgrade")) + ",upgrade\r\n", false},
		"subprotocol":               {connection + "Sec-WebSocket-Protocol: x, p\r\n", true},
		"subprotocols in two lines": {connection + "Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Protocol: p\r\n", true},
		"unknown subprotocols":      {connection + "Sec-WebSocket-Protocol: x\r\nSec-WebSocket-Protocol: y\r\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := enginetest.New(t, &enginetest.Program{}, &engine.Info{Protocols: []engine.Protocol{{Name: "p"}}})
			peer := r.Connect(h1.Role, false, h1.Begin)
			peer.Send([]byte(strings.Replace(upgradeText, connection, c.headers, 1)))
			r.Settle()
			b, _ := peer.Recv()
			if ok := strings.HasPrefix(string(b), "HTTP/1.1 101 "); ok != c.ok {
				t.Errorf("answer %q", b)
			}
			if strings.Contains(c.headers, "Protocol") && c.ok && !strings.Contains(string(b), subprotocol) {
				t.Errorf("answer %q", b)
			}
		})
	}
}
