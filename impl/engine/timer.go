// SPDX-License-Identifier: MIT

package engine

import (
	"container/heap"
	_ "unsafe" // for linkname
)

// nanotime reads CLOCK_MONOTONIC without a system call; unix.ClockGettime is one.
//
//go:linkname nanotime runtime.nanotime
func nanotime() int64

// Now is CLOCK_MONOTONIC in microseconds, the clock of all timers.
func Now() int64 { return nanotime() / 1000 }

// Timer calls Fire, with the lock held, once its time has come.
type Timer struct {
	At    int64 // when it is due, 0: not set
	Fire  func(now int64)
	queue int64 // when the heap looks at it
	index int   // place in the heap + 1, 0: not in it
}

type timerHeap []*Timer

func (h timerHeap) Len() int           { return len(h) }
func (h timerHeap) Less(i, j int) bool { return h[i].queue < h[j].queue }
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i+1, j+1
}
func (h *timerHeap) Push(x any) {
	t := x.(*Timer)
	*h = append(*h, t)
	t.index = len(*h)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = 0
	return t
}

// SetTimer arms t for the time at. Moving a timer later costs nothing: it
// stays where it is in the heap and is looked at again when that comes up.
func (pt *Thread) SetTimer(t *Timer, at int64) {
	t.At = at
	switch {
	case t.index == 0:
		t.queue = at
		heap.Push(&pt.timers, t)
	case at < t.queue:
		t.queue = at
		heap.Fix(&pt.timers, t.index-1)
	default:
		return
	}
	if pt.timers[0] == t {
		pt.deadlineMoved()
	}
}

// StopTimer disarms t; the heap forgets it when it comes up.
func (pt *Thread) StopTimer(t *Timer) { t.At = 0 }

// dropTimer takes t out of the heap at once.
func (pt *Thread) dropTimer(t *Timer) {
	t.At = 0
	if t.index != 0 {
		heap.Remove(&pt.timers, t.index-1)
	}
}

// DropTimer disarms t and forgets it, with all that it refers to.
func (pt *Thread) DropTimer(t *Timer) { pt.dropTimer(t) }

// runTimers fires what is due. Then it forgets what was stopped or moved up to the
// first that is not, so that those do not end the wait one by one.
func (pt *Thread) runTimers(now int64) {
	for len(pt.timers) > 0 {
		t := pt.timers[0]
		switch {
		case t.At == 0:
			heap.Pop(&pt.timers)
		case t.At > t.queue:
			t.queue = t.At
			heap.Fix(&pt.timers, 0)
		case t.queue > now:
			return
		default:
			heap.Pop(&pt.timers)
			t.At = 0
			t.Fire(now)
		}
	}
}

// nextDeadline is when the heap wants to be looked at, 0: never.
func (pt *Thread) nextDeadline() int64 {
	if len(pt.timers) == 0 {
		return 0
	}
	return pt.timers[0].queue
}
