// SPDX-License-Identifier: MIT

// Package raw is the role of connections whose bytes the program handles by
// itself: sockets, and other descriptors that can be polled.
package raw

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
)

type socket struct{}

// Socket is the role of raw sockets ("raw-skt").
var Socket engine.Role = socket{}

var serverReasons = engine.Reasons{
	Adopt:     engine.ReasonRAWAdopt,
	Writeable: engine.ReasonRAWWriteable,
	Close:     engine.ReasonRAWClose,
	Bind:      engine.ReasonRAWSktBindProtocol,
	Unbind:    engine.ReasonRAWSktDropProtocol,
}

var clientReasons = engine.Reasons{
	Adopt:     engine.ReasonRAWConnected,
	Writeable: engine.ReasonRAWWriteable,
	Close:     engine.ReasonRAWClose,
	Bind:      engine.ReasonRAWSktBindProtocol,
	Unbind:    engine.ReasonRAWSktDropProtocol,
}

func (socket) Name() string                                   { return "raw-skt" }
func (socket) CloseVia(*engine.Conn, engine.CloseStatus) bool { return false }
func (socket) Gone(*engine.Conn)                              {}

func (socket) Reasons(client bool) *engine.Reasons {
	if client {
		return &clientReasons
	}
	return &serverReasons
}

// Readable reads once and gives the program what came; only a negative answer closes.
func (socket) Readable(c *engine.Conn) bool {
	if k := c.Kept(); len(k) > 0 {
		n := min(len(k), c.Ctx.ServBufSize)
		// The callback may keep more, which moves what is kept.
		b := append(make([]byte, 0, n+1), k[:n]...)
		c.Consume(n)
		return c.CallBytes(engine.ReasonRAWRX, b) >= 0
	}
	b := c.PT().Buf[:c.Ctx.ServBufSize-engine.Pre]
	n, err := c.Read(b)
	if err == engine.ErrAgain {
		return true
	}
	if err != nil {
		return false
	}
	return c.CallBytes(engine.ReasonRAWRX, b[:n]) >= 0
}

func (socket) Writeable(c *engine.Conn) bool {
	return c.Call(engine.ReasonRAWWriteable, nil, 0) >= 0
}

func (socket) Write(c *engine.Conn, b engine.Payload, _ engine.WriteProtocol) int {
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
	c.SetRole(Socket)
	c.SetState(engine.StateEstablished)
	h1.DetachHeaders(c)
	c.SetTimeout(engine.NoPendingTimeout, 0)
	engine.Noticef("%s: fallback to raw, protocol %s", c, p.Name)
	if c.Call(engine.ReasonRAWAdopt, nil, 0) != 0 {
		return false
	}
	if c.Dead() {
		return true
	}
	return c.CallBytes(engine.ReasonRAWRX, b) == 0
}
