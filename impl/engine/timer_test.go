// SPDX-License-Identifier: MIT

package engine

import (
	"math/rand/v2"
	"testing"
)

// TestTimerHeap: whatever is put in, moved and taken out, the next one is in front, and each
// knows its place.
//
// Seen to fail: where what takes the place of one that is removed only goes down, and where one
// does not learn its place.
func TestTimerHeap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h timerHeap
	check := func() {
		t.Helper()
		for i, x := range h {
			if x.index != i+1 || i > 0 && h[(i-1)/2].queue > x.queue {
				t.Fatalf("timer %d of %d: place %d, due at %d behind %d", i, len(h), x.index, x.queue, h[max(0, i-1)/2].queue)
			}
		}
	}
	for range 20000 {
		switch n := len(h); {
		case n == 0 || r.IntN(3) == 0 && n < 200:
			h.push(&Timer{queue: r.Int64N(100)})
		case r.IntN(2) == 0:
			i := r.IntN(n)
			h[i].queue = r.Int64N(100)
			h.fix(i)
		default:
			x := h[r.IntN(n)]
			if h.remove(x.index - 1); x.index != 0 || len(h) != n-1 {
				t.Fatalf("removed: place %d, %d left of %d", x.index, len(h), n)
			}
		}
		check()
	}
	for last := int64(0); len(h) > 0; h.remove(0) {
		if h[0].queue < last {
			t.Fatalf("%d behind %d", h[0].queue, last)
		}
		last = h[0].queue
	}
}

// TestTimersOfConnections: what a connection gave back is another's, and calls that one only.
//
// Seen to fail: where a timer that is given back stays in the heap.
func TestTimersOfConnections(t *testing.T) {
	pt := &Thread{F: new(ThreadFace), ctx: &Context{F: new(ContextFace)}}
	a, b := new(Conn), new(Conn)
	var fired []*Conn
	due := func(c *Conn) { fired = append(fired, c) }
	x := pt.newTimer(a, due)
	pt.SetTimer(x, 5)
	pt.freeTimer(x)
	y := pt.newTimer(b, due)
	if y != x {
		t.Error("a new timer, though one was given back")
	}
	pt.runTimers(100)
	pt.SetTimer(y, 50)
	pt.runTimers(100)
	if len(fired) != 1 || fired[0] != b {
		t.Errorf("called: %v", fired)
	}
	if n := testing.AllocsPerRun(100, func() { pt.freeTimer(pt.newTimer(a, due)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
