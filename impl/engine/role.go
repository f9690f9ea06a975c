// SPDX-License-Identifier: MIT

package engine

// Role is what a connection speaks. A role keeps its state in Conn.Data. What only
// some roles care for are the interfaces below: a role's package says beside the type
// which of them it implements, and TestRoles finds what is said of none.
type Role interface {
	Name() string
	// Readable is called when there is something to read; false closes.
	Readable(c *Conn) bool
	// Writeable is called when WRITEABLE is due and nothing is queued; false closes.
	Writeable(c *Conn) bool
	// Write frames and sends b (lws_write); buf has Pre bytes of headroom
	// where the role needs them. It returns what lws_write returns.
	Write(c *Conn, b Payload, wp WriteProtocol) int
	// CloseVia lets the role say goodbye first; true: the close goes on later.
	CloseVia(c *Conn, status CloseStatus) bool
	// Gone is called once when the connection dies.
	Gone(c *Conn)
	// Reasons are the role's callback reasons.
	Reasons(client bool) *Reasons
}

// Reasons are the callback reasons that a role uses for the same events, for
// a client and for a server connection.
type Reasons struct {
	Adopt, Writeable, Close, Bind, Unbind Reason
	// ParentFirst: a parent hears of the end (CHILD_CLOSING) before Close is told.
	ParentFirst bool
}

// Carrier is a role whose connections carry others, which end first.
type Carrier interface {
	// Owes tells whether one of them keeps something for the program.
	Owes(c *Conn) bool
	// Ending is called when the connection is about to die, before anybody is told.
	Ending(c *Conn, status CloseStatus)
}

// Polled is a role that sets Conn.WantOut, to wait for POLLOUT by itself.
type Polled interface {
	// Writable is called at POLLOUT, when nothing is queued; false closes.
	Writable(c *Conn) bool
}

// Expirer is a role that has something to say of a timeout.
type Expirer interface {
	// TimedOut is called when the timeout r has passed, before the connection is closed for it.
	TimedOut(c *Conn, r TimeoutReason)
}

// Queuer is a role that keeps a queue of its own of what was written.
type Queuer interface {
	// Queued tells whether something is in it.
	Queued(c *Conn) bool
}

// Keepalive is a role that can ask its peer whether it is there.
type Keepalive interface {
	// Ping sends the question when the peer has been silent for Retry.PingSecs; false closes.
	Ping(c *Conn) bool
}

// Lender is a role whose connections C may serve (short.go).
type Lender interface {
	// AtRest tells whether all that was received has been handed out and nothing is owed
	// to the peer; piece is the longest message that the program gets in one piece, atOnce
	// the most that is read at once.
	AtRest(c *Conn) (piece, atOnce int, ok bool)
}

// Targeter is a role whose connections are on their way to somewhere.
type Targeter interface {
	// Target is where to, for the log line of a connection that failed.
	Target(c *Conn) string
}

// Restarter is a role whose connections can begin anew instead of ending.
type Restarter interface {
	// Restart does so; false: the connection is to end.
	Restart(c *Conn) bool
}

// Receiver is a role whose connections can be streams: the connection that carries
// them reads.
type Receiver interface {
	// StreamHead is called with the peer's header section in c.Headers; false closes.
	StreamHead(c *Conn) bool
	// StreamBody takes a piece of what the peer sends, StreamEnd its end; false closes.
	StreamBody(c *Conn, b []byte) bool
	StreamEnd(c *Conn) bool
}
