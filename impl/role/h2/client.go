// SPDX-License-Identifier: MIT

package h2

import (
	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h2"
)

// Owner is who a client's network connection works for.
type Owner interface {
	// Settled is called when streams can be opened; false closes.
	Settled(n *Net) bool
	// Gone is called when the connection dies.
	Gone(n *Net)
	// Unsent is called for a stream that never sent its head when the server
	// opens no more streams; true: it was taken elsewhere.
	Unsent(n *Net, c *engine.Conn) bool
}

// Connect makes c, a client connection that is up, speak HTTP/2; a server may
// let windows overflow if fixOverflow says so. false closes.
func Connect(c *engine.Conn, o Owner, fixOverflow bool) bool {
	n := start(c, true)
	n.FixOverflow = fixOverflow
	n.Owner = o
	n.Settled = o.Settled
	return n.announce()
}

// Conn is the network connection.
func (n *Net) Conn() *engine.Conn { return n.c }

// Ready tells whether streams can be opened now.
func (n *Net) Ready() bool { return n.settled && n.Alive() }

// Alive tells whether streams can be opened now or when the server has answered.
func (n *Net) Alive() bool {
	return !n.ending && !n.lost && !n.leaving && !n.goneAway && !n.c.Dead() && !n.c.Closing()
}

// TakesWebSockets tells whether the server opens WebSockets on streams (RFC 8441 §3).
func (n *Net) TakesWebSockets() bool { return n.peer[wire.EnableConnectProtocol] == 1 }

// Open makes c a stream of ours; it has no number before its head is sent.
func (n *Net) Open(c *engine.Conn) { n.add(c, 0) }

// Net is the network connection of the stream.
func (st *Stream) Net() *Net { return st.n }

// MayBegin tells whether the server takes another stream now; if not, WRITEABLE
// comes when it does.
func (st *Stream) MayBegin() bool {
	if st.id != 0 {
		return true
	}
	open := uint32(0)
	for _, o := range st.n.streams {
		if o.id != 0 {
			open++
		}
	}
	if open < st.n.peer[wire.MaxConcurrentStreams] {
		return true
	}
	st.c.Hold(true)
	st.c.AskWriteable()
	return false
}

// Begin sends the head of a request; end: it has no body. The server may send
// credit bytes at first; manual leaves what follows to the program.
func (st *Stream) Begin(head []byte, end, manual bool, credit int) bool {
	n := st.n
	st.id = n.next
	n.next += 2
	st.tx = wire.Window(n.peer[wire.InitialWindowSize])
	st.ending = end
	if !st.sendHead(head, end) {
		return false
	}
	st.manual = manual
	if !manual {
		credit = streamWindow
	}
	st.grant(int64(credit))
	return true
}

// Interim forgets a header section that is not the final one (RFC 9110 §15.2).
func (st *Stream) Interim() { st.headSeen = false }

// Leave ends the stream and makes c a connection of its own again.
func (st *Stream) Leave() {
	st.Ended(st.c)
	st.c.LeaveCarrier()
}

// next stream numbers run out at 2^31 (RFC 9113 §5.1.1).
const lastStream = 1<<31 - 1

// spent tells whether the connection has no stream numbers left.
func (n *Net) spent() bool { return n.client && n.next > lastStream }
