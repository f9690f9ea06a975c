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
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// Options of the vhost, as in lws-context-vhost.h.
const (
	optRequireClient  = 1 << 1
	optAllowNonTLS    = 1 << 3
	optPeerCertNotReq = 1 << 7
	optRedirect       = 1 << 11
	optFallback       = 1 << 20
	optApplyListen    = 1 << 22
	optCreateCtx      = 1 << 24
	optIgnoreMissing  = 1 << 26
	optAllowHTTP      = 1 << 29
)

func opts(o int) string { return fmt.Sprintf("opt=0x%x", o) }

// parties are the certificates of a test.
type parties struct {
	ca, rogue, srv, other, client, stranger *identity
	pool                                    *x509.CertPool
}

func newParties(t testing.TB) *parties {
	p := &parties{ca: authority(t, "Test CA"), rogue: authority(t, "Rogue CA"), pool: x509.NewCertPool()}
	p.srv, p.other = issue(t, "localhost", p.ca, nil), issue(t, "other.test", p.ca, nil)
	p.client, p.stranger = issue(t, "Alice", p.ca, nil), issue(t, "Mallory", p.rogue, nil)
	p.pool.AddCert(p.ca.Cert)
	return p
}

func (p *parties) files() []string {
	return []string{"cert=" + p.srv.CertFile, "key=" + p.srv.KeyFile}
}

// config is a client's that trusts the CA.
func (p *parties) config(edit func(*tls.Config)) *tls.Config {
	c := &tls.Config{RootCAs: p.pool, ServerName: "localhost", NextProtos: []string{"http/1.1"}}
	if edit != nil {
		edit(c)
	}
	return c
}

const patience = 15 * time.Second

// guest is a running server and how many connections were made to it.
type guest struct {
	*harness.Proc
	made int
}

// settle waits until every connection is gone.
func (p *guest) settle(t *testing.T) {
	t.Helper()
	harness.Eventually(t, patience, "every connection is destroyed", func() bool {
		return count(p, "WSI_DESTROY") >= p.made
	})
}

// arrivals is how many connections the program has been told of.
func arrivals(p *guest) int { return count(p, "NEW_CLIENT") + count(p, "RAW_ADOPT") }

// dial connects and waits until the program has been told: what it does before
// that depends on how fast the first bytes come.
func dial(p *guest) (net.Conn, error) {
	was := arrivals(p)
	p.made++
	raw, err := net.DialTimeout("tcp", p.Addr(), patience)
	if err != nil {
		return nil, err
	}
	_ = raw.SetDeadline(time.Now().Add(patience))
	for end := time.Now().Add(patience); arrivals(p) == was; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			raw.Close()
			return nil, errors.New("the program was not told of the connection")
		}
	}
	return raw, nil
}

// dialEarly connects and sends before the program can accept.
func dialEarly(p *guest, send string) (net.Conn, error) {
	p.Signal(syscall.SIGSTOP)
	defer p.Signal(syscall.SIGCONT)
	p.made++
	raw, err := net.DialTimeout("tcp", p.Addr(), patience)
	if err != nil {
		return nil, err
	}
	_ = raw.SetDeadline(time.Now().Add(patience))
	_, err = io.WriteString(raw, send)
	return raw, err
}

func dialTLS(p *guest, c *tls.Config) (*tls.Conn, error) {
	raw, err := dial(p)
	if err != nil {
		return nil, err
	}
	conn := tls.Client(raw, c)
	if err := conn.Handshake(); err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}

// get does one request on conn and describes the answer.
func get(conn net.Conn, path string) string {
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path)
	return answer(conn)
}

const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

func answer(conn net.Conn) string {
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "no answer"
	}
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return "half an answer"
	}
	return fmt.Sprintf("%d %s%s %s", resp.StatusCode, resp.Header.Get("Location"), resp.Header.Get("Strict-Transport-Security"), b)
}

// visit makes a TLS connection, does a GET, closes, and tells what it saw.
func visit(p *guest, c *tls.Config) []string {
	conn, err := dialTLS(p, c)
	if err != nil {
		return []string{"refused"}
	}
	defer conn.Close()
	s := conn.ConnectionState()
	out := []string{fmt.Sprintf("%s %s alpn=%s", tls.VersionName(s.Version), s.PeerCertificates[0].Subject.CommonName, s.NegotiatedProtocol)}
	return append(out, get(conn, "/"))
}

// plainly is visit without TLS.
func plainly(p *guest, send string, early bool) []string {
	var conn net.Conn
	var err error
	if early {
		conn, err = dialEarly(p, send)
	} else if conn, err = dial(p); err == nil {
		_, err = io.WriteString(conn, send)
	}
	if err != nil {
		return []string{"refused"}
	}
	defer conn.Close()
	if strings.HasPrefix(send, "GET") {
		return []string{answer(conn)}
	}
	b := make([]byte, 100)
	n, _ := conn.Read(b)
	return []string{fmt.Sprintf("read %q", b[:n])}
}

// scenario is one server set up by args and visited by drive.
type scenario struct {
	args  []string
	drive func(t *testing.T, p *guest) []string
	noEnd bool // the program ends by itself
}

func TestServer(t *testing.T) {
	who := newParties(t)
	one := func(edit func(*tls.Config)) func(*testing.T, *guest) []string {
		return func(_ *testing.T, p *guest) []string { return visit(p, who.config(edit)) }
	}
	plain := func(send string) func(*testing.T, *guest) []string {
		return func(t *testing.T, p *guest) []string {
			out := plainly(p, send, false)
			p.settle(t)
			return append(out, plainly(p, send, true)...)
		}
	}
	with := func(more ...string) []string { return append(who.files(), more...) }
	ca := "ca=" + who.ca.CertFile
	pass := encrypted(t, who.ca, "s3cret")
	missing := filepath.Join(t.TempDir(), "none.pem")

	for name, s := range map[string]scenario{
		"get":                {args: with(), drive: one(nil)},
		"get with TLS 1.2":   {args: with(), drive: one(tls12)},
		"no ALPN":            {args: with(), drive: one(func(c *tls.Config) { c.NextProtos = nil })},
		"foreign ALPN":       {args: with("alpn=foo,http/1.1"), drive: one(func(c *tls.Config) { c.NextProtos = []string{"bar", "http/1.1"} })},
		"PEM in memory":      {args: with("mem"), drive: one(nil)},
		"DER in memory":      {args: []string{"cert=" + who.srv.certDER, "key=" + who.srv.keyDER, "mem"}, drive: one(nil)},
		"curve":              {args: with("mem", "curve=secp384r1"), drive: one(nil)},
		"unknown curve":      {args: with("mem", "curve=nonsense"), noEnd: true},
		"password":           {args: []string{"cert=" + pass.CertFile, "key=" + pass.KeyFile, "pass=s3cret"}, drive: one(nil)},
		"wrong password":     {args: []string{"cert=" + pass.CertFile, "key=" + pass.KeyFile, "pass=no"}, noEnd: true},
		"wrong key":          {args: []string{"cert=" + who.srv.CertFile, "key=" + who.other.KeyFile}, noEnd: true},
		"missing cert":       {args: []string{"cert=" + missing, "key=" + missing}, noEnd: true},
		"ignore missing":     {args: []string{"cert=" + missing, "key=" + missing, opts(optIgnoreMissing)}, drive: one(nil)},
		"no cert":            {args: nil, drive: plain(request)},
		"ctx by callback":    {args: []string{opts(optCreateCtx), "extracert=" + who.srv.CertFile, "extrakey=" + who.srv.KeyFile}, drive: one(nil)},
		"callback refuses":   {args: with("refuseserver=1"), noEnd: true},
		"ciphers":            {args: with("ciphers=ECDHE-ECDSA-AES128-GCM-SHA256"), drive: one(tls12)},
		"no common cipher":   {args: with("ciphers=AES128-SHA"), drive: one(tls12)},
		"suites":             {args: with("suites=TLS_CHACHA20_POLY1305_SHA256"), drive: one(nil)},
		"no TLS 1.3":         {args: with("set=0x20000000"), drive: one(nil)},
		"client of its own":  {args: with("ownclient"), drive: one(nil)},
		"aging":              {args: with("aging"), drive: one(nil)},
		"garbage":            {args: with(), drive: plain("\x01\x02\x03\x04\x05\x06\x07\x08")},
		"plain on TLS":       {args: with(), drive: plain("no TLS hello at all")},
		"non-TLS refused":    {args: with(opts(optAllowNonTLS)), drive: plain(request)},
		"non-TLS, TLS comes": {args: with(opts(optAllowNonTLS)), drive: one(nil)},
		"redirect":           {args: with(opts(optAllowNonTLS | optRedirect)), drive: plain(request)},
		"redirect, TLS":      {args: with(opts(optAllowNonTLS | optRedirect)), drive: one(nil)},
		"allow http":         {args: with(opts(optAllowNonTLS | optAllowHTTP)), drive: plain(request)},
		"fallback":           {args: with(opts(optAllowNonTLS|optFallback), "role=raw-skt"), drive: plain("hello raw")},
		"client cert":        {args: with(opts(optRequireClient), ca), drive: one(shown(who.client))},
		"client cert 1.2":    {args: with(opts(optRequireClient), ca), drive: one(both(tls12, shown(who.client)))},
		"client cert absent": {args: with(opts(optRequireClient), ca), drive: one(nil)},
		"client cert may":    {args: with(opts(optRequireClient|optPeerCertNotReq), ca), drive: one(nil)},
		"client cert rogue":  {args: with(opts(optRequireClient), ca, "strict"), drive: one(shown(who.stranger))},
		"client cert let in": {args: with(opts(optRequireClient), ca), drive: one(shown(who.stranger))},
		"client cert no CA":  {args: with(opts(optRequireClient)), drive: one(shown(who.client))},
		"client cert strict": {args: with(opts(optRequireClient), ca, "strict"), drive: one(shown(who.client))},
		"rogue may":          {args: with(opts(optRequireClient|optPeerCertNotReq), ca), drive: one(shown(who.stranger))},
		"rogue may, strict":  {args: with(opts(optRequireClient|optPeerCertNotReq), ca, "strict"), drive: one(shown(who.stranger))},
		"no CA, strict":      {args: with(opts(optRequireClient), "strict"), drive: one(shown(who.client))},
		"client cert no":     {args: with(opts(optRequireClient), ca, "refusecert=1"), drive: one(shown(who.client))},
		"info":               {args: with("infomask=0x30"), drive: one(nil)},
		"info 1.2":           {args: with("infomask=0x30"), drive: one(tls12)},
		"info kills":         {args: with("infomask=0x20", "infokill=0x20"), drive: one(nil)},
		"raw over TLS": {args: with(opts(optApplyListen), "role=raw-skt"), drive: func(t *testing.T, p *guest) []string {
			c, err := dialTLS(p, who.config(nil))
			if err != nil {
				return []string{"refused"}
			}
			defer c.Close()
			b := make([]byte, 5)
			_, _ = io.WriteString(c, "hello")
			_, err = io.ReadFull(c, b)
			return []string{fmt.Sprintf("%s %v", b, err)}
		}},
		"SNI": {args: with("name2=other.test", "cert2="+who.other.CertFile, "key2="+who.other.KeyFile),
			drive: func(t *testing.T, p *guest) []string {
				out := visit(p, who.config(func(c *tls.Config) { c.ServerName = "other.test" }))
				p.settle(t)
				return append(out, visit(p, who.config(func(c *tls.Config) {
					c.ServerName, c.InsecureSkipVerify = "nobody.test", true
				}))...)
			}},
		"limit": {args: with("limit=1"), drive: func(t *testing.T, p *guest) []string { return limited(t, p, who) }},
		"websocket": {args: with(), drive: func(t *testing.T, p *guest) []string {
			r := dialWS(t, p, who.config(nil), false)
			must(t, r.SendMessage(harness.Text, []byte("hello")))
			_, b, err := r.ReceiveMessage()
			return []string{string(b), fmt.Sprint(err, r.CloseCleanly())}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			twice(t, func(t *testing.T, env []string) []string { return s.run(t, env) })
		})
	}
}

// TestNoHello: a peer that says nothing is given up. It is not compared: the
// reference, which ends alike, takes ten seconds for the one.
func TestNoHello(t *testing.T) {
	who := newParties(t)
	p := &guest{Proc: server(t, nil, append(who.files(), "timeout=1")...)}
	if saw := plainly(p, "", false); saw[0] != `read ""` {
		t.Error(saw)
	}
	p.settle(t)
	p.Stop()
}

func count(p *guest, prefix string) int {
	n := 0
	for _, l := range p.All() {
		if strings.HasPrefix(l, prefix) {
			n++
		}
	}
	return n
}

func (s scenario) run(t *testing.T, env []string) []string {
	p := &guest{Proc: harness.StartEnv(t, env, program(t), s.args...)}
	if s.noEnd {
		must(t, p.Wait(patience))
		return trace(p.Proc)
	}
	p.Ready()
	saw := s.drive(t, p)
	p.settle(t)
	p.Stop()
	return append(saw, trace(p.Proc)...)
}

// limited keeps the one place taken and sees that the next client waits. The
// first asks for nothing: one that has been answered loses its place.
func limited(t *testing.T, p *guest, who *parties) []string {
	first, err := dialTLS(p, who.config(nil))
	must(t, err)
	second := make(chan []string, 1)
	go func() { second <- visit(p, who.config(nil)) }()
	select {
	case <-second:
		t.Fatal("the second client was served while the first held the only place")
	case <-time.After(300 * time.Millisecond):
	}
	first.Close()
	return <-second
}

// dialWS upgrades a TLS connection; thin sends single bytes.
func dialWS(t *testing.T, p *guest, c *tls.Config, thin bool) *harness.Raw {
	t.Helper()
	raw, err := dial(p)
	must(t, err)
	t.Cleanup(func() { raw.Close() })
	_ = raw.SetDeadline(time.Now().Add(3 * patience))
	if thin {
		raw = trickle{raw}
	}
	return dialOver(t, raw, c)
}

// dialOver is dialWS on a connection that is there already.
func dialOver(t *testing.T, raw net.Conn, c *tls.Config) *harness.Raw {
	t.Helper()
	conn := tls.Client(raw, c)
	must(t, conn.Handshake())
	_, err := io.WriteString(conn, harness.RequestText(""))
	must(t, err)
	r := &harness.Raw{Conn: conn, R: bufio.NewReader(conn), Client: true}
	resp, err := http.ReadResponse(r.R, nil)
	must(t, err)
	if resp.StatusCode != 101 {
		t.Fatal(resp.Status)
	}
	return r
}

// TestCertUpdated serves the new certificate to new connections and keeps the old ones.
func TestCertUpdated(t *testing.T) {
	who := newParties(t)
	flag := filepath.Join(t.TempDir(), "now")
	p := &guest{Proc: server(t, nil, append(who.files(), "newcert="+flag)...)}
	keep, err := dialTLS(p, who.config(nil))
	must(t, err)
	serial := func() string {
		c, err := dialTLS(p, who.config(nil))
		must(t, err)
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	was := serial()
	// A pair that does not fit changes nothing.
	fresh := issue(t, "localhost", who.ca, nil)
	copyFile(t, fresh.CertFile, who.srv.CertFile)
	must(t, os.WriteFile(flag, nil, 0o600))
	serial()
	p.WaitLine("CERT UPDATED 0", patience)
	if now := serial(); now != was {
		t.Error("the certificate was changed without its key")
	}
	copyFile(t, fresh.KeyFile, who.srv.KeyFile)
	must(t, os.WriteFile(flag, nil, 0o600))
	serial()
	p.WaitLine("CERT UPDATED 0", patience)
	if now := serial(); now != fresh.Cert.SerialNumber.String() {
		t.Error("the certificate did not change")
	}
	if s := get(keep, "/"); !strings.HasPrefix(s, "200") {
		t.Error("the old connection: ", s)
	}
	keep.Close()
	p.Stop()
}

// TestCertFromMemory: a vhost whose files are still to come is given its
// certificate in memory.
func TestCertFromMemory(t *testing.T) {
	who := newParties(t)
	for name, mem := range map[string][]string{
		"PEM": {"memcert=" + who.srv.CertFile, "memkey=" + who.srv.KeyFile},
		"DER": {"memcert=" + who.srv.certDER, "memkey=" + who.srv.keyDER},
		"bad": {"memcert=" + who.srv.KeyFile, "memkey=" + who.srv.KeyFile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := twice(t, func(t *testing.T, env []string) []string {
				none := filepath.Join(t.TempDir(), "none.pem")
				flag := filepath.Join(t.TempDir(), "now")
				p := &guest{Proc: server(t, env, append(mem, "cert="+none, "key="+none, "newcert="+flag, opts(optIgnoreMissing))...)}
				out := visit(p, who.config(nil)) // no certificate yet
				p.settle(t)
				must(t, os.WriteFile(flag, nil, 0o600))
				_ = plainly(p, "no TLS hello", false) // an event
				p.WaitLine("CERT UPDATED 0", patience)
				p.settle(t)
				out = append(out, visit(p, who.config(nil))...)
				p.settle(t)
				p.Stop()
				return append(out, trace(p.Proc)...)
			})
			if served := slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, "200") }); served != (name != "bad") {
				t.Errorf("served: %v", served)
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	b, err := os.ReadFile(from)
	must(t, err)
	must(t, os.WriteFile(to, b, 0o600))
}
