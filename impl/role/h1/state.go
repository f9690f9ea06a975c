// SPDX-License-Identifier: MIT

// Package h1 is the role of HTTP/1 server connections: requests are read and
// parsed here, responses are put together here; what a request means is
// decided by the packages above (Action) and by the roles that can be
// upgraded to (Hooks).
package h1

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/coding"
	"libwebsockets/impl/wire/form"
	"libwebsockets/impl/wire/h1"
)

// State is what the role keeps of a server connection.
type State struct {
	parser h1.Parser
	// Parsed: the headers of the current request are complete.
	Parsed  bool
	takes   uint8         // codings that the request takes, by rank
	prefers coding.Coding // the one that it prefers
	second  coding.Coding // where that needs a library that is not there
	// Version is 0 until a request told it: 0 for HTTP/1.0, 1 for HTTP/1.1, 2 for HTTP/2.
	Version int
	// KeepAlive: the connection goes on after this transaction.
	KeepAlive bool

	bodyLen      int64 // of the request's body as announced
	bodyLeft     int64
	chunked      *h1.Chunked
	explicitZero bool
	ending       *form.Ending // finds where a body without length is over
	expects      bool         // 100 (Continue)
	sinceRenewal int          // bytes of the body, see bodyCame

	// Handling404 is set while the vhost's 404 document itself is served.
	Handling404 bool
	// ToHTTPS: a plain connection to a TLS port; requests are redirected.
	ToHTTPS bool
	// SendingChunked: the response body leaves in chunks.
	SendingChunked bool
	// Cache is the Cache-Control of files, as the last mount that was hit says; "" means no-store.
	Cache string
	// TxLength is what the response's Content-Length promised.
	TxLength int64

	later    bool // requests were served before
	answered bool // something of the answer was written
	// Immortal: the transaction has no timeout.
	Immortal bool
	// PendingBody is what a stream has yet to send before it is closed.
	PendingBody []byte

	await func() bool // answers a stream's request when all of it has come

	entry *entry // for the access log
	code  int    // of the answer
	Sent  int64  // of it, with its head

	coded *encoding // how the answer's body is encoded, nil: it is not

	behind   int  // bytes received behind what was parsed last
	deferred bool // the transaction is over once the queue has drained
	sawEOF   bool

	// App is for the package that serves the request (a file, for instance).
	App any
}

// StateOf is the HTTP state of a server connection, nil for others.
func StateOf(c *engine.Conn) *State {
	s, _ := c.Data.(*State)
	return s
}

type role struct{}

var _ engine.Expirer = role{}

// Role is the one value of the role.
var Role engine.Role = role{}

var reasons = engine.Reasons{
	Adopt:     engine.ReasonServerNewClientInstantiated,
	Writeable: engine.ReasonHTTPWriteable,
	Close:     engine.ReasonClosedHTTP,
	Bind:      engine.ReasonHTTPBindProtocol,
	Unbind:    engine.ReasonHTTPDropProtocol,
}

func (role) Name() string                 { return "h1" }
func (role) Reasons(bool) *engine.Reasons { return &reasons }

// CloseVia ends a compressed body of no known length: as that of a plain one, its end is
// that of the connection.
func (role) CloseVia(c *engine.Conn, _ engine.CloseStatus) bool {
	if s := StateOf(c); s.Coded() && s.coded.left < 0 {
		s.endCoded(c)
	}
	return false
}

// Application is what serves requests: package httpd.
type Application interface {
	// Action serves the request in c.Headers; false closes.
	Action(c *engine.Conn) bool
	// RedirectHit answers with a redirect if the URI's mount asks for one before
	// anything else is looked at; done tells that it did, ok false closes.
	RedirectHit(c *engine.Conn) (done, ok bool)
	// Fragment sends the next piece of what is being sent; false closes.
	Fragment(c *engine.Conn) bool
	// BindPost binds a stream's POST request to the protocol of its mount.
	BindPost(c *engine.Conn)
	// Drop gives back what App holds.
	Drop(c *engine.Conn)
}

// Taker is a State.App that takes the request's body in the program's stead.
type Taker interface {
	// TakeBody takes a piece. Where there is no room for another it leaves c in
	// StateBodyHeld, until [BodyGoesOn]. false closes.
	TakeBody(c *engine.Conn, b []byte) bool
	// EndBody is called behind the last; false closes.
	EndBody(c *engine.Conn) bool
}

// Hooks are what the role needs of the packages that build upon it.
type Hooks struct {
	App Application
	// Upgrades are the protocols that a connection can be upgraded to, by their
	// name in lower case. The function is called with the request's headers, and
	// with what was received behind them once it returned true; false closes.
	Upgrades map[string]func(c *engine.Conn) bool
	// Extended serves a stream's request that is no plain one, a WebSocket's for
	// instance (RFC 8441); done false: it is one. ok false closes.
	Extended func(c *engine.Conn) (done, ok bool)
	// Fallback turns a connection that does not speak HTTP over to another role,
	// with all bytes that it sent; false closes.
	Fallback func(c *engine.Conn, b []byte) bool
}

var hooks Hooks

// Wire sets the hooks.
func Wire(h Hooks) { hooks = engine.Wired(h) }

// Write sends b as it is.
func (role) Write(c *engine.Conn, b engine.Payload, wp engine.WriteProtocol) int {
	s := StateOf(c)
	if s.Coded() {
		return s.writeCoded(c, b.Bytes(), wp)
	}
	if !s.issue(c, b.Bytes()) {
		return -1
	}
	return len(b.Bytes())
}

// issue sends bytes of the answer.
func (s *State) issue(c *engine.Conn, b []byte) bool {
	if s != nil {
		s.answered = true
		s.Sent += int64(len(b))
	}
	return c.Issue(b)
}

// TimedOut tells why a slow body ends the connection.
func (role) TimedOut(c *engine.Conn, r engine.TimeoutReason) {
	if r == engine.TimeoutHTTPContent && c.Ctx.MinRxRate > 0 && (c.State() == engine.StateBody || c.State() == engine.StateDiscardBody) {
		engine.Noticef("%s: the body comes slower than %d bytes a second (http_min_rx_rate): closing", c, c.Ctx.MinRxRate)
	}
}

// Gone gives back what the connection holds.
func (role) Gone(c *engine.Conn) {
	s := StateOf(c)
	if s == nil {
		return
	}
	s.logDone()
	s.dropCoding()
	if s.App != nil {
		hooks.App.Drop(c)
		s.App = nil
	}
}
