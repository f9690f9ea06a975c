// SPDX-License-Identifier: MIT

// Package raw is the role of connections whose bytes the program handles by
// itself: sockets, and other descriptors that can be polled.
package raw

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
)

// socket is a role of raw sockets: what it is called, and what its callbacks are.
type socket struct {
	name           string
	rx, rxClient   engine.Reason // of clients where it is another one
	server, client engine.Reasons
}

// Socket is the role of raw sockets ("raw-skt").
var Socket engine.Role = &socket{name: "raw-skt", rx: engine.ReasonRAWRX,
	server: engine.Reasons{
		Adopt:     engine.ReasonRAWAdopt,
		Writeable: engine.ReasonRAWWriteable,
		Close:     engine.ReasonRAWClose,
		Bind:      engine.ReasonRAWSktBindProtocol,
		Unbind:    engine.ReasonRAWSktDropProtocol,
	},
	client: engine.Reasons{
		Adopt:     engine.ReasonRAWConnected,
		Writeable: engine.ReasonRAWWriteable,
		Close:     engine.ReasonRAWClose,
		Bind:      engine.ReasonRAWSktBindProtocol,
		Unbind:    engine.ReasonRAWSktDropProtocol,
	},
}

// Proxy is the role of the two sides of a proxy that the program makes ("raw-proxy").
var Proxy engine.Role = &socket{name: proxyName, rxClient: engine.ReasonRAWProxyCLIRX, rx: engine.ReasonRAWProxySRVRX,
	server: engine.Reasons{
		Adopt:     engine.ReasonRAWProxySRVAdopt,
		Writeable: engine.ReasonRAWProxySRVWriteable,
		Close:     engine.ReasonRAWProxySRVClose,
		Bind:      engine.ReasonRAWProxySRVBindProtocol,
		Unbind:    engine.ReasonRAWProxySRVDropProtocol,
	},
	client: engine.Reasons{
		Adopt:     engine.ReasonRAWProxyCLIAdopt,
		Writeable: engine.ReasonRAWProxyCLIWriteable,
		Close:     engine.ReasonRAWProxyCLIClose,
		Bind:      engine.ReasonRAWProxyCLIBindProtocol,
		Unbind:    engine.ReasonRAWProxyCLIDropProtocol,
	},
}

// proxyName is what listen_accept_role and local_protocol_name say for Proxy.
const proxyName = "raw-proxy"

// ForClient is the role of a raw connection that is bound to the named protocol.
func ForClient(protocol string) engine.Role {
	if protocol == proxyName {
		return Proxy
	}
	return Socket
}

func (s *socket) Name() string                                 { return s.name }
func (*socket) CloseVia(*engine.Conn, engine.CloseStatus) bool { return false }
func (*socket) Gone(*engine.Conn)                              {}

func (s *socket) Reasons(client bool) *engine.Reasons {
	if client {
		return &s.client
	}
	return &s.server
}

func (s *socket) received(c *engine.Conn) engine.Reason {
	if c.Client() && s.rxClient != 0 {
		return s.rxClient
	}
	return s.rx
}

// Readable reads once and gives the program what came; only a negative answer closes.
func (s *socket) Readable(c *engine.Conn) bool {
	if k := c.Kept(); len(k) > 0 {
		n := min(len(k), c.Ctx.ServBufSize)
		// The callback may keep more, which moves what is kept.
		b := append(make([]byte, 0, n+1), k[:n]...)
		c.Consume(n)
		return c.CallBytes(s.received(c), b) >= 0
	}
	b := c.PT().Buf[:c.Ctx.ServBufSize-engine.Pre]
	n, err := c.Read(b)
	if err == engine.ErrAgain {
		return true
	}
	if err != nil {
		return false
	}
	return c.CallBytes(s.received(c), b[:n]) >= 0
}

func (s *socket) Writeable(c *engine.Conn) bool {
	return c.Call(s.Reasons(c.Client()).Writeable, nil, 0) >= 0
}

func (*socket) Write(c *engine.Conn, b engine.Payload, _ engine.WriteProtocol) int {
	if !c.Issue(b.Bytes()) {
		return -1
	}
	return len(b.Bytes())
}

// SocketBinder takes sockets that do not speak HTTP: a listen.Binder.
type SocketBinder struct{}

// Accepts takes sockets that are adopted without the HTTP flag.
func (SocketBinder) Accepts(_ *engine.Vhost, how engine.AdoptFlags) bool {
	return how&engine.AdoptSocket != 0 && how&(engine.AdoptHTTP|engine.AdoptUDP) == 0
}

// Bind binds to the named protocol, or the vhost's raw one.
func (SocketBinder) Bind(c *engine.Conn, _ engine.AdoptFlags, named bool) {
	bindAs(c, Socket, named)
}

// bindAs has the connection speak r to its named protocol, or the vhost's raw one.
func bindAs(c *engine.Conn, r engine.Role, named bool) {
	c.SetRole(r)
	c.SetState(engine.StateEstablished)
	p := c.Protocol
	if v := c.Vhost; !named && v.RawIndex < len(v.Protocols) {
		p = v.Protocols[v.RawIndex]
	}
	c.Bind(p)
}

// Bound has nothing to add.
func (SocketBinder) Bound(*engine.Conn) {}

// AdoptReason tells the program of the connection.
func (SocketBinder) AdoptReason() engine.Reason { return engine.ReasonRAWAdopt }

// ProxyBinder takes sockets that are to be a proxy's: a listen.Binder.
type ProxyBinder struct{ SocketBinder }

// Accepts takes sockets adopted for it, or accepted by a vhost that wants it.
func (ProxyBinder) Accepts(v *engine.Vhost, how engine.AdoptFlags) bool {
	return v.Ours && (SocketBinder{}).Accepts(v, how) &&
		(how&engine.AdoptFlagRawProxy != 0 || v.Options.Has(engine.OptAdoptApplyListen) && v.AcceptRole == proxyName)
}

// Bind binds to the named protocol, or the vhost's raw one.
func (ProxyBinder) Bind(c *engine.Conn, _ engine.AdoptFlags, named bool) { bindAs(c, Proxy, named) }

// AdoptReason tells the program of the connection.
func (ProxyBinder) AdoptReason() engine.Reason { return engine.ReasonRAWProxySRVAdopt }

// Fallback makes an HTTP connection whose peer does not speak HTTP, or asks for
// a tunnel, a raw one, and hands out what came.
func Fallback(c *engine.Conn, b []byte) bool {
	v := c.Vhost
	p := v.Protocols[min(v.RawIndex, len(v.Protocols)-1)]
	if q := v.Protocol(v.AcceptProtocol); q != nil && v.AcceptProtocol != "" {
		p = q
	}
	c.Bind(p)
	c.Data = nil
	r := Socket.(*socket)
	if v.Ours && v.AcceptRole == proxyName {
		r = Proxy.(*socket)
	}
	c.SetRole(r)
	c.SetState(engine.StateEstablished)
	h1.DetachHeaders(c)
	c.SetTimeout(engine.NoPendingTimeout, 0)
	engine.Noticef("%s: fallback to %s, protocol %s", c, r.name, p.Name)
	if c.Call(r.server.Adopt, nil, 0) != 0 {
		return false
	}
	if c.Dead() {
		return true
	}
	return c.CallBytes(r.rx, b) == 0
}
