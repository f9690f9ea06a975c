// SPDX-License-Identifier: MIT

package deflate

import "math/bits"

// minWindowClass is the size that a window starts with, as a logarithm.
const minWindowClass = 10

// window is the end of the output so far, a ring that starts small and grows up
// to its limit, so that a connection with little traffic keeps little. The zero
// value is empty.
type window struct {
	ring *buffer // nil if empty
	next int     // where the next byte goes
	have int     // bytes that are valid, the newest just before next
}

func (w *window) release() {
	if w.ring != nil {
		w.ring.release()
	}
	*w = window{}
}

// add appends b. The window keeps at least the last 1<<limit bytes it was given.
func (w *window) add(b []byte, limit int) {
	if len(b) == 0 {
		return
	}
	class := bits.Len(uint(w.have + len(b) - 1))
	w.grow(min(max(class, minWindowClass), limit))

	ring := w.ring.data
	if len(b) > len(ring) {
		b = b[len(b)-len(ring):]
	}
	w.have = min(w.have+len(b), len(ring))
	n := copy(ring[w.next:], b)
	copy(ring, b[n:])
	w.next = (w.next + len(b)) & (len(ring) - 1)
}

// grow makes the ring at least 1<<class bytes.
func (w *window) grow(class int) {
	if w.ring != nil && w.ring.class >= class {
		return
	}
	larger := takeBuffer(class)
	if w.ring != nil {
		w.copyOut(larger.data, w.have, w.have)
		w.next = w.have
		w.ring.release()
	}
	w.ring = larger
}

// copyOut copies to dst the n bytes that start dist bytes before the end, where
// n <= dist <= have, or as many as fit. It returns how many.
func (w *window) copyOut(dst []byte, dist, n int) int {
	ring := w.ring.data
	from := (w.next - dist) & (len(ring) - 1)
	dst = dst[:min(n, len(dst))]
	c := copy(dst, ring[from:])
	return c + copy(dst[c:], ring)
}
