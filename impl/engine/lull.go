// SPDX-License-Identifier: MIT

package engine

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// What a burst leaves behind goes back to the kernel when it is over. The runtime by itself
// keeps it for minutes: it collects garbage only when more comes, or after two of them.

const (
	lullWait   = 2500 * time.Millisecond // without any sign of work, twice
	burstConns = 256                     // so many ends are a sign
	// What is not worth it is put off, twice as long each time.
	lullWorth  = 1 << 20 // bytes
	lullPutOff = 20 * time.Second
	lullLatest = 10 * time.Minute
)

// lull gives memory back when nothing has happened for a while.
type lull struct {
	release func() // collects and gives back; a test has its own
	held    func() uint64
	started func() // some time after the start; no collection, which would take more than it gives

	begun    sync.Once
	ended    atomic.Uint32 // connections
	noted    atomic.Bool   // there was a sign of work since the last look
	armed    atomic.Bool   // a look is to come
	settling atomic.Bool

	// of the look alone
	again  time.Time // none before
	putOff time.Duration
}

var theLull = lull{held: heapHeld, started: func() { Prog.Trim() }, release: func() {
	debug.FreeOSMemory()
	Prog.Trim()
}}

// heapHeld is how much of the kernel's memory the heap has.
func heapHeld() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys - m.HeapReleased
}

// begin has each collection be a sign of work: an object that nobody has is found by it.
func (l *lull) begin() {
	l.begun.Do(func() {
		var found func(*[2]*lull)
		found = func(o *[2]*lull) {
			if !l.settling.Load() {
				l.note()
			}
			runtime.SetFinalizer(o, found)
		}
		runtime.SetFinalizer(&[2]*lull{l}, found)
		if l.started != nil {
			time.AfterFunc(2*lullWait, l.started)
		}
	})
}

// connEnded counts a connection's end.
func (l *lull) connEnded() {
	if l.ended.Add(1)%burstConns == 0 {
		l.note()
	}
}

func (l *lull) note() {
	l.noted.Store(true)
	if !l.armed.Swap(true) {
		time.AfterFunc(lullWait, l.look)
	}
}

func (l *lull) look() {
	wait := lullWait
	if !l.noted.Swap(false) {
		if wait = time.Until(l.again); wait <= 0 {
			l.settle()
			if l.armed.Store(false); l.noted.Load() {
				l.note()
			}
			return
		}
	}
	time.AfterFunc(wait, l.look)
}

func (l *lull) settle() {
	// The finalizer of this collection's own is not told: it may be late by some ms.
	l.settling.Store(true)
	time.AfterFunc(time.Second, func() { l.settling.Store(false) })
	before := l.held()
	l.release()
	if after := l.held(); before >= after+lullWorth {
		l.putOff, l.again = 0, time.Time{}
		return
	}
	l.putOff = min(max(2*l.putOff, lullPutOff), lullLatest)
	l.again = time.Now().Add(l.putOff)
}
