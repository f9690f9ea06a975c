// SPDX-License-Identifier: MIT

package ws

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/ws"
)

// Readable hands out what waits, or reads and hands that out, as if each read
// took readSize bytes.
func (role) Readable(c *engine.Conn) bool {
	s := stateOf(c)
	s.began = 0
	if c.RxPending {
		if !s.resume(c) {
			return false
		}
		if c.RxPending || c.Dead() {
			return true
		}
	}
	if len(c.Kept()) > 0 {
		return s.readKept(c) && drained(c)
	}
	if c.RxOff() || c.Stream() {
		return drained(c)
	}
	b := c.PT().TakeWide(c)
	if b == nil {
		b = c.PT().Buf[:s.readSize(c)]
		n, err := c.Read(b)
		if err != nil {
			return err == engine.ErrAgain
		}
		ok, _ := s.reads(c, b[:n], false)
		return ok
	}
	defer c.PT().PutWide()
	return s.readWide(c, b)
}

// readsAtOnce is how often a socket is read before others have their turn.
const readsAtOnce = 2

// readWide reads to b until the socket is empty, or there was much. A read asks
// for a little more than it hands out: the end of what came, often a few bytes
// beyond the size of the buffers, needs no read of its own then.
func (s *State) readWide(c *engine.Conn, b []byte) bool {
	size := s.readSize(c)
	size = (len(b) - engine.WideSlack) / size * size
	carry := 0
	for i := 1; ; i++ {
		ask := size + engine.WideSlack
		if i == readsAtOnce {
			ask = size
		}
		n, err := c.Read(b[carry:ask])
		if err == engine.ErrAgain && carry > 0 {
			err = nil
		}
		if err != nil && carry == 0 {
			return err == engine.ErrAgain
		}
		got := carry + n
		empty := got < ask
		p := b[:got]
		if !empty {
			p = b[:size]
		}
		ok, on := s.reads(c, p, !empty)
		if empty && c.State() == engine.StateReturnedClose {
			c.PeerDone()
		}
		if err != nil { // of it the next read tells, too
			return ok && s.holds(c)
		}
		if empty || got == size || c.Dead() {
			return ok
		}
		if !on || !s.between(c) {
			c.Keep(b[size:got])
			return ok
		}
		carry = copy(b, b[size:got])
	}
}

// reads hands out b, which came at once, as the reads of the reference would
// have had it: a WRITEABLE that is asked for comes between two of them. ok is
// false when the connection is to be closed, on when it can take more; more
// tells that there is.
func (s *State) reads(c *engine.Conn, b []byte, more bool) (ok, on bool) {
	size := s.readSize(c)
	if s.began == 0 && (more || len(b) > size) {
		s.began = engine.Now()
	}
	for {
		p := b[:min(size, len(b))]
		b = b[len(p):]
		c.Expect(len(b) > 0)
		used, ok := s.parse(c, p)
		if c.Dead() {
			return ok, false
		}
		if !ok {
			if more || len(b) > 0 { // it might as well be unread still
				c.SetLinger()
			}
			c.Keep(p[used:]) // the peer's close frame is behind it
			c.Keep(b)
			return false, false
		}
		if used < len(p) {
			c.Keep(p[used:])
			c.Keep(b)
			return true, false
		}
		if len(b) == 0 {
			return true, true
		}
		if !s.between(c) {
			c.Keep(b)
			return true, false
		}
	}
}

// readKept hands out what was read before, in the same way.
func (s *State) readKept(c *engine.Conn) bool {
	size := s.readSize(c)
	s.began = engine.Now()
	for {
		k := c.Kept()
		p := k[:min(size, len(k))]
		c.Expect(len(k) > len(p))
		used, ok := s.parse(c, p)
		if c.Dead() {
			return true
		}
		c.Consume(used)
		if !ok {
			return false
		}
		if used < len(p) || len(c.Kept()) == 0 || !s.between(c) {
			return true
		}
	}
}

// drained tells a stream, whose end may have come already, that what it kept is out.
func drained(c *engine.Conn) bool {
	if m := c.Mux(); m != nil && !c.Dead() && len(c.Kept()) == 0 {
		m.Drained()
	}
	return true
}

// holds tells whether something waits to be handed out.
func (s *State) holds(c *engine.Conn) bool { return c.RxPending || len(c.Kept()) > 0 }

// longest is how long, in µs, other connections wait while the program gets one
// piece after the other, and what it wrote for what it writes to the next.
const longest = 1000

// between is what comes between two pieces; false: there is to be none now.
func (s *State) between(c *engine.Conn) bool {
	c.ServeWriteable()
	return !c.Dead() && !c.RxOff() && !c.RxPending && engine.Now()-s.began <= longest
}

// readSize is how much one read takes: as the reference, no more than a piece.
func (s *State) readSize(c *engine.Conn) int {
	n := c.Ctx.ServBufSize
	if s.rxSize+engine.Pre < n {
		n = s.rxSize + engine.Pre
	}
	return n
}

// StreamBody takes what came on a stream; false closes.
func (role) StreamBody(c *engine.Conn, b []byte) bool {
	n, ok := stateOf(c).parse(c, b)
	if !c.Dead() {
		c.Keep(b[n:])
	}
	return ok
}

// StreamEnd: a stream that has ended is a connection that has.
func (role) StreamEnd(*engine.Conn) bool { return false }

// StreamHead is not called: a WebSocket begins behind the header section.
func (role) StreamHead(*engine.Conn) bool { return true }

// parse takes b apart and hands its pieces out until the program stops
// receiving. It returns how much of b was used; false closes.
func (s *State) parse(c *engine.Conn, b []byte) (used int, ok bool) {
	for used < len(b) {
		if (c.RxOff() || c.RxPending) && !c.Closing() {
			return used, true
		}
		n, ch, have, err := s.dec.Next(b[used:])
		used += n
		if err != nil {
			e := err.(*ws.Error)
			return used, s.fail(c, e.Code, e.Reason)
		}
		if !have {
			return used, true
		}
		if ch.Header.Opcode.IsControl() {
			ok = s.control(c, &ch)
		} else {
			ok = s.data(c, &ch)
		}
		if !ok || c.Dead() {
			return used, ok
		}
	}
	return used, true
}

// lastAsked is how often the program is asked before a connection fails.
const lastAsked = 32

// fail closes because the peer broke the rules; the close frame has code and
// reason. What the program asked to write because of the good messages before goes
// out in front of it, as far as the socket takes it.
func (s *State) fail(c *engine.Conn, code ws.CloseCode, reason string) bool {
	return s.failBecause(c, code, reason, reason)
}

// failBecause is fail where the log says more than the close frame.
func (s *State) failBecause(c *engine.Conn, code ws.CloseCode, reason, why string) bool {
	if !s.failed {
		engine.Noticef("%s: WebSocket: what %s sent is no good, closing with %d: %s", c, c.Peer(), code, why)
	}
	s.failed = true
	for range lastAsked {
		if c.Closing() || c.Dead() || !c.ServeWriteable() {
			break
		}
	}
	if !c.Closing() && !c.Dead() {
		setCloseReason(c.F, uint16(code), []byte(reason))
		c.SetLinger()
	}
	return false
}

func (s *State) control(c *engine.Conn, ch *ws.Chunk) bool {
	c.F.Rsv = 0
	switch ch.Header.Opcode {
	case ws.OpPing:
		if !c.Closing() {
			s.sendPong(c, ch.Payload)
		}
		return !c.Broken()
	case ws.OpPong:
		c.Valid()
		// The reference's server does not tell of an empty one.
		if len(ch.Payload) == 0 && !c.Client() || c.Closing() {
			return true
		}
		r := engine.ReasonReceivePong
		if c.Client() {
			r = engine.ReasonClientReceivePong
		}
		return s.call(c, r, ch.Payload) == 0
	}
	return s.peerClose(c, ch.Payload)
}

// peerClose answers the peer's close frame, or takes it as the answer to ours.
func (s *State) peerClose(c *engine.Conn, payload []byte) bool {
	switch c.State() {
	case engine.StateAwaitingCloseAck, engine.StateReturnedClose, engine.StateFlushingBeforeClose:
		return false
	}
	if c.Buffered() { // a close frame would come too late behind it
		engine.Infof("%s: peer closes while data is still to be sent", c)
	}
	if _, _, err := ws.ParseClose(payload, c.Client() && c.Ctx.ABI.Client.RegisteredCodes); err != nil {
		e := err.(*ws.Error)
		if e == ws.ErrCloseCode && len(payload) >= 2 {
			payload[0], payload[1] = byte(e.Code>>8), byte(e.Code&0xff)
		} else if e != ws.ErrCloseReason || c.Ctx.Options.Has(engine.OptValidateUTF8) {
			return s.fail(c, e.Code, e.Reason)
		}
	}
	if s.call(c, engine.ReasonWSPeerInitiatedClose, payload) != 0 || c.Dead() {
		return false
	}
	c.SetState(engine.StateReturnedClose)
	s.sendControl(c, ws.OpClose, closePayload(c, payload)) // which the program may have changed
	return false
}

// data hands out one piece of a data frame.
func (s *State) data(c *engine.Conn, ch *ws.Chunk) bool {
	if c.Closing() { // only the peer's close frame matters now
		return true
	}
	f := c.F
	if ch.First {
		f.Rsv = ch.Header.Rsv << 4
		if ch.Header.Opcode != ws.OpContinuation {
			s.firstDone = false
			s.utf8.Reset()
			s.checkUTF8 = ch.Header.Opcode == ws.OpText && c.Ctx.Options.Has(engine.OptValidateUTF8)
		}
	}
	f.Final = b2u(ch.Header.Fin)
	f.Binary = b2u(ch.MessageOpcode == ws.OpBinary)
	// A client's text is checked at once, not when the piece is full.
	if !ch.Compressed && c.Client() && !s.textOK(c, ch.Payload, ch.Remaining) {
		return false
	}
	frame := *ch
	frame.Payload = nil
	return s.take(c, frame, ch.Payload)
}

// resume goes on with what the program would not take, or the budget cut off.
func (s *State) resume(c *engine.Conn) bool {
	w := s.wait
	b := w.acc
	w.acc = nil
	c.SetRxPending(false)
	c.F.Final, c.F.Binary = b2u(w.frame.Header.Fin), b2u(w.frame.MessageOpcode == ws.OpBinary)
	if c.Closing() || w.ahead == nil {
		s.wait = nil
	}
	if c.Closing() { // only the peer's close frame matters now
		return true
	}
	return s.take(c, w.frame, b)
}

// gathered tells how much of a frame a client has gathered.
func (s *State) gathered() int {
	if s.wait == nil {
		return 0
	}
	return len(s.wait.acc)
}

// inflated is what was inflated and waits, nil where nothing does, and whether the message
// ends with it.
func (s *State) inflated() (b []byte, ended bool) {
	if s.wait == nil {
		return nil, false
	}
	return s.wait.ahead, s.wait.aheadEnded
}

func (s *State) waiting() *wait {
	if s.wait == nil {
		s.wait = new(wait)
	}
	return s.wait
}

// take hands out b, the payload behind what waits of the frame, as long as the
// program takes it: the one way to it, at first and later. A client gathers a frame
// up to rxSize bytes, compressed or not, as the reference's does: one that fits comes
// in one piece.
func (s *State) take(c *engine.Conn, frame ws.Chunk, b []byte) bool {
	f := frame
	for {
		p := b
		if c.Client() || !f.Compressed {
			p = b[:min(len(b), s.rxSize-s.gathered())]
		}
		b = b[len(p):]
		f.Last, f.Remaining = frame.Last && len(b) == 0, frame.Remaining+uint64(len(b))
		if ahead, _ := s.inflated(); c.Client() && ahead == nil && (s.gathered() > 0 || len(p) < s.rxSize && !f.Last) {
			w := s.waiting()
			w.acc = append(w.acc, p...)
			if len(w.acc) < s.rxSize && !f.Last {
				return true
			}
			p, s.wait = w.acc, nil
		}
		var rest []byte
		ok := true
		switch {
		case f.Compressed:
			rest, ok = s.expand(c, p, &f)
		case c.Client():
			ok = s.hand(c, p, f.Remaining)
		default:
			ok = s.deliver(c, p, f.Remaining)
		}
		if !ok {
			return false
		}
		ahead, _ := s.inflated()
		if c.Dead() || len(b) == 0 && ahead == nil {
			return true
		}
		if ahead != nil || c.RxOff() {
			w := s.waiting()
			w.frame = frame
			w.acc = append(append(make([]byte, 0, len(rest)+len(b)), rest...), b...)
			c.SetRxPending(true)
			return true
		}
	}
}

// deliver checks a piece's text and gives it to the program.
func (s *State) deliver(c *engine.Conn, p []byte, rest uint64) bool {
	return s.textOK(c, p, rest) && s.hand(c, p, rest)
}

// textOK checks a piece of a text message; rest bytes of its frame are still
// to come. false: the close frame is prepared (RFC 6455 §8.1).
func (s *State) textOK(c *engine.Conn, p []byte, rest uint64) bool {
	if !s.checkUTF8 {
		return true
	}
	f := c.F
	bad := !s.utf8.Write(p)
	if !bad && (f.Final == 0 || rest != 0 || f.Draining != 0 || s.utf8.Complete()) {
		return true
	}
	text := "bad utf8"
	if !bad {
		text = "partial utf8"
	}
	return s.fail(c, ws.CloseInvalidPayload, text)
}

// hand gives a piece to the program.
func (s *State) hand(c *engine.Conn, p []byte, rest uint64) bool {
	f := c.F
	f.RxRemain = rest
	if c.Closing() {
		return true
	}
	f.First = b2u(!s.firstDone)
	r := engine.ReasonReceive
	if c.Client() {
		r = engine.ReasonClientReceive
	}
	c.Noting()
	ret := s.call(c, r, p)
	s.firstDone = true
	f.First = 0
	return ret == 0
}

// call runs a callback with a NUL behind the bytes, which programs have come
// to rely on; what is behind them in the buffer stays.
func (s *State) call(c *engine.Conn, r engine.Reason, p []byte) int {
	if cap(p) == len(p) {
		p = append(p, 0)[:len(p)]
		return c.CallBytes(r, p)
	}
	tail := &p[:len(p)+1][len(p)]
	kept := *tail
	*tail = 0
	ret := c.CallBytes(r, p)
	*tail = kept
	return ret
}

func b2u(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
