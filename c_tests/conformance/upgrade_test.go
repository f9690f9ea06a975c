// SPDX-License-Identifier: MIT

package conformance

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// dial connects to p, which ends with the test.
func dial(t *testing.T, p *h.Proc, secure bool) net.Conn {
	t.Helper()
	s, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if secure {
		s = tls.Client(s, &tls.Config{InsecureSkipVerify: true})
	}
	t.Cleanup(func() { s.Close() })
	_ = s.SetDeadline(time.Now().Add(longestWait))
	return s
}

// TestEchoBeforeBadFrameOverTLS: as over plain connections, the answer to a good
// message leaves before a bad frame behind it ends the connection, in one record or
// in several. Seen to fail when fail did not serve WRITEABLE.
func TestEchoBeforeBadFrameOverTLS(t *testing.T) {
	id := h.SelfSigned(t)
	p := h.Start(t, h.Build(t, "echo_server.c"), "-u", "-x", "-C", id.CertFile, "-K", id.KeyFile).Ready()
	played := 0
	for _, c := range allCases() {
		if c.code != 1002 || len(c.want) == 0 || c.deflate {
			continue
		}
		if played++; played > 12 {
			break
		}
		for _, how := range []pieces{whole, segments} {
			t.Run(fmt.Sprintf("%s (%v)", c.name, how), func(t *testing.T) {
				s := dial(t, p, true)
				fmt.Fprint(s, h.RequestText(""))
				if err := runCase(upgraded(t, s), &c, how); err != nil {
					t.Error(err)
				}
			})
		}
	}
	if played == 0 {
		t.Error("no case was played")
	}
	p.Stop()
}

// TestUpgrades: requests for a WebSocket that RFC 6455 §4.2.1 does not allow are
// answered with what would do, and the connection is closed behind the whole answer.
// Seen to fail: each was answered with 101.
func TestUpgrades(t *testing.T) {
	id := h.SelfSigned(t)
	good := h.RequestText("")
	swap := func(old, to string) string { return strings.Replace(good, old, to, 1) }
	const version = "Sec-WebSocket-Version: 13\r\n"
	cases := []struct {
		name, request string
		code          int
		header, value string
	}{
		{"good", good, 101, "Upgrade", "WebSocket"},
		{"POST", swap("GET", "POST"), 405, "Allow", "GET"},
		{"POST with a body", swap("GET", "POST") + strings.Repeat("x", 5000), 405, "Allow", "GET"},
		{"HEAD", swap("GET", "HEAD"), 405, "Allow", "GET"},
		{"HTTP/1.0", swap("HTTP/1.1", "HTTP/1.0"), 400, "Upgrade", "websocket"},
		{"HTTP/1.2", swap("HTTP/1.1", "HTTP/1.2"), 101, "Upgrade", "WebSocket"},
		{"version 12", swap(version, "Sec-WebSocket-Version: 12\r\n"), 426, "Sec-WebSocket-Version", "13"},
		{"version 8", swap(version, "Sec-WebSocket-Version: 8\r\n"), 426, "Sec-WebSocket-Version", "13"},
		{"version 130", swap(version, "Sec-WebSocket-Version: 130\r\n"), 426, "Sec-WebSocket-Version", "13"},
		{"no version", swap(version, ""), 426, "Sec-WebSocket-Version", "13"},
	}
	for _, secure := range []bool{false, true} {
		var args []string
		if secure {
			args = append(args, "-C", id.CertFile, "-K", id.KeyFile)
		}
		p := h.Start(t, h.Build(t, "echo_server.c"), args...).Ready()
		for _, c := range cases {
			t.Run(fmt.Sprintf("%s, TLS %v", c.name, secure), func(t *testing.T) {
				s := dial(t, p, secure)
				fmt.Fprint(s, c.request)
				r := bufio.NewReader(s)
				resp, err := http.ReadResponse(r, nil)
				if err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode != c.code || resp.Header.Get(c.header) != c.value {
					t.Errorf("got %s, %s %q, want %d, %q", resp.Status, c.header, resp.Header.Get(c.header), c.code, c.value)
				}
				if c.code == 101 {
					return
				}
				if up := resp.Header.Get("Upgrade"); resp.Proto != "HTTP/1.1" && c.name != "HTTP/1.0" || c.code == 426 && up != "websocket" {
					t.Errorf("got %s, Upgrade %q", resp.Proto, up)
				}
				if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
					t.Errorf("behind the answer: %q, %v", rest, err)
				}
			})
		}
		p.Stop()
	}
}
