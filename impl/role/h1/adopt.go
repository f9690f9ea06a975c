// SPDX-License-Identifier: MIT

package h1

import "libwebsockets/impl/engine"

// Binder makes accepted sockets HTTP/1 connections: a listen.Binder.
type Binder struct{}

// Accepts takes sockets that are to speak HTTP first.
func (Binder) Accepts(_ *engine.Vhost, how engine.AdoptFlags) bool {
	return how&engine.AdoptHTTP != 0 && how&engine.AdoptSocket != 0
}

// Bind makes the connection await a request. A connection whose protocol was
// not chosen by name begins with the vhost's default one.
func (Binder) Bind(c *engine.Conn, _ engine.AdoptFlags, named bool) {
	Begin(c)
	if v := c.Vhost; !named && v.DefaultIndex < len(v.Protocols) {
		c.SetProtocol(v.Protocols[v.DefaultIndex])
	} else if len(v.Protocols) > 0 {
		c.SetProtocol(v.Protocols[0])
	}
}

// Bound gives the headers of the first request their time. The store for them
// comes with the first byte, the right to have one at once, if the peer may.
func (Binder) Bound(c *engine.Conn) {
	c.SetTimeout(engine.TimeoutHoldingHeaders, c.Vhost.HeaderSecs)
	if !takeHead(c) {
		c.SetTimeout(engine.TimeoutEstablish, c.Ctx.TimeoutSecs)
	}
}

// takeHead tells whether the connection may hold a request's headers. If not it gets
// them later, and then their time begins.
func takeHead(c *engine.Conn) bool { return c.TakeHead(tookHead) }

func tookHead(c *engine.Conn) {
	c.SetTimeout(engine.TimeoutHoldingHeaders, c.Vhost.HeaderSecs)
	c.NoRead = false
	c.TouchPoll()
	c.Resume()
}

// AdoptReason tells the program of the connection.
func (Binder) AdoptReason() engine.Reason { return engine.ReasonServerNewClientInstantiated }
