// SPDX-License-Identifier: MIT

package engine

import (
	"sync"
	"sync/atomic"
	"testing"
)

// TestSharedLock: who waits for it and who only tries, as C does, never have it together, and
// whoever sleeps is woken. C sees each time that it was taken here.
//
// Seen to fail with an unlock that leaves the sleepers, and without the count.
func TestSharedLock(t *testing.T) {
	var l sharedLock
	const takers, times = 4, 5000
	inside, tried, n := 0, 0, 0
	var done sync.WaitGroup
	var over atomic.Bool
	enter := func() {
		if inside++; inside != 1 {
			t.Error("two are inside")
		}
		n++
		inside--
	}
	for range takers {
		done.Go(func() {
			for range times {
				l.lock()
				enter()
				l.unlock()
			}
		})
	}
	var c sync.WaitGroup
	c.Go(func() {
		for !over.Load() {
			if !atomic.CompareAndSwapInt32(&l.word, lockFree, lockTaken) {
				continue
			}
			tried++
			enter()
			l.unlock()
		}
	})
	done.Wait()
	over.Store(true)
	c.Wait()
	if n != takers*times+tried || l.visits != takers*times || l.word != lockFree {
		t.Errorf("%d entries, %d by trying; %d visits, word %d", n, tried, l.visits, l.word)
	}
}
