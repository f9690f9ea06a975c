// SPDX-License-Identifier: MIT

//go:build tsan

package engine

import "unsafe"

// Acquired and Releasing tell ThreadSanitizer, which cannot see into Go, that one of the
// engine's locks was taken, or is about to be released.
var Acquired, Releasing func(lock unsafe.Pointer)

// mutex is a lock with a place in the order of all, which ThreadSanitizer knows of.
type mutex struct {
	anyLock
	rank int
}

func (m *mutex) Lock() {
	m.lock()
	Acquired(m.place())
}

func (m *mutex) Unlock() {
	Releasing(m.place())
	m.unlock()
}

// place is where C knows the lock, if it takes it, too.
func (m *mutex) place() unsafe.Pointer {
	if m.at != nil {
		return unsafe.Pointer(m.at)
	}
	return unsafe.Pointer(m)
}

// published is before what other threads go by without a lock is written at p.
func published(p unsafe.Pointer) { Releasing(p) }

// observed is behind a look at what other threads write at p without a lock.
func observed(p unsafe.Pointer) { Acquired(p) }

// unlocked is where no lock may be held.
func unlocked() {}
