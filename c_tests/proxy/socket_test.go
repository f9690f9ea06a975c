// SPDX-License-Identifier: MIT

package proxy

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"libwebsockets/c_tests/harness"
)

// passage is a site with a WebSocket server behind it.
type passage struct {
	*site
	l net.Listener
}

func startPassage(t *testing.T, l library, how string) *passage {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return &passage{startSite(t, l, 3, how, "/", "http", ln.Addr().String()+"/base"), ln}
}

// connect makes a WebSocket through the site; there is what the server has.
func (p *passage) connect(t *testing.T, extra string) (here, there *harness.Raw) {
	t.Helper()
	got := make(chan *harness.Raw, 1)
	go func() {
		r, err := harness.Accept(p.l, "", 20*time.Second)
		if err != nil {
			t.Error(err)
		}
		got <- r
	}()
	here = harness.MustDial(t, fmt.Sprintf("127.0.0.1:%d", p.port), extra)
	there = <-got
	if there == nil {
		t.FailNow()
	}
	t.Cleanup(func() { there.Close() })
	return here, there
}

func receive(t *testing.T, r *harness.Raw, op byte, p []byte) {
	t.Helper()
	o, b, err := r.ReceiveMessage()
	if err != nil || o != op || !bytes.Equal(b, p) {
		t.Errorf("op %d, %d bytes, %v; not op %d, %d bytes", o, len(b), err, op, len(p))
	}
}

// TestPassage: WebSockets go through a mount: the server's subprotocol, messages of all
// sizes both ways, fragments, and the close code. What the server is asked is as with the
// original. Fails when the pieces' flags are wrong.
func TestPassage(t *testing.T) {
	asked := map[string][]string{}
	t.Run("all", func(t *testing.T) {
		each(t, func(t *testing.T, l library) {
			p := startPassage(t, l, "quiet")
			here, there := p.connect(t, "Cookie: a=1\r\nAccept-Language: de\r\nOrigin: http://o\r\nAuthorization: Basic eDp5\r\nX-Mine: 1\r\n")
			var fields []string
			for k, v := range there.Header {
				if k != "Sec-Websocket-Key" {
					fields = append(fields, k+": "+strings.Join(v, ", "))
				}
			}
			asked[l.Name] = fields
			if got := here.Header.Get("Sec-Websocket-Protocol"); got != "echo" {
				t.Errorf("subprotocol %q", got)
			}
			for _, size := range []int{1, 125, 126, 5000, 9000, 70000} {
				for op := byte(1); op <= 2; op++ {
					b := bytes.Repeat([]byte("0123456789"), size/10+1)[:size]
					if err := here.SendMessage(op, b); err != nil {
						t.Fatal(err)
					}
					receive(t, there, op, b)
					if err := there.SendMessage(op, b); err != nil {
						t.Fatal(err)
					}
					receive(t, here, op, b)
				}
			}
			for i, f := range []harness.Frame{{Op: 1, Payload: []byte("one ")}, {Op: 0, Payload: []byte("two ")}, {Fin: true, Op: 0, Payload: []byte("three")}} {
				if err := here.Send(f); err != nil {
					t.Fatal(i, err)
				}
			}
			receive(t, there, 1, []byte("one two three"))
			if !l.Ours {
				return // it ends the other side's connection without a word (row 258)
			}
			if err := here.Send(harness.Frame{Fin: true, Op: 8, Payload: harness.ClosePayload(4001, "bye")}); err != nil {
				t.Fatal(err)
			}
			for _, r := range []*harness.Raw{here, there} {
				if f, err := r.Receive(); err != nil || f.Op != 8 || !bytes.Equal(f.Payload, harness.ClosePayload(4001, "bye")) {
					t.Errorf("%v, %v", f, err)
				}
			}
			here, there = p.connect(t, "")
			_ = there.Send(harness.Frame{Fin: true, Op: 1, Payload: []byte("last")})
			_ = there.Send(harness.Frame{Fin: true, Op: 8, Payload: harness.ClosePayload(4002, "over")})
			receive(t, here, 1, []byte("last"))
			if f, err := here.Receive(); err != nil || f.Op != 8 || !bytes.Equal(f.Payload, harness.ClosePayload(4002, "over")) {
				t.Errorf("%v, %v", f, err)
			}
			here, there = p.connect(t, "")
			there.Close()
			if f, err := here.Receive(); err == nil {
				t.Errorf("%v behind the server's end", f)
			}
			here, there = p.connect(t, "")
			here.Close()
			if f, err := there.Receive(); err == nil {
				t.Errorf("%v behind the client's end", f)
			}
			harness.Eventually(t, soon, "the end of all connections", func() bool { return p.p.FDs() < 20 })
		})
	})
	for _, l := range libraries[1:] {
		same := len(asked[l.Name]) == len(asked["original"])
		for _, f := range asked["original"] {
			same = same && strings.Contains(strings.Join(asked[l.Name], "\n")+"\n", f[:strings.Index(f, ":")])
		}
		if !same {
			t.Errorf("%s asks\n%q, the original\n%q", l.Name, asked[l.Name], asked["original"])
		}
	}
}

// TestPassageRefused: a server that has no WebSocket for the client: 502, which the
// original leaves out. Fails when passage.Gone does not answer.
func TestPassageRefused(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			up := startUpstream(t, "tcp", "127.0.0.1:0", text("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"))
			s := startSite(t, l, 2, "quiet", "/", "http", up.origin(), "/nobody", "http", fmt.Sprintf("127.0.0.1:%d/", harness.FreePort(t)))
			if got := s.raw(t, harness.RequestText("")); !strings.HasPrefix(got, "HTTP/1.1 502 ") {
				t.Errorf("%q", got)
			}
			if got := s.raw(t, strings.Replace(harness.RequestText(""), "GET /", "GET /nobody/", 1)); !strings.HasPrefix(got, "HTTP/1.1 503 ") {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestPassageOnStream: a WebSocket on a stream of HTTP/2 goes through a mount.
// Fails when what comes before the server has answered is read as a request's body.
func TestPassageOnStream(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			p := startPassage(t, l, "quiet")
			c, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p.tls), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(20 * time.Second))
			fmt.Fprint(c, http2.ClientPreface)
			fr := http2.NewFramer(c, c)
			_ = fr.WriteSettings()
			var block bytes.Buffer
			enc := hpack.NewEncoder(&block)
			for _, f := range [][2]string{{":method", "CONNECT"}, {":protocol", "websocket"}, {":scheme", "https"}, {":path", "/chat"},
				{":authority", "front"}, {"sec-websocket-version", "13"}, {"sec-websocket-protocol", "echo"}} {
				_ = enc.WriteField(hpack.HeaderField{Name: f[0], Value: f[1]})
			}
			_ = fr.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, BlockFragment: block.Bytes()})
			early := harness.Frame{Fin: true, Op: 1, Masked: true, Payload: []byte("early")}.Append(nil)
			_ = fr.WriteData(1, false, early)
			there, err := harness.Accept(p.l, "", 20*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer there.Close()
			receive(t, there, 1, []byte("early"))
			_ = there.SendMessage(1, []byte("hello"))
			var got []byte
			for !bytes.HasSuffix(got, []byte("hello")) {
				f, err := fr.ReadFrame()
				if err != nil {
					t.Fatal(err)
				}
				switch f := f.(type) {
				case *http2.DataFrame:
					got = append(got, f.Data()...)
				case *http2.SettingsFrame:
					if !f.IsAck() {
						_ = fr.WriteSettingsAck()
					}
				}
			}
		})
	}
}
