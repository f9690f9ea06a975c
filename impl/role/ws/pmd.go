// SPDX-License-Identifier: MIT

package ws

import (
	"fmt"
	"strconv"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/deflate"
	"libwebsockets/impl/wire/ws"
)

// rxPieceBits is the default size of inflated pieces as a power of two
// (permessage-deflate's rx_buf_size option), rxPieceMin the least.
const (
	rxPieceBits = 10
	rxPieceMin  = 7
)

// inflateBudget is how many pieces one event may inflate, so that a bomb in
// one connection does not keep the others waiting.
const inflateBudget = 64

// pmd is permessage-deflate of one connection (RFC 7692).
type pmd struct {
	rx   deflate.Inflater
	tx   deflate.Deflater
	cfg  deflate.DeflaterConfig
	bits int  // size of an inflated piece, as a power of two
	open bool // a message is being written
}

func newPMD(p *deflate.Params, client bool) *pmd {
	m := &pmd{bits: rxPieceBits}
	in := deflate.InflaterConfig{WindowBits: p.ClientWindowBits(), NoContextTakeover: p.ClientNoContextTakeover}
	out := deflate.DeflaterConfig{Level: 1, WindowBits: p.ServerWindowBits(), NoContextTakeover: p.ServerNoContextTakeover}
	if client {
		in = deflate.InflaterConfig{WindowBits: p.ServerWindowBits(), NoContextTakeover: p.ServerNoContextTakeover}
		out = deflate.DeflaterConfig{Level: 1, WindowBits: p.ClientWindowBits(), NoContextTakeover: p.ClientNoContextTakeover}
	}
	m.cfg = out
	m.rx.Init(in)
	m.tx.Init(out)
	return m
}

func (m *pmd) release() {
	m.rx.Release()
	m.tx.Release()
}

// SetRxPieceBits sets the size of inflated pieces (lws_set_extension_option
// "rx_buf_size"); no piece is larger than the protocol's receive buffer.
func SetRxPieceBits(c *engine.Conn, bits int) bool {
	s := stateOf(c)
	if s == nil || s.pmd == nil || bits < rxPieceMin || bits > 24 {
		return false
	}
	s.pmd.bits = bits
	return true
}

// SetLevel sets how hard the compressor tries, 1 to 9. Not inside a message:
// the compressor starts anew, which its peer does not notice.
func SetLevel(c *engine.Conn, level int) bool {
	s := stateOf(c)
	if s == nil || s.pmd == nil || s.pmd.open || level < 1 || level > 9 {
		return false
	}
	s.pmd.cfg.Level = level
	s.pmd.tx.Release()
	s.pmd.tx.Init(s.pmd.cfg)
	return true
}

func (s *State) pieceSize() int {
	n := 1 << s.pmd.bits
	for n > s.rxSize && n > 1<<rxPieceMin {
		n >>= 1
	}
	return n
}

// expand inflates in, behind what is ahead already, and hands it out piece by
// piece. It stays one piece ahead, to know whether the one at hand is the
// message's last. rest is what was not inflated: the program takes no more now,
// or the budget is used up, and inflated has some.
func (s *State) expand(c *engine.Conn, in []byte, hdr *ws.Chunk) (rest []byte, ok bool) {
	ahead, ended := s.inflated()
	s.wait = nil
	size := max(s.pieceSize(), len(ahead))
	cur, next := s.piece(c, 0, size), s.piece(c, 1, size)
	last := hdr.Last && hdr.Header.Fin
	n := copy(cur, ahead)
	if !ended {
		var m int
		if m, in, ended, ok = s.fill(c, cur[n:], in, last); !ok {
			return nil, false
		}
		n += m
	}
	for budget := inflateBudget; ; budget-- {
		var m int
		if n == size && !ended {
			if budget == 0 {
				s.wait = &wait{ahead: append([]byte(nil), cur[:n]...), aheadEnded: ended}
				return in, true
			}
			if m, in, ended, ok = s.fill(c, next, in, last); !ok {
				return nil, false
			}
		}
		// A frame's end that is not the message's gives no empty piece.
		if n > 0 || last && ended && m == 0 {
			c.F.Draining = b2u(m > 0)
			if !s.deliver(c, cur[:n], hdr.Remaining) {
				return nil, false
			}
		}
		if c.Dead() || m == 0 {
			c.F.Draining = 0
			return nil, true
		}
		cur, next, n = next, cur, m
		if c.RxOff() {
			s.wait = &wait{ahead: append([]byte(nil), cur[:n]...), aheadEnded: ended}
			return in, true
		}
	}
}

// piece is scratch memory for inflated data, with room for a NUL behind it.
func (s *State) piece(c *engine.Conn, i, size int) []byte {
	b := &c.PT().Inflate[i]
	if len(*b) < size+1 {
		*b = make([]byte, size+1)
	}
	return (*b)[:size]
}

// fill inflates into out until it is full or in is used up; ended tells that
// the message is complete.
func (s *State) fill(c *engine.Conn, out, in []byte, last bool) (n int, rest []byte, ended, ok bool) {
	for n < len(out) {
		o, i, err := s.pmd.rx.Inflate(out[n:], in)
		n, in = n+o, in[i:]
		if err != nil {
			return n, in, false, s.corrupt(c, err)
		}
		if len(in) == 0 && n < len(out) {
			break
		}
	}
	if n == len(out) || !last {
		if last && len(in) == 0 {
			return s.tryEnd(c, out, n, in)
		}
		return n, in, false, true
	}
	return s.tryEnd(c, out, n, in)
}

// tryEnd ends the message, if its output fits.
func (s *State) tryEnd(c *engine.Conn, out []byte, n int, in []byte) (int, []byte, bool, bool) {
	if n == len(out) {
		return n, in, false, true // there may be more; the next piece ends it
	}
	o, done, err := s.pmd.rx.EndMessage(out[n:])
	if err != nil {
		return n, in, false, s.corrupt(c, err)
	}
	return n + o, in, done, true
}

func (s *State) corrupt(c *engine.Conn, err error) bool {
	return s.failBecause(c, ws.CloseInvalidPayload, "", fmt.Sprintf("permessage-deflate: it cannot be inflated: %v", err))
}

// writeDeflated compresses what the program writes and sends it as frames.
// Nothing is sent as long as the compressor holds everything back.
func (s *State) writeDeflated(c *engine.Conn, p []byte, h ws.Header) bool {
	if h.Opcode != ws.OpContinuation {
		s.txOp, s.noFirst = h.Opcode, true
	}
	s.pmd.open = !h.Fin
	pt := c.PT()
	out := s.pmd.tx.Write(pt.Deflate[:0], p, h.Fin)
	pt.Deflate = out
	if len(out) == 0 && !h.Fin {
		return true
	}
	h.Opcode = ws.OpContinuation
	if s.noFirst {
		s.noFirst = false
		h.Opcode, h.Rsv = s.txOp, ws.Rsv1
	}
	return s.sendFrame(c, h, engine.PayloadOf(out), false)
}

// SetOption sets an option of an active extension (lws_set_extension_option).
func SetOption(c *engine.Conn, ext, name, value string) bool {
	if ext != pmdName {
		return false
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		n = 1 // as the reference: an option without a number is switched on
	}
	switch name {
	case "rx_buf_size":
		return SetRxPieceBits(c, n)
	case "compression_level":
		return SetLevel(c, n)
	case "tx_buf_size", "mem_level":
		s := stateOf(c)
		return s != nil && s.pmd != nil // sizes of buffers that this compressor does not have
	}
	return false
}
