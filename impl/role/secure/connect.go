// SPDX-License-Identifier: MIT

package secure

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/tls"
)

// Faults of a server's certificate that a client connection may allow:
// LCCSCF_ bits.
const (
	AllowSelfSigned  = 1 << 1
	SkipHostname     = 1 << 2
	AllowExpired     = 1 << 3
	AllowUntrustedCA = 1 << 4
)

// connector is the client's handshake.
type connector struct {
	c     *engine.Conn
	t     *transport
	allow int
	tag   string // of its session, "" uses none
	done  func(error)
}

// Connect starts the client side of TLS on c.
func (o *Vhost) Connect(c *engine.Conn, r *engine.TLSRequest, done func(error)) {
	if o.Client == nil {
		done(c.Vhost.NoClientTLS())
		return
	}
	l := limitsOf(c.Ctx)
	if !l.take(c.Ctx) {
		done(errLimit)
		return
	}
	k := &connector{c: c, allow: r.Allow, done: done}
	t, err := start(c, o.Client, c.FD(), k)
	if err != nil {
		l.back(c.Ctx)
		done(err)
		return
	}
	k.t, t.place = t, l
	t.VerifyPeer()
	t.WantsName(r.Host)
	if r.Allow&SkipHostname == 0 {
		err = t.MustBe(r.Host)
	}
	if err == nil {
		err = t.WantsALPN(offers(r.ALPN))
	}
	if err == nil && len(r.Cert) > 0 {
		err = t.UseIdentity(r.Cert, r.Key)
	}
	if err != nil {
		k.end(err)
		return
	}
	if len(r.Cert) == 0 { // else the server knows another client
		k.tag = SessionTag(c.Vhost, r.Host, r.Port)
		k.resume(o.sessions)
	}
	t.Handshake(c)
}

// Handshake goes on with a client's handshake as far as the socket lets it.
func (t *transport) Handshake(c *engine.Conn) {
	k := t.client
	if k == nil || k.done == nil {
		return
	}
	err := t.Conn.Handshake()
	switch {
	case c.Dead():
	case err == nil && !c.Settle():
		k.end(io.ErrClosedPipe)
	case err == unix.EAGAIN:
		c.TouchPoll()
	case err != nil:
		k.end(k.explain(err))
	default:
		k.end(k.confirm())
	}
}

func (k *connector) end(err error) {
	done := k.done
	k.done = nil
	if err == nil && engine.Prog.LogLevel()&engine.LogInfo != 0 {
		engine.Infof("%s: connected, %s, ALPN '%s'", k.c, k.t.Cipher(), k.t.ALPN())
	}
	done(err)
}

// kinds are what a release that tells kinds of problems calls them.
var kinds = map[int]string{
	tls.ErrHostnameMismatch: "tls=hostname", tls.ErrNotYetValid: "tls=notyetvalid", tls.ErrExpired: "tls=expired",
	tls.ErrSelfSigned: "tls=invalidca", tls.ErrSelfSignedChain: "tls=invalidca", tls.ErrInvalidCA: "tls=invalidca",
}

// badCert words a problem with the server's certificate.
func (k *connector) badCert(code int, text string) error {
	words := strings.Replace(k.words().Certificate, "%s", kinds[code], 1)
	return fmt.Errorf("%s: %s", engine.Numbered(words, code), text)
}

func (k *connector) words() *engine.ClientErrors { return &k.c.Ctx.ABI.Client.Errors }

// explain says why a handshake failed.
func (k *connector) explain(err error) error {
	k.c.SetBroken()
	if code, text := k.t.VerifyResult(); code != 0 {
		return k.badCert(code, text)
	}
	e, ok := err.(*tls.Error)
	switch {
	case !ok:
		return err
	case e.Syscall():
		return fmt.Errorf("connect SYSCALL %d: %v", int(e.Errno), e)
	}
	return fmt.Errorf("%s: %v", engine.Numbered(k.words().TLS, int(e.Kind)), e)
}

// confirm looks at what the check of the certificate came to in the end.
func (k *connector) confirm() error {
	code, text := k.t.VerifyResult()
	if code == 0 || k.allows(code) {
		return nil
	}
	return k.badCert(code, text)
}

// allows tells whether the program wants to ignore a problem.
func (k *connector) allows(code int) bool {
	switch code {
	case tls.ErrSelfSigned, tls.ErrSelfSignedChain:
		return k.allow&AllowSelfSigned != 0
	case tls.ErrNoIssuer, tls.ErrLeafSignature:
		return k.allow&AllowUntrustedCA != 0
	case tls.ErrNotYetValid, tls.ErrExpired:
		return k.allow&AllowExpired != 0
	}
	return false
}

// verify decides about one certificate of the server's chain: problems that
// are allowed pass, about everything else the program is asked. It can forgive
// a problem by clearing the check's error, and refuse a good certificate.
func (k *connector) verify(good bool, s tls.VerifyState) bool {
	if code, text, _ := s.Err(); !good && code != 0 && k.allows(code) {
		engine.Noticef("%s: accepting the certificate although: %s", k.c, text)
		s.Forgive()
		return true
	}
	// As in the reference, the context's first vhost is asked, whose ever the connection is.
	first := k.c.Ctx.Vhosts()[0].Protocols
	if len(first) == 0 {
		return good
	}
	n := k.t.ask(first[0], engine.ReasonOPENSSLPerformServerCertVerification, good, s)
	if code, text, depth := s.Err(); !good && code != 0 {
		engine.Errf("%s: server certificate: %s (X509_V_ERR %d, depth %d)", k.c, text, code, depth)
		return false
	}
	return n == 0
}
