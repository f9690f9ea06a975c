// SPDX-License-Identifier: MIT

package ws

import "encoding/binary"

// Opcode is the 4-bit frame type of RFC 6455 §5.2.
type Opcode byte

// The opcodes that RFC 6455 §11.8 registers; all others are reserved.
const (
	OpContinuation Opcode = 0x0
	OpText         Opcode = 0x1
	OpBinary       Opcode = 0x2
	OpClose        Opcode = 0x8
	OpPing         Opcode = 0x9
	OpPong         Opcode = 0xa
)

// IsControl reports whether the opcode is in the control range, reserved
// values included (RFC 6455 §5.5: the most significant bit is 1).
func (o Opcode) IsControl() bool { return o&0x8 != 0 }

// isReserved reports whether RFC 6455 assigns no meaning to the opcode.
func (o Opcode) isReserved() bool {
	return o > OpBinary && o < OpClose || o > OpPong
}

// Bits of Header.Rsv.
const (
	Rsv1 byte = 4 // permessage-deflate: this message is compressed (RFC 7692 §6)
	Rsv2 byte = 2
	Rsv3 byte = 1
)

const (
	// MaxHeaderLen is the longest possible frame header in bytes: two fixed,
	// eight of length, four of mask.
	MaxHeaderLen = 14

	// MaxControlLen is the longest payload of a control frame (RFC 6455 §5.5).
	MaxControlLen = 125
)

// Values of the 7-bit length field that announce a longer one.
const (
	lengthIs16Bit = 126
	lengthIs64Bit = 127
)

// Header is a frame header. Length is the number of payload bytes of the frame;
// Mask counts only when Masked is set.
type Header struct {
	Fin    bool
	Rsv    byte // RSV1..RSV3 as Rsv1|Rsv2|Rsv3
	Opcode Opcode
	Masked bool
	Mask   [4]byte
	Length uint64
}

// HeaderLen returns how many bytes PutHeader writes for h, 2 to MaxHeaderLen.
func HeaderLen(h Header) int {
	n := 2
	switch {
	case h.Length > 0xffff:
		n += 8
	case h.Length >= lengthIs16Bit:
		n += 2
	}
	if h.Masked {
		n += len(h.Mask)
	}
	return n
}

// PutHeader writes h to the start of dst with the shortest length encoding and
// returns the number of bytes written. It panics when dst is shorter than
// HeaderLen(h), as a slice access does; MaxHeaderLen bytes always do.
func PutHeader(dst []byte, h Header) int {
	b0 := h.Rsv<<4&0x70 | byte(h.Opcode)&0x0f
	if h.Fin {
		b0 |= 0x80
	}
	dst[0] = b0
	n := 2
	switch {
	case h.Length > 0xffff:
		dst[1] = lengthIs64Bit
		binary.BigEndian.PutUint64(dst[2:], h.Length)
		n += 8
	case h.Length >= lengthIs16Bit:
		dst[1] = lengthIs16Bit
		binary.BigEndian.PutUint16(dst[2:], uint16(h.Length))
		n += 2
	default:
		dst[1] = byte(h.Length)
	}
	if h.Masked {
		dst[1] |= 0x80
		n += copy(dst[n:n+len(h.Mask)], h.Mask[:])
	}
	return n
}

// headerNeed tells from the second header byte how long the header is.
func headerNeed(b1 byte) int {
	n := 2 + extendedLen(b1)
	if b1&0x80 != 0 {
		n += 4
	}
	return n
}

// extendedLen is the size of the length field behind the second byte: 0, 2 or 8.
func extendedLen(b1 byte) int {
	switch b1 & 0x7f {
	case lengthIs16Bit:
		return 2
	case lengthIs64Bit:
		return 8
	}
	return 0
}

// parseHeader decodes b, which holds at least headerNeed(b[1]) bytes. It judges
// nothing; that is checkHeader's work.
func parseHeader(b []byte) Header {
	h := Header{
		Fin:    b[0]&0x80 != 0,
		Rsv:    b[0] >> 4 & 7,
		Opcode: Opcode(b[0] & 0x0f),
		Masked: b[1]&0x80 != 0,
		Length: uint64(b[1] & 0x7f),
	}
	n := 2
	switch h.Length {
	case lengthIs16Bit:
		h.Length = uint64(binary.BigEndian.Uint16(b[2:]))
		n += 2
	case lengthIs64Bit:
		h.Length = binary.BigEndian.Uint64(b[2:])
		n += 8
	}
	if h.Masked {
		h.Mask = [4]byte(b[n:])
	}
	return h
}
