// SPDX-License-Identifier: MIT

//go:build lockcheck

package engine

import "testing"

// Locks out of order, and a lock where the program is called, are found.
func TestLockOrder(t *testing.T) {
	thread, next, shared := &mutex{rank: rankThread}, &mutex{rank: rankThread + 1}, &mutex{rank: rankShared}
	panics := func(what string, want bool, fn func()) {
		defer func() {
			if got := recover() != nil; got != want {
				t.Errorf("%s: panics %v", what, got)
			}
		}()
		fn()
	}
	thread.Lock()
	panics("the next thread's", false, func() { next.Lock(); next.Unlock() })
	panics("shared", false, func() { shared.Lock(); shared.Unlock() })
	panics("the program", true, unlocked)
	panics("twice", true, thread.Lock)
	thread.Unlock()
	panics("the program, with none", false, unlocked)
	shared.Lock()
	panics("a thread's behind shared", true, thread.Lock)
	shared.Unlock()
	panics("not held", true, shared.Unlock)
}
