// SPDX-License-Identifier: MIT

package lwsws

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// The keys that say how lwsws' own connections use TLS: the server behind a mount wants a
// certificate, and tells whose it was given, the version and the cipher that were agreed on.
// Without a certificate it takes nobody. (Mounts of all vhosts use the settings of the first, in
// the original as well: each case has a server of its own.) Seen to fail where client-ssl-ciphers is
// passed over.
func TestClientTLS(t *testing.T) {
	t.Parallel()
	id := harness.SelfSigned(t) // has the address, too: the original asks for that
	own := harness.Issue(t, "lwsws itself", nil, nil)
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{id.TLS}, ClientCAs: own.Pool(), ClientAuth: tls.RequireAndVerifyClientCert})
	if err != nil {
		t.Fatal(err)
	}
	behind := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s, %s, %s", r.TLS.PeerCertificates[0].Subject.CommonName, tls.VersionName(r.TLS.Version), tls.CipherSuiteName(r.TLS.CipherSuite))
	})}
	go func() { _ = behind.Serve(l) }()
	t.Cleanup(func() { behind.Close() })
	upstream := l.Addr().(*net.TCPAddr).Port
	const old = `"ssl-client-option-set": "536870912"` // SSL_OP_NO_TLSv1_3
	cases := []struct{ keys, want string }{
		{`"client-ssl-cert": CERT, "client-ssl-key": KEY, ` + old + `, "client-ssl-ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384"`,
			"lwsws itself, TLS 1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
		{`"client-ssl-cert": CERT, "client-ssl-key": KEY, ` + old + `, "client-ssl-ciphers": "ECDHE-ECDSA-CHACHA20-POLY1305"`,
			"lwsws itself, TLS 1.2, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
		{`"client-ssl-cert": CERT, "client-ssl-key": KEY, "client-tls13-ciphers": "TLS_CHACHA20_POLY1305_SHA256"`,
			"lwsws itself, TLS 1.3, TLS_CHACHA20_POLY1305_SHA256"},
		{`"client-ssl-cert": CERT, "client-ssl-key": KEY, ` + old + `, "ssl-client-option-clear": "536870912", "client-tls13-ciphers": "TLS_AES_256_GCM_SHA384"`,
			"lwsws itself, TLS 1.3, TLS_AES_256_GCM_SHA384"},
		{old, ""},
	}
	for _, l := range libraries {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				s, port := newSite(t), harness.FreePort(t)
				keys := strings.NewReplacer("CERT", fmt.Sprintf("%q", own.CertFile), "KEY", fmt.Sprintf("%q", own.KeyFile)).Replace(c.keys)
				s.write("conf", `{ "global": { "init-ssl": "1", "timeout-secs": "5" } }`)
				s.write("conf.d/a", `{ "vhosts": [ { "name": "v", "port": "%d", "interface": "127.0.0.1", "noipv6": "1", "enable-client-ssl": "1", "client-ssl-ca": %q, %s,
					"mounts": [ { "mountpoint": "/", "origin": "https://127.0.0.1:%d/" } ] } ] }`, port, id.CertFile, keys, upstream)
				p := l.start(t, "-n", "-c", s.dir)
				up(t, p, port)
				if _, cipher, tls13 := strings.Cut(c.want, "TLS 1.3"); tls13 && !l.Ours {
					c.want = strings.TrimSuffix(c.want, cipher) // row 216
				}
				if b := answered(t, port); c.want != "" && !strings.Contains(b, c.want) || c.want == "" && strings.Contains(b, "TLS 1") {
					t.Errorf("%s: %q, not %q\n%s", c.keys, b, c.want, p.Log())
				}
				p.Signal(syscall.SIGINT)
				if err := p.Wait(within); l.Ours && err != nil {
					t.Errorf("%v\n%s", err, p.Log())
				}
			}
		})
	}
}

// answered is all that comes of a request, as it is: the original's status line is none.
func answered(t *testing.T, port int) string {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(within))
	fmt.Fprint(c, "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	b, _ := io.ReadAll(c)
	return string(b)
}
