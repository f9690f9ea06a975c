// SPDX-License-Identifier: MIT

package tls

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

const large = 10 << 20

var versions = map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}

func TestBigEcho(t *testing.T) {
	who := newParties(t)
	want := pattern(large)
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			p := &guest{Proc: server(t, nil, who.files()...)}
			r := dialWS(t, p, who.config(func(c *tls.Config) { c.MaxVersion = v }), false)
			sent := make(chan error, 1)
			go func() { sent <- r.SendMessage(harness.Binary, want) }()
			_, got, err := r.ReceiveMessage()
			must(t, err)
			must(t, <-sent)
			same(t, "echo", got, want)
			must(t, r.CloseCleanly())
			p.settle(t)
			p.Stop()
		})
	}
}

// TestThin: every byte comes alone, of the handshake too.
func TestThin(t *testing.T) {
	who := newParties(t)
	p := &guest{Proc: server(t, nil, who.files()...)}
	r := dialWS(t, p, who.config(nil), true)
	for _, n := range []int{0, 1, 125, 126, 5000, 40000} {
		want := pattern(n)
		must(t, r.SendMessage(harness.Binary, want))
		_, got, err := r.ReceiveMessage()
		must(t, err)
		same(t, "echo", got, want)
	}
	must(t, r.CloseCleanly())
	p.settle(t)
	p.Stop()
}

func TestBigGetAndPost(t *testing.T) {
	who := newParties(t)
	want := pattern(large)
	p := &guest{Proc: server(t, nil, who.files()...)}
	for name, v := range versions {
		t.Run(name, func(t *testing.T) {
			c, err := dialTLS(p, who.config(func(c *tls.Config) { c.MaxVersion = v }))
			must(t, err)
			defer c.Close()
			r := bufio.NewReader(c)
			for range 2 { // on one connection
				fmt.Fprintf(c, "GET /big?%d HTTP/1.1\r\nHost: localhost\r\n\r\n", large)
				same(t, "GET", body(t, r), want)
				fmt.Fprintf(c, "POST /post HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", large)
				_, err = c.Write(want)
				must(t, err)
				if got := string(body(t, r)); got != fmt.Sprintf("%d %08x", large, fnv(want)) {
					t.Error("POST: ", got)
				}
			}
		})
	}
	p.settle(t)
	p.Stop()
}

func body(t *testing.T, r *bufio.Reader) []byte {
	t.Helper()
	resp, err := http.ReadResponse(r, nil)
	must(t, err)
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	return b
}

// TestSlowReader: the server's writes are refused by the kernel again and
// again, while other connections go on.
func TestSlowReader(t *testing.T) {
	who := newParties(t)
	p := &guest{Proc: server(t, nil, who.files()...)}
	raw, err := dial(p)
	must(t, err)
	must(t, raw.(*net.TCPConn).SetReadBuffer(64<<10))
	_ = raw.SetDeadline(time.Now().Add(3 * patience))
	r := dialOver(t, raw, who.config(nil))
	want := pattern(large)
	must(t, r.SendMessage(harness.Binary, want))
	p.Idle(300*time.Millisecond, 50*time.Millisecond)
	if s := visit(p, who.config(nil)); len(s) != 2 || !strings.HasPrefix(s[1], "200") {
		t.Error("another connection: ", s)
	}
	_, got, err := r.ReceiveMessage()
	must(t, err)
	same(t, "echo", got, want)
	must(t, r.CloseCleanly())
	p.settle(t)
	p.Stop()
}

// TestClientBig: the program's client, also against a server that sends single bytes.
func TestClientBig(t *testing.T) {
	who := newParties(t)
	config := &tls.Config{Certificates: []tls.Certificate{who.srv.TLS}}
	for name, tc := range map[string]struct {
		size int
		thin bool
	}{"large": {large, false}, "single bytes": {20000, true}} {
		t.Run("ws "+name, func(t *testing.T) {
			h := newHost(t, &host{config: config, serve: echo, thin: tc.thin})
			p := harness.Start(t, program(t), "client", "errors", "ca="+who.ca.CertFile, fmt.Sprintf("size=%d", tc.size), h.port())
			p.WaitLine(fmt.Sprintf("CLIENT_RECEIVE %d$", tc.size), 2*patience)
			must(t, p.Wait(patience))
		})
		t.Run("http "+name, func(t *testing.T) {
			h := newHost(t, &host{config: config, serve: page(tc.size), thin: tc.thin})
			p := harness.Start(t, program(t), "client", "errors", "http", "ca="+who.ca.CertFile, h.port())
			p.WaitLine(fmt.Sprintf("COMPLETED_CLIENT_HTTP %d %08x$", tc.size, fnv(pattern(tc.size))), 2*patience)
			must(t, p.Wait(patience))
		})
	}
}

// TestTruncated: peers that go away at every point of the handshake leave nothing behind.
func TestTruncated(t *testing.T) {
	who := newParties(t)
	p := &guest{Proc: server(t, nil, who.files()...)}
	hello := firstFlight(t, who)
	if len(hello) < 100 {
		t.Fatalf("a hello of %d bytes", len(hello))
	}
	visit(p, who.config(nil))
	p.settle(t)
	fds := p.FDs()
	for n := 0; n <= len(hello); n += 7 {
		c, err := dial(p)
		must(t, err)
		_, _ = c.Write(hello[:n])
		if n%2 == 0 {
			_ = c.(*net.TCPConn).SetLinger(0)
		}
		c.Close()
	}
	p.settle(t)
	harness.Eventually(t, patience, "descriptors are closed", func() bool { return p.FDs() <= fds })
	if s := visit(p, who.config(nil)); len(s) != 2 {
		t.Error("afterwards: ", s)
	}
	p.settle(t)
	p.Stop()
}

// recorder keeps what is written and never answers.
type recorder struct {
	net.Conn
	bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) { return r.Buffer.Write(b) }
func (r *recorder) Read([]byte) (int, error)    { return 0, io.EOF }

func firstFlight(t *testing.T, who *parties) []byte {
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	r := &recorder{Conn: a}
	_ = tls.Client(r, who.config(nil)).Handshake()
	return r.Bytes()
}

// TestMany: connections at a time, and nothing left behind after them.
func TestMany(t *testing.T) {
	who := newParties(t)
	p := server(t, nil, who.files()...)
	round := func(n int) {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				raw, err := net.DialTimeout("tcp", p.Addr(), patience)
				if err != nil {
					t.Error(err)
					return
				}
				defer raw.Close()
				_ = raw.SetDeadline(time.Now().Add(2 * patience))
				c := tls.Client(raw, who.config(nil))
				if s := get(c, "/"); !strings.HasPrefix(s, "200") {
					t.Error(s)
				}
			})
		}
		wg.Wait()
	}
	gone := func(n int) {
		harness.Eventually(t, patience, "all connections are closed", func() bool {
			return strings.Count(strings.Join(p.All(), "\n"), "WSI_DESTROY") >= n
		})
	}
	round(100)
	gone(100)
	fds, rss := p.FDs(), p.Status("VmRSS")
	for i := range 4 {
		round(100)
		gone(200 + 100*i)
	}
	if n := p.FDs(); n > fds {
		t.Errorf("%d descriptors, %d before", n, fds)
	}
	if kb := p.Status("VmRSS") - rss; kb > 8<<10 {
		t.Errorf("grown by %d KiB in 400 connections", kb)
	}
	p.Stop()
}

func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl here")
	}
	who := newParties(t)
	p := &guest{Proc: server(t, nil, who.files()...)}
	at := fmt.Sprintf("https://localhost:%d/big?%d", p.Port, large)
	args := []string{"-s", "--max-time", "30", "--cacert", who.ca.CertFile, "--resolve", fmt.Sprintf("localhost:%d:127.0.0.1", p.Port)}
	got, err := exec.Command(curl, append(args, at)...).Output()
	must(t, err)
	same(t, "curl", got, pattern(large))
	cmd := exec.Command(curl, append(args, "--data-binary", "@-", "-H", "Expect:", fmt.Sprintf("https://localhost:%d/post", p.Port))...)
	cmd.Stdin = bytes.NewReader(pattern(large))
	sum, err := cmd.Output()
	must(t, err)
	if string(sum) != fmt.Sprintf("%d %08x", large, fnv(pattern(large))) {
		t.Errorf("curl's upload: %s", sum)
	}
	if out, err := exec.Command(curl, "-s", "-S", "--max-time", "10", "--resolve", args[6], at).CombinedOutput(); err == nil {
		t.Errorf("curl without the CA: %.100s", out)
	}
	p.Stop()
}
