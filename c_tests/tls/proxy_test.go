// SPDX-License-Identifier: MIT

package tls

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// connectProxy is an HTTP proxy that makes tunnels to the local host; how is
// told of each request.
func connectProxy(t *testing.T, how func(format string, a ...any)) string {
	t.Helper()
	return harness.Each(t, func(c net.Conn) {
		_ = c.SetDeadline(time.Now().Add(3 * patience))
		r := bufio.NewReader(c)
		req, err := http.ReadRequest(r)
		if err != nil {
			how("no request")
			return
		}
		how("%s with %q", req.Method, req.Header.Get("Proxy-Authorization"))
		_, port, _ := net.SplitHostPort(req.Host)
		out, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			fmt.Fprint(c, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
			return
		}
		defer out.Close()
		fmt.Fprint(c, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(out, r) }()
		_, _ = io.Copy(c, out)
	}).Addr().String()
}

// TestThroughProxy: https and wss through an HTTP proxy, with credentials. It
// fails where TLS begins before the proxy has answered.
func TestThroughProxy(t *testing.T) {
	who := newParties(t)
	config := &tls.Config{Certificates: []tls.Certificate{who.srv.TLS}, NextProtos: []string{"http/1.1"}}
	for name, s := range map[string]struct {
		args  []string
		serve func(testing.TB, *tls.Conn)
		run   func(*testing.T, func(*testing.T, []string) []string) []string
	}{
		"https": {[]string{"http"}, page(3000), twice},
		"wss":   {[]string{"size=100"}, echo, once}, // the reference's takes 49 s
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"client", "errors", "ca=" + who.ca.CertFile}, s.args...)
			got := s.run(t, func(t *testing.T, env []string) []string {
				h := newHost(t, &host{config: config, serve: s.serve})
				proxy := connectProxy(t, h.note)
				p := harness.StartEnv(t, append(env, "http_proxy=http://me:word@"+proxy), program(t), append(args, h.port())...)
				must(t, p.Wait(patience))
				h.done()
				return append(h.saw, trace(p)...)
			})
			if len(got) < 3 || got[0] != `CONNECT with "basic bWU6d29yZA=="` {
				t.Errorf("got %q", got)
			}
		})
	}
}

// once runs a scenario with ours only.
func once(t *testing.T, run func(t *testing.T, env []string) []string) []string {
	t.Helper()
	return run(t, nil)
}
