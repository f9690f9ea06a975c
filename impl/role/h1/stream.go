// SPDX-License-Identifier: MIT

package h1

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/h1"
)

// What an HTTP/2 stream shares with a connection of HTTP/1: everything but how
// heads and bodies get on and off the wire.

// BeginStream makes c, a stream, await its one request.
func BeginStream(c *engine.Conn) {
	c.Data = &State{Version: 2, KeepAlive: true, Parsed: true}
}

// Serve acts on the request in c.Headers; false closes.
func Serve(c *engine.Conn) bool {
	c.Vhost.Count.H2Requests.Add(1)
	if c.Headers != nil && string(c.Headers.Value(h1.TokenHTTPColonMethod)) == "POST" {
		hooks.App.BindPost(c)
	}
	return c.Dead() || StateOf(c).action(c)
}

// carrier is what a request asks of the stream that carries it.
type carrier interface {
	// Awaits tells whether the peer has more to send.
	Awaits() bool
	// Begun tells whether something of the body has come.
	Begun() bool
	// GoAhead sends 100 (Continue), if the peer still waits for it; false closes.
	GoAhead() bool
}

// Await puts the answer to a stream's request off until all of the request has
// come; what comes of a body is thrown away. An answer in between would hide
// what may be wrong with the rest. false: nothing is to come, or the peer waits for the
// answer before it sends more.
func Await(c *engine.Conn, answer func() bool) bool {
	m, ok := c.Mux().(carrier)
	if !ok || !m.Awaits() {
		return false
	}
	s := StateOf(c)
	if s.expects && !m.Begun() {
		return false
	}
	if s.bodyLen == 0 { // some clients never end a request without a body
		return false
	}
	s.await, s.bodyLen, s.explicitZero = answer, 0, false
	c.SetState(engine.StateDiscardBody)
	return true
}

// StreamBody hands out a piece of a request's body; false closes.
func StreamBody(c *engine.Conn, b []byte) bool {
	if s := StateOf(c); s.await != nil {
		s.bodyCame(c, len(b))
		return true
	}
	switch c.State() {
	case engine.StateBody, engine.StateDiscardBody:
		_, ok := StateOf(c).body(c, b)
		return ok
	case engine.StateBodyHeld:
		c.Keep(b)
		return true
	}
	return true // a body where none belongs
}

// StreamEnd is called when all of a request's body was handed out: one that
// told no length is complete now. false closes.
func StreamEnd(c *engine.Conn) bool {
	s := StateOf(c)
	if fn := s.await; fn != nil {
		s.await, s.bodyLeft = nil, 0
		c.SetState(engine.StateEstablished)
		return fn()
	}
	if s.bodyLeft == 0 {
		return true
	}
	s.bodyLeft = 0
	switch c.State() {
	case engine.StateBody, engine.StateBodyHeld, engine.StateDiscardBody:
		return s.bodyDone(c)
	}
	return true
}

// StreamWriteable does what a stream's transaction has to do when it may be
// written to; done false: the program is to be asked. ok false closes.
func StreamWriteable(c *engine.Conn) (done, ok bool) {
	s := StateOf(c)
	switch {
	case s.deferred:
		s.deferred = false
		return true, Completed(c) == 0
	case s.PendingBody != nil:
		b := s.PendingBody
		s.PendingBody = nil
		c.Write(engine.PayloadOf(b), engine.WriteHTTPFinal)
		return true, false
	case c.State() == engine.StateIssuingFile:
		return true, hooks.App.Fragment(c)
	}
	return false, true
}
