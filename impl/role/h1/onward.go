// SPDX-License-Identifier: MIT

package h1

import (
	"math"

	"libwebsockets/impl/engine"
)

// Onward is what a request is answered by that another server answers.
type Onward interface {
	// Drop is called when the transaction is over, or its connection.
	Drop(c *engine.Conn)
}

// SetOnward has o answer the request of c.
func SetOnward(c *engine.Conn, o Onward) { StateOf(c).App = o }

// OnwardOf is what SetOnward has set, nil: nothing.
func OnwardOf(c *engine.Conn) Onward {
	if s := StateOf(c); s != nil {
		o, _ := s.App.(Onward)
		return o
	}
	return nil
}

// BodyLength tells how long the body is of the request in c.Headers, -1: its end will
// tell. A request over HTTP/1 that says nothing has none (RFC 9112 §6.3), but for forms
// whose last boundary ends them.
func BodyLength(c *engine.Conn) int64 {
	s := StateOf(c)
	m, _ := c.Mux().(carrier)
	switch {
	case s.chunked != nil:
		return -1
	case s.bodyLeft > 0:
		return s.bodyLeft
	case s.explicitZero:
		return 0
	case s.bodyLen > 0 && (s.ending != nil || m != nil && m.Awaits()):
		s.bodyLen = math.MaxInt64
		return -1
	}
	s.bodyLen = 0
	return 0
}

// ExpectOnward is ExpectBody for a request that another server answers: nothing else is
// taken from the connection until then.
func ExpectOnward(c *engine.Conn) bool {
	if !ExpectBody(c) {
		return false
	}
	if !c.Dead() && c.State() == engine.StateEstablished {
		c.SetState(engine.StateDoingTransaction)
	}
	return true
}

// Progress renews the time in which the transaction has to go on.
func Progress(c *engine.Conn) { StateOf(c).contentTimeout(c) }

// HasMore tells whether some of the request's body has yet to come.
func HasMore(c *engine.Conn) bool {
	s := StateOf(c)
	return s.bodyLen != 0 && s.bodyLeft != 0
}
