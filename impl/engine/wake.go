// SPDX-License-Identifier: MIT

package engine

import (
	"encoding/binary"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// kick makes the service thread look again, if it is waiting.
func (pt *Thread) kick() {
	f := pt.F
	atomic.StoreInt32(&f.Pending, 1)
	if atomic.LoadInt32(&f.Hushed) != 0 {
		return
	}
	if atomic.LoadInt32(&f.Waiting) != 0 || pt.ctx.F.External != ExternalNo && !pt.inTurn() {
		pt.wake()
	}
}

// wake makes the wake-up descriptor readable, unless it is: nothing that a program's
// loop does between two turns needs more than one.
func (pt *Thread) wake() {
	if pt.woken.Swap(true) {
		return
	}
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(pt.wakefd, one[:])
}

// deadlineMoved tells the waiting side that the earliest timer changed.
func (pt *Thread) deadlineMoved() {
	f := pt.F
	atomic.StoreInt64(&f.Deadline, pt.nextDeadline())
	if atomic.LoadInt32(&f.Waiting) != 0 {
		pt.wake()
	}
}

// Cancel makes the next turn tell every protocol EVENT_WAIT_CANCELLED.
func (pt *Thread) Cancel() {
	pt.cancelDue = true
	pt.kick()
}

// awake takes the wake back, in a turn. Who asks for one between the two steps has set
// Pending, which this turn has not cleared since, or what it has to do is done in it.
func (pt *Thread) awake() {
	var b [8]byte
	_, _ = unix.Read(pt.wakefd, b[:])
	pt.woken.Store(false)
}
