// SPDX-License-Identifier: MIT

package ws

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/ws"
)

// Readable reads and hands out what came, as if each read took readSize bytes.
func (role) Readable(c *engine.Conn) bool {
	s := stateOf(c)
	if s.pending != nil {
		if !s.resume(c) {
			return false
		}
		if s.pending != nil || c.Dead() {
			return true
		}
	}
	if k := c.Kept(); len(k) > 0 {
		n, ok := s.parse(c, k)
		if c.Dead() {
			return true
		}
		c.Consume(n)
		return ok
	}
	if c.RxOff() || c.Stream() {
		return true
	}
	s.began = 0
	if len(s.rest) > 0 {
		b := s.rest
		s.rest = nil
		c.SetRxPending(false)
		ok, _ := s.reads(c, b, false)
		return ok
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
		if err != nil {
			return false
		}
		if empty || got == size || !ok {
			return ok
		}
		if !on || !s.between(c) {
			s.putOffRest(c, b[size:got])
			return true
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
		c.Expect(more || len(b) > 0)
		used, ok := s.parse(c, p)
		if c.Dead() {
			return ok, false
		}
		if !ok {
			if more || len(b) > 0 { // it might as well be unread still
				c.SetLinger()
			}
			return false, false
		}
		c.Keep(p[used:])
		if len(b) == 0 {
			return true, true
		}
		if !s.between(c) {
			s.putOffRest(c, b)
			return true, false
		}
	}
}

// longest is how long, in µs, other connections wait while the program gets one
// piece after the other, and what it wrote for what it writes to the next.
const longest = 1000

// between is what comes between two pieces; false: there is to be none now.
func (s *State) between(c *engine.Conn) bool {
	c.ServeWriteable()
	return !c.Dead() && !c.RxOff() && s.pending == nil && len(c.Kept()) == 0 && engine.Now()-s.began <= longest
}

// putOffRest keeps b, which was read too early.
func (s *State) putOffRest(c *engine.Conn, b []byte) {
	if !c.Dead() {
		s.rest = append(s.rest, b...)
		c.SetRxPending(true)
	}
}

// readSize is how much one read takes: as the reference, no more than a piece.
func (s *State) readSize(c *engine.Conn) int {
	n := c.Ctx.ServBufSize
	if s.rxSize+engine.Pre < n {
		n = s.rxSize + engine.Pre
	}
	return n
}

// Feed hands bytes that came behind the handshake to the new WebSocket; false closes.
func Feed(c *engine.Conn, b []byte) bool {
	s := stateOf(c)
	if c.RxOff() {
		c.Keep(b)
		return true
	}
	// The bytes lie in a buffer that a callback may lead to be used again.
	b = append([]byte(nil), b...)
	n, ok := s.parse(c, b)
	if ok && !c.Dead() {
		c.Keep(b[n:])
	}
	return ok
}

// StreamBody takes what came on a stream; false closes.
func (role) StreamBody(c *engine.Conn, b []byte) bool {
	n, ok := stateOf(c).parse(c, b)
	if ok && !c.Dead() {
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
		if (c.RxOff() || s.pending != nil) && !c.Closing() {
			return used, true
		}
		n, ch, have, err := s.dec.Next(b[used:])
		used += n
		if err != nil {
			e := err.(*ws.Error)
			engine.Infof("%s: %s", c, e.Reason)
			setCloseReason(c.F, uint16(e.Code), []byte(e.Reason))
			return used, s.fail(c)
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

// fail marks the connection as one whose peer broke the rules.
func (s *State) fail(c *engine.Conn) bool {
	s.failed = true
	c.SetLinger()
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
	if _, _, err := ws.ParseClose(payload); err != nil {
		e := err.(*ws.Error)
		if e == ws.ErrCloseCode && len(payload) >= 2 {
			payload[0], payload[1] = byte(e.Code>>8), byte(e.Code&0xff)
		} else if e != ws.ErrCloseReason || c.Ctx.Options.Has(engine.OptValidateUTF8) {
			setCloseReason(c.F, uint16(e.Code), nil)
			return s.fail(c)
		}
	}
	if s.call(c, engine.ReasonWSPeerInitiatedClose, payload) != 0 || c.Dead() {
		return false
	}
	c.SetState(engine.StateReturnedClose)
	s.sendControl(c, ws.OpClose, payload)
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
	if ch.Compressed {
		if !s.inflate(c, ch) {
			return s.failed0(c)
		}
		return true
	}
	if c.Client() {
		return s.gather(c, ch)
	}
	return s.pieces(c, ch.Payload, ch)
}

// putBack keeps b, which the program does not take now, to be handed out first
// when it receives again.
func (s *State) putBack(c *engine.Conn, b []byte, ch *ws.Chunk) {
	s.pending = append(make([]byte, 0, len(b)+1), b...)
	s.pendHdr = *ch
	s.pendHdr.Payload = nil
	c.SetRxPending(true)
}

// failed0 closes because of what a piece contained or the program answered.
func (s *State) failed0(c *engine.Conn) bool {
	if c.F.CloseLen != 0 && s.failed {
		c.SetLinger()
	}
	return false
}

// pieces hands b, the end of what came of a frame, out in pieces of at most
// rxSize bytes.
func (s *State) pieces(c *engine.Conn, b []byte, ch *ws.Chunk) bool {
	for {
		p := b
		if len(p) > s.rxSize {
			p = p[:s.rxSize]
		}
		b = b[len(p):]
		if !s.deliver(c, p, ch.Remaining+uint64(len(b))) {
			return false
		}
		if len(b) == 0 || c.Dead() {
			return true
		}
		if c.RxOff() {
			s.putBack(c, b, ch)
			return true
		}
	}
}

// gather collects a server's frame up to rxSize bytes, as the reference's
// client does: a frame that fits comes in one piece.
func (s *State) gather(c *engine.Conn, ch *ws.Chunk) bool {
	// The text is checked at once, not when the piece is full.
	return s.textOK(c, ch.Payload, ch.Remaining) && s.gatherFrom(c, ch.Payload, ch)
}

func (s *State) gatherFrom(c *engine.Conn, b []byte, ch *ws.Chunk) bool {
	for {
		p := b[:min(len(b), s.rxSize-len(s.acc))]
		b = b[len(p):]
		whole := ch.Last && len(b) == 0
		if len(s.acc) > 0 || len(p) < s.rxSize && !whole {
			s.acc = append(s.acc, p...)
			if len(s.acc) < s.rxSize && !whole {
				return true
			}
			p, s.acc = s.acc, nil
		}
		if !s.hand(c, p, ch.Remaining+uint64(len(b))) {
			return false
		}
		if len(b) == 0 || c.Dead() {
			return true
		}
		if c.RxOff() {
			s.putBack(c, b, ch)
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
	engine.Infof("%s: %s", c, text)
	setCloseReason(f, uint16(ws.CloseInvalidPayload), []byte(text))
	return s.fail(c)
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
