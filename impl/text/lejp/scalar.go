// SPDX-License-Identifier: MIT

package lejp

// Strings and numbers, character by character.

// inName tells if the string is a member's name, not a value.
func (r *run) inName() bool {
	return r.SP > 0 && r.Levels[r.SP-1].State == stColon
}

// plain takes the characters of a string up to the first that ends it, begins
// an escape, is not allowed or fills the buffer, and returns how many.
func (r *run) plain(text []byte) int {
	n := 0
	for n < len(text) && text[n] >= ' ' && text[n] != '"' && text[n] != '\\' {
		n++
	}
	if r.inName() {
		for _, c := range text[:n] {
			r.appendPath(c)
		}
		return n
	}
	if r.NPos >= ChunkSize {
		return 0
	}
	n = copy(r.Buf[r.NPos:ChunkSize-1], text[:n])
	r.NPos += uint8(n)
	return n
}

func (r *run) str(c byte) int {
	switch {
	case c == '"':
		return r.closeString()
	case c == '\\':
		r.level().State = stEsc
		return taken
	case c < ' ':
		return rejectIllegalCtrl
	}
	return r.put(c)
}

func (r *run) closeString() int {
	if r.SP == 0 {
		return rejectStringUnderrun
	}
	if !r.inName() {
		r.setBuf(0)
		if r.call(ValStrEnd) < 0 {
			return rejectCallback
		}
	}
	r.SP--
	return taken
}

// setBuf puts c behind the value so far.
func (r *run) setBuf(c byte) {
	if int(r.NPos) < len(r.Buf) {
		r.Buf[r.NPos] = c
	}
}

// put adds one byte of a string, to the path or to the value.
func (r *run) put(c byte) int {
	if r.inName() {
		r.appendPath(c)
		return taken
	}
	r.setBuf(c)
	r.NPos++
	if r.NPos == ChunkSize {
		if r.call(ValStrChunk) != 0 {
			return rejectCallback
		}
		r.NPos = 0
	}
	return taken
}

// escape is behind a backslash. The reference takes a NUL there, too.
func (r *run) escape(c byte) int {
	switch c {
	case 'u':
		r.level().State = stEscU1
		r.Uni = 0
		return taken
	case '"', '\\', '/', 0:
	case 'b':
		c = '\b'
	case 'f':
		c = '\f'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	default:
		return rejectIllegalEsc
	}
	r.level().State = stString
	return r.put(c)
}

func hexValue(c byte) (uint16, bool) {
	switch {
	case c >= '0' && c <= '9':
		return uint16(c - '0'), true
	case c >= 'a' && c <= 'f':
		return uint16(c-'a') + 10, true
	case c >= 'A' && c <= 'F':
		return uint16(c-'A') + 10, true
	}
	return 0, false
}

// unicode takes the digits of \uXXXX and puts out each byte of its UTF-8 form
// as soon as it is known. Surrogates are encoded like anything else.
func (r *run) unicode(c byte) int {
	l := r.level()
	was := l.State
	v, ok := hexValue(c)
	r.Uni <<= 4
	if !ok {
		return rejectIllegalHex
	}
	r.Uni |= v
	l.State++
	switch was {
	case stEscU2:
		if r.Uni >= 0x08 { // U+0800 and up: three bytes
			return r.put(byte(0xe0 | r.Uni>>4&0x0f))
		}
	case stEscU3:
		switch {
		case r.Uni >= 0x80: // the second of three
			return r.put(byte(0x80 | r.Uni>>2&0x3f))
		case r.Uni >= 0x08: // U+0080 and up: the first of two
			return r.put(byte(0xc0 | r.Uni>>2))
		}
	case stEscU4:
		l.State = stString
		if r.Uni >= 0x80 { // the last one
			return r.put(byte(0x80 | r.Uni&0x3f))
		}
		return r.put(byte(r.Uni))
	}
	return taken
}

// putNum adds one character of a number.
func (r *run) putNum(c byte) int {
	if int(r.NPos) >= len(r.Buf) {
		return rejectNumTooLong
	}
	r.setBuf(c)
	r.NPos++
	return taken
}

func (r *run) number(c byte) int {
	f := &r.NumFlags
	switch {
	case c == '-' && r.NPos == 0:
		*f |= seenMinus
		return r.putNum(c)
	case c >= '0' && c <= '9' && r.DigitCount < maxDigits:
		if *f&seenPoint != 0 {
			*f |= seenPostPoint
		}
		r.DigitCount++
		return r.putNum(c)
	case c == '.':
		if r.DigitCount == 0 || *f&seenPoint != 0 {
			return rejectNumFormat
		}
		*f |= seenPoint
		return r.putNum(c)
	case *f&(seenPoint|seenPostPoint) == seenPoint:
		return rejectNoFraction
	case c == 'e' || c == 'E':
		if *f&seenExp != 0 {
			return rejectNumFormat
		}
		*f |= seenExp
		r.level().State = stExponent
		return r.putNum(c)
	case r.DigitCount == 0:
		return rejectNumFormat
	}
	return r.endNumber()
}

// endNumber reports the number; the character behind it is still to be taken.
// One with an exponent but without a point counts as an integer.
func (r *run) endNumber() int {
	why := ValNumInt
	if r.NumFlags&seenPoint != 0 || r.ExpFloat && r.NumFlags&seenExp != 0 {
		why = ValNumFloat
	}
	r.setBuf(0)
	if r.call(why) != 0 {
		return rejectCallback
	}
	r.level().State = stCommaOrEnd
	return again
}

// exponent is right behind the 'e'.
func (r *run) exponent(c byte) int {
	r.level().State = stNumber
	switch {
	case c >= '0' && c <= '9':
		return again
	case c == '+' || c == '-':
		return r.putNum(c)
	}
	return rejectBadExponent
}
