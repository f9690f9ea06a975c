// SPDX-License-Identifier: MIT

package netaddr

import "strconv"

// roomPerPart is what Write wants to be free before each part of an IPv6
// address, and roomAtEnd before it finishes.
const (
	roomPerPart = 8
	roomAtEnd   = 3
)

// Write writes a 4 or 16 byte address and a NUL into out. It returns the
// length without the NUL, or -1 for another size or a too small out. An IPv4
// address is cut to fit, and then len(out) is returned.
func Write(addr, out []byte) int {
	switch len(addr) {
	case v4Len:
		return write4(addr, out)
	case v6Len:
		w := writer{out: out}
		return w.write6(addr)
	}
	return -1
}

func write4(a, out []byte) int {
	text := strconv.AppendUint(make([]byte, 0, 16), uint64(a[0]), 10)
	for _, b := range a[1:] {
		text = append(text, '.')
		text = strconv.AppendUint(text, uint64(b), 10)
	}
	if len(out) == 0 {
		return 0
	}
	n := copy(out[:len(out)-1], text)
	out[n] = 0
	if n < len(text) {
		return len(out)
	}
	return n
}

type writer struct {
	out []byte
	n   int
}

func (w *writer) byte(c byte) {
	w.out[w.n] = c
	w.n++
}

// uint writes v and a NUL, which what follows overwrites.
func (w *writer) uint(v uint16, base int) {
	w.n += copy(w.out[w.n:], strconv.AppendUint(make([]byte, 0, 8),
		uint64(v), base))
	w.out[w.n] = 0
}

// write6 elides the first run of zero parts, however short (RFC 5952 §4.2
// wants the longest).
func (w *writer) write6(a []byte) int {
	elided := -1     // the part the "::" began at
	eliding := false // inside the run it stands for
	asV4 := false    // the rest is an IPv4 address
	for i := range v6Parts {
		hi, lo := a[2*i], a[2*i+1]
		v := uint16(hi)<<8 | uint16(lo)
		if w.n+roomPerPart > len(w.out) {
			return -1
		}
		switch {
		case eliding && v != 0:
			w.byte(':')
		case !eliding && elided < 0 && v == 0:
			elided, eliding = i, true
			continue
		}
		if asV4 {
			w.uint(uint16(hi), 10)
			w.byte('.')
			w.uint(uint16(lo), 10)
			if i == 6 {
				w.byte('.')
			}
			continue
		}
		if eliding && v == 0 {
			continue
		}
		if i > 0 {
			w.byte(':')
		}
		w.uint(v, 16)
		if eliding {
			eliding = false
			if i == 5 && v == 0xffff && elided == 0 {
				asV4 = true
				w.byte(':')
			}
		}
	}
	return w.finish(eliding)
}

// finish ends the text, with the "::" of a run that reaches the end.
func (w *writer) finish(eliding bool) int {
	if w.n+roomAtEnd > len(w.out) {
		return -1
	}
	if eliding {
		w.byte(':')
		w.byte(':')
		w.out[w.n] = 0
	}
	return w.n
}
