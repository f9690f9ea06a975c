// SPDX-License-Identifier: MIT

package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// offered is what a peer sends without end; mostGrown, in KiB, what the site may grow by
// while nobody takes it.
const (
	offered   = 256 << 20
	mostGrown = 16 << 10
	heldBack  = time.Second
)

// pour sends until enough was offered or the other side has taken nothing for a while.
func pour(c net.Conn, b []byte) (held bool) {
	for n := 0; n < offered; {
		_ = c.SetWriteDeadline(time.Now().Add(heldBack))
		k, err := c.Write(b)
		if n += k; err != nil {
			return errors.Is(err, os.ErrDeadlineExceeded)
		}
	}
	return false
}

// TestMountBounds: what comes faster than it leaves waits where it comes from: of answers
// for a client that does not read, of bodies for a server that does not, of WebSockets' messages both ways. The rows of
// docs/architecture.md. Fails when pair.hold or end.held does nothing.
func TestMountBounds(t *testing.T) {
	body := make([]byte, 64<<10)
	frame := harness.Frame{Fin: true, Op: 2, Payload: make([]byte, 4096)}.Append(nil)
	masked := harness.Frame{Fin: true, Op: 2, Masked: true, Payload: make([]byte, 4096)}.Append(nil)
	upgraded := "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n"
	key := "Sec-WebSocket-Key: "
	accept := func(head string) string {
		k := head[bytes.Index([]byte(head), []byte(key))+len(key):]
		return fmt.Sprintf(upgraded, harness.AcceptKey(k[:24]))
	}
	ws := "GET /up/ HTTP/1.1\r\nHost: f\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
	quiet := func(c net.Conn, _ chan bool, stop chan struct{}) {
		_, _ = io.ReadFull(c, make([]byte, 1))
		<-stop
	}
	deaf := func(_ net.Conn, _ string, _ chan bool, stop chan struct{}) { <-stop }
	for _, x := range []struct {
		name    string
		request string
		server  func(c net.Conn, head string, held chan bool, stop chan struct{})
		client  func(c net.Conn, held chan bool, stop chan struct{})
	}{
		{"an answer", "GET /up/ HTTP/1.1\r\nHost: f\r\n\r\n", func(c net.Conn, _ string, held chan bool, _ chan struct{}) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			held <- pour(c, body)
		}, quiet},
		{"a body", fmt.Sprintf("POST /up/ HTTP/1.1\r\nHost: f\r\nContent-Length: %d\r\n\r\n", offered), deaf,
			func(c net.Conn, held chan bool, _ chan struct{}) { held <- pour(c, body) }},
		{"a body in chunks", "POST /up/ HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\n", deaf,
			func(c net.Conn, held chan bool, _ chan struct{}) {
				held <- pour(c, append(append([]byte("10000\r\n"), body...), '\r', '\n'))
			}},
		{"messages to the client", ws, func(c net.Conn, head string, held chan bool, _ chan struct{}) {
			_, _ = io.WriteString(c, accept(head))
			held <- pour(c, bytes.Repeat(frame, 16))
		}, quiet},
		{"messages to the server", ws, func(c net.Conn, head string, _ chan bool, stop chan struct{}) {
			_, _ = io.WriteString(c, accept(head))
			<-stop
		}, func(c net.Conn, held chan bool, _ chan struct{}) {
			_, _ = io.ReadFull(c, make([]byte, 12))
			held <- pour(c, bytes.Repeat(masked, 16))
		}},
	} {
		for _, l := range libraries[1:] {
			t.Run(x.name+"/"+l.Name, func(t *testing.T) {
				t.Parallel()
				held, stop := make(chan bool, 1), make(chan struct{})
				up := startUpstream(t, "tcp", "127.0.0.1:0", func(c net.Conn, head string, _ *bufio.Reader) { x.server(c, head, held, stop) })
				s := startSite(t, l, 30, "quiet", "/up", "http", up.origin())
				before := s.p.Status("VmRSS")
				c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.WriteString(c, x.request)
				done := make(chan struct{})
				go func() { x.client(c, held, stop); close(done) }()
				select {
				case h := <-held:
					if !h {
						t.Error("nobody was held back")
					}
				case <-time.After(60 * time.Second):
					t.Error("neither held back nor taken")
				}
				if grown := s.p.Status("VmHWM") - before; grown > mostGrown {
					t.Errorf("the site grew by %d KiB (limit %d)", grown, mostGrown)
				} else {
					t.Logf("the site grew by %d KiB", grown)
				}
				close(stop)
				c.Close()
				<-done
			})
		}
	}
}
