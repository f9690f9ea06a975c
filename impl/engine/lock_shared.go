// SPDX-License-Identifier: MIT

package engine

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// anyLock is a lock of Go's own, or one that C takes, too.
type anyLock struct {
	mu sync.Mutex
	at *sharedLock // nil: mu is the lock
}

func (l *anyLock) lock() {
	if l.at != nil {
		l.at.lock()
		return
	}
	l.mu.Lock()
}

func (l *anyLock) unlock() {
	if l.at != nil {
		l.at.unlock()
		return
	}
	l.mu.Unlock()
}

// sharedLock is a lock in memory of C's, which takes it too (capi/c/short.c), but never
// waits for it.
type sharedLock struct {
	word   int32 // lockFree, ...
	visits uint32
}

// Values of a sharedLock's word.
const (
	lockFree   = 0
	lockTaken  = 1
	lockWanted = 2 // taken, and somebody sleeps who wants it
)

const (
	futexWait = 0 | 128 // FUTEX_WAIT, FUTEX_WAKE, of this process alone
	futexWake = 1 | 128
)

// lockLooks is how often a lock that is taken is looked at before one sleeps: what is done
// under it is short.
const lockLooks = 200

func (l *sharedLock) lock() {
	if !atomic.CompareAndSwapInt32(&l.word, lockFree, lockTaken) {
		l.await()
	}
	l.visits++ // C sees that somebody was here
}

func (l *sharedLock) await() {
	for range lockLooks {
		if atomic.LoadInt32(&l.word) == lockFree && atomic.CompareAndSwapInt32(&l.word, lockFree, lockTaken) {
			return
		}
	}
	for atomic.SwapInt32(&l.word, lockWanted) != lockFree {
		_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&l.word)), futexWait, lockWanted, 0, 0, 0)
	}
}

func (l *sharedLock) unlock() {
	if atomic.SwapInt32(&l.word, lockFree) == lockWanted {
		_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&l.word)), futexWake, 1, 0, 0, 0)
	}
}
