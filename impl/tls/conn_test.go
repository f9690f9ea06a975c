// SPDX-License-Identifier: MIT

package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// made is a certificate with its key, in all the forms that can be loaded.
type made struct {
	cert              *x509.Certificate
	key               *ecdsa.PrivateKey
	certPEM, keyPEM   []byte
	certDER, keyDER   []byte
	certFile, keyFile string
}

func make1(t testing.TB, name string, parent *made) *made {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"Tests"}},
		NotBefore: time.Unix(1700000000, 0), NotAfter: time.Unix(4000000000, 0), DNSNames: []string{name},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: parent == nil,
	}
	up, upKey := c, key
	if parent != nil {
		up, upKey = parent.cert, parent.key
	}
	m := &made{key: key}
	m.certDER, err = x509.CreateCertificate(rand.Reader, c, up, &key.PublicKey, upKey)
	must(t, err)
	m.cert, err = x509.ParseCertificate(m.certDER)
	must(t, err)
	m.keyDER, err = x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	m.certPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.certDER})
	m.keyPEM = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: m.keyDER})
	dir := t.TempDir()
	m.certFile, m.keyFile = filepath.Join(dir, "cert"), filepath.Join(dir, "key")
	must(t, os.WriteFile(m.certFile, m.certPEM, 0o600))
	must(t, os.WriteFile(m.keyFile, m.keyPEM, 0o600))
	return m
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// side is one end of a connection under test.
type side struct {
	*Conn
	fd     int
	verify func(good bool, s VerifyState) bool
	info   func(where, ret int)
	pick   func(name string) *Ctx
}

func (s *side) Verify(good bool, v VerifyState) bool {
	if s.verify != nil {
		return s.verify(good, v)
	}
	return good
}

func (s *side) Info(where, ret int) {
	if s.info != nil {
		s.info(where, ret)
	}
}

func (s *side) ServerName(name string) *Ctx {
	if s.pick != nil {
		return s.pick(name)
	}
	return nil
}

// pair connects a server and a client; nothing is sent yet.
func pair(t testing.TB, server, client *Ctx) (s, c *side) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	s, c = &side{fd: fds[0]}, &side{fd: fds[1]}
	pool, err := NewPool() // both ends share it: each takes it from the other
	must(t, err)
	defer pool.Close()
	s.Conn, err = server.NewConn(s.fd, false, pool, s)
	must(t, err)
	c.Conn, err = client.NewConn(c.fd, true, pool, c)
	must(t, err)
	t.Cleanup(func() {
		s.Close()
		c.Close()
		unix.Close(s.fd)
		unix.Close(c.fd)
	})
	return s, c
}

// shake does the handshake and gives both ends' errors.
func shake(s, c *side) (sErr, cErr error) {
	sErr, cErr = unix.EAGAIN, unix.EAGAIN
	for range 100 {
		if cErr == unix.EAGAIN {
			cErr = c.Handshake()
			_ = c.Flush()
		}
		if sErr == unix.EAGAIN {
			sErr = s.Handshake()
			_ = s.Flush()
		}
		if cErr != unix.EAGAIN && sErr != unix.EAGAIN {
			break
		}
		if cErr != unix.EAGAIN && cErr != nil {
			unix.Shutdown(c.fd, unix.SHUT_RDWR)
		}
		if sErr != unix.EAGAIN && sErr != nil {
			unix.Shutdown(s.fd, unix.SHUT_RDWR)
		}
	}
	return sErr, cErr
}

func contexts(t testing.TB, id *made) (server, client *Ctx) {
	t.Helper()
	server, err := NewServer()
	must(t, err)
	must(t, server.UseCertMem(id.certPEM))
	must(t, server.UseKeyMem(id.keyPEM, "", false))
	must(t, server.CheckKey())
	server.ServeNames()
	must(t, server.ServeALPN([]string{"one", "two"}))
	client, err = NewClient()
	must(t, err)
	t.Cleanup(func() { server.Close(); client.Close() })
	return server, client
}

func TestLoad(t *testing.T) {
	ca := make1(t, "ca", nil)
	id, other := make1(t, "localhost", ca), make1(t, "other", ca)
	chain := append(append([]byte("text in front\n"), id.certPEM...), ca.certPEM...)
	for name, tc := range map[string]struct {
		cert, key func(x *Ctx) error
		want      string // in the first error
	}{
		"PEM memory":   {func(x *Ctx) error { return x.UseCertMem(id.certPEM) }, func(x *Ctx) error { return x.UseKeyMem(id.keyPEM, "", false) }, ""},
		"PEM chain":    {func(x *Ctx) error { return x.UseCertMem(chain) }, func(x *Ctx) error { return x.UseKeyMem(id.keyPEM, "", false) }, ""},
		"DER memory":   {func(x *Ctx) error { return x.UseCertMem(id.certDER) }, func(x *Ctx) error { return x.UseKeyMem(id.keyDER, "", false) }, ""},
		"files":        {func(x *Ctx) error { return x.UseCertFile(id.certFile) }, func(x *Ctx) error { return x.UseKeyFile(id.keyFile, "", false) }, ""},
		"other key":    {func(x *Ctx) error { return x.UseCertMem(id.certPEM) }, func(x *Ctx) error { return x.UseKeyMem(other.keyPEM, "", false) }, "mismatch"},
		"no file":      {func(x *Ctx) error { return x.UseCertFile("/nonexistent") }, nil, "No such file"},
		"no key file":  {func(x *Ctx) error { return x.UseKeyFile("/nonexistent", "", false) }, nil, "No such file"},
		"empty cert":   {func(x *Ctx) error { return x.UseCertMem(nil) }, nil, "empty"},
		"empty key":    {func(x *Ctx) error { return x.UseKeyMem(nil, "", false) }, nil, "empty"},
		"garbage cert": {func(x *Ctx) error { return x.UseCertMem([]byte("garbage")) }, nil, "error:"},
		"garbage key":  {func(x *Ctx) error { return x.UseKeyMem([]byte("-----BEGIN garbage"), "", false) }, nil, "error:"},
		"cipher":       {func(x *Ctx) error { return x.SetCiphers("NO-SUCH") }, nil, "no cipher match"},
		"suite":        {func(x *Ctx) error { return x.SetSuites("NO-SUCH") }, nil, "no cipher match"},
		"curve":        {func(x *Ctx) error { return x.SetGroups("nonsense") }, nil, "curve"},
		"curve known":  {func(x *Ctx) error { return x.SetGroups("prime256v1:secp384r1") }, nil, ""},
		"CA":           {func(x *Ctx) error { return x.TrustMem(ca.certPEM, true) }, nil, ""},
		"CA file":      {func(x *Ctx) error { return x.TrustFile("/nonexistent") }, nil, "No such file"},
	} {
		t.Run(name, func(t *testing.T) {
			x, err := NewServer()
			must(t, err)
			defer x.Close()
			err = tc.cert(x)
			if err == nil && tc.key != nil {
				if err = tc.key(x); err == nil {
					err = x.CheckKey()
				}
			}
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("got %v, want %q in it", err, tc.want)
			}
		})
	}
}

func TestTransfer(t *testing.T) {
	server, client := contexts(t, make1(t, "localhost", nil))
	s, c := pair(t, server, client)
	must(t, c.WantsALPN([]string{"three", "two"}))
	if _, err := c.Write([]byte("early"), false); err != unix.EAGAIN {
		t.Error("a write before the handshake: ", err)
	}
	if sErr, cErr := shake(s, c); sErr != nil || cErr != nil {
		t.Fatal(sErr, cErr)
	}
	if s.ALPN() != "two" || c.ALPN() != "two" {
		t.Errorf("ALPN %q and %q", s.ALPN(), c.ALPN())
	}
	want := make([]byte, 1<<20)
	_, _ = rand.Read(want)
	var got []byte
	rest, blocked, pending := want, 0, 0
	buf := make([]byte, 1000) // smaller than a record: the rest is pending
	for len(got) < len(want) {
		for len(rest) > 0 {
			n, err := c.Write(rest, false)
			if err == unix.EAGAIN {
				blocked++
				rest = append([]byte(nil), rest...) // the retry may come from elsewhere
				break
			}
			must(t, err)
			rest = rest[n:]
		}
		if err := c.Flush(); err != nil && err != unix.EAGAIN {
			t.Fatal(err)
		}
		for {
			n, err := s.Read(buf)
			got = append(got, buf[:n]...)
			if n > 0 && s.Pending() > 0 {
				pending++
			}
			if err == unix.EAGAIN {
				break
			}
			must(t, err)
		}
	}
	if blocked == 0 || pending < 1000 {
		t.Errorf("blocked %d times, %d times with bytes pending: too little was tested", blocked, pending)
	}
	if !bytes.Equal(got, want) {
		t.Error("bytes differ")
	}
	c.Shutdown()
	c.Shutdown()
	must(t, c.Flush())
	if _, err := s.Read(buf); err != io.EOF {
		t.Error("after the goodbye: ", err)
	}
	if _, err := s.Write([]byte("still here"), false); err != nil {
		t.Error("half-closed: ", err)
	}
	if _, err := c.Write([]byte("x"), false); err != unix.EPIPE {
		t.Error("a write after our own goodbye: ", err)
	}
}

// TestGather: what is written with more to come leaves with Flush, in one piece;
// what was read ahead is pending as far as it is a whole record.
func TestGather(t *testing.T) {
	server, client := contexts(t, make1(t, "localhost", nil))
	s, c := pair(t, server, client)
	if sErr, cErr := shake(s, c); sErr != nil || cErr != nil {
		t.Fatal(sErr, cErr)
	}
	for range 3 {
		_, err := c.Write([]byte("abc"), true)
		must(t, err)
	}
	buf := make([]byte, 100)
	for { // session tickets
		if _, err := c.Read(buf); err == unix.EAGAIN {
			break
		}
	}
	if _, err := s.Read(buf); err != unix.EAGAIN {
		t.Fatal("it left before Flush: ", err)
	}
	if _, _, err := unix.Recvfrom(s.fd, buf, unix.MSG_PEEK|unix.MSG_DONTWAIT); err != unix.EAGAIN {
		t.Fatal("it left before Flush: ", err)
	}
	must(t, c.Flush())
	raw := make([]byte, 200) // cut the third record
	n, _, err := unix.Recvfrom(s.fd, raw, 0)
	must(t, err)
	feed := func(b []byte) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		_, err = unix.Write(fds[0], b)
		must(t, err)
		must(t, unix.Dup3(fds[1], s.fd, unix.O_CLOEXEC))
		unix.Close(fds[1])
		t.Cleanup(func() { unix.Close(fds[0]) })
	}
	feed(raw[:n-2])
	for _, pending := range []bool{true, false} {
		n, err := s.Read(buf)
		must(t, err)
		if string(buf[:n]) != "abc" || s.Pending() > 0 != pending {
			t.Errorf("%q, %d pending", buf[:n], s.Pending())
		}
	}
	if _, err := s.Read(buf); err != unix.EAGAIN || s.Pending() != 0 {
		t.Error("a piece of a record: ", err, s.Pending())
	}
	feed(raw[n-2 : n])
	if n, err := s.Read(buf); err != nil || string(buf[:n]) != "abc" {
		t.Error("the rest of it: ", err)
	}
}

// TestPeerGone: a failed write leaves what the peer sent before to be read. Seen to
// fail where OpenSSL was told of the socket's error: it read nothing more.
func TestPeerGone(t *testing.T) {
	server, client := contexts(t, make1(t, "localhost", nil))
	s, c := pair(t, server, client)
	if sErr, cErr := shake(s, c); sErr != nil || cErr != nil {
		t.Fatal(sErr, cErr)
	}
	if _, err := c.Write([]byte("too much"), false); err != nil {
		t.Fatal(err)
	}
	unix.Shutdown(c.fd, unix.SHUT_RDWR) // SIGPIPE would end the test
	for range 2 {
		if _, err := s.Write(make([]byte, 200_000), false); err != unix.EPIPE {
			t.Error("write: ", err)
		}
	}
	buf := make([]byte, 100)
	if n, err := s.Read(buf); err != nil || string(buf[:n]) != "too much" {
		t.Errorf("read behind a failed write: %q, %v", buf[:n], err)
	}
	if _, err := s.Read(buf); err == nil || err == unix.EAGAIN {
		t.Error("read at the end: ", err)
	}
	s.Shutdown()
	s.Close()
	s.Close()
}

func TestVerify(t *testing.T) {
	ca := make1(t, "ca", nil)
	id := make1(t, "localhost", ca)
	for name, tc := range map[string]struct {
		trust  bool
		host   string
		verify func(good bool, s VerifyState) bool
		code   int
		ok     bool
	}{
		"trusted":       {trust: true, host: "localhost", ok: true},
		"untrusted":     {host: "localhost", code: ErrNoIssuer},
		"wrong host":    {trust: true, host: "elsewhere", code: ErrHostnameMismatch},
		"forgiven":      {host: "localhost", verify: func(_ bool, s VerifyState) bool { s.Forgive(); return true }, ok: true},
		"hook says no":  {trust: true, host: "localhost", verify: func(bool, VerifyState) bool { return false }, code: 1},
		"hook says yes": {trust: true, host: "localhost", verify: func(good bool, s VerifyState) bool { return s.Cert() != nil && s.Pointer() != nil && good }, ok: true},
	} {
		t.Run(name, func(t *testing.T) {
			server, client := contexts(t, id)
			if tc.trust {
				must(t, client.TrustMem(ca.certPEM, false))
			}
			s, c := pair(t, server, client)
			c.verify = tc.verify
			c.VerifyPeer()
			c.WantsName("localhost")
			must(t, c.MustBe(tc.host))
			_, err := shake(s, c)
			if (err == nil) != tc.ok {
				t.Error(err)
			}
			code, text := c.VerifyResult()
			if !tc.ok && (code != tc.code || text == "") {
				t.Errorf("result %d (%s), want %d", code, text, tc.code)
			}
		})
	}
}

func TestServerName(t *testing.T) {
	a, b := make1(t, "a.test", nil), make1(t, "b.test", nil)
	serverA, client := contexts(t, a)
	serverB, _ := contexts(t, b)
	s, c := pair(t, serverA, client)
	asked := ""
	s.pick = func(name string) *Ctx { asked = name; return serverB }
	c.WantsName("b.test")
	if sErr, cErr := shake(s, c); sErr != nil || cErr != nil {
		t.Fatal(sErr, cErr)
	}
	p, _ := Peer(c.SSL())
	defer p.Close()
	if asked != "b.test" || string(p.CommonName(100)) != "b.test" || !s.Is(serverB) || s.Is(serverA) {
		t.Errorf("asked for %q, got %q", asked, p.CommonName(100))
	}
}

// TestCloseInHook: a hook may close the connection that calls it.
func TestCloseInHook(t *testing.T) {
	server, client := contexts(t, make1(t, "localhost", nil))
	s, c := pair(t, server, client)
	infos := 0
	s.TellInfo()
	s.info = func(where, _ int) {
		infos++
		if _, err := s.Read(make([]byte, 1)); err != unix.EAGAIN {
			t.Error("a read inside a hook: ", err)
		}
		if where == 0x2001 { // SSL_CB_ACCEPT_LOOP
			s.Close()
		}
	}
	sErr, _ := shake(s, c)
	if infos == 0 || sErr != io.ErrClosedPipe {
		t.Errorf("%d events, %v", infos, sErr)
	}
	if _, err := s.Read(make([]byte, 1)); err != io.EOF {
		t.Error(err)
	}
	if _, err := s.Write([]byte("x"), false); err != unix.EPIPE {
		t.Error(err)
	}
}

func TestClientCertificate(t *testing.T) {
	ca := make1(t, "ca", nil)
	id, alice := make1(t, "localhost", ca), make1(t, "Alice", ca)
	server, client := contexts(t, id)
	must(t, server.TrustMem(ca.certPEM, false))
	server.VerifyClients(true, []byte("test"))
	s, c := pair(t, server, client)
	must(t, c.UseIdentity(alice.certDER, alice.keyDER))
	if sErr, cErr := shake(s, c); sErr != nil || cErr != nil {
		t.Fatal(sErr, cErr)
	}
	p, good := Peer(s.SSL())
	if p == nil || !good || string(p.CommonName(100)) != "Alice" {
		t.Error("the server does not know Alice")
	}
	p.Close()
	s, c = pair(t, server, client)
	if sErr, _ := shake(s, c); sErr == nil || !strings.Contains(sErr.Error(), "did not return a certificate") {
		t.Error("without a certificate: ", sErr)
	}
	if err := c.UseIdentity(alice.certDER, id.keyDER); err == nil {
		t.Error("a key that does not fit was taken")
	}
}

func TestNoTLSHello(t *testing.T) {
	server, client := contexts(t, make1(t, "localhost", nil))
	s, c := pair(t, server, client)
	_, _ = unix.Write(c.fd, []byte("GET / HTTP/1.1\r\n\r\n"))
	err := s.Handshake()
	e, ok := err.(*Error)
	if !ok || e.Syscall() || !strings.Contains(err.Error(), "http request") {
		t.Error(err)
	}
	if err := s.Handshake(); err != io.ErrClosedPipe {
		t.Error("again: ", err)
	}
}

func TestCert(t *testing.T) {
	ca := make1(t, "ca", nil)
	m := make1(t, "localhost", ca)
	c, err := ParseCert(m.certPEM)
	must(t, err)
	defer c.Close()
	d, err := ParseCert(ca.certDER)
	must(t, err)
	defer d.Close()
	from, to, err := c.Validity()
	must(t, err)
	if from != 1700000000 || to != 4000000000 {
		t.Errorf("valid from %d to %d", from, to)
	}
	if s := string(c.Subject(200)); s != "/O=Tests/CN=localhost" {
		t.Error("subject ", s)
	}
	if s := string(c.Subject(10)); s != "/O=Tests/"[:len(s)] || len(s) > 9 {
		t.Errorf("cut subject %q", s)
	}
	if s := string(c.Issuer(200)); s != "/O=Tests/CN=ca" {
		t.Error("issuer ", s)
	}
	if s := string(c.CommonName(200)); s != "localhost" {
		t.Error("name ", s)
	}
	want, err := x509.MarshalPKIXPublicKey(&m.key.PublicKey)
	must(t, err)
	if !bytes.Equal(c.PublicKey(500), want) || c.PublicKey(10) != nil {
		t.Error("public key")
	}
	if c.KeyUsage() != 0x84 { // digital signature, certificate signing
		t.Errorf("usage 0x%x", c.KeyUsage())
	}
	if !d.Issued(c) || c.Issued(d) {
		t.Error("who issued whom")
	}
	if _, err := ParseCert([]byte("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")); err == nil {
		t.Error("nonsense was parsed")
	}
}

func FuzzParseCert(f *testing.F) {
	m := make1(f, "localhost", nil)
	f.Add(m.certDER)
	f.Add(m.certPEM)
	f.Add(append(m.certPEM, m.certPEM...))
	f.Fuzz(func(_ *testing.T, b []byte) {
		if c, err := ParseCert(b); err == nil {
			c.CommonName(64)
			_, _, _ = c.Validity()
			c.Close()
		}
	})
}

func FuzzParseSession(f *testing.F) {
	f.Add([]byte("no session"))
	f.Add([]byte{0x30, 0x82, 0x7f, 0xff, 2, 1, 1})
	f.Fuzz(func(_ *testing.T, b []byte) {
		if s, err := ParseSession(b); err == nil {
			s.DER()
			s.Free()
		}
	})
}
