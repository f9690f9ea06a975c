// SPDX-License-Identifier: MIT

package engine

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestBreathe: a thread is seen by the scheduler in the middle of a turn that is long, and the
// clock is not looked at for each connection. Without breathe in round the first part
// fails, without that in runWriteable the second, and where only the last yield counts the third.
func TestBreathe(t *testing.T) {
	r := newRig(t)
	pt := r.ctx.First()
	r.turn(0)
	ev := Event{Events: 1, Fd: int32(r.c.slot), Pad: r.c.gen()}
	turn := func(events int) bool {
		pt.yielded.Store(0)
		pt.Turn(slices.Repeat([]Event{ev}, events), Now())
		return pt.yielded.Load() != 0
	}
	if turn(3) || !turn(4) || turn(3) {
		t.Error("events: not with the fourth")
	}
	var all []*Conn
	for range breathLook {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fds[1])
		r.ctx.Lock()
		c := NewConn(pt, r.v, r.role, false)
		c.SetProtocol(r.v.Protocols[0])
		c.SetState(StateEstablished)
		c.Attach(fds[0])
		all = append(all, c)
		r.ctx.Unlock()
	}
	for n := breathLook - 1; n <= breathLook; n++ {
		r.ctx.Lock()
		for _, c := range all[:n] {
			c.AskWriteable()
		}
		r.ctx.Unlock()
		if turn(0) != (n == breathLook) {
			t.Errorf("%d WRITEABLEs", n)
		}
	}
	pt.yielded.Store(0)
	pt.rested.Store(Now())
	if turn(8) {
		t.Error("in a turn that has just begun, behind a long wait")
	}
	pt.rested.Store(0)
	pt.yielded.Store(Now())
	was := pt.yielded.Load()
	pt.Turn(slices.Repeat([]Event{ev}, 8), Now())
	if now := pt.yielded.Load(); now != was && now-was < yieldEvery {
		t.Errorf("again after %d µs", now-was)
	}
}
