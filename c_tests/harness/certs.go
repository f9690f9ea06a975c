// SPDX-License-Identifier: MIT

package harness

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Identity is a certificate with its key, and the files that they are in.
type Identity struct {
	Cert              *x509.Certificate
	Key               crypto.Signer
	TLS               tls.Certificate
	CertFile, KeyFile string
}

// SelfSigned is a certificate for the loopback that vouches for itself.
func SelfSigned(t testing.TB) *Identity {
	t.Helper()
	return Issue(t, "localhost", nil, func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)} })
}

// Issue makes a certificate, which edit may change before it is signed; without a
// signer it signs itself.
func Issue(t testing.TB, name string, signer *Identity, edit func(*x509.Certificate)) *Identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return IssueTo(t, key, name, signer, edit)
}

// IssueTo is Issue for a key that there is.
func IssueTo(t testing.TB, key crypto.Signer, name string, signer *Identity, edit func(*x509.Certificate)) *Identity {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<60))
	must(err)
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(100 * 24 * time.Hour),
		DNSNames: []string{name}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	if edit != nil {
		edit(c)
	}
	up, upKey := c, key
	if signer != nil {
		up, upKey = signer.Cert, signer.Key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, up, key.Public(), upKey)
	must(err)
	id := &Identity{Key: key, TLS: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}
	id.Cert, err = x509.ParseCertificate(der)
	must(err)
	dir := t.TempDir()
	id.CertFile, id.KeyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	must(os.WriteFile(id.CertFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644))
	block := &pem.Block{Type: "EC PRIVATE KEY"}
	if k, ok := key.(*ecdsa.PrivateKey); ok {
		block.Bytes, err = x509.MarshalECPrivateKey(k)
	} else {
		block.Type = "PRIVATE KEY"
		block.Bytes, err = x509.MarshalPKCS8PrivateKey(key)
	}
	must(err)
	must(os.WriteFile(id.KeyFile, pem.EncodeToMemory(block), 0o600))
	return id
}

// Pool is what trusts the certificate alone.
func (id *Identity) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(id.Cert)
	return pool
}
