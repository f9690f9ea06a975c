// SPDX-License-Identifier: MIT

package proxy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// broken are servers that do not do what they should, and what the client gets: the
// beginning of the answer, and whether the body is complete.
var broken = []struct {
	name   string
	answer func(net.Conn, string, *bufio.Reader)
	begins string
	ends   string // "" where it does not matter
}{
	{"ends at once", text(""), "HTTP/1.1 502 ", "</html>"},
	{"no HTTP", text("hello, world\r\n\r\n"), "HTTP/1.1 502 ", "</html>"},
	{"half a head", text("HTTP/1.1 200 OK\r\nContent-Le"), "HTTP/1.1 502 ", "</html>"},
	{"a head without end", text("HTTP/1.1 200 OK\r\n" + strings.Repeat("X-Many: "+strings.Repeat("x", 1000)+"\r\n", 100)), "HTTP/1.1 502 ", "</html>"},
	{"two lengths", text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), "HTTP/1.1 502 ", "</html>"},
	{"switches protocols", text("HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello"), "HTTP/1.1 502 ", "</html>"},
	{"silent", func(c net.Conn, _ string, r *bufio.Reader) { _, _ = r.ReadByte() }, "HTTP/1.1 504 ", "</html>"},
	{"first 100 and 103", text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
		"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", "\r\n\r\nhello"},
	{"less than it says", text("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"), "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n", "\r\n\r\nhello"},
	{"more than it says", text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nagain"),
		"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", "\r\n\r\nhello"},
	{"length and chunks", text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n0\r\n\r\n"),
		"HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n1\r\nh\r\n", "0\r\n\r\n"},
	{"trailers", text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"),
		"HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"},
	{"no chunk", text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nxyz\r\n"), "HTTP/1.1 200 OK\r\n", "5\r\nhello\r\n"},
	{"a body where none belongs", text("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello"), "HTTP/1.1 204 ", "\r\n\r\n"},
	{"a header of two lines", text("HTTP/1.1 200 OK\r\nETag: a\r\n b\r\nContent-Length: 0\r\n\r\n"), "HTTP/1.1 200 OK\r\ncontent-length: 0\r\netag: a b\r\n", ""},
	{"reset", func(c net.Conn, _ string, _ *bufio.Reader) { _ = c.(*net.TCPConn).SetLinger(0) }, "HTTP/1.1 502 ", "</html>"},
	{"slow", func(c net.Conn, _ string, _ *bufio.Reader) {
		for _, b := range []byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello") {
			_, _ = c.Write([]byte{b})
			time.Sleep(5 * time.Millisecond)
		}
	}, "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", "\r\n\r\nhello"},
	{"stops in the middle", func(c net.Conn, _ string, r *bufio.Reader) {
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")
		_, _ = r.ReadByte()
	}, "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n", "\r\n\r\nhello"},
}

// TestMountBroken: whatever the server does the client has an answer, of the server or
// 502 or 504, and what is incomplete looks so; the site goes on. Fails when pair.Gone does
// not answer, and when it does for timeouts as for other ends.
func TestMountBroken(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			var mounts []string
			for _, b := range broken[:7] {
				mounts = append(mounts, "/"+strings.ReplaceAll(b.name, " ", "-"), "http", startUpstream(t, "tcp", "127.0.0.1:0", b.answer).origin())
			}
			s := startSite(t, l, 2, "quiet", mounts...)
			mounts = nil
			for _, b := range broken[7:14] {
				mounts = append(mounts, "/"+strings.ReplaceAll(b.name, " ", "-"), "http", startUpstream(t, "tcp", "127.0.0.1:0", b.answer).origin())
			}
			s2 := startSite(t, l, 2, "quiet", mounts...)
			mounts = nil
			for _, b := range broken[14:] {
				mounts = append(mounts, "/"+strings.ReplaceAll(b.name, " ", "-"), "http", startUpstream(t, "tcp", "127.0.0.1:0", b.answer).origin())
			}
			s3 := startSite(t, l, 2, "quiet", mounts...)
			fds := []int{s.p.FDs(), s2.p.FDs(), s3.p.FDs()}
			for i, b := range broken {
				of := []*site{s, s2, s3}[min(i/7, 2)]
				got := of.raw(t, fmt.Sprintf("GET /%s/x HTTP/1.1\r\nHost: front\r\n\r\n", strings.ReplaceAll(b.name, " ", "-")))
				if !strings.HasPrefix(got, b.begins) || !strings.HasSuffix(got, b.ends) {
					t.Errorf("%s: %q", b.name, got)
				}
			}
			for i, of := range []*site{s, s2, s3} {
				harness.Eventually(t, soon, "the end of all connections", func() bool { return of.p.FDs() <= fds[i] })
			}
		})
	}
}

// hostile are requests that would mean something else to the server behind.
var hostile = []struct {
	name, request, status string
	asked                 int // how often the server is
}{
	{"length and chunks", "POST /up/ HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /up/x HTTP/1.1\r\nHost: f\r\n\r\n", "400", 0},
	{"two lengths", "POST /up/ HTTP/1.1\r\nHost: f\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "400", 0},
	{"a folded header", "GET /up/ HTTP/1.1\r\nHost: f\r\nCookie: a\r\n b: c\r\n\r\n", "400", 0},
	{"a bare CR", "GET /up/ HTTP/1.1\r\nHost: f\r\nCookie: a\rX: y\r\n\r\n", "400", 0},
	{"a space before the colon", "POST /up/ HTTP/1.1\r\nHost: f\r\nContent-Length : 5\r\n\r\nhello", "400", 0},
	{"another coding", "POST /up/ HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501", 0},
	{"h2c is not passed on", "GET /up/ HTTP/1.1\r\nHost: f\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n", "403", 0},
	{"a way out of the mount", "GET /up/../../etc HTTP/1.1\r\nHost: f\r\n\r\n", "404", 0},
	{"an escaped way out", "GET /up/%2e%2e/%2e%2e/etc HTTP/1.1\r\nHost: f\r\n\r\n", "404", 0},
	{"a name of a protocol", "GET /up/ HTTP/1.1\r\nHost: f\r\nSec-WebSocket-Protocol: lws-ws-proxy\r\n\r\n", "200", 1},
	{"the passage's name on its own", "GET /ws HTTP/1.1\r\nHost: f\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: lws-ws-proxy\r\n\r\n", "", 0},
	{"a WebSocket past the password", "GET /auth/ws HTTP/1.1\r\nHost: f\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
		"Sec-WebSocket-Version: 13\r\n\r\n", "401", 0},
	{"chunks without end", "POST /up/ HTTP/1.1\r\nHost: f\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400", 1},
}

// firstLine sends bytes and gives the answer's first line, "" where the connection ends.
func (s *site) firstLine(t *testing.T, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(soon))
	_, _ = io.WriteString(c, request)
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("%q: %v", request, err)
	}
	return line
}

// TestMountHostile: such requests are refused, and reach no server. Fails when a
// WebSocket is passed on before the mount's password is looked at.
func TestMountHostile(t *testing.T) {
	t.Setenv("USERS", "/dev/null")
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			up := startUpstream(t, "tcp", "127.0.0.1:0", text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
			s := startSite(t, l, 2, "quiet", "/up", "http", up.origin(), "/auth", "auth", up.origin())
			asked := 0
			for _, x := range hostile {
				got := s.firstLine(t, x.request)
				status := ""
				if f := strings.Fields(got); len(f) > 1 {
					status = f[1]
				}
				up.mu.Lock()
				n := len(up.saw) - asked
				asked = len(up.saw)
				up.mu.Unlock()
				if status != x.status || n > x.asked {
					t.Errorf("%s: %q, the server was asked %d times", x.name, got, n)
				}
			}
		})
	}
}

// TestMountLoop: a mount that leads to itself ends with 508, however it is reached.
func TestMountLoop(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			port := harness.FreePort(t)
			id := harness.SelfSigned(t)
			p := l.start(t, "mount", fmt.Sprint(port), "0", id.CertFile, id.KeyFile, "5", "quiet", "/up", "http", fmt.Sprintf("127.0.0.1:%d/up/", port))
			p.WaitLine("^ready", soon)
			s := &site{p: p, port: port}
			before := p.FDs() // the runtime may open some of its own
			if got := s.raw(t, "GET /up/x HTTP/1.1\r\nHost: f\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 508 ") {
				t.Errorf("%q", got)
			}
			harness.Eventually(t, soon, "the end of all connections", func() bool { return p.FDs() <= before+6 })
			if got := s.raw(t, "GET /up/x HTTP/1.1\r\nHost: f\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"); !strings.HasPrefix(got, "HTTP/1.1 50") {
				t.Errorf("%q", got)
			}
			harness.Eventually(t, soon, "the end of all connections", func() bool { return p.FDs() <= before+6 })
		})
	}
}
