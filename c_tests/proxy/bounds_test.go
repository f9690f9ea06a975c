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
	held := make(chan bool, 1)
	quiet := func(c net.Conn) { _, _ = bufio.NewReaderSize(c, 16).ReadByte(); time.Sleep(5 * heldBack) }
	for _, x := range []struct {
		name    string
		request string
		server  func(c net.Conn, head string, r *bufio.Reader)
		client  func(c net.Conn)
	}{
		{"an answer", "GET /up/ HTTP/1.1\r\nHost: f\r\n\r\n", func(c net.Conn, _ string, _ *bufio.Reader) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			held <- pour(c, body)
		}, quiet},
		{"a body", fmt.Sprintf("POST /up/ HTTP/1.1\r\nHost: f\r\nContent-Length: %d\r\n\r\n", offered), func(net.Conn, string, *bufio.Reader) {
			time.Sleep(5 * heldBack)
		}, func(c net.Conn) { held <- pour(c, body) }},
		{"a body in chunks", "POST /up/ HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\n", func(net.Conn, string, *bufio.Reader) {
			time.Sleep(5 * heldBack)
		}, func(c net.Conn) { held <- pour(c, append(append([]byte("10000\r\n"), body...), '\r', '\n')) }},
		{"messages to the client", ws, func(c net.Conn, head string, _ *bufio.Reader) {
			_, _ = io.WriteString(c, accept(head))
			held <- pour(c, bytes.Repeat(frame, 16))
		}, quiet},
		{"messages to the server", ws, func(c net.Conn, head string, _ *bufio.Reader) {
			_, _ = io.WriteString(c, accept(head))
			time.Sleep(5 * heldBack)
		}, func(c net.Conn) {
			b := make([]byte, 12)
			_, _ = io.ReadFull(c, b)
			held <- pour(c, bytes.Repeat(masked, 16))
		}},
	} {
		for _, l := range libraries[1:] {
			t.Run(x.name+"/"+l.name, func(t *testing.T) {
				up := startUpstream(t, "tcp", "127.0.0.1:0", x.server)
				s := startSite(t, l, 30, "quiet", "/up", "http", up.origin())
				before := s.p.Status("VmRSS")
				c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				_, _ = io.WriteString(c, x.request)
				done := make(chan bool)
				go func() { x.client(c); close(done) }()
				select {
				case h := <-held:
					if !h {
						t.Error("nobody was held back")
					}
				case <-time.After(30 * time.Second):
					t.Error("neither held back nor taken")
				}
				if grown := s.p.Status("VmHWM") - before; grown > mostGrown {
					t.Errorf("the site grew by %d KiB (limit %d)", grown, mostGrown)
				} else {
					t.Logf("the site grew by %d KiB", grown)
				}
				c.Close()
				<-done
			})
		}
	}
}
