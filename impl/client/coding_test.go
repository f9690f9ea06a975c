// SPDX-License-Identifier: MIT

package client

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"net"
	"strings"
	"testing"
	"unsafe"

	"libwebsockets/impl/engine"
)

func packed(name, text string) string {
	var b bytes.Buffer
	if name == "gzip" {
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	} else if name == "raw" {
		w, _ := flate.NewWriter(&b, 9)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	} else {
		w := zlib.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	}
	return b.String()
}

// asks has the program ask for coded bodies, in a rig with a pointer that it may move on.
func asks(r *rig, name string, then func(c *engine.Conn, x engine.Reason) int) {
	r.p.fn = func(c *engine.Conn, x engine.Reason) int {
		switch x {
		case engine.ReasonClientAppendHandshakeHeader:
			r.ctx.Lock()
			defer r.ctx.Unlock()
			at := (*unsafe.Pointer)(r.p.in)
			room := unsafe.Slice((*byte)(*at), 100)
			b, done, ok := AskCoded(c, room[:0], name)
			if !done || !ok {
				return -1
			}
			*at = unsafe.Add(*at, len(b))
		case engine.ReasonReceiveClientHTTP:
			return readAll(c)
		}
		if then != nil {
			return then(c, x)
		}
		return 0
	}
}

// TestDecoded: the program gets the text of a compressed body, however that comes and
// ends, and nothing where it is none.
//
// Seen to fail: without the pieces that are left when all has come.
func TestDecoded(t *testing.T) {
	long := strings.Repeat("what is said is said again\n", 2_000)
	zeros := strings.Repeat("\x00", 50_000)
	chunk := func(s string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(s), s) }
	head := func(coding string) string { return "HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\n" }
	for _, x := range []struct {
		name, asked, answer, body string
		bad                       bool
	}{
		{"a length", "", fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", head("gzip"), len(packed("gzip", long)), packed("gzip", long)), long, false},
		{"chunks", "", head("deflate") + "Transfer-Encoding: chunked\r\n\r\n" + chunk(packed("zlib", long)[:20]) + chunk(packed("zlib", long)[20:]) + "0\r\n\r\n", long, false},
		{"much in few bits", "", head("deflate") + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(packed("raw", zeros)), packed("raw", zeros)), zeros, false},
		{"until the end", "gzip", head("GZIP") + "\r\n" + packed("gzip", "hello"), "hello", false},
		{"plain", "", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", false},
		{"nothing", "", head("gzip") + "Content-Length: 0\r\n\r\n", "", false},
		{"304", "", strings.Replace(head("gzip"), "200 OK", "304 No", 1) + "\r\n", "", false},
		{"a coding that was not asked for", "gzip", head("deflate") + "\r\n" + packed("zlib", "hello"), packed("zlib", "hello"), false},
		{"an unknown coding", "", head("zstd, gzip") + "Content-Length: 5\r\n\r\nhello", "hello", false},
		{"no gzip", "", head("gzip") + "Content-Length: 14\r\n\r\nhello, and more", "", true},
		{"it ends too early", "", head("gzip") + "\r\n" + packed("gzip", "hello")[:20], "*", true},
		{"another sum", "", head("gzip") + "Content-Length: 29\r\n\r\n" + packed("gzip", "hello")[:21] + "12345678", "*", true},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := newRig(t, &engine.Info{})
			asks(r, x.asked, nil)
			asked := make(chan string, 1)
			port := each(t, func(c net.Conn) {
				b := make([]byte, 4096)
				n, _ := c.Read(b)
				asked <- string(b[:n])
				_, _ = c.Write([]byte(x.answer))
				_ = c.(*net.TCPConn).CloseWrite()
			}).Port
			r.connect(port, "/", NoFollowRedirect)
			r.until("closed", 1)
			want := "accept-encoding: " + x.asked
			if x.asked == "" {
				want += "gzip, deflate"
			}
			if got := <-asked; !strings.Contains(got, want+"\r\n") {
				t.Errorf("the request is %q", got)
			}
			if got := r.p.body(); x.body != "*" && got != x.body {
				t.Errorf("%d bytes %.100q, want %d", len(got), got, len(x.body))
			}
			done := r.p.count("completed")
			if logged := strings.Contains(strings.Join(r.p.logs, "\n"), "compressed body"); logged != x.bad || (done == 0) != x.bad {
				t.Errorf("completed %d times, %q", done, r.p.logs)
			}
		})
	}
}

// TestDecodedStops: a program that stops receiving gets no piece of what is left of a
// bomb, then all of it.
func TestDecodedStops(t *testing.T) {
	const size = 200_000
	bomb := packed("gzip", strings.Repeat("\x00", size))
	r := newRig(t, &engine.Info{})
	pieces, got := 0, 0
	asks(r, "", func(c *engine.Conn, x engine.Reason) int {
		if x == engine.ReasonReceiveClientHTTPRead {
			pieces++
			if pieces%400 == 0 {
				r.ctx.Lock()
				c.FlowControl(false)
				r.ctx.Unlock()
			}
		}
		return 0
	})
	port := each(t, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 4096))
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb)
	}).Port
	c := r.connect(port, "/", 0)
	for stops := 0; r.p.count("completed") == 0; stops++ {
		if stops > size/100/400+1 {
			t.Fatal("it does not end")
		}
		r.turnsUntil(func() bool { return c.RxOff() || r.p.count("completed") > 0 })
		before := pieces
		for range 5 {
			r.turn()
		}
		if pieces != before {
			t.Fatalf("%d pieces while nothing is received", pieces-before)
		}
		r.ctx.Lock()
		if s := StateOf(c); s.decoding != nil {
			got = max(got, len(s.decoding.in)+s.decoding.Holding())
		}
		c.FlowControl(true)
		r.ctx.Unlock()
	}
	if n := len(r.p.body()); n != size {
		t.Errorf("%d bytes", n)
	}
	if got == 0 || got > 64<<10 {
		t.Errorf("%d bytes were held", got)
	}
}
