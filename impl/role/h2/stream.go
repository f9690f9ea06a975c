// SPDX-License-Identifier: MIT

package h2

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h2"
)

// Stream is what the connection that carries a stream keeps of it. It is the
// stream's engine.Mux.
type Stream struct {
	n  *Net
	c  *engine.Conn
	id uint32

	headSeen  bool // the peer's header section is complete
	peerEnded bool // END_STREAM came
	headSent  bool
	ending    bool // END_STREAM goes out with the last of what is to be sent
	endSent   bool
	resetDone bool // RST_STREAM was sent or came

	tx     wire.Window
	rx     int64 // what the peer may still send
	est    int64 // the same as programs are told
	manual bool  // the program says what the peer may send

	length, got int64 // of the peer's body: as told (-1: not), as come
	endTold     bool

	head  []byte // of a head that comes in several writes
	after []byte // trailers that wait for the data in front of them

	starved bool  // WRITEABLE was given although nothing can be sent
	txLeft  int64 // of what Content-Length promised, 0: nothing did
}

// StreamOf is the stream that c is, nil for others.
func StreamOf(c *engine.Conn) *Stream {
	st, _ := c.Mux().(*Stream)
	return st
}

// Carrier is the connection that has the socket.
func (st *Stream) Carrier() *engine.Conn { return st.n.c }

// add makes c a stream of the connection.
func (n *Net) add(c *engine.Conn, id uint32) *Stream {
	st := &Stream{n: n, c: c, id: id, length: -1, tx: wire.Window(n.peer[wire.InitialWindowSize]),
		rx: int64(n.our[wire.InitialWindowSize]), est: int64(n.our[wire.InitialWindowSize])}
	c.CarriedBy(n.c, st)
	c.F.IsSSL = n.c.F.IsSSL
	n.streams = append(n.streams, st)
	n.idle()
	return st
}

// Ended is called when the stream's connection dies: the peer is told, if it
// does not know.
func (st *Stream) Ended(c *engine.Conn) {
	n := st.n
	for i, o := range n.streams {
		if o == st {
			n.streams = append(n.streams[:i:i], n.streams[i+1:]...)
			break
		}
	}
	if n.cur == st {
		n.cur = nil
	}
	if n.block.st == st {
		n.block.st = nil
	}
	if n.ending || n.c.Dead() || n.c.Closing() {
		return
	}
	switch {
	case st.id == 0 || st.resetDone && n.wasReset(st.id): // no stream yet, or we reset it
	case st.resetDone || st.endSent && st.peerEnded:
		n.note(past{id: st.id, tx: st.tx})
	case st.endSent && !n.client && st.got == 0:
		n.note(past{id: st.id, reset: true, untold: true, tx: st.tx})
	case st.endSent && !n.client:
		n.rst(st.id, wire.NoError) // the rest of the request is of no use (RFC 9113 §8.1)
	case c.F.Role&engine.FaceWS != 0 && st.headSent && c.Unsent() == 0:
		n.frame(wire.Data, wire.EndStream, st.id, nil)
		if !st.peerEnded {
			n.rst(st.id, wire.NoError)
		}
	default:
		n.rst(st.id, wire.Cancel)
	}
	st.resetDone = true
	if n.client {
		for _, o := range n.streams { // one of them may have waited for our place
			if o.id == 0 {
				o.c.Hold(false)
			}
		}
	}
	n.idle()
	n.leaveOver()
}

// holds tells whether something that came waits to be handed out.
func (st *Stream) holds() bool { return len(st.c.Kept()) > 0 || st.c.RxPending }

// owes tells whether that is for the program, and not for an answer that nobody hears.
func (st *Stream) owes() bool {
	return st.c.Owed() || st.c.State() == engine.StateDeferringAction && st.holds()
}

// kill closes the stream without a further word to the peer of its own.
func (st *Stream) kill() {
	st.c.SetBroken()
	st.c.Close(engine.CloseNoStatus)
}

// body takes a piece of the peer's data; last is its end.
func (st *Stream) body(b []byte, last bool) {
	c := st.c
	ok := true
	if st.got += int64(len(b)); st.badLength(last) {
		st.breach(errLength)
		return
	}
	if len(b) > 0 {
		if c.State() == engine.StateDeferringAction || len(c.Kept()) > 0 || c.NoRead {
			c.Keep(b)
		} else {
			ok = c.Role().(engine.Receiver).StreamBody(c, b)
		}
	}
	if last {
		st.peerEnded = true
	}
	st.goOn(ok)
}

// Awaits tells whether the peer has more to send (h1.Await).
func (st *Stream) Awaits() bool { return !st.peerEnded }

// Begun tells whether something of the peer's body has come (h1.Await).
func (st *Stream) Begun() bool { return st.got > 0 }

// GoAhead sends 100 (Continue), unless that says nothing: the body has begun, or the
// answer (RFC 9110 §10.1.1, RFC 9113 §8.1). false closes.
func (st *Stream) GoAhead() bool {
	if st.peerEnded || st.Begun() || st.headSent || len(st.head) > 0 {
		return true
	}
	return st.n.frame(wire.Headers, wire.EndHeaders, st.id, goAhead)
}

var goAhead = wire.AppendField(nil, ":status", []byte("100"))

// badLength tells whether the body is not as long as it should be; last: it is complete.
func (st *Stream) badLength(last bool) bool {
	return st.length >= 0 && (st.got > st.length || last && st.got != st.length)
}

// Promise notes how long the answer's body is to be, -1: that was not told (RFC 9113
// §8.1.1). false: there is none, and it should not be empty.
func (st *Stream) Promise(length int64) bool {
	st.length = length
	return !st.peerEnded || !st.badLength(true)
}

// Malformed ends the stream because of such an answer.
func (st *Stream) Malformed() { st.breach(errLength) }

// goOn ends the peer's side when all of it was taken; ok false closes.
func (st *Stream) goOn(ok bool) {
	c := st.c
	if ok && !c.Dead() && st.peerEnded && !st.endTold && !st.holds() && c.State() != engine.StateDeferringAction {
		st.endTold = true
		ok = c.Role().(engine.Receiver).StreamEnd(c)
	}
	if !ok && !c.Dead() {
		c.Close(engine.CloseNoStatus)
	}
	st.n.leaveOver()
}

// Drained is called by a WebSocket that has handed out what waited.
func (st *Stream) Drained() {
	st.goOn(true)
	st.credit()
}

// credit lets the peer send more, when it has used half of what it may and all of
// that has been taken.
func (st *Stream) credit() {
	if st.manual || st.peerEnded || st.holds() || st.c.Dead() || st.c.State() == engine.StateBodyHeld || st.rx > streamWindow/2 {
		return
	}
	st.grant(streamWindow - st.rx)
}

// grant lets the peer send n bytes more.
func (st *Stream) grant(n int64) {
	if n = min(n, wire.MaxWindow-st.rx); n <= 0 {
		return
	}
	st.rx += n
	st.est += n
	st.n.est += n
	if k := &st.n.block; st.peerEnded || k.end && k.id == st.id { // it sends nothing more
		return
	}
	var room [wire.HeaderLen + 4]byte
	st.n.c.Issue(wire.AppendWindowUpdate(room[:0], st.id, uint32(n)))
}

// allowance is how many bytes may be sent now.
func (st *Stream) allowance() int { return min(st.tx.Left(), st.n.tx.Left()) }

// unhold gives WRITEABLE back to a stream that could not send.
func (st *Stream) unhold() {
	if st.allowance() > 0 {
		st.starved = false
		st.c.Hold(false)
	}
}

// MayCall tells whether WRITEABLE is to be given. A stream without
// allowance gets it once, as it may have something else to do; then it waits.
func (st *Stream) MayCall() bool {
	if st.allowance() > 0 {
		return true
	}
	if st.starved {
		st.c.Hold(true)
		st.c.AskWriteable()
		return false
	}
	st.starved = true
	return true
}

// Immortal takes a transaction's timeout away for good (lws_http_mark_sse, long
// polls, WebSockets).
func Immortal(c *engine.Conn) {
	c.SetTimeout(engine.NoPendingTimeout, 0)
	if s := h1.StateOf(c); s != nil && c.Stream() {
		s.Immortal = true
	}
}
