// SPDX-License-Identifier: MIT

package generations

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// failing are the ways in which a server fails a client; the answer "" is silence.
var failing = []struct {
	name, answer string
	closes       bool
}{
	{"refused", "refused", true},
	{"silent", "", false},
	{"closed early", "", true},
	{"half an answer", "HTTP/1.1 101 Swi", false},
	{"half an answer, closed", "HTTP/1.1 101 Swi", true},
	{"garbage", "SSH-2.0-OpenSSH\r\n", false},
	{"404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false},
	{"bad accept", "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\nSec-WebSocket-Protocol: named\r\n\r\n", false},
}

// oldClients are the programs of before v3.0, and the headers of their releases.
var oldClients = []struct {
	release, program, pkg string
	http                  bool // there were HTTP clients
}{
	{"v1.3", "f13", "libwebsockets-1.3", false},
	{"v1.5", "f15", "libwebsockets-1.5", false},
	{"v1.6", "f16", "libwebsockets-1.6", false},
	{"v1.7", "f17", "libwebsockets-1.6", false},
	{"v2.0", "f17", "libwebsockets-2.0", true},
	{"v2.2", "f17", "libwebsockets-2.2", true},
}

// TestOldClientsFail has clients of before v3.0 fail in each way: protocol 0 hears
// of it, once, by a reason that they know, with the memory that the program gave. Then
// one succeeds and closes. The originals of v1.7 to v2.4 say the same, but that they
// may tell an error twice, and those of v2.1 on an HTTP close behind it and of a
// wrong accept the named protocol.
//
// Seen to fail with the library that took all but v1.3 and v1.5 for clients of v3.0: each
// row of the others (the named protocol heard of errors, of a connection's end by
// CLIENT_CLOSED, an HTTP client of a failure as of a close), and of those two the rows with
// an answer (ESTABLISHED_CLIENT_HTTP, which they do not know).
func TestOldClientsFail(t *testing.T) { onEach(t, testOldClientsFail) }

func testOldClientsFail(t *testing.T, in installed) {
	for _, p := range oldClients {
		exe := in.build(t, p.program, p.pkg, "gcc", "-std=gnu17")
		for _, f := range failing {
			for _, http := range []bool{false, true} {
				if http && (!p.http || strings.Contains(f.answer, "\r\n\r\n")) {
					continue
				}
				t.Run(fmt.Sprintf("%s %s http %v", p.release, f.name, http), func(t *testing.T) {
					t.Parallel()
					port := harness.FreePort(t)
					want := "first asks\nfirst error\n"
					if f.name == "refused" {
						want = "first error\n"
					} else {
						port = answering(t, f.answer, f.closes)
					}
					var how []string
					if !f.closes {
						how = append(how, "silent")
					}
					if http {
						how = append(how, "http")
					}
					hears(t, exe, port, want, how...)
				})
			}
		}
		t.Run(p.release+" succeeds", func(t *testing.T) {
			t.Parallel()
			l := harness.Each(t, func(c net.Conn) {
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err == nil {
					_, _ = io.WriteString(c, harness.Grant(r, ""))
				}
			})
			hears(t, exe, l.Addr().(*net.TCPAddr).Port, "first asks\nnamed established\nnamed closed\n")
		})
		if p.http {
			t.Run(p.release+" is answered", func(t *testing.T) {
				t.Parallel()
				port := answering(t, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", true)
				hears(t, exe, port, "first asks\nfirst answered\nfirst http closed\n", "http")
			})
		}
	}
}

// hears runs a client and compares what it hears.
func hears(t *testing.T, exe string, port int, want string, how ...string) {
	t.Helper()
	out, err := command(exe, append([]string{fmt.Sprint(port)}, how...)...).CombinedOutput()
	if err != nil || string(out) != want {
		t.Errorf("%v: %q, want %q", err, out, want)
	}
}

// answering gives each request the same answer, and then waits for the client to go if it does not close.
func answering(t *testing.T, answer string, closes bool) (port int) {
	l := harness.Each(t, func(c net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
			return
		}
		_, _ = io.WriteString(c, answer)
		if !closes {
			_, _ = io.Copy(io.Discard, c)
		}
	})
	return l.Addr().(*net.TCPAddr).Port
}
