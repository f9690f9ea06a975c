// SPDX-License-Identifier: MIT

// Package b64 is base64 (RFC 4648) with the tolerance and the limits of
// lws_b64_*: both alphabets are taken when decoding, and what is not in them
// is passed over.
package b64

import "encoding/base64"

// Encode writes src to dst as base64 with padding and a NUL behind it, in the
// URL alphabet if url. It returns the length without the NUL. dst must have
// two bytes more than that; otherwise dst has as many whole groups as fit
// into len(dst)-1, and false is returned.
func Encode(dst, src []byte, url bool) (int, bool) {
	enc := base64.StdEncoding
	if url {
		enc = base64.URLEncoding
	}
	room := max(len(dst)-1, 0) / 4 * 3
	if len(src) > room {
		enc.Encode(dst, src[:room])
		return 0, false
	}
	n := enc.EncodedLen(len(src))
	enc.Encode(dst, src)
	if n+1 >= len(dst) {
		return 0, false
	}
	dst[n] = 0
	return n, true
}

// State is a decoding that goes on over several buffers. The zero value
// begins one. Its fields are those of struct lws_b64state.
type State struct {
	Quad [4]byte // the group's values so far
	Done uint    // bytes put out
	Len  uint    // of the group, symbols and padding seen
	I    int     // of the group, values to keep
	C    int     // the last symbol or whatever else was seen
}

// value is the six bits plus 1 of a symbol of the standard alphabet, or 0.
func value(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A' + 1
	case c >= 'a' && c <= 'z':
		return c - 'a' + 27
	case c >= '0' && c <= '9':
		return c - '0' + 53
	case c == '+':
		return 63
	case c == '/':
		return 64
	}
	return 0
}

// Decode decodes as much of in, which ends at a NUL at the latest, as fits
// into out, group by group: three bytes, and two to spare unless tight. It returns what it used and
// what it wrote, which out[wrote] = 0 follows if there is room. final says
// that no more input comes, so an incomplete group is decoded.
func (s *State) Decode(in, out []byte, final, tight bool) (used, wrote int) {
	room := 5
	if tight {
		room = 3
	}
	src := input{b: in}
	if s.I < 0 || s.I > 3 { // the caller's memory was never initialised
		s.I = 0
	}
	for !src.ended() && wrote+room <= len(out) {
		for ; s.I < 4 && !src.ended(); s.I++ {
			s.symbol(&src)
		}
		if s.I != 4 && !final {
			continue
		}
		s.I = 0
		if src.ended() && s.C == '=' {
			s.Len--
		}
		wrote += s.group(out[wrote:])
	}
	if wrote < len(out) {
		out[wrote] = 0
	}
	return src.pos, wrote
}

// symbol takes the next symbol of the alphabet; where the input ends first,
// what was passed over last counts as one, with the value of a group before.
func (s *State) symbol(src *input) {
	var v byte

	for v == 0 && !src.ended() {
		c := src.next()
		switch c {
		case '-':
			c = '+'
		case '_':
			c = '/'
		}
		v = value(c)
		s.C = int(c)
	}
	if v != 0 {
		s.Quad[s.I] = v - 1
	}
	s.Len++
}

// group puts out the bytes of a group of Len values.
func (s *State) group(out []byte) int {
	n := 0
	if s.Len >= 2 {
		out[n] = s.Quad[0]<<2 | s.Quad[1]>>4
		n++
	}
	if s.Len >= 3 {
		out[n] = s.Quad[1]<<4 | s.Quad[2]>>2
		n++
	}
	if s.Len >= 4 {
		out[n] = s.Quad[2]<<6 | s.Quad[3]
		n++
	}
	s.Done += s.Len - 1
	s.Len = 0
	return n
}

// input is text that ends at its length or at a NUL.
type input struct {
	b   []byte
	pos int
}

func (i *input) ended() bool { return i.pos >= len(i.b) || i.b[i.pos] == 0 }

func (i *input) next() byte {
	c := i.b[i.pos]
	i.pos++
	return c
}
