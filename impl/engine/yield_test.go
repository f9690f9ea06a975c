// SPDX-License-Identifier: MIT

package engine

import "testing"

// TestYield: a thread that serves on and on yields every 8 ms; one with an event now and then does not, nor does
// it in its first turn: a yield made the sixth thread of a server that does nothing. Seen to fail with a
// Yield that asks only when the last yield was.
func TestYield(t *testing.T) {
	pt := newRig(t).ctx.First()
	now := int64(1e12)
	yields := func(after int64) bool {
		before := pt.yielded.Load()
		now += after
		pt.Yield(now)
		return pt.yielded.Load() != before
	}
	for i := range 3 {
		if yields(10 * yieldEvery) {
			t.Errorf("an event now and then: yields at turn %d", i)
		}
	}
	n := 0
	for range 1000 { // for 100 ms
		if yields(100) {
			n++
		}
	}
	if n < 11 || n > 13 {
		t.Errorf("busy for 100 ms: %d yields", n)
	}
}
