// SPDX-License-Identifier: MIT

package ws

import "encoding/binary"

// UTF8 validates a byte stream as UTF-8 (RFC 3629), piece by piece, and fails at
// the first byte that no valid text can have there: overlong forms, surrogates
// and code points above U+10FFFF fail at their second byte. The zero value is
// ready for a new text.
type UTF8 struct {
	need   uint8 // continuation bytes that are still to come
	lo, hi uint8 // bounds of the next one, if need > 0
}

// utf8Failed is a need that no sequence has. With lo > hi no byte fits.
const utf8Failed = 0xff

// asciiMask has the top bit of each of eight bytes.
const asciiMask = 0x8080808080808080

// Write checks the next piece of the text. Once it has returned false it keeps
// doing so until Reset.
func (u *UTF8) Write(b []byte) bool {
	for i := 0; i < len(b); {
		if u.need == 0 {
			i += skipASCII(b[i:])
			i += skipWhole(b[i:])
			if i == len(b) {
				break
			}
			u.lead(b[i])
		} else {
			u.follow(b[i])
		}
		if u.need == utf8Failed {
			return false
		}
		i++
	}
	return u.need != utf8Failed
}

// Complete reports whether the text so far is valid and does not end inside a
// character.
func (u *UTF8) Complete() bool { return u.need == 0 }

// Reset makes u ready for a new text.
func (u *UTF8) Reset() { *u = UTF8{} }

// lead takes the first byte of a character. The bounds of the second byte are
// those of the table "Well-Formed UTF-8 Byte Sequences" (RFC 3629 §4).
func (u *UTF8) lead(c byte) {
	switch {
	case c < 0x80:
	case c >= 0xc2 && c <= 0xdf:
		*u = UTF8{1, 0x80, 0xbf}
	case c == 0xe0:
		*u = UTF8{2, 0xa0, 0xbf} // below are overlong forms
	case c == 0xed:
		*u = UTF8{2, 0x80, 0x9f} // above are surrogates
	case c >= 0xe1 && c <= 0xef:
		*u = UTF8{2, 0x80, 0xbf}
	case c == 0xf0:
		*u = UTF8{3, 0x90, 0xbf} // below are overlong forms
	case c >= 0xf1 && c <= 0xf3:
		*u = UTF8{3, 0x80, 0xbf}
	case c == 0xf4:
		*u = UTF8{3, 0x80, 0x8f} // above is U+110000
	default:
		*u = UTF8{utf8Failed, 1, 0}
	}
}

// follow takes a continuation byte.
func (u *UTF8) follow(c byte) {
	switch {
	case c < u.lo || c > u.hi:
		*u = UTF8{utf8Failed, 1, 0}
	case u.need == 1:
		*u = UTF8{}
	default:
		*u = UTF8{u.need - 1, 0x80, 0xbf}
	}
}

// skipASCII returns the length of an ASCII prefix of b: the whole one, but for
// fewer than eight bytes at its end.
func skipASCII(b []byte) int {
	i := 0
	for ; len(b)-i >= 16; i += 16 {
		p := (*[16]byte)(b[i:])
		if (binary.LittleEndian.Uint64(p[:8])|binary.LittleEndian.Uint64(p[8:]))&asciiMask != 0 {
			break
		}
	}
	for ; len(b)-i >= 8; i += 8 {
		if binary.LittleEndian.Uint64(b[i:])&asciiMask != 0 {
			break
		}
	}
	return i
}

// skipWhole returns the length of a prefix of b made of whole, valid characters.
// It stops at the first byte that it is not sure of and leaves that to the byte
// by byte path, and before a stretch of ASCII that skipASCII does better.
func skipWhole(b []byte) int {
	i := 0
	for ascii := 0; ascii < 8; {
		switch {
		case len(b)-i >= 1 && b[i] < 0x80:
			ascii++
			i++
			continue
		case len(b)-i >= 2 && b[i] >= 0xc2 && b[i] <= 0xdf && cont(b[i+1]):
			i += 2
		case len(b)-i >= 3 && b[i] >= 0xe1 && b[i] <= 0xef && b[i] != 0xed &&
			cont(b[i+1]) && cont(b[i+2]):
			i += 3
		case len(b)-i >= 4 && b[i] >= 0xf1 && b[i] <= 0xf3 &&
			cont(b[i+1]) && cont(b[i+2]) && cont(b[i+3]):
			i += 4
		default:
			return i
		}
		ascii = 0
	}
	return i
}

func cont(c byte) bool { return c&0xc0 == 0x80 }
