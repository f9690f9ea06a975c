// SPDX-License-Identifier: MIT

//go:build lockcheck

package engine

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"unsafe"
)

// mutex is a lock with a place in the order of all, which is checked.
type mutex struct {
	anyLock
	rank int
}

// held are the locks of each goroutine, by its number.
var (
	heldMu sync.Mutex
	held   = map[string][]*mutex{}
)

func goroutine() string {
	var b [64]byte
	_, rest, _ := bytes.Cut(b[:runtime.Stack(b[:], false)], []byte(" "))
	id, _, _ := bytes.Cut(rest, []byte(" "))
	return string(id)
}

// Lock panics when a lock of the same or a later place is held.
func (m *mutex) Lock() {
	id := goroutine()
	heldMu.Lock()
	for _, h := range held[id] {
		if h.rank >= m.rank {
			heldMu.Unlock()
			panic(fmt.Sprintf("lock %d is taken while lock %d is held", m.rank, h.rank))
		}
	}
	heldMu.Unlock()
	m.lock()
	heldMu.Lock()
	held[id] = append(held[id], m)
	heldMu.Unlock()
}

// Unlock panics when the goroutine does not hold the lock.
func (m *mutex) Unlock() {
	id := goroutine()
	heldMu.Lock()
	defer heldMu.Unlock()
	for i, h := range held[id] {
		if h == m {
			held[id] = append(held[id][:i:i], held[id][i+1:]...)
			if len(held[id]) == 0 {
				delete(held, id)
			}
			m.unlock()
			return
		}
	}
	panic(fmt.Sprintf("lock %d is released and was not held", m.rank))
}

// published is before what other threads go by without a lock is written at p.
func published(unsafe.Pointer) {}

// observed is behind a look at what other threads write at p without a lock.
func observed(unsafe.Pointer) {}

// unlocked panics when a lock is held where none may be: the program is called.
func unlocked() {
	id := goroutine()
	heldMu.Lock()
	defer heldMu.Unlock()
	if h := held[id]; len(h) > 0 {
		panic(fmt.Sprintf("the program is called with lock %d held", h[0].rank))
	}
}
