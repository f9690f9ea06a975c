// SPDX-License-Identifier: MIT

package engine

import (
	"encoding/binary"
	"sync/atomic"
	"testing"

	"golang.org/x/sys/unix"
)

// TestWake: a thread that waits is woken once, whatever it is asked for; not at all where
// who asks tells its loop; and again when a turn has taken the wake.
//
// Seen to fail: with a wake that always writes; without the look at Hushed; with an awake
// that leaves woken set.
func TestWake(t *testing.T) {
	r := newRig(t)
	pt := r.ctx.First()
	written := func() uint64 {
		var b [8]byte
		if _, err := unix.Read(pt.wakefd, b[:]); err == unix.EAGAIN {
			return 0
		}
		pt.woken.Store(false)
		return binary.NativeEndian.Uint64(b[:])
	}
	ask := func(times int) {
		r.ctx.Lock()
		defer r.ctx.Unlock()
		for range times {
			r.c.AskWriteable()
			r.c.wantWrite = true
		}
	}
	r.turn(0)
	atomic.StoreInt32(&pt.F.Waiting, waitingIn)
	ask(3)
	if n := written(); n != 1 {
		t.Errorf("%d wakes for three questions", n)
	}
	pt.F.Hushed = 1
	ask(3)
	pt.F.Hushed = 0
	if n := written(); n != 0 || pt.F.Pending == 0 {
		t.Errorf("%d wakes of a loop that its own thread asks; pending: %d", n, pt.F.Pending)
	}
	ask(1)
	r.turn(100) // takes the wake
	ask(1)
	if n := written(); n != 1 {
		t.Errorf("%d wakes behind a turn that has taken the one before", n)
	}
	atomic.StoreInt32(&pt.F.Waiting, 0)
}
