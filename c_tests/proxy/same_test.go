// SPDX-License-Identifier: MIT

package proxy

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"libwebsockets/c_tests/harness"
)

// scene is one request through a mount to a server that answers as told.
type scene struct {
	name    string
	request string
	answer  func(net.Conn, string, *bufio.Reader)
	unix    bool // the server's socket
	nobody  bool // there is no server
	// row of docs/quirks.md: the original does something else, and ours do as ours and saw
	// say: what begins the answer, what the server was asked.
	row       int
	ours, saw string
}

const wants = "GET /up/some/page?a=1&b=2 HTTP/1.1\r\nHost: front\r\n"

var scenes = []scene{
	{name: "length", request: wants + "Accept-Language: de\r\nAccept-Encoding: gzip\r\nCookie: a=1\r\nAuthorization: Basic eDp5\r\nX-Mine: 1\r\n" +
		"User-Agent: me\r\nReferer: /\r\nIf-Modified-Since: Mon, 30 Nov 2020 00:00:00 GMT\r\nCache-Control: max-age=0\r\nETag: \"x\"\r\n\r\n",
		answer: text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nETag: \"e\"\r\nSet-Cookie: c=d\r\n" +
			"Cache-Control: no-cache\r\nContent-Encoding: x\r\nX-Theirs: 1\r\nServer: up\r\n\r\nhello")},
	{name: "empty", request: wants + "\r\n", answer: text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")},
	{name: "chunked", request: wants + "\r\n", answer: text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n")},
	{name: "to its end", request: wants + "\r\n", answer: text("HTTP/1.1 200 OK\r\n\r\nhello")},
	{name: "not found", request: wants + "\r\n", answer: text("HTTP/1.1 404 Gone\r\nContent-Length: 5\r\n\r\nhello")},
	{name: "elsewhere", request: wants + "\r\n", answer: text("HTTP/1.1 302 F\r\nLocation: http://front/x\r\nContent-Length: 0\r\n\r\n")},
	{name: "form", request: "POST /up/form HTTP/1.1\r\nHost: front\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", answer: bodyBack},
	{name: "unix socket", request: wants + "\r\n", unix: true, answer: text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")},
	{name: "nobody", request: wants + "\r\n", nobody: true, row: 252, ours: "HTTP/1.1 503 "},
	{name: "a host with its port", request: "GET /up/ HTTP/1.1\r\nHost: front:123\r\n\r\n", answer: plain, row: 253,
		ours: "HTTP/1.1 200 ", saw: "\r\nHost: front:123\r\n"},
	{name: "escapes", request: "GET /up/a%20b%0d%0aX:%201+%25/../c;d&e?f=%26%0d%0aY:%202&g=+ HTTP/1.1\r\nHost: front\r\n\r\n", answer: plain, row: 254,
		ours: "HTTP/1.1 200 ", saw: "GET /c;d&e?f=%26%0d%0aY:%202&g=+ HTTP/1.1\r\n"},
	{name: "an escaped line end", request: "GET /up/a%0d%0aX:%201 HTTP/1.1\r\nHost: front\r\n\r\n", answer: plain, row: 254,
		ours: "HTTP/1.1 200 ", saw: "GET /a%0D%0AX:%201 HTTP/1.1\r\n"},
	{name: "head", request: "HEAD /up/ HTTP/1.1\r\nHost: front\r\n\r\n", answer: text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), row: 255,
		ours: "HTTP/1.1 200 ", saw: "HEAD / HTTP/1.1\r\n"},
	{name: "cookies", request: wants + "\r\n", answer: text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: a=1; Expires=Mon, 30 Nov 2020\r\nSet-Cookie: b=2\r\n\r\n"), row: 255,
		ours: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nset-cookie: a=1; Expires=Mon, 30 Nov 2020\r\nset-cookie: b=2\r\n"},
	{name: "for this hop only", request: wants + "Cookie: a=1\r\nConnection: keep-alive, Cookie\r\n\r\n", answer: plain, row: 255,
		ours: "HTTP/1.1 200 ", saw: "GET /some/page?a=1&b=2 HTTP/1.1\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nHost: front:PORT\r\nconnection: close\r\nx-forwarded-for: 127.0.0.1\r\n\r\n"},
	{name: "chunks that break off", request: wants + "\r\n", answer: text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe"), row: 256,
		ours: "HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\nhe\r\n"},
	{name: "HTTP/1.0", request: "GET /up/ HTTP/1.0\r\nHost: front\r\n\r\n", answer: plain, row: 256,
		ours: "HTTP/1.0 200 OK\r\nconnection: close\r\n\r\nhello"},
	{name: "chunks from the client", request: "POST /up/ HTTP/1.1\r\nHost: front\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		answer: func(c net.Conn, _ string, r *bufio.Reader) {
			b := make([]byte, 15)
			_, _ = io.ReadFull(r, b)
			fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(b), b)
		}, row: 257, ours: "HTTP/1.1 200 OK\r\ncontent-length: 15\r\nconnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
}

// plain answers a request without a length.
func plain(c net.Conn, _ string, _ *bufio.Reader) {
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\nhello")
}

// bodyBack answers with what follows the head.
func bodyBack(c net.Conn, head string, r *bufio.Reader) {
	b := make([]byte, 5)
	_, _ = io.ReadFull(r, b)
	fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(b), b)
}

var ports = regexp.MustCompile(`(front|127\.0\.0\.1|localhost):\d\d\d\d+`)

// seen is what one library was seen to do.
type seen struct {
	answer string
	saw    string
	events []string
}

func (s scene) play(t *testing.T, l library) (got seen) {
	network, addr, origin := "tcp", "127.0.0.1:0", ""
	if s.unix {
		network, addr = "unix", filepath.Join(t.TempDir(), "up")
		origin = "+" + addr + ":/base"
	}
	var up *upstream
	if s.nobody {
		origin = fmt.Sprintf("127.0.0.1:%d/", harness.FreePort(t))
	} else {
		up = startUpstream(t, network, addr, s.answer)
		if origin == "" {
			origin = up.origin()
		}
	}
	p := startSite(t, l, 2, "loud", "/up", "http", origin)
	before := len(p.p.All())
	got.answer = p.raw(t, s.request)
	harness.Eventually(t, soon, "the end of both connections", func() bool {
		return strings.Count(strings.Join(p.p.All(), "\n"), "WSI_DESTROY") >= 2
	})
	// How often there is something to read or to write depends on the kernel. Whether the
	// original binds the connection for another request does on who ends first.
	got.events = slices.DeleteFunc(slices.Clone(p.p.All()[before:]), func(e string) bool {
		return strings.Contains(e, "WRITEABLE") || strings.Contains(e, "RECEIVE_CLIENT_HTTP") || e == "CONNECTING" ||
			e == "HTTP_BIND_PROTOCOL" || e == "HTTP_DROP_PROTOCOL"
	})
	if up != nil {
		for _, one := range up.asked(t) {
			got.saw += ports.ReplaceAllString(one, "$1:PORT")
		}
	}
	return got
}

var late = regexp.MustCompile(`read tcp .*: (i/o timeout|connection reset by peer)$`)

// mended is what the original answers, without the last chunk that it sends behind every
// body, and without the wait for the connection's end (row 256).
func mended(answer string) string {
	answer = late.ReplaceAllString(answer, "")
	if strings.Contains(answer, "\r\ncontent-length: ") {
		answer = strings.TrimSuffix(answer, "0\r\n\r\n")
	}
	return answer
}

// TestMountSame: what the client gets, what the server is asked and what the program is told
// are as with the original; where docs/quirks.md says otherwise it differs. Fails when a
// field is left out or comes elsewhere, when the program is not told of one end, and when a
// row's difference is not there.
func TestMountSame(t *testing.T) {
	if testing.Short() {
		t.Skip("runs servers")
	}
	harness.RefFull.Root(t)
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			all := make([]seen, len(libraries))
			var wait sync.WaitGroup
			for i, l := range libraries {
				wait.Go(func() { all[i] = s.play(t, l) })
			}
			wait.Wait()
			ref := all[0]
			for i, got := range all[1:] {
				name := libraries[i+1].Name
				if s.row == 0 {
					if got.answer != mended(ref.answer) {
						t.Errorf("%s answers\n%q, the original\n%q", name, got.answer, ref.answer)
					}
					if got.saw != ref.saw {
						t.Errorf("%s asks\n%q, the original\n%q", name, got.saw, ref.saw)
					}
					if !slices.Equal(got.events, ref.events) {
						t.Errorf("%s tells\n%q, the original\n%q", name, got.events, ref.events)
					}
					continue
				}
				if !strings.HasPrefix(got.answer, s.ours) || !strings.Contains(got.saw, s.saw) {
					t.Errorf("%s answers\n%q, asks\n%q; the original answers\n%q, asks\n%q", name, got.answer, got.saw, ref.answer, ref.saw)
				}
				if s.name == "chunks that break off" && strings.HasSuffix(got.answer, "\r\n0\r\n\r\n") {
					t.Errorf("%s ends what broke off: %q", name, got.answer)
				}
				if mended(ref.answer) == got.answer && ref.saw == got.saw {
					t.Errorf("%s: no difference: row %d", name, s.row)
				}
			}
		})
	}
}
