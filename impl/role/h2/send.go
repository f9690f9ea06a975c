// SPDX-License-Identifier: MIT

package h2

import (
	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h2"
)

// frame sends a frame on the connection.
func (n *Net) frame(t wire.Type, f wire.Flags, stream uint32, payload []byte) bool {
	var room [wire.HeaderLen]byte
	h := wire.AppendHeader(room[:0], wire.Header{Length: uint32(len(payload)), Type: t, Flags: f, Stream: stream})
	if len(payload) == 0 {
		return n.c.Issue(h)
	}
	return n.c.Issue2(h, payload)
}

// maxPiece is how long a DATA frame is at most: streams share the connection.
const maxPiece = 16 << 10

// Send sends b in DATA frames as far as the windows and the socket allow; all
// of it gone, END_STREAM goes with it if the stream is to end.
func (st *Stream) Send(_ *engine.Conn, b []byte) (sent int, ok bool) {
	n := st.n
	if n.ending || st.endSent || st.resetDone {
		return 0, false
	}
	limit := len(b)
	if n.piece > 0 {
		limit = min(limit, n.piece)
	}
	for sent < limit || len(b) == 0 && st.ending {
		if n.c.Buffered() && len(b) > 0 {
			n.c.WantOut = true
			n.c.TouchPoll()
			return sent, true
		}
		k := min(len(b)-sent, st.tx.Left(), n.tx.Left(), int(n.peer[wire.MaxFrameSize]), maxPiece)
		if k == 0 && len(b) > 0 {
			return sent, true
		}
		var f wire.Flags
		if st.ending && sent+k == len(b) && st.after == nil {
			f = wire.EndStream
			st.endSent = true
		}
		if !n.frame(wire.Data, f, st.id, b[sent:sent+k]) {
			return sent, false
		}
		st.tx.Take(k)
		n.tx.Take(k)
		st.starved = false
		sent += k
		if len(b) == 0 || st.endSent {
			break
		}
	}
	if sent == len(b) && st.after != nil {
		b, st.after = st.after, nil
		return sent, st.sendHead(b, st.ending)
	}
	return sent, true
}

// pump sends what streams have kept, a piece of each in turn.
func (n *Net) pump() {
	n.piece = maxPiece
	defer func() { n.piece = 0 }()
	for progress := true; progress && !n.ending && !n.c.Buffered(); {
		progress = false
		l := append([]*Stream(nil), n.streams...)
		for i := range l {
			st := l[(i+n.turn)%len(l)]
			before := st.c.Unsent()
			if before == 0 || st.c.Dead() {
				continue
			}
			if st.allowance() == 0 {
				continue
			}
			if !st.c.SendKept() && !st.c.Dead() {
				st.kill()
			}
			progress = progress || st.c.Unsent() < before
			if n.c.Buffered() || n.ending {
				n.turn = i + 1
				return
			}
		}
	}
}

// sendHead sends a header block, in as many frames as it takes.
func (st *Stream) sendHead(block []byte, end bool) bool {
	n := st.n
	var f wire.Flags
	if end {
		f = wire.EndStream
		st.endSent = true
	}
	st.headSent = true
	for t := wire.Headers; ; t, f = wire.Continuation, 0 {
		k := min(len(block), int(n.peer[wire.MaxFrameSize]))
		if k == len(block) {
			f |= wire.EndHeaders
		}
		if !n.frame(t, f, st.id, block[:k]) {
			return false
		}
		if block = block[k:]; len(block) == 0 {
			return true
		}
	}
}

// Write is lws_write on a stream: heads are header blocks, the rest is DATA.
func (st *Stream) Write(b []byte, wp engine.WriteProtocol) int {
	s := h1.StateOf(st.c)
	if !s.Coded() {
		return st.write(b, wp)
	}
	n := len(b)
	kind := wp & engine.WriteKindMask
	head, b, last, ok := s.BeginWrite(st.c, b, wp)
	switch {
	case !ok:
		return st.late(n)
	case !s.Coded() || kind != engine.WriteHTTP && kind != engine.WriteHTTPFinal: // a head
		if st.write(head, wp) < 0 {
			return -1
		}
		return n
	case len(b) == 0 && !last:
		return 0
	}
	for more := true; more; more = len(b) > 0 {
		var out []byte
		var end bool
		if out, b, end, ok = s.Piece(st.c, b, last); !ok {
			return -1
		}
		wp := engine.WriteHTTP
		if end {
			wp = engine.WriteHTTPFinal
		}
		if (len(out) > 0 || end) && st.write(out, wp) < 0 {
			return -1
		}
	}
	return n
}

// write is Write of what is sent as it is.
func (st *Stream) write(b []byte, wp engine.WriteProtocol) int {
	kind := wp & engine.WriteKindMask
	if wp&engine.WriteH2StreamEnd != 0 || kind == engine.WriteHTTPFinal {
		if st.ending && len(b) > 0 {
			return st.late(len(b))
		}
		st.ending = true
	} else if st.ending {
		return st.late(len(b))
	}
	s := h1.StateOf(st.c)
	if s != nil {
		s.Sent += int64(len(b))
	}
	ok := true
	switch kind {
	case engine.WriteHTTPHeaders, engine.WriteHTTPHdrsCont:
		ok = st.writeHead(b, wp)
	default:
		if s != nil && s.TxLength > 0 && !st.ending {
			if st.txLeft == 0 {
				st.txLeft = s.TxLength
			}
			if st.txLeft -= int64(len(b)); st.txLeft <= 0 {
				st.ending = true
			}
		}
		if st.endSent { // the end went out with the head
			break
		}
		ok = st.c.Issue(b)
	}
	if !ok {
		return -1
	}
	return len(b)
}

// late is a write behind the end of the stream: there is nothing left to say.
func (st *Stream) late(n int) int {
	if n > 0 {
		engine.Errf("%s: lws_write of %d bytes behind the end of the stream", st.c, n)
		return -1
	}
	return 0
}

func (st *Stream) writeHead(b []byte, wp engine.WriteProtocol) bool {
	if wp&engine.WriteNoFin != 0 || len(st.head) > 0 {
		st.head = append(st.head, b...)
		if wp&engine.WriteNoFin != 0 {
			return true
		}
		b, st.head = st.head, nil
	}
	if st.c.Unsent() > 0 {
		st.after = append([]byte(nil), b...)
		return true
	}
	return st.sendHead(b, st.ending)
}
