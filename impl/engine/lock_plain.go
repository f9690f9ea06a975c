// SPDX-License-Identifier: MIT

//go:build !lockcheck

package engine

import "sync"

// mutex is a lock with a place in the order of all.
type mutex struct {
	sync.Mutex
	rank int
}

// unlocked is where no lock may be held.
func unlocked() {}
