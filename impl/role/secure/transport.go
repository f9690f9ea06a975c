// SPDX-License-Identifier: MIT

package secure

import (
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/tls"
)

// transport is a connection's TLS as the engine and OpenSSL's hooks see it.
type transport struct {
	*tls.Conn
	c      *engine.Conn
	mask   int // SSL_CB_ events that cause SSL_INFO
	place  *limits
	shakes bool       // has a place for its handshake
	client *connector // the client's handshake, nil: we are the server
}

// start makes the TLS of c on the descriptor fd.
func start(c *engine.Conn, x *tls.Ctx, fd int, k *connector) (*transport, error) {
	t := &transport{c: c, client: k, mask: Of(c.Vhost).cfg.InfoMask}
	p, err := limitsOf(c.Ctx).pool(c)
	if err != nil {
		return nil, err
	}
	tc, err := x.NewConn(fd, k != nil, p, t)
	if err != nil {
		return nil, err
	}
	t.Conn = tc
	if t.mask != 0 {
		tc.TellInfo()
	}
	c.TLS = t
	c.F.SSL = tc.SSL()
	c.F.IsSSL = 1
	return t, nil
}

// Close says goodbye, frees the connection's TLS and gives its place back.
func (t *transport) Close() {
	t.Conn.Close()
	t.shaken()
	t.place.back(t.c.Ctx)
	t.place = nil
}

// AtRest: C does not tell of SSL_INFO.
func (t *transport) AtRest() bool { return t.mask == 0 && t.Conn.AtRest() }

// shaken gives the place for the handshake back.
func (t *transport) shaken() {
	if t.shakes {
		t.shakes = false
		limitsOf(t.c.Ctx).end(t.c.Ctx)
	}
}

// Moved is called when another connection takes over the socket.
func (t *transport) Moved(to *engine.Conn) {
	t.c = to
	if t.client != nil {
		t.client.c = to
	}
}

// sslInfo is struct lws_ssl_info.
type sslInfo struct {
	where, ret int32
}

// killedBySSLInfo is PENDING_TIMEOUT_KILLED_BY_SSL_INFO.
const killedBySSLInfo engine.TimeoutReason = 22

// atOnce is LWS_TO_KILL_ASYNC.
const atOnce int = -1

// Info runs SSL_INFO for the events that the program wants.
func (t *transport) Info(where, ret int) {
	c := t.c
	if where&t.mask == 0 || c.Dead() || c.FD() < 0 {
		return
	}
	if c.Call(engine.ReasonSSLInfo, unsafe.Pointer(&sslInfo{int32(where), int32(ret)}), 0) != 0 && !c.Dead() {
		c.SetTimeout(killedBySSLInfo, atOnce)
	}
}

// ServerName picks the vhost for the name that the client asks for.
func (t *transport) ServerName(name string) *tls.Ctx {
	v := t.c.Ctx.SelectVhost(t.c.Vhost.Port, name)
	if o := Of(v); o != nil && o.Server != nil {
		engine.Infof("%s: SNI '%s': vhost %s", t.c, name, v.Name)
		return o.Server
	}
	engine.Infof("%s: SNI '%s': no vhost of that name", t.c, name)
	return nil
}

// Verify asks the program about the peer's certificate.
func (t *transport) Verify(good bool, s tls.VerifyState) bool {
	c := t.c
	if c.Dead() || c.Vhost == nil || len(c.Vhost.Protocols) == 0 {
		return good
	}
	if t.client != nil {
		return t.client.verify(good, s)
	}
	if cert := s.Cert(); cert != nil {
		engine.Infof("%s: client certificate CN '%s'", c, cert.CommonName(62))
	}
	_, why, depth := s.Err()
	// The program's answer is final, whatever OpenSSL thinks.
	if t.ask(c.Vhost.Protocols[0], engine.ReasonOPENSSLPerformClientCertVerification, good, s) != 0 {
		return false
	}
	if cert := s.Cert(); !good && cert != nil {
		engine.Warnf("%s: client certificate '%s' failed its check (depth %d: %s), but protocol %s answered 0: accepted",
			c, cert.Subject(256), depth, why, c.Vhost.Protocols[0].Name)
	}
	return true
}

// ask runs a certificate callback on p.
func (t *transport) ask(p *engine.Protocol, r engine.Reason, good bool, s tls.VerifyState) int {
	n := uintptr(0)
	if good {
		n = 1
	}
	return t.c.CallProtocol(p, r, s.Pointer(), t.SSL(), n)
}
