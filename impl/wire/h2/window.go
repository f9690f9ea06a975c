// SPDX-License-Identifier: MIT

package h2

// Window is a flow-control window of what we may send (RFC 9113 §5.2). It can
// be below 0, when the peer made the initial size smaller.
type Window int32

// Take uses n bytes of it.
func (w *Window) Take(n int) { *w -= Window(n) }

// Add makes it larger, or with a negative n smaller; false: it would be too large.
func (w *Window) Add(n int64) bool {
	sum := int64(*w) + n
	if sum > MaxWindow || sum < -MaxWindow {
		return false
	}
	*w = Window(sum)
	return true
}

// Left is how many bytes may be sent.
func (w Window) Left() int { return int(max(w, 0)) }
