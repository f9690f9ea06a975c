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
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// identity is one with files in DER, too.
type identity struct {
	*harness.Identity
	certDER, keyDER string // files
}

// issue makes a certificate; without a parent it signs itself.
func issue(t testing.TB, name string, parent *identity, edit func(*x509.Certificate)) *identity {
	t.Helper()
	var signer *harness.Identity
	if parent != nil {
		signer = parent.Identity
	}
	id := &identity{Identity: harness.Issue(t, name, signer, edit)}
	write := func(file string, b []byte) string {
		p := filepath.Join(filepath.Dir(id.CertFile), file)
		must(t, os.WriteFile(p, b, 0o600))
		return p
	}
	sec1, err := x509.MarshalECPrivateKey(id.Key.(*ecdsa.PrivateKey)) // the reference reads no other form of DER
	must(t, err)
	id.certDER, id.keyDER = write("cert.der", id.Cert.Raw), write("key.der", sec1)
	return id
}

// encrypted makes a server identity whose key file needs a password.
func encrypted(t testing.TB, parent *identity, password string) *identity {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	id := &identity{Identity: harness.IssueTo(t, key, "localhost", parent.Identity, nil)}
	//lint:ignore SA1019 old as the form is, programs use it
	b, err := x509.EncryptPEMBlock(rand.Reader, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key), []byte(password), x509.PEMCipherAES128)
	must(t, err)
	must(t, os.WriteFile(id.KeyFile, pem.EncodeToMemory(b), 0o600))
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

// sources is the program, and what it is linked with.
var sources = []string{"./prog/tls.c", "./prog/args.c", "./prog/info.c", "./prog/inspect.c", "-lssl", "-lcrypto"}

func program(t testing.TB) string { return harness.Build(t, sources[0], sources[1:]...) }

// library names the libraries that a scenario runs with.
var libraries = []struct {
	name string
	env  func(t testing.TB) []string
}{
	{"reference", reference},
	{"ours", func(testing.TB) []string { return nil }},
}

// reference is the environment that makes programs use the reference.
func reference(t testing.TB) []string { return []string{"LD_LIBRARY_PATH=" + harness.Debian(t).Lib} }

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
		t.Run(l.name, func(t *testing.T) { got[i] = run(t, env) })
	}
	if !slices.Equal(got[0], got[1]) {
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
