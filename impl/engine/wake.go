// SPDX-License-Identifier: MIT

package engine

import (
	"encoding/binary"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// kick makes the service thread look again, if it is waiting.
func (pt *Thread) kick() {
	f := pt.ctx.F
	atomic.StoreInt32(&f.Pending, 1)
	if atomic.LoadInt32(&f.Waiting) != 0 || f.External != ExternalNo && !pt.inTurn {
		pt.wake()
	}
}

func (pt *Thread) wake() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(pt.wakefd, one[:])
}

// deadlineMoved tells the waiting side that the earliest timer changed.
func (pt *Thread) deadlineMoved() {
	f := pt.ctx.F
	atomic.StoreInt64(&f.Deadline, pt.nextDeadline())
	if atomic.LoadInt32(&f.Waiting) != 0 {
		pt.wake()
	}
}

// Pending tells whether something is to be done without waiting.
func (ctx *Context) Pending() bool {
	return atomic.LoadInt32(&ctx.F.Pending) != 0 || atomic.LoadInt32(&ctx.F.Cancel) != 0
}

// Cancel makes the next turn tell every protocol EVENT_WAIT_CANCELLED.
func (pt *Thread) Cancel() {
	pt.cancelDue = true
	pt.kick()
}
