// SPDX-License-Identifier: MIT

package h2

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"libwebsockets/c_tests/harness"
)

// goServer is Go's server for HTTPS; h2 false: without HTTP/2.
func goServer(t *testing.T, h2 bool) (port int, connections *atomic.Int32) {
	id := harness.SelfSigned(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	connections = new(atomic.Int32)
	s := &http.Server{
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{id.TLS}},
		ConnState: func(_ net.Conn, st http.ConnState) {
			if st == http.StateNew {
				connections.Add(1)
			}
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/moved":
				http.Redirect(w, r, "/text", http.StatusFound)
			case "/nothing":
				w.WriteHeader(http.StatusNoContent)
			case "/up":
				n, _ := io.Copy(io.Discard, r.Body)
				fmt.Fprintf(w, "%s got %d", r.Proto, n)
			default:
				w.Header().Set("Content-Length", "300000")
				_, _ = w.Write(make([]byte, 300000))
			}
		}),
	}
	if !h2 {
		s.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
	}
	go func() { _ = s.ServeTLS(l, "", "") }()
	t.Cleanup(func() { s.Close() })
	return l.Addr().(*net.TCPAddr).Port, connections
}

// TestClientProgram lets a client on our library talk to Go's server: one
// connection for all requests with HTTP/2, and HTTP/1.1 where ALPN says so.
func TestClientProgram(t *testing.T) {
	exe := harness.Build(t, "prog/client.c")
	yes, count := goServer(t, true)
	no, _ := goServer(t, false)
	run := func(args ...string) string {
		t.Helper()
		p := harness.Start(t, exe, args...)
		if err := p.Wait(30 * time.Second); err != nil {
			t.Errorf("%v: %v\n%s", args, err, p.Log())
		}
		return strings.Join(p.All(), "; ")
	}
	for _, c := range []struct{ args, want string }{
		{"/text", "status 200 got 300000; ok 1 of 1 on 1 connections"},
		{"/nothing", "status 204 got 0; ok 1 of 1 on 1 connections"},
		{"/moved", "status 200 got 300000; ok 1 of 1 on 1 connections"},
		{"-m POST -b 200000 /up", "status 200 got 19; ok 1 of 1 on 1 connections"},
	} {
		args := strings.Fields(c.args)
		last := len(args) - 1
		if got := run(append(args[:last:last], fmt.Sprint(yes), args[last])...); got != c.want {
			t.Errorf("%s: %s; want %s", c.args, got, c.want)
		}
	}
	count.Store(0)
	if got := run("-n", "60", "-c", "20", fmt.Sprint(yes), "/text"); got != "ok 60 of 60 on 1 connections" || count.Load() != 1 {
		t.Errorf("60 requests: %s; the server saw %d connections", got, count.Load())
	}
	if got := run("-m", "POST", "-b", "20000", fmt.Sprint(no), "/up"); got != "status 200 got 18; ok 1 of 1 on 1 connections" {
		t.Errorf("a server without HTTP/2: %s", got)
	}
	if got := run("-n", "8", "-c", "4", fmt.Sprint(no), "/text"); !strings.HasPrefix(got, "ok 8 of 8") {
		t.Errorf("a server without HTTP/2: %s", got)
	}
	// More at a time than the server's 24 streams, and a WebSocket on a stream.
	p := server(t, "-p")
	if got := run("-p", "-n", "200", "-c", "60", fmt.Sprint(p.Port), "/hello"); got != "ok 200 of 200 on 1 connections" {
		t.Errorf("200 requests: %s", got)
	}
	if got := run("-p", "-w", fmt.Sprint(p.Port), "/"); got != "echo on a stream; echo on a stream; ok 0 of 1 on 1 connections" {
		t.Errorf("a WebSocket: %s", got)
	}
}

// Each connection answers one request and goes away: those that were not sent
// yet get connections of their own. Seen to fail with Unsent answering false.
func TestClientGoAway(t *testing.T) {
	exe := harness.Build(t, "prog/client.c")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var connections atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go answerOne(c, "", "once")
		}
	}()
	p := harness.Start(t, exe, "-p", "-n", "4", "-c", "4", fmt.Sprint(l.Addr().(*net.TCPAddr).Port), "/x")
	if err := p.Wait(30 * time.Second); err != nil {
		t.Errorf("%v\n%s", err, p.Log())
	}
	if got := strings.Join(p.All(), "; "); !strings.HasPrefix(got, "ok 4 of 4") {
		t.Errorf("%s", got)
	}
	if n := connections.Load(); n != 4 {
		t.Errorf("%d connections, not 4", n)
	}
}

// TestClientLength: the DATA of an answer is as much as its content-length told, or the
// answer is none (RFC 9113 §8.1.1). Seen to fail: each came as a whole one.
func TestClientLength(t *testing.T) {
	exe := harness.Build(t, "prog/client.c")
	for _, c := range []struct{ method, length, body, want string }{
		{"GET", "4", "four", "status 200 got 4; ok 1 of 1 on 1 connections"},
		{"GET", "0", "", "status 200 got 0; ok 1 of 1 on 1 connections"},
		{"GET", "", "four", "status 200 got 4; ok 1 of 1 on 1 connections"},
		{"HEAD", "4", "", "status 200 got 0; ok 1 of 1 on 1 connections"},
		{"GET", "5", "four", "closed; ok 0 of 1 on 1 connections"},
		{"GET", "3", "four", "closed; ok 0 of 1 on 1 connections"},
		{"GET", "4", "", "error h2: the answer has no body, but a content-length; ok 0 of 1 on 0 connections"},
	} {
		reset := make(chan http2.ErrCode, 1)
		l := harness.Each(t, func(conn net.Conn) { reset <- answerOne(conn, c.length, c.body) })
		p := harness.Start(t, exe, "-p", "-m", c.method, fmt.Sprint(l.Addr().(*net.TCPAddr).Port), "/x")
		if err := p.Wait(30 * time.Second); err != nil {
			t.Errorf("%v\n%s", err, p.Log())
		}
		if got := strings.Join(p.All(), "; "); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
		if code := <-reset; strings.HasPrefix(c.want, "status") == (code == http2.ErrCodeProtocol) {
			t.Errorf("%+v: reset with %v", c, code)
		}
	}
}

// answerOne answers one request and goes away; it gives the code of the client's
// RST_STREAM, if there is one.
func answerOne(c net.Conn, length, body string) (reset http2.ErrCode) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(c, preface); err != nil {
		return
	}
	f := http2.NewFramer(c, c)
	_ = f.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1})
	head := []byte{0x88}
	if length != "" { // content-length, which is the static table's 28th
		head = append(append(head, 0x0f, 28-15, byte(len(length))), length...)
	}
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				_ = f.WriteSettingsAck()
			}
		case *http2.RSTStreamFrame:
			reset = frame.ErrCode
		case *http2.HeadersFrame:
			_ = f.WriteGoAway(frame.StreamID, http2.ErrCodeNo, nil)
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: frame.StreamID, BlockFragment: head, EndHeaders: true, EndStream: body == ""})
			if body != "" {
				_ = f.WriteData(frame.StreamID, true, []byte(body))
			}
		}
	}
}
