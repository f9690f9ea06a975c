// SPDX-License-Identifier: MIT

package ws

// DecoderConfig says what a Decoder accepts. The zero value takes masked and
// unmasked frames of any size and no reserved bit.
type DecoderConfig struct {
	MustBeMasked   bool // we are the server
	MustBeUnmasked bool // we are the client
	AllowRsv1      bool // permessage-deflate was negotiated
}

// Decoder takes a byte stream apart into frames. It holds no buffer but for a
// header or a control frame that is cut off, so it is small enough to live in
// every connection. The zero value is usable; Init sets the rules.
type Decoder struct {
	hdr       Header // of the frame whose payload is being read
	remaining uint64 // payload bytes of hdr that are still to come

	// control collects the payload of a control frame that came in pieces;
	// nil outside of that.
	control *[MaxControlLen]byte

	spill    [MaxHeaderLen]byte // a header that is cut off
	spillLen uint8

	cfg        DecoderConfig
	state      decoderState
	message    Opcode // of the message under way, OpContinuation between messages
	compressed bool   // RSV1 of that message's first frame
}

type decoderState uint8

const (
	inHeader  decoderState = iota
	inPayload              // hdr is valid, remaining > 0
	finished               // after a close frame or an error: deaf
)

// Chunk is the next piece of a frame's payload: for a data frame what there is
// of it in the input, for a control frame always the whole. First and Last are
// about the frame, not the message; the message ends with Last && Header.Fin.
type Chunk struct {
	Header      Header
	Payload     []byte // unmasked; valid as long as the input is, and until the next call
	First, Last bool   // is this the start, the end of the frame?

	// MessageOpcode is OpText or OpBinary for every frame of a message. In a
	// control frame it is that of the message it interrupts, else OpContinuation.
	MessageOpcode Opcode

	Remaining  uint64 // payload bytes of this frame still to come
	Compressed bool   // RSV1 was set on the message's first frame; never for control
}

// Init makes d ready for a new connection.
func (d *Decoder) Init(cfg DecoderConfig) { *d = Decoder{cfg: cfg} }

// Between tells whether a message may begin here: the last one, and its last frame, are over.
func (d *Decoder) Between() bool {
	return d.state == inHeader && d.spillLen == 0 && d.message == OpContinuation
}

// Next decodes from the start of in. It returns how many bytes it used and, if
// ok, one chunk; call it again with the rest. If it is not ok, all of in is used
// and more input is needed. The payload is unmasked in place, so in is written to.
//
// A frame without payload gives one empty chunk; no other chunk is empty.
//
// The error, if there is one, is an *Error, and the connection is to be closed
// with its code. After an error, and after a close frame, everything is
// swallowed silently (RFC 6455 §5.5.1: no data follows a close frame).
func (d *Decoder) Next(in []byte) (used int, c Chunk, ok bool, err error) {
	if d.state == finished {
		return len(in), Chunk{}, false, nil
	}
	if d.state == inHeader {
		n, whole, herr := d.header(in)
		if herr != nil {
			d.state = finished
			return n, Chunk{}, false, herr
		}
		if !whole {
			return n, Chunk{}, false, nil
		}
		used = n
	}
	if used == len(in) && d.remaining > 0 {
		return used, Chunk{}, false, nil
	}
	n, c, ok := d.payload(in[used:])
	return used + n, c, ok, nil
}

// header gathers and checks one frame header. Once it is whole the state is
// inPayload, also for a frame without payload.
func (d *Decoder) header(in []byte) (used int, whole bool, err *Error) {
	b := in
	if d.spillLen == 0 && len(in) >= 2 && len(in) >= headerNeed(in[1]) {
		used = headerNeed(in[1])
	} else {
		if used = d.gather(in, 2); d.spillLen < 2 {
			return used, false, nil
		}
		need := headerNeed(d.spill[1])
		used += d.gather(in[used:], need)
		if int(d.spillLen) < need {
			return used, false, nil
		}
		b = d.spill[:]
		d.spillLen = 0
	}

	h := parseHeader(b)
	s := headerState{cfg: &d.cfg, message: d.message, extended: extendedLen(b[1])}
	if err := checkHeader(h, s); err != nil {
		return used, false, err
	}
	d.hdr, d.remaining, d.state = h, h.Length, inPayload
	if !h.Opcode.IsControl() && h.Opcode != OpContinuation {
		d.message, d.compressed = h.Opcode, h.Rsv&Rsv1 != 0
	}
	return used, true, nil
}

// gather moves bytes from in to the spill until that holds want of them.
func (d *Decoder) gather(in []byte, want int) int {
	if int(d.spillLen) >= want {
		return 0
	}
	n := copy(d.spill[d.spillLen:want], in)
	d.spillLen += uint8(n)
	return n
}

// payload takes what in has of the current frame.
func (d *Decoder) payload(in []byte) (used int, c Chunk, ok bool) {
	pos := d.hdr.Length - d.remaining
	p := in
	if uint64(len(p)) > d.remaining {
		p = p[:d.remaining]
	}
	used = len(p)
	if d.hdr.Masked {
		Mask(d.hdr.Mask, int(pos&3), p)
	}
	d.remaining -= uint64(used)

	c = Chunk{
		Header:        d.hdr,
		Payload:       p,
		First:         pos == 0,
		Last:          d.remaining == 0,
		MessageOpcode: d.message,
		Remaining:     d.remaining,
		Compressed:    d.compressed,
	}
	if d.hdr.Opcode.IsControl() {
		if c.Payload, ok = d.collect(p, int(pos)); !ok {
			return used, Chunk{}, false
		}
		c.First, c.Compressed = true, false
	}
	if c.Last {
		d.endFrame()
	}
	return used, c, true
}

// collect returns a control frame's payload once it is whole. pos is the offset
// of p in it.
func (d *Decoder) collect(p []byte, pos int) (whole []byte, ok bool) {
	if pos == 0 && d.remaining == 0 {
		return p, true
	}
	if d.control == nil {
		d.control = new([MaxControlLen]byte)
	}
	n := pos + copy(d.control[pos:], p)
	if d.remaining > 0 {
		return nil, false
	}
	whole, d.control = d.control[:n], nil
	return whole, true
}

// endFrame sets the state for the header that comes next.
func (d *Decoder) endFrame() {
	d.state = inHeader
	switch {
	case d.hdr.Opcode == OpClose:
		d.state = finished
	case !d.hdr.Opcode.IsControl() && d.hdr.Fin:
		d.message, d.compressed = OpContinuation, false
	}
}
