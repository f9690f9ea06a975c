// SPDX-License-Identifier: MIT

package generations

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Seen to fail with the two identifiers exchanged.
func TestCertificateSays(t *testing.T) { onEach(t, testCertificateSays) }

func testCertificateSays(t *testing.T, in installed) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ own, signer []byte }{{[]byte("own key"), []byte("signer")}, {}} {
		of := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), SubjectKeyId: c.own}
		der, err := x509.CreateCertificate(rand.Reader, of, &x509.Certificate{
			Subject: pkix.Name{CommonName: "signer"}, SubjectKeyId: c.signer,
		}, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "cert.pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("0:%x 0:%x 0:%x", der, c.own, c.signer)
		if c.own == nil {
			want = fmt.Sprintf("0:%x 1: 1:", der)
		}
		if l := in.run(t, "libwebsockets", "http://127.0.0.1:1", "cert:"+file); l[0] != "cert:"+file+": "+want {
			t.Errorf("%s\nwant %s", l[0], want)
		}
	}
}
