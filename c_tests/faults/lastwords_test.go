// SPDX-License-Identifier: MIT

package faults

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"

	h "libwebsockets/c_tests/harness"
)

// A peer of lastwords.c: what it says at first, on c, and then as its last words.
type leaver struct {
	begin func(c net.Conn) error
	last  []byte
	want  string // what the program is told
}

// said is a script as one piece.
func said(s script) []byte { return bytes.Join(s, nil) }

// wsLast is a message and a close frame.
func wsLast(masked bool) []byte {
	b := h.Frame{Fin: true, Op: h.Text, Masked: masked, Payload: []byte("go away")}.Append(nil)
	return h.Frame{Fin: true, Op: h.Close, Masked: masked, Payload: h.ClosePayload(1001, "")}.Append(b)
}

const post8 = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 8\r\n\r\n"
const tooMuch = "HTTP/1.1 413 Too Large\r\nContent-Length: 8\r\n\r\n"

// begins sends a script, and reads once what the other side says at first.
func begins(s string, reads bool) func(c net.Conn) error {
	return func(c net.Conn) error {
		if reads {
			if _, err := c.Read(make([]byte, 4096)); err != nil {
				return err
			}
		}
		_, err := io.WriteString(c, s)
		return err
	}
}

// grants answers an upgrade.
func grants(c net.Conn) error {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err == nil {
		_, err = io.WriteString(c, h.Grant(r, ""))
	}
	return err
}

// h2Settings is how a server begins, and waits for the client's request.
func h2Settings(c net.Conn) error {
	if _, err := io.ReadFull(c, make([]byte, len(http2.ClientPreface))); err != nil {
		return err
	}
	f := http2.NewFramer(c, c)
	if err := f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 60000}); err != nil {
		return err
	}
	for {
		switch x, err := f.ReadFrame(); {
		case err != nil:
			return err
		case x.Header().Type == http2.FrameHeaders:
			return nil
		}
	}
}

// h2Part is frames without what begins a connection.
func h2Part(client bool, write func(f *http2.Framer, block func(kv ...string) []byte)) string {
	all := frames(client, write)
	skip := 1 // SETTINGS
	if client {
		skip = 2
	}
	return string(said(all[skip:]))
}

// leavers are the peers of clients and of servers, by what is spoken. Where the
// program does not receive, it does not from what they begin with.
var leavers = map[string]leaver{
	"client h1 write, stuck": {begins("", true), []byte(tooMuch + "too much"), "status 413; got too much; completed; closed; "},
	"client h1 off":          {begins(tooMuch, true), []byte("too much"), "status 413; on; got too much; completed; closed; "},
	"client h1 unread":       {begins(tooMuch+"too", true), []byte(" much"), "status 413; on; got too much; completed; closed; "},
	"client ws":              {grants, wsLast(false), "got go away; close 1001; closed; "},
	"client raw":             {begins("", false), []byte("go away"), "got go away; closed; "},
	"client h2 write, stuck": {h2Settings, []byte(h2Part(false, func(f *http2.Framer, block func(...string) []byte) {
		headers(f, 3, false, block(":status", "413"))
		_ = f.WriteData(3, true, []byte("too much"))
		_ = f.WriteRSTStream(3, http2.ErrCodeNo)
		_ = f.WriteGoAway(3, http2.ErrCodeNo, nil)
	})), "status 413; got too much; completed; closed; "},
	"server h1 write": {begins(post8+"go", false), []byte(" away!"), "got go away!; completed; closed; "},
	"server h1 off":   {begins(post8+"go", false), []byte(" away!"), "got go; on; got  away!; completed; closed; "},
	"server ws": {func(c net.Conn) error {
		if _, err := io.WriteString(c, h.RequestText("")); err != nil {
			return err
		}
		_, err := http.ReadResponse(bufio.NewReaderSize(c, 16), nil)
		return err
	}, wsLast(true), "got go away; close 1001; closed; "},
	"server raw": {begins("", false), []byte("go away"), "got go away; closed; "},
	"server h2 write": {begins(http2.ClientPreface+"\x00\x00\x00\x04\x00\x00\x00\x00\x00"+h2Part(true, func(f *http2.Framer, block func(...string) []byte) {
		headers(f, 1, false, block(":method", "POST", ":scheme", "http", ":path", "/", "content-length", "8"))
		_ = f.WriteData(1, false, []byte("go"))
	}), false), []byte(h2Part(true, func(f *http2.Framer, _ func(...string) []byte) { _ = f.WriteData(1, true, []byte(" away!")) })),
		"got go away!; completed; closed; "},
}

// proxied is a proxy, run by the peer itself: its answers to what the client says.
var proxied = map[string][]string{
	"":            nil,
	"http_proxy":  {"HTTP/1.1 200 OK\r\n\r\n"},
	"socks_proxy": {"\x05\x00", "\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"},
}

// alpn is what a TLS peer names.
var alpn = map[string][]string{"h1": {"http/1.1"}, "ws": {"http/1.1"}, "h2": {"h2"}}

// TestLastWords: a peer says its last words and goes, with a reset or not, while the
// program writes, while what it wrote is not taken, or while it does not receive: then they
// wait in the kernel (Linux keeps what came before a reset). All of them are told before
// the end is.
//
// Debian's loses them in each case with a reset. Ours did where a server wrote, over TLS
// where anybody did, and wherever the program did not receive.
func TestLastWords(t *testing.T) {
	id := h.SelfSigned(t)
	exe := h.Build(t, "prog/lastwords.c")
	for name, l := range leavers {
		side, rest, _ := strings.Cut(name, " ")
		speak, only, _ := strings.Cut(rest, " ")
		for _, how := range []string{"write", "stuck", "off", "unread"} {
			if only != "" && !strings.Contains(only, how) || how == "unread" && only != how || how == "stuck" && side == "server" {
				continue
			}
			for _, secure := range []string{"0", "1"} {
				for _, end := range []string{"reset", "fin"} {
					for proxy, answers := range proxied {
						if how == "write" && end == "fin" || how == "stuck" && end == "reset" || proxy != "" && (side == "server" || how != "write") {
							continue
						}
						x := farewell{t: t, leaver: l, secure: secure == "1", reset: end == "reset", cert: id.TLS, alpn: alpn[speak]}
						args := []string{id.CertFile, id.KeyFile, speak, how, secure}
						title := fmt.Sprintf("%s %s %s %s tls %s %s", side, speak, how, end, secure, proxy)
						t.Run(strings.TrimSpace(title), func(t *testing.T) {
							t.Parallel()
							x.t = t
							x.run(exe, side, args, proxy, answers)
						})
					}
				}
			}
		}
	}
}

// farewell is one case.
type farewell struct {
	t *testing.T
	leaver
	secure, reset bool
	cert          tls.Certificate
	alpn          []string
}

// run plays it.
func (x farewell) run(exe, side string, args []string, proxy string, answers []string) {
	var p *h.Proc
	want := x.want
	if args[3] == "off" && !strings.Contains(want, "on; ") {
		want = "on; " + want
	}
	if side == "server" {
		p = h.Start(x.t, exe, append(args, "0")...).Ready()
		c, err := net.Dial("tcp", p.Addr())
		if err != nil {
			x.t.Fatal(err)
		}
		defer c.Close()
		x.leave(c, false, nil, func() { p.WaitLine("^NOW$", 20*time.Second) })
	} else {
		now := make(chan struct{})
		port := h.Each(x.t, func(c net.Conn) { x.leave(c, true, answers, func() { <-now }) }).Addr().(*net.TCPAddr).Port
		var env []string
		if proxy != "" {
			env = []string{fmt.Sprintf("%s=127.0.0.1:%d", proxy, port)}
		}
		p = h.StartEnv(x.t, env, exe, append(args, fmt.Sprint(port))...)
		p.WaitLine("^NOW$", 20*time.Second)
		close(now)
	}
	if got := p.WaitLine("^TOLD (.*)$", 20*time.Second)[1]; got != want {
		x.t.Errorf("told %q\nwant %q", got, want)
	}
	if err := p.Wait(20 * time.Second); err != nil {
		x.t.Error(err)
	}
}

// leave is the peer's side.
func (x farewell) leave(c net.Conn, server bool, answers []string, now func()) {
	under := c.(*net.TCPConn)
	_ = c.SetDeadline(time.Now().Add(40 * time.Second))
	for _, a := range answers {
		_ = begins(a, true)(c)
	}
	if x.secure {
		config := &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{x.cert}, NextProtos: x.alpn}
		if server {
			c = tls.Server(c, config)
		} else {
			c = tls.Client(c, config)
		}
	}
	if err := x.begin(c); err != nil {
		x.t.Errorf("the beginning: %v", err)
	}
	now()
	if _, err := c.Write(x.last); err != nil {
		x.t.Errorf("the last words: %v", err)
	}
	if x.reset {
		_ = under.SetLinger(0)
		_ = under.Close()
		return
	}
	_ = under.CloseWrite()
	_, _ = io.Copy(io.Discard, under)
}
