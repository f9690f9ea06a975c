// SPDX-License-Identifier: MIT

package h1

import "libwebsockets/impl/engine"

// What an HTTP/2 stream shares with a connection of HTTP/1: everything but how
// heads and bodies get on and off the wire.

// BeginStream makes c, a stream, await its one request.
func BeginStream(c *engine.Conn) {
	c.Data = &State{Version: 2, KeepAlive: true, Parsed: true}
}

// Serve acts on the request in c.Headers; false closes.
func Serve(c *engine.Conn) bool { return StateOf(c).action(c) }

// StreamBody hands out a piece of a request's body; false closes.
func StreamBody(c *engine.Conn, b []byte) bool {
	switch c.State() {
	case engine.StateBody, engine.StateDiscardBody:
		_, ok := StateOf(c).body(c, b)
		return ok
	}
	return true // a body where none belongs
}

// StreamEnd is called when all of a request's body was handed out: one that
// told no length is complete now. false closes.
func StreamEnd(c *engine.Conn) bool {
	s := StateOf(c)
	if s.bodyLeft == 0 {
		return true
	}
	s.bodyLeft = 0
	switch c.State() {
	case engine.StateBody, engine.StateDiscardBody:
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
		return true, App.Fragment(c)
	}
	return false, true
}
