// SPDX-License-Identifier: MIT

package tls

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// Flags of lws_client_connect_info.ssl_connection.
const (
	allowSelfSigned = 1 << 1
	skipHostname    = 1 << 2
	allowExpired    = 1 << 3
	allowUntrusted  = 1 << 4
)

// host is a TLS server for the program; it notes what it saw.
type host struct {
	net.Listener
	config *tls.Config
	serve  func(t testing.TB, c *tls.Conn)
	thin   bool
	wg     sync.WaitGroup

	mu  sync.Mutex
	saw []string
}

func newHost(t testing.TB, h *host) *host {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	h.Listener = l
	h.wg.Go(func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			h.wg.Go(func() { h.one(t, raw) })
		}
	})
	t.Cleanup(func() { h.done() })
	return h
}

func (h *host) done() {
	h.Close()
	h.wg.Wait()
}

func (h *host) note(format string, a ...any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.saw = append(h.saw, fmt.Sprintf(format, a...))
}

func (h *host) port() string { return fmt.Sprintf("port=%d", h.Addr().(*net.TCPAddr).Port) }

func (h *host) one(t testing.TB, raw net.Conn) {
	defer raw.Close()
	_ = raw.SetDeadline(time.Now().Add(3 * patience))
	if h.config == nil {
		_, _ = io.WriteString(raw, "this is no TLS\r\n")
		_, _ = io.Copy(io.Discard, raw)
		return
	}
	if h.thin {
		raw = trickle{raw}
	}
	c := tls.Server(raw, h.config)
	if err := c.Handshake(); err != nil {
		var alert tls.AlertError
		h.note("handshake failed: alert %v", errors.As(err, &alert))
		return
	}
	s := c.ConnectionState()
	h.note("SNI %s alpn=%s client=%d", s.ServerName, s.NegotiatedProtocol, len(s.PeerCertificates))
	h.serve(t, c)
	c.Close()
}

// page answers GETs with n bytes.
func page(n int) func(testing.TB, *tls.Conn) {
	return func(t testing.TB, c *tls.Conn) {
		r := bufio.NewReader(c)
		if _, err := http.ReadRequest(r); err != nil {
			return
		}
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", n)
		_, _ = c.Write(pattern(n))
	}
}

// echo speaks WebSocket and sends messages back.
func echo(t testing.TB, c *tls.Conn) {
	r := bufio.NewReader(c)
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: echo\r\n\r\n", harness.AcceptKey(req.Header.Get("Sec-WebSocket-Key")))
	ws := &harness.Raw{Conn: c, R: r}
	for {
		op, b, err := ws.ReceiveMessage()
		if err != nil {
			return
		}
		if ws.SendMessage(op, b) != nil {
			return
		}
	}
}

func TestClient(t *testing.T) {
	who := newParties(t)
	ca := "ca=" + who.ca.CertFile
	self := issue(t, "localhost", nil, nil)
	outdated := issue(t, "localhost", who.ca, expired)
	future := issue(t, "localhost", who.ca, func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = time.Now().Add(24*time.Hour), time.Now().Add(48*time.Hour)
	})
	address := issue(t, "somewhere", who.ca, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
	with := func(id *identity) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{id.TLS}, NextProtos: []string{"http/1.1"}}
	}
	asks := with(who.srv)
	asks.ClientAuth, asks.ClientCAs = tls.RequireAndVerifyClientCert, who.pool
	old := with(who.srv)
	old.MaxVersion = tls.VersionTLS12
	noALPN := with(who.srv)
	noALPN.NextProtos = nil
	flags := func(f int) string { return fmt.Sprintf("flags=%d", f) }
	shows := []string{ca, "cert=" + who.client.CertFile, "key=" + who.client.KeyFile}

	for name, s := range map[string]struct {
		config *tls.Config
		args   []string
		serve  func(testing.TB, *tls.Conn)
		want   string // part of our error text
	}{
		"good":                   {config: with(who.srv), args: []string{ca}},
		"TLS 1.2":                {config: old, args: []string{ca}},
		"ALPN of the vhost":      {config: with(who.srv), args: []string{ca, "alpn=foo,http/1.1"}},
		"ALPN of the connection": {config: with(who.srv), args: []string{ca, "clientalpn=foo,http/1.1"}},
		"no ALPN":                {config: noALPN, args: []string{ca}},
		"CA in memory":           {config: with(who.srv), args: []string{"camem=" + who.ca.CertFile}},
		"CA in memory, DER":      {config: with(who.srv), args: []string{"camem=" + who.ca.certDER}},
		"extra CA":               {config: with(who.srv), args: []string{"extraca=" + who.ca.certDER}},
		"extra CA, garbage":      {config: with(who.srv), args: []string{"extraca=" + who.ca.KeyFile}, want: "X509_V_ERR = 20"},
		"websocket":              {config: with(who.srv), args: []string{ca, "size=100"}, serve: echo},
		"untrusted":              {config: with(who.srv), want: "X509_V_ERR = 20"},
		"untrusted allowed":      {config: with(who.srv), args: []string{flags(allowUntrusted)}},
		"self-signed":            {config: with(self), want: "X509_V_ERR = 18"},
		"self-signed allowed":    {config: with(self), args: []string{flags(allowSelfSigned)}},
		"expired":                {config: with(outdated), args: []string{ca}, want: "X509_V_ERR = 10"},
		"expired allowed":        {config: with(outdated), args: []string{ca, flags(allowExpired)}},
		"not yet valid":          {config: with(future), args: []string{ca}, want: "X509_V_ERR = 9"},
		"not yet valid allowed":  {config: with(future), args: []string{ca, flags(allowExpired)}},
		"wrong name":             {config: with(who.other), args: []string{ca}, want: "X509_V_ERR = 62"},
		"wrong name skipped":     {config: with(who.other), args: []string{ca, flags(skipHostname)}},
		"wrong name allowed not": {config: with(who.other), args: []string{ca, flags(allowSelfSigned | allowExpired | allowUntrusted)}, want: "62"},
		"address":                {config: with(address), args: []string{ca, "host=127.0.0.1"}},
		"wrong address":          {config: with(who.srv), args: []string{ca, "host=127.0.0.1"}, want: "X509_V_ERR = 64"},
		"callback forgives":      {config: with(self), args: []string{"forgive"}},
		"callback refuses":       {config: with(who.srv), args: []string{ca, "refusecert=1"}, want: "X509_V_ERR = 1:"},
		"client cert":            {config: asks, args: shows},
		"client cert in memory":  {config: asks, args: []string{ca, "mem", "cert=" + who.client.certDER, "key=" + who.client.keyDER}},
		"client cert missing":    {config: asks, args: []string{ca}},
		"no TLS":                 {want: "connect SSL err"},
		"no common cipher":       {config: old, args: []string{ca, "ciphers=AES128-SHA"}, want: "connect SSL err"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			serve := s.serve
			args := append([]string{"client", "errors"}, s.args...)
			if serve == nil {
				serve = page(3)
				args = append(args, "http")
			}
			got := twice(t, func(t *testing.T, env []string) []string {
				h := newHost(t, &host{config: s.config, serve: serve})
				p := harness.StartEnv(t, env, program(t), append(args, h.port())...)
				must(t, p.Wait(patience))
				h.done()
				return append(h.saw, texts(t, trace(p), env, s.want)...)
			})
			if got == nil {
				t.Fatal("no trace")
			}
		})
	}
}

func TestX509(t *testing.T) {
	who := newParties(t)
	twice(t, func(t *testing.T, env []string) []string {
		p := harness.StartEnv(t, env, program(t), "x509="+who.srv.CertFile, "ca="+who.ca.CertFile)
		must(t, p.Wait(patience))
		return trace(p)
	})
	// The reference is a day and the time zone off.
	p := harness.StartEnv(t, []string{"TZ=Asia/Tokyo"}, program(t), "x509="+who.srv.CertFile, "ca="+who.ca.CertFile, "times")
	p.WaitLine(fmt.Sprintf("UNTIL %d$", who.srv.Cert.NotAfter.Unix()), patience)
	must(t, p.Wait(patience))
}

// TestClientInfo is not compared: the reference crashes.
func TestClientInfo(t *testing.T) {
	who := newParties(t)
	h := newHost(t, &host{config: &tls.Config{Certificates: []tls.Certificate{who.srv.TLS}}, serve: page(3)})
	p := harness.Start(t, program(t), "client", "http", "ca="+who.ca.CertFile, "infomask=0x30", h.port())
	must(t, p.Wait(patience))
	lines := strings.Join(trace(p), "\n")
	if !strings.Contains(lines, "SSL_INFO where=0x10 ret=1\nSERVER_CERT") || !strings.Contains(lines, "SSL_INFO where=0x20 ret=1\nESTABLISHED") {
		t.Errorf("handshake start and end were not told:\n%s", lines)
	}
}

// texts takes the error texts out of a trace: the reference's are vague.
func texts(t *testing.T, lines, env []string, want string) []string {
	var out []string
	text := ""
	for _, l := range lines {
		if s, ok := strings.CutPrefix(l, "ERROR "); ok {
			text = s
			continue
		}
		out = append(out, l)
	}
	if len(env) == 0 && want != "" && !strings.Contains(text, want) {
		t.Errorf("error text %q, want %q in it", text, want)
	}
	return out
}
