// SPDX-License-Identifier: MIT

package h2

// Event is what the decoder found: a piece of a DATA, HEADERS or CONTINUATION
// frame as far as it has come, or any other frame as a whole.
type Event struct {
	Header
	// Payload is without padding and priority. It lies in the buffer that was
	// handed to Next, or in the decoder, until the next call.
	Payload []byte
	// First and Last tell whether this is the first and the last piece.
	First, Last bool
	// Skipped is how many bytes of a DATA frame with this piece were padding:
	// they count for flow control.
	Skipped int
}

// Decoder takes a byte stream apart into frames. Bytes come in pieces of any
// size. Frames of unknown types are skipped.
type Decoder struct {
	// MaxFrame is the longest payload that is accepted.
	MaxFrame uint32

	head  [HeaderLen]byte
	nhead int // bytes of head that are there
	h     Header
	// The current frame's payload: first the padding's length and the priority,
	// then what is handed out, then padding.
	prelude, left, pad uint32
	preludeAt          int
	first              bool
	skipped            int
	dep                uint32
	whole              []byte // a frame that is handed out as a whole and came in pieces
	block              uint32 // the stream whose header block is not complete, 0: none
}

// inPieces tells whether frames of the type are handed out as they come.
func (t Type) inPieces() bool { return t == Data || t == Headers || t == Continuation }

// Next takes bytes of b up to the end of one event. It returns how many it
// took; have tells whether ev is one. After an error nothing more can be decoded,
// unless it is one of a single stream.
func (d *Decoder) Next(b []byte) (used int, ev Event, have bool, err error) {
	for {
		if d.nhead < HeaderLen {
			n := copy(d.head[d.nhead:], b[used:])
			d.nhead += n
			used += n
			if d.nhead < HeaderLen {
				return used, ev, false, nil
			}
			if err := d.begin(); err != nil {
				return used, ev, false, err
			}
		}
		n, have, err := d.payload(b[used:], &ev)
		used += n
		if have || err != nil {
			return used, ev, have, err
		}
		if d.nhead == HeaderLen { // more of the payload is to come
			return used, ev, false, nil
		}
	}
}

// begin looks at a frame's header.
func (d *Decoder) begin() error {
	d.h = parseHeader(d.head[:])
	h := &d.h
	d.left, d.prelude, d.pad, d.preludeAt = h.Length, 0, 0, 0
	d.first, d.skipped, d.dep, d.whole = true, 0, 0, d.whole[:0]
	if h.Length > d.MaxFrame {
		return ErrFrameSize
	}
	if d.block != 0 && (h.Type != Continuation || h.Stream != d.block) {
		return ErrContinuation
	}
	if err := check(h); err != nil {
		return err
	}
	switch h.Type {
	case Continuation:
		if d.block == 0 {
			return ErrNoContinuation
		}
	case Data, Headers:
		if h.Flags.Has(Padded) {
			d.prelude = 1
		}
		if h.Type == Headers && h.Flags.Has(HasPriority) {
			d.prelude += 5
		}
		if h.Length < d.prelude {
			return ErrFixedSize
		}
	}
	if h.Type == Headers || h.Type == Continuation {
		d.block = h.Stream
		if h.Flags.Has(EndHeaders) {
			d.block = 0
		}
	}
	return nil
}

// check refuses what is wrong with a header by itself (RFC 9113 §4.2, §6).
func check(h *Header) error {
	stream := h.Stream != 0
	switch h.Type {
	case Data, Headers, Continuation, PushPromise:
		if !stream {
			return ErrNeedsStream
		}
	case Priority:
		if !stream {
			return ErrNeedsStream
		}
		if h.Length != 5 {
			return ErrFixedSize
		}
	case RstStream:
		if !stream {
			return ErrNeedsStream
		}
		if h.Length != 4 {
			return ErrFixedSize
		}
	case WindowUpdate:
		if h.Length != 4 {
			return ErrFixedSize
		}
	case Settings:
		switch {
		case stream:
			return ErrNoStream
		case h.Flags.Has(Ack) && h.Length != 0:
			return ErrSettingsAck
		case h.Length%settingLen != 0:
			return ErrSettingsSize
		}
	case Ping:
		if stream {
			return ErrNoStream
		}
		if h.Length != 8 {
			return ErrFixedSize
		}
	case GoAway:
		if stream {
			return ErrNoStream
		}
		if h.Length < 8 {
			return ErrFixedSize
		}
	}
	return nil
}

// payload takes bytes of the current frame's payload.
func (d *Decoder) payload(b []byte, ev *Event) (used int, have bool, err error) {
	h := &d.h
	switch {
	case h.Type >= typeCount:
		used = min(len(b), int(d.left))
		d.left -= uint32(used)
		d.endIf(d.left == 0)
		return used, false, nil
	case !h.Type.inPieces():
		return d.wholeFrame(b, ev)
	}
	for d.prelude > 0 && used < len(b) {
		d.takePrelude(b[used])
		used++
		if d.prelude == 0 && d.pad > d.left {
			return used, false, ErrPadding
		}
	}
	if d.prelude > 0 {
		return used, false, nil
	}
	if h.Type == Headers && h.Flags.Has(HasPriority) && d.first && d.dep == h.Stream {
		return used, false, ErrOwnDependency
	}
	body := d.left - d.pad
	n := min(len(b)-used, int(body))
	piece := b[used : used+n]
	used += n
	d.left -= uint32(n)
	if d.left == d.pad && d.pad > 0 { // the padding is skipped when the data is through
		m := min(len(b)-used, int(d.pad))
		used += m
		d.pad -= uint32(m)
		d.left -= uint32(m)
		if h.Type == Data {
			d.skipped += m
		}
	}
	last := d.left == 0
	if len(piece) == 0 && !last {
		return used, false, nil
	}
	*ev = Event{Header: *h, Payload: piece, First: d.first, Last: last, Skipped: d.skipped}
	d.first, d.skipped = false, 0
	d.endIf(last)
	return used, true, nil
}

// takePrelude takes a byte of what is in front of the data.
func (d *Decoder) takePrelude(c byte) {
	i := d.preludeAt
	d.preludeAt++
	d.prelude--
	d.left--
	if d.h.Flags.Has(Padded) {
		if i == 0 {
			d.pad = uint32(c)
			if d.h.Type == Data {
				d.skipped++
			}
			return
		}
		i--
	}
	switch {
	case i == 0:
		d.dep = uint32(c&0x7f) << 24
	case i < 4:
		d.dep |= uint32(c) << (24 - 8*i)
	}
}

// wholeFrame hands out a frame when all of it is there.
func (d *Decoder) wholeFrame(b []byte, ev *Event) (used int, have bool, err error) {
	h := &d.h
	if len(d.whole) == 0 && len(b) >= int(h.Length) {
		used = int(h.Length)
		*ev = Event{Header: *h, Payload: b[:used], First: true, Last: true}
	} else {
		used = min(len(b), int(h.Length)-len(d.whole))
		d.whole = append(d.whole, b[:used]...)
		if len(d.whole) < int(h.Length) {
			return used, false, nil
		}
		*ev = Event{Header: *h, Payload: d.whole, First: true, Last: true}
		if cap(d.whole) > keepWhole {
			d.whole = nil
		}
	}
	d.endIf(true)
	if h.Type == Priority && Uint32(ev.Payload)&^(1<<31) == h.Stream {
		return used, false, ErrOwnDependency.On(h.Stream)
	}
	return used, true, nil
}

// keepWhole is how much memory for frames in pieces is kept between frames.
const keepWhole = 64

func (d *Decoder) endIf(end bool) {
	if end {
		d.nhead = 0
	}
}
