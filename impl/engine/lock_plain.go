// SPDX-License-Identifier: MIT

//go:build !lockcheck && !tsan

package engine

import (
	"sync"
	"unsafe"
)

// mutex is a lock with a place in the order of all.
type mutex struct {
	mu   sync.Mutex
	at   *sharedLock // which C takes, too; nil: mu is the lock
	rank int
}

func (m *mutex) Lock() {
	if m.at != nil {
		m.at.lock()
		return
	}
	m.mu.Lock()
}

func (m *mutex) Unlock() {
	if m.at != nil {
		m.at.unlock()
		return
	}
	m.mu.Unlock()
}

// published is before what other threads go by without a lock is written at p.
func published(unsafe.Pointer) {}

// observed is behind a look at what other threads write at p without a lock.
func observed(unsafe.Pointer) {}

// unlocked is where no lock may be held.
func unlocked() {}
