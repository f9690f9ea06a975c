// SPDX-License-Identifier: MIT

package ws

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/wire/deflate"
	"libwebsockets/impl/wire/ws"
)

// TestFailureIsLogged: one line, which is on by default, says who broke the rules
// and how. Seen to fail: the lines were an information, or did not name the peer.
func TestFailureIsLogged(t *testing.T) {
	text := func(s string) []byte { return frame(nil, ws.OpText, true, 0, true, []byte(s)) }
	for name, c := range map[string]struct {
		bytes   []byte
		deflate bool
		why     string
	}{
		"opcode":      {frame(nil, 3, true, 0, true, nil), false, "1002: reserved opcode"},
		"RSV":         {frame(nil, ws.OpText, true, 2, true, nil), false, "1002: reserved bit set"},
		"unmasked":    {frame(nil, ws.OpText, true, 0, false, []byte("x")), false, "1002: client frame not masked"},
		"UTF-8":       {text("\xff"), false, "1007: bad utf8"},
		"cut UTF-8":   {text("\xc3"), false, "1007: partial utf8"},
		"close":       {frame(nil, ws.OpClose, true, 0, true, []byte("x")), false, "1002: close payload of one byte"},
		"deflate":     {frame(nil, ws.OpText, true, ws.Rsv1, true, []byte("\xff\xff")), true, "1007: permessage-deflate: it cannot be inflated: "},
		"and another": {append(frame(nil, 3, true, 0, true, nil), text("\xff")...), false, "1002: reserved opcode"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &enginetest.Program{Levels: engine.LogNotice}
			r := enginetest.New(t, p, &engine.Info{Options: engine.OptValidateUTF8})
			var params *deflate.Params
			if c.deflate {
				params = &deflate.Params{}
			}
			peer := connect(r, false, params)
			peer.Send(c.bytes)
			r.Settle()
			if len(p.Lines) != 1 || !strings.Contains(p.Lines[0], "what a unix socket sent is no good, closing with "+c.why) {
				t.Errorf("logged %q", p.Lines)
			}
		})
	}
}

// upgradeText asks for a WebSocket.
const upgradeText = "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"

// TestNoDeflateIsLogged: a program whose receive buffer is too small for
// permessage-deflate is told so. Seen to fail: the line did not name the peer.
func TestNoDeflateIsLogged(t *testing.T) {
	h1.Wire(h1.Hooks{App: noSite{}, Upgrades: map[string]func(*engine.Conn) bool{"websocket": Upgrade},
		Extended: func(*engine.Conn) (done, ok bool) { return false, true },
		Fallback: func(*engine.Conn, []byte) bool { return false }})
	for size, lines := range map[int]int{127: 1, 128: 0} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			p := &enginetest.Program{Levels: engine.LogNotice}
			r := enginetest.New(t, p, &engine.Info{Protocols: []engine.Protocol{{Name: "p", RxSize: size}},
				Extensions: []engine.Extension{{Name: pmdName}}})
			c := r.Connect(h1.Role, false, h1.Begin)
			c.Send([]byte(upgradeText))
			r.Settle()
			b, _ := c.Recv()
			if !strings.HasPrefix(string(b), "HTTP/1.1 101 ") || strings.Contains(string(b), pmdName) != (lines == 0) {
				t.Errorf("answer %q", b)
			}
			if len(p.Lines) != lines || lines > 0 && !strings.Contains(p.Lines[0], "no permessage-deflate with a unix socket") {
				t.Errorf("logged %q", p.Lines)
			}
		})
	}
}

// noSite serves no requests.
type noSite struct{ h1.Application }

func (noSite) RedirectHit(*engine.Conn) (done, ok bool) { return false, true }
func (noSite) Drop(*engine.Conn)                        {}

// TestPeer: the address of a peer.
func TestPeer(t *testing.T) {
	for network, addr := range map[string]string{"tcp4": "127.0.0.1:0", "tcp6": "[::1]:0"} {
		t.Run(network, func(t *testing.T) {
			l, err := net.Listen(network, addr)
			if err != nil {
				t.Skip(err)
			}
			defer l.Close()
			s, err := net.Dial(network, l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			f, err := s.(*net.TCPConn).File()
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			fd, err := unix.Dup(int(f.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			r := enginetest.New(t, &enginetest.Program{}, &engine.Info{})
			r.Do(func() {
				c := engine.NewConn(r.Ctx.First(), r.Vhost, Role, false)
				c.SetProtocol(r.Vhost.Protocols[0])
				if !c.Attach(fd) || c.Peer() != l.Addr().String() {
					t.Errorf("%s, want %s", c.Peer(), l.Addr())
				}
			})
		})
	}
}
