// SPDX-License-Identifier: MIT

package tls

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// script serves one connection: c is nil without TLS, hung up without a goodbye.
type script func(raw net.Conn, c *tls.Conn)

// stage is a server that plays a script on each connection.
func stage(t testing.TB, config *tls.Config, play script) net.Listener {
	return harness.Each(t, func(raw net.Conn) {
		var c *tls.Conn
		if config != nil {
			c = tls.Server(raw, config)
			if c.Handshake() != nil {
				return
			}
		}
		play(raw, c)
	})
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// asked reads a request.
func asked(c net.Conn) { _, _ = http.ReadRequest(bufio.NewReader(c)) }

// untilClosed reads until the program is gone.
func untilClosed(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func answers(text string, then func(raw net.Conn, c *tls.Conn)) script {
	return func(raw net.Conn, c *tls.Conn) {
		conn := net.Conn(c)
		if c == nil {
			conn = raw
		}
		asked(conn)
		_, _ = io.WriteString(conn, text)
		then(raw, c)
	}
}

func goodbye(raw net.Conn, c *tls.Conn) { c.Close() }
func cut(raw net.Conn, _ *tls.Conn)     { raw.Close() }
func reset(raw net.Conn, _ *tls.Conn) {
	_ = raw.(*net.TCPConn).SetLinger(0)
	raw.Close()
}

const (
	okThree = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
	okTen   = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
	okEnd   = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc"
)

// TestClientMore: what TestClient has no room for.
func TestClientMore(t *testing.T) {
	who := newParties(t)
	ca := "ca=" + who.ca.CertFile
	flags := func(f int) string { return fmt.Sprintf("flags=%d", f) }
	with := func(id *identity) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{id.TLS}, NextProtos: []string{"http/1.1"}}
	}
	good := with(who.srv)
	deep := chained(t, "localhost", who.ca, nil)
	noMiddle := *deep
	noMiddle.TLS.Certificate = deep.TLS.Certificate[:1]
	root := issue(t, "localhost", who.rogue, nil)
	root.TLS.Certificate = append(root.TLS.Certificate, who.rogue.TLS.Certificate[0])
	wrongUse := issue(t, "localhost", who.ca, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })
	wild := issue(t, "*.local.test", who.ca, nil)
	asks := with(who.srv)
	asks.ClientAuth, asks.ClientCAs = tls.RequireAndVerifyClientCert, who.pool
	old := with(who.srv)
	old.MaxVersion = tls.VersionTLS12
	missing := filepath.Join(t.TempDir(), "none.pem")
	garbage := filepath.Join(t.TempDir(), "garbage.pem")
	must(t, os.WriteFile(garbage, []byte("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"), 0o600))
	get := func(more ...string) []string { return append([]string{"http", "is"}, more...) }
	three := answers(okThree, goodbye)

	for name, s := range map[string]struct {
		config *tls.Config
		play   script
		args   []string
		want   string // part of our error text
	}{
		"accessors":                {good, three, get(ca), ""},
		"accessors, plain":         {nil, answers(okThree, cut), get("plain"), ""},
		"accessors, ws":            {good, answers("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", goodbye), []string{"is", ca}, "not 101"},
		"accessors, untrusted":     {good, three, get(), "X509_V_ERR = 20"},
		"accessors, no TLS":        {nil, func(raw net.Conn, _ *tls.Conn) { _, _ = io.WriteString(raw, "no TLS\r\n"); untilClosed(raw) }, get(ca), "wrong version number"},
		"closed at once":           {nil, func(raw net.Conn, _ *tls.Conn) { b := make([]byte, 5); _, _ = io.ReadFull(raw, b); untilQuiet(raw) }, get(ca), ""},
		"silence":                  {nil, func(raw net.Conn, _ *tls.Conn) { untilClosed(raw) }, get(ca, "timeout=1"), "Timed out waiting SSL"},
		"provided context":         {good, three, get("provided=" + who.ca.CertFile), ""},
		"provided, other CA":       {good, three, get("provided=" + who.rogue.CertFile), "X509_V_ERR = 20"},
		"provided, ca ignored":     {good, three, get(ca, "provided="+who.rogue.CertFile), "X509_V_ERR = 20"},
		"plain member for the CA":  {good, three, get("plainca=" + who.ca.CertFile), ""},
		"suites":                   {good, three, get(ca, "suites=TLS_CHACHA20_POLY1305_SHA256"), ""},
		"no TLS 1.3":               {good, three, get(ca, "set=0x20000000"), ""},
		"options cleared":          {good, three, get(ca, "set=0x20000000", "clear=0x20000000"), ""},
		"no version left":          {old, three, get(ca, "set=0x08000000"), "protocol version"},
		"first vhost is asked":     {good, three, get(ca, "first"), ""},
		"first vhost refuses":      {good, three, get(ca, "first", "refusecert=1"), "X509_V_ERR = 1:"},
		"no TLS set up":            {good, three, get(ca, "noinit"), ""},
		"system certificate":       {asks, three, get(ca, "syscert="+who.client.certDER, "syskey="+who.client.keyDER, "sysclient=1"), ""},
		"certificate, PEM memory":  {asks, three, get(ca, "mem", "cert="+who.client.CertFile, "key="+who.client.KeyFile), ""},
		"certificate, other's key": {asks, three, get(ca, "cert="+who.client.CertFile, "key="+who.srv.KeyFile), ""},
		"certificate missing":      {asks, three, get(ca, "cert="+missing, "key="+missing), ""},
		"certificate may miss":     {asks, three, get(ca, "cert="+missing, "key="+missing, opts(optIgnoreMissing)), "certificate required"},
		"CA missing":               {good, three, get("ca=" + missing), "X509_V_ERR = 20"},
		"CA garbage":               {good, three, get("ca=" + garbage), "X509_V_ERR = 20"},
		"chain":                    {with(deep), three, get(ca), ""},
		"chain broken":             {with(&noMiddle), three, get(ca), "X509_V_ERR = 20"},
		"chain broken, allowed":    {with(&noMiddle), three, get(ca, flags(allowUntrusted)), ""},
		"self-signed root":         {with(root), three, get(ca), "X509_V_ERR = 19"},
		"self-signed root allowed": {with(root), three, get(ca, flags(allowSelfSigned)), ""},
		"wrong use":                {with(wrongUse), three, get(ca), "X509_V_ERR = 26"},
		"wrong use not allowed":    {with(wrongUse), three, get(ca, flags(allowSelfSigned|allowUntrusted|allowExpired|skipHostname)), "X509_V_ERR = 26"},
		"wildcard":                 {with(wild), three, get(ca, "host=www.local.test"), ""},
		"wildcard, port in Host":   {with(wild), three, get(ca, "host=www.local.test:443"), ""},
		"wildcard one level":       {with(wild), three, get(ca, "host=a.b.local.test"), "X509_V_ERR = 62"},
		"goodbye ends the body":    {good, answers(okEnd, goodbye), get(ca), ""},
		"cut ends the body":        {good, answers(okEnd, cut), get(ca), ""},
		"goodbye inside the body":  {good, answers(okTen, goodbye), get(ca), ""},
		"cut inside the body":      {good, answers(okTen, cut), get(ca), ""},
		"reset inside the body":    {good, answers(okTen, reset), get(ca), ""},
		"goodbye, no answer":       {good, answers("", goodbye), get(ca), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			twice(t, func(t *testing.T, env []string) []string {
				l := stage(t, s.config, s.play)
				defer l.Close()
				args := append([]string{"client", "errors", fmt.Sprintf("port=%d", portOf(l))}, s.args...)
				p := harness.StartEnv(t, env, program(t), args...)
				must(t, p.Wait(patience))
				return texts(t, trace(p), env, s.want)
			})
		})
	}
}

// untilQuiet closes a connection so that nothing unread resets it.
func untilQuiet(raw net.Conn) {
	_ = raw.(*net.TCPConn).CloseWrite()
	untilClosed(raw)
}

// TestClientRefused: nobody listens.
func TestClientRefused(t *testing.T) {
	port := harness.FreePort(t)
	twice(t, func(t *testing.T, env []string) []string {
		p := harness.StartEnv(t, env, program(t), "client", "errors", "http", "is", fmt.Sprintf("port=%d", port))
		must(t, p.Wait(patience))
		return texts(t, trace(p), env, "127.0.0.1: connection refused")
	})
}

// TestClientRedirected: from plain to TLS, between TLS servers, and back, which is refused.
func TestClientRedirected(t *testing.T) {
	who := newParties(t)
	good := &tls.Config{Certificates: []tls.Certificate{who.srv.TLS}}
	for name, s := range map[string]struct {
		from  bool // TLS on the way
		to    bool // TLS at the end
		flags int
	}{
		"to TLS": {false, true, 0}, "TLS to TLS": {true, true, 0}, "to plain": {true, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			twice(t, func(t *testing.T, env []string) []string {
				config := map[bool]*tls.Config{true: good}
				last := stage(t, config[s.to], answers(okThree, func(raw net.Conn, c *tls.Conn) {
					if c != nil {
						c.Close()
					}
				}))
				scheme := map[bool]string{true: "https", false: "http"}[s.to]
				text := fmt.Sprintf("HTTP/1.1 302 Found\r\nLocation: %s://localhost:%d/x\r\nContent-Length: 0\r\n\r\n", scheme, portOf(last))
				first := stage(t, config[s.from], func(raw net.Conn, c *tls.Conn) {
					conn := raw
					if c != nil {
						conn = c
					}
					asked(conn)
					_, _ = io.WriteString(conn, text)
					untilClosed(conn)
				})
				args := []string{"client", "errors", "http", "is", "address=localhost", "ca=" + who.ca.CertFile, fmt.Sprintf("port=%d", portOf(first))}
				if !s.from {
					args = append(args, "plain")
				}
				p := harness.StartEnv(t, env, program(t), args...)
				must(t, p.Wait(patience))
				return texts(t, trace(p), env, "")
			})
		})
	}
}

// TestClientLimit: with one place the second connection is refused and says why.
func TestClientLimit(t *testing.T) {
	who := newParties(t)
	l := stage(t, &tls.Config{Certificates: []tls.Certificate{who.srv.TLS}}, answers(okThree, goodbye))
	twice(t, func(t *testing.T, env []string) []string {
		p := harness.StartEnv(t, env, program(t), "client", "errors", "http", "ca="+who.ca.CertFile, "conns=2", "limit=1", fmt.Sprintf("port=%d", portOf(l)))
		must(t, p.Wait(patience))
		lines := trace(p) // of two connections: their order is nobody's business
		slices.Sort(lines)
		return lines
	})
}

// TestClientRaw is not compared: the reference shakes hands before it has a socket, and fails.
func TestClientRaw(t *testing.T) {
	who := newParties(t)
	hear := func(then func(c *tls.Conn, b []byte)) script {
		return func(_ net.Conn, c *tls.Conn) {
			b := make([]byte, 9)
			_, _ = io.ReadFull(c, b)
			then(c, b)
		}
	}
	for name, s := range map[string]struct {
		play script
		ca   *identity
		want []string
	}{
		"echo": {hear(func(c *tls.Conn, b []byte) { _, _ = c.Write(b); untilClosed(c) }), who.ca,
			[]string{"RAW_CONNECTED ssl=1 is_ssl=1 vhost=localhost alpn= cn=localhost issuer=/CN=Test CA verified=1", "RAW_RX hello raw", "RAW_CLOSE", "WSI_DESTROY"}},
		"goodbye": {hear(func(c *tls.Conn, _ []byte) { c.Close() }), who.ca,
			[]string{"RAW_CONNECTED ssl=1 is_ssl=1 vhost=localhost alpn= cn=localhost issuer=/CN=Test CA verified=1", "RAW_CLOSE", "WSI_DESTROY"}},
		"untrusted": {hear(func(*tls.Conn, []byte) {}), who.rogue, []string{"CLIENT_CONNECTION_ERROR", "WSI_DESTROY"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := stage(t, &tls.Config{Certificates: []tls.Certificate{who.srv.TLS}}, s.play)
			p := harness.Start(t, program(t), "client", "raw", "ca="+s.ca.CertFile, fmt.Sprintf("port=%d", portOf(l)))
			must(t, p.Wait(patience))
			got := slices.DeleteFunc(trace(p), func(l string) bool {
				return strings.HasPrefix(l, "LOAD") || strings.HasPrefix(l, "SERVER_CERT") || l == "END"
			})
			if !slices.Equal(got, s.want) {
				t.Errorf("%q, not %q", got, s.want)
			}
		})
	}
}

// TestServerCAMemory is not compared: the reference does not look at server_ssl_ca_mem.
func TestServerCAMemory(t *testing.T) {
	who := newParties(t)
	for _, ca := range []string{who.ca.CertFile, who.ca.certDER} {
		p := &guest{Proc: server(t, nil, append(who.files(), opts(optRequireClient), "strict", "camem="+ca)...)}
		if s := visit(p, who.config(shown(who.client))); len(s) != 2 || !strings.Contains(s[1], "cn=Alice") {
			t.Error(s)
		}
		if s := visit(p, who.config(shown(who.stranger))); strings.HasPrefix(s[len(s)-1], "200") {
			t.Error("a stranger is served: ", s)
		}
		p.Stop()
	}
}
