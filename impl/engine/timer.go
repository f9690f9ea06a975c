// SPDX-License-Identifier: MIT

package engine

import _ "unsafe" // for linkname

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
	conn  *Conn // instead of Fire: due is called with this one
	due   func(*Conn)
	queue int64 // when the heap looks at it
	index int   // place in the heap + 1, 0: not in it
}

// timerHeap has the timer that is looked at next in front. It is container/heap's, without an
// interface: each connection sets two.
type timerHeap []*Timer

func (h timerHeap) put(i int, t *Timer) {
	h[i] = t
	t.index = i + 1
}

func (h timerHeap) up(i int) {
	t := h[i]
	for i > 0 {
		parent := (i - 1) / 2
		if h[parent].queue <= t.queue {
			break
		}
		h.put(i, h[parent])
		i = parent
	}
	h.put(i, t)
}

// down tells whether the timer at i has moved.
func (h timerHeap) down(i int) bool {
	t, from := h[i], i
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if r := child + 1; r < len(h) && h[r].queue < h[child].queue {
			child = r
		}
		if h[child].queue >= t.queue {
			break
		}
		h.put(i, h[child])
		i = child
	}
	h.put(i, t)
	return i > from
}

// fix is called when the timer at i is looked at another time.
func (h timerHeap) fix(i int) {
	if !h.down(i) {
		h.up(i)
	}
}

func (h *timerHeap) push(t *Timer) {
	*h = append(*h, t)
	h.up(len(*h) - 1)
}

func (h *timerHeap) remove(i int) {
	l := *h
	t, n := l[i], len(l)-1
	last := l[n]
	l[n] = nil
	if *h = l[:n]; i < n {
		l[i] = last
		h.fix(i)
	}
	t.index = 0
}

// timersKept is how many timers of connections are kept for others.
const timersKept = 64

// newTimer is a timer that calls due with c.
func (pt *Thread) newTimer(c *Conn, due func(*Conn)) *Timer {
	n := len(pt.spareTimers)
	if n == 0 {
		return &Timer{conn: c, due: due}
	}
	t := pt.spareTimers[n-1]
	pt.spareTimers = pt.spareTimers[:n-1]
	t.conn, t.due = c, due
	return t
}

// freeTimer takes a timer of newTimer back, which may be nil.
func (pt *Thread) freeTimer(t *Timer) {
	if t == nil {
		return
	}
	pt.dropTimer(t)
	t.conn = nil
	if len(pt.spareTimers) < timersKept {
		pt.spareTimers = append(pt.spareTimers, t)
	}
}

// SetTimer arms t for the time at. Moving a timer later costs nothing: it
// stays where it is in the heap and is looked at again when that comes up.
func (pt *Thread) SetTimer(t *Timer, at int64) {
	t.At = at
	switch {
	case t.index == 0:
		t.queue = at
		pt.timers.push(t)
	case at < t.queue:
		t.queue = at
		pt.timers.fix(t.index - 1)
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
		pt.timers.remove(t.index - 1)
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
			pt.timers.remove(0)
		case t.At > t.queue:
			t.queue = t.At
			pt.timers.fix(0)
		case t.queue > now:
			return
		default:
			pt.timers.remove(0)
			t.At = 0
			if t.conn != nil {
				t.due(t.conn)
			} else {
				t.Fire(now)
			}
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
