// SPDX-License-Identifier: MIT

//go:build tsan

package engine

import (
	"sync"
	"unsafe"
)

// Acquired and Releasing tell ThreadSanitizer, which cannot see into Go, that one of the
// engine's locks was taken, or is about to be released.
var Acquired, Releasing func(lock unsafe.Pointer)

// mutex is a lock with a place in the order of all, which ThreadSanitizer knows of.
type mutex struct {
	mu   sync.Mutex
	at   *sharedLock // which C takes, too; nil: mu is the lock
	rank int
}

func (m *mutex) Lock() {
	if m.at != nil {
		m.at.lock()
		Acquired(unsafe.Pointer(m.at))
		return
	}
	m.mu.Lock()
	Acquired(unsafe.Pointer(m))
}

func (m *mutex) Unlock() {
	if m.at != nil {
		Releasing(unsafe.Pointer(m.at))
		m.at.unlock()
		return
	}
	Releasing(unsafe.Pointer(m))
	m.mu.Unlock()
}

// published is before what other threads go by without a lock is written at p.
func published(p unsafe.Pointer) { Releasing(p) }

// observed is behind a look at what other threads write at p without a lock.
func observed(p unsafe.Pointer) { Acquired(p) }

// unlocked is where no lock may be held.
func unlocked() {}
