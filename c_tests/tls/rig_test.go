// SPDX-License-Identifier: MIT

// Package tls runs one C program with the reference's library and with ours,
// lets Go's crypto/tls talk to it, and compares what the program's callbacks
// and the peer saw. Certificates are made for each run.
//
// Seen to fail: a library that told no CLOSED_HTTP after a bad hello, one that
// offered ALPN unasked, and the reference's (vague error texts, TestCertUpdated).
package tls

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

// identity is a certificate with its key and the files they are in.
type identity struct {
	cert              *x509.Certificate
	key               any
	tls               tls.Certificate
	certFile, keyFile string
	certDER, keyDER   string // files
}

// issue makes a certificate; without a parent it signs itself.
func issue(t testing.TB, name string, parent *identity, edit func(*x509.Certificate)) *identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<60))
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(100 * 24 * time.Hour),
		DNSNames: []string{name}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if edit != nil {
		edit(c)
	}
	up, upKey := c, any(key)
	if parent != nil {
		up, upKey = parent.cert, parent.key
	}
	return finish(t, c, up, key, &key.PublicKey, upKey)
}

// finish signs a certificate and writes its files.
func finish(t testing.TB, c, up *x509.Certificate, key, pub, upKey any) *identity {
	der, err := x509.CreateCertificate(rand.Reader, c, up, pub, upKey)
	must(t, err)
	id := &identity{key: key}
	id.cert, err = x509.ParseCertificate(der)
	must(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	id.tls = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		must(t, os.WriteFile(p, b, 0o600))
		return p
	}
	id.certFile = write("cert.pem", pemOf(der))
	id.keyFile = write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	id.certDER, id.keyDER = write("cert.der", der), write("key.der", keyDER)
	if k, ok := key.(*ecdsa.PrivateKey); ok { // the reference reads no other form of DER
		sec1, err := x509.MarshalECPrivateKey(k)
		must(t, err)
		id.keyDER = write("key.der", sec1)
		id.keyFile = write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: sec1}))
	}
	return id
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// encrypted makes a server identity whose key file needs a password.
func encrypted(t testing.TB, parent *identity, password string) *identity {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(77), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"},
	}
	id := finish(t, c, parent.cert, key, &key.PublicKey, parent.key)
	//lint:ignore SA1019 old as the form is, programs use it
	b, err := x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), []byte(password), x509.PEMCipherAES128)
	must(t, err)
	must(t, os.WriteFile(id.keyFile, pem.EncodeToMemory(b), 0o600))
	return id
}

func authority(t testing.TB, name string) *identity {
	return issue(t, name, nil, func(c *x509.Certificate) {
		c.IsCA, c.KeyUsage, c.DNSNames, c.ExtKeyUsage = true, x509.KeyUsageCertSign, nil, nil
	})
}

func expired(c *x509.Certificate) {
	c.NotBefore, c.NotAfter = time.Now().Add(-48*time.Hour), time.Now().Add(-24*time.Hour)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func program(t testing.TB) string {
	return harness.Build(t, "./prog/tls.c", "./prog/args.c", "./prog/info.c", "./prog/inspect.c", "-lssl", "-lcrypto")
}

// library names the libraries that a scenario runs with.
var libraries = []struct {
	name string
	env  func(t testing.TB) []string
}{
	{"reference", reference},
	{"ours", func(testing.TB) []string { return []string{} }},
}

// reference is the environment that makes programs use the fetched reference,
// or the one that is installed; nil when there is none.
func reference(testing.TB) []string {
	for _, root := range []string{"../../build/reference/root/usr", "/usr"} {
		dir := filepath.Join(root, "lib/x86_64-linux-gnu")
		if _, err := os.Stat(filepath.Join(dir, "libwebsockets.so.17")); err == nil {
			return []string{"LD_LIBRARY_PATH=" + dir}
		}
	}
	return nil
}

// server starts the program as a server. Without a port it ends by itself.
func server(t testing.TB, env []string, args ...string) *harness.Proc {
	t.Helper()
	return harness.StartEnv(t, env, program(t), args...).Ready()
}

// trace is what the program printed, without what runs may differ in.
func trace(p *harness.Proc) []string {
	return slices.DeleteFunc(p.All(), func(l string) bool { return strings.HasPrefix(l, "PORT") })
}

// twice runs a scenario with both libraries and compares what it gives.
func twice(t *testing.T, run func(t *testing.T, env []string) []string) []string {
	t.Helper()
	var got [2][]string
	for i, l := range libraries {
		env := l.env(t)
		if env == nil {
			t.Log("no reference library here: only ours is run")
			continue
		}
		t.Run(l.name, func(t *testing.T) { got[i] = run(t, env) })
	}
	if got[0] != nil && !slices.Equal(got[0], got[1]) {
		t.Errorf("reference:\n  %s\nours:\n  %s", strings.Join(got[0], "\n  "), strings.Join(got[1], "\n  "))
	}
	return got[1]
}

// trickle sends one byte at a time.
type trickle struct{ net.Conn }

func (c trickle) Write(b []byte) (int, error) {
	for i := range b {
		if _, err := c.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(b), nil
}

// pattern is what the program sends and expects.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7 % 251)
	}
	return b
}

func fnv(b []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range b {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

func same(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		i := 0
		for i < len(got) && i < len(want) && got[i] == want[i] {
			i++
		}
		t.Errorf("%s: %d bytes, want %d; they differ at %d", what, len(got), len(want), i)
	}
}
