// SPDX-License-Identifier: MIT

package guide

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

func init() {
	drives["tls-server"] = tlsServer
	drives["tls-client"] = tlsClient
}

// authority signs others.
func (r *run) authority() *harness.Identity {
	r.Helper()
	return harness.Issue(r, "authority", nil, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign })
}

func tlsServer(r *run) {
	ca := r.authority()
	server, next := harness.Issue(r, "localhost", ca, nil), harness.Issue(r, "localhost", ca, nil)
	p := r.serve(server.CertFile, server.KeyFile, ca.CertFile)
	dial := func(client *harness.Identity) (*websocket.Conn, error) {
		d := websocket.Dialer{Subprotocols: []string{"hello"}, HandshakeTimeout: 20 * time.Second,
			TLSClientConfig: &tls.Config{RootCAs: ca.Pool(), ServerName: "localhost"}}
		if client != nil {
			d.TLSClientConfig.Certificates = []tls.Certificate{client.TLS}
		}
		c, _, err := d.Dial(fmt.Sprintf("wss://127.0.0.1:%d/", r.port), nil)
		return c, err
	}
	ada := harness.Issue(r, "Ada", ca, nil)
	c, err := dial(ada)
	must(r, err)
	r.hears(c, "hello Ada")
	for who, id := range map[string]*harness.Identity{"nobody": nil, "a stranger": harness.Issue(r, "Eve", nil, nil)} {
		if c, err := dial(id); err == nil {
			c.Close()
			r.Errorf("%s is let in", who)
		}
	}
	serial := func() string {
		c, err := dial(ada)
		must(r, err)
		defer c.Close()
		r.hears(c, "hello Ada")
		return c.NetConn().(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	if have := serial(); have != server.Cert.SerialNumber.String() {
		r.Errorf("another certificate: %s", have)
	}
	for from, to := range map[string]string{next.CertFile: server.CertFile, next.KeyFile: server.KeyFile} {
		b, err := os.ReadFile(from)
		must(r, err)
		must(r, os.WriteFile(to, b, 0o600))
	}
	p.Signal(syscall.SIGHUP)
	harness.Eventually(r, 20*time.Second, "the new certificate", func() bool { return serial() == next.Cert.SerialNumber.String() })
	must(r, c.WriteMessage(websocket.PingMessage, nil)) // the old connection goes on
	c.SetPongHandler(func(string) error { return websocket.ErrBadHandshake })
	if _, _, err := c.ReadMessage(); err != websocket.ErrBadHandshake {
		r.Errorf("the first connection has no pong but %v", err)
	}
	p.Stop()
}

func tlsClient(r *run) {
	ca := r.authority()
	ada := harness.Issue(r, "Ada", ca, nil)
	for name, good := range map[string]bool{"localhost": true, "elsewhere": false, "self-signed": false} {
		server := harness.Issue(r, name, ca, nil)
		if name == "self-signed" {
			server = harness.SelfSigned(r)
		}
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{server.TLS},
			ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.Pool()})
		must(r, err)
		defer l.Close()
		p := r.start(fmt.Sprint(l.Addr().(*net.TCPAddr).Port), ca.CertFile, ada.CertFile, ada.KeyFile)
		c, err := harness.Accept(l, "", 20*time.Second)
		if (err == nil) != good {
			r.Errorf("%s: the client comes with %v", name, err)
		}
		if err != nil {
			if p.Wait(20*time.Second) == nil || !strings.Contains(p.Log(), "no connection: ") {
				r.Errorf("%s: the client is content; log:\n%s", name, p.Log())
			}
			continue
		}
		must(r, c.SendMessage(harness.Text, []byte("hi")))
		if f, err := c.Receive(); err != nil || f.Op != harness.Close {
			r.Errorf("%v, %v instead of CLOSE", f, err)
		}
		c.Close()
		r.ended(p)
		if out := p.All(); !slices.Equal(out, []string{"connected to localhost", "hi"}) {
			r.Errorf("it prints %q", out)
		}
	}
}
