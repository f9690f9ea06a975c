// SPDX-License-Identifier: MIT

package ws

import (
	"encoding/binary"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/ws"
)

// Write frames and sends a payload. What the program wrote is unchanged
// afterwards; the frame header may be put into the headroom in front of it.
func (role) Write(c *engine.Conn, b engine.Payload, wp engine.WriteProtocol) int {
	s := stateOf(c)
	n := len(b.Bytes())
	switch wp & engine.WriteKindMask {
	case engine.WriteHTTP, engine.WriteHTTPFinal, engine.WriteHTTPHeaders, engine.WriteHTTPHdrsCont:
		if !c.Issue(b.Bytes()) {
			return -1
		}
		return n
	case engine.WritePing:
		return s.control1(c, ws.OpPing, b, n)
	case engine.WritePong:
		return s.control1(c, ws.OpPong, b, n)
	case engine.WriteClose:
		return s.control1(c, ws.OpClose, b, n)
	case engine.WriteText:
		return s.writeData(c, b, ws.OpText, wp)
	case engine.WriteBinary:
		return s.writeData(c, b, ws.OpBinary, wp)
	case engine.WriteContinuation:
		return s.writeData(c, b, ws.OpContinuation, wp)
	}
	engine.Warnf("%s: lws_write: unknown write opc / wp 0x%x", c, int(wp))
	return -1
}

func (s *State) control1(c *engine.Conn, op ws.Opcode, b engine.Payload, n int) int {
	if n > ws.MaxControlLen {
		engine.Errf("%s: lws_write: %d bytes are too many for a control frame (limit %d)", c, n, ws.MaxControlLen)
		return -1
	}
	if p := b.Bytes(); op == ws.OpClose && len(closePayload(c, p)) != n {
		return -1
	}
	if !s.sendControl(c, op, b.Bytes()) {
		return -1
	}
	// The reference counts the header of control frames.
	return n + ws.HeaderLen(ws.Header{Masked: c.Client(), Length: uint64(n)})
}

// writeData sends one data frame, compressed if that was negotiated.
func (s *State) writeData(c *engine.Conn, b engine.Payload, op ws.Opcode, wp engine.WriteProtocol) int {
	n := len(b.Bytes())
	h := ws.Header{Fin: wp&engine.WriteNoFin == 0, Opcode: op}
	plain := c.Client() && wp&0x80 != 0 // LWS_WRITE_CLIENT_IGNORE_XOR_MASK
	if s.pmd != nil {
		if !s.writeDeflated(c, b.Bytes(), h) {
			return -1
		}
		return n
	}
	if !s.sendFrame(c, h, b, plain) {
		return -1
	}
	if c.Stream() && !c.Client() { // the reference counts the header here, too
		n += ws.HeaderLen(ws.Header{Length: uint64(n)})
	}
	return n
}

// sendFrame puts a header in front of the payload and sends both.
func (s *State) sendFrame(c *engine.Conn, h ws.Header, b engine.Payload, zeroMask bool) bool {
	hdr := c.PT().Header[:] // one on the stack would escape
	p := b.Bytes()
	h.Length = uint64(len(p))
	if c.Client() {
		h.Masked = true
		if !zeroMask {
			h.Mask = maskKey()
		}
	}
	k := ws.PutHeader(hdr, h)
	if h.Masked {
		return s.sendMasked(c, hdr[:k], h.Mask, p)
	}
	if c.Gathers(k + len(p)) {
		return c.Issue(hdr[:k]) && c.Issue(p)
	}
	if f := b.Framed(hdr[:k]); f != nil {
		return c.Issue(f)
	}
	return c.Issue2(hdr[:k], p)
}

// maskPiece is how much of a client's payload is masked at a time.
const maskPiece = 32 << 10

// sendMasked sends a client's frame from a masked copy: the program's buffer
// is not ours to change.
func (s *State) sendMasked(c *engine.Conn, hdr []byte, key [4]byte, p []byte) bool {
	pt := c.PT()
	if pt.Spare == nil {
		pt.Spare = make([]byte, 0, maskPiece+ws.MaxHeaderLen)
	}
	out := append(pt.Spare[:0], hdr...)
	pos := 0
	for {
		n := min(len(p)-pos, maskPiece)
		at := len(out)
		out = append(out, p[pos:pos+n]...)
		ws.Mask(key, pos, out[at:])
		pos += n
		if !c.Issue(out) {
			return false
		}
		if pos == len(p) {
			return true
		}
		out = out[:0]
	}
}

// sendControl sends a control frame.
func (s *State) sendControl(c *engine.Conn, op ws.Opcode, payload []byte) bool {
	h := ws.Header{Fin: true, Opcode: op, Length: uint64(len(payload))}
	var frame [ws.MaxHeaderLen + ws.MaxControlLen]byte
	if c.Client() {
		h.Masked, h.Mask = true, maskKey()
	}
	n := ws.PutHeader(frame[:], h)
	k := copy(frame[n:], payload)
	if h.Masked {
		ws.Mask(h.Mask, 0, frame[n:n+k])
	}
	return c.Issue(frame[:n+k])
}

// closePayload is what of p a close frame may carry: nothing, where its code must
// not be on the wire (RFC 6455 §7.4). No code is no fault, where one means that
// there is none.
func closePayload(c *engine.Conn, p []byte) []byte {
	if len(p) < 2 {
		return nil
	}
	code := ws.CloseCode(binary.BigEndian.Uint16(p))
	if ws.WireCloseCode(code) {
		return p
	}
	if code != 0 && code != ws.CloseNoStatus {
		engine.Errf("%s: close code %d must not be sent (RFC 6455 section 7.4.1): the close frame has none", c, code)
	}
	return nil
}

// sendPong answers a ping. While the socket is full only the answer to the
// last one is kept (RFC 6455 §5.5.3), so that pings cannot fill the memory.
func (s *State) sendPong(c *engine.Conn, payload []byte) {
	if c.Buffered() {
		b := append([]byte(nil), payload...)
		s.pong = &b
		c.AskWriteable()
		return
	}
	s.pong = nil // the newer pong answers for the one that waits
	s.sendControl(c, ws.OpPong, payload)
}

// Ping sends a ping of the library's own, to learn whether the peer is there.
func (role) Ping(c *engine.Conn) bool {
	if c.State() != engine.StateEstablished {
		return true
	}
	if !stateOf(c).sendControl(c, ws.OpPing, nil) {
		return false
	}
	c.AskWriteable()
	return true
}
