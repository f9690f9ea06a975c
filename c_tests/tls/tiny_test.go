// SPDX-License-Identifier: MIT

package tls

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// tiny has a program's sends and receives move single bytes; every other send
// is refused with refuse.
func tiny(t *testing.T, refuse bool, args ...string) *harness.Proc {
	t.Helper()
	exe := harness.Build(t, "../trace/tiny/tiny.c", harness.NoLink)
	if err := exec.Command(exe, "/bin/true").Run(); err != nil {
		var x *exec.ExitError
		if errors.As(err, &x) && x.ExitCode() == 77 {
			t.Skip("tracing is not permitted here")
		}
		t.Fatal(err)
	}
	args = append([]string{program(t)}, args...)
	if refuse {
		args = append([]string{"-e"}, args...)
	}
	return harness.Start(t, exe, args...)
}

// TestTinyServer: handshake, messages and bodies, a byte at a time and with
// refused writes: OpenSSL's calls are repeated as they must be.
//
// Seen to fail: with SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER left out.
func TestTinyServer(t *testing.T) {
	who := newParties(t)
	for name, v := range versions {
		for _, refuse := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, refused %v", name, refuse), func(t *testing.T) {
				t.Parallel()
				p := &guest{Proc: tiny(t, refuse, append(who.files(), "log=1")...).Ready()}
				c := who.config(func(c *tls.Config) { c.MaxVersion = v })
				r := dialWS(t, p, c, false)
				for _, n := range []int{0, 1, 125, 126, 5000, 40000} {
					want := pattern(n)
					must(t, r.SendMessage(harness.Binary, want))
					_, got, err := r.ReceiveMessage()
					must(t, err)
					same(t, "echo", got, want)
				}
				must(t, r.CloseCleanly())
				conn, err := dialTLS(p, c)
				must(t, err)
				defer conn.Close()
				n := 30000
				fmt.Fprintf(conn, "POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", n)
				_, err = conn.Write(pattern(n))
				must(t, err)
				if a := answer(conn); a != fmt.Sprintf("200  %d %08x", n, fnv(pattern(n))) {
					t.Error("POST: ", a)
				}
				if a := get(conn, "/quit"); !strings.HasPrefix(a, "200") {
					t.Error("GET: ", a)
				}
				conn.Close()
				must(t, p.Wait(patience))
			})
		}
	}
}

// TestTinyClient is the same for the program's client.
func TestTinyClient(t *testing.T) {
	who := newParties(t)
	for name, v := range versions {
		for _, refuse := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, refused %v", name, refuse), func(t *testing.T) {
				t.Parallel()
				config := &tls.Config{Certificates: []tls.Certificate{who.srv.TLS}, MaxVersion: v}
				h := newHost(t, &host{config: config, serve: echo})
				p := tiny(t, refuse, "client", "errors", "log=1", "ca="+who.ca.CertFile, "size=40000", h.port())
				p.WaitLine("CLIENT_RECEIVE 40000$", 2*patience)
				must(t, p.Wait(patience))
			})
		}
	}
}

// TestManyInARecord: what came in one record is served though no event tells of its rest.
func TestManyInARecord(t *testing.T) {
	who := newParties(t)
	p := &guest{Proc: server(t, nil, who.files()...)}
	c, err := dialTLS(p, who.config(nil))
	must(t, err)
	defer c.Close()
	const n = 200 // of more than what is read at a time
	_, err = io.WriteString(c, strings.Repeat(request, n))
	must(t, err)
	b := make([]byte, 0, 1<<20)
	for strings.Count(string(b), "200 OK") < n {
		at := len(b)
		got, err := c.Read(b[at:cap(b)])
		must(t, err)
		b = b[:at+got]
	}
	c.Close()
	p.settle(t)
	p.Stop()
}

// TestStalled: handshakes that stand still, at every point, hold nobody up.
func TestStalled(t *testing.T) {
	who := newParties(t)
	p := &guest{Proc: server(t, nil, who.files()...)}
	hello := firstFlight(t, who)
	for n := 0; n < len(hello); n += 3 {
		c, err := dial(p)
		must(t, err)
		defer c.Close()
		_, err = c.Write(hello[:n])
		must(t, err)
	}
	whole, err := dial(p) // stalls after the server's flight
	must(t, err)
	defer whole.Close()
	_, err = whole.Write(hello)
	must(t, err)
	for range 20 {
		if s := visit(p, who.config(nil)); len(s) != 2 || !strings.HasPrefix(s[1], "200") {
			t.Fatal("another connection: ", s)
		}
	}
	p.Stop()
}
