// SPDX-License-Identifier: MIT

//go:build !lockcheck && !tsan

package engine

import "unsafe"

// mutex is a lock with a place in the order of all.
type mutex struct {
	anyLock
	rank int
}

func (m *mutex) Lock()   { m.lock() }
func (m *mutex) Unlock() { m.unlock() }

// published is before what other threads go by without a lock is written at p.
func published(unsafe.Pointer) {}

// observed is behind a look at what other threads write at p without a lock.
func observed(unsafe.Pointer) {}

// unlocked is where no lock may be held.
func unlocked() {}
