// SPDX-License-Identifier: MIT

package child

import "libwebsockets/impl/engine"

// pipes is the role of a CGI's pipes: what happens is told to the one whose CGI it is.
type pipes struct{}

var _ engine.Polled = pipes{}

// Pipes is the one value of the role ("cgi").
var Pipes engine.Role = pipes{}

var pipeReasons = engine.Reasons{ParentFirst: true}

func (pipes) Name() string                                   { return "cgi" }
func (pipes) Reasons(bool) *engine.Reasons                   { return &pipeReasons }
func (pipes) CloseVia(*engine.Conn, engine.CloseStatus) bool { return false }

// Gone tells the process, in whose books the pipe is.
func (pipes) Gone(c *engine.Conn) {
	if k, ok := c.Data.(*pipe); ok {
		k.p.PipeClosed(c)
	}
}

// Readable tells of what can be read.
func (pipes) Readable(c *engine.Conn) bool {
	tell(c)
	return c.Dead() || !c.Over()
}

// Writeable has the poll say when the pipe takes something.
func (pipes) Writeable(c *engine.Conn) bool {
	c.WantOut = true
	c.TouchPoll()
	return true
}

// Writable tells, once, that the pipe does.
func (pipes) Writable(c *engine.Conn) bool {
	c.WantOut = false
	c.TouchPoll()
	tell(c)
	return true
}

func tell(c *engine.Conn) {
	if k, ok := c.Data.(*pipe); ok && !k.p.over && k.p.info.Event != nil {
		k.p.info.Event(k.n)
	}
}

// Write is none of the library's: a program writes to the descriptor.
func (pipes) Write(*engine.Conn, engine.Payload, engine.WriteProtocol) int { return -1 }
