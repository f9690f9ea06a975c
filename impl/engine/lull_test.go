// SPDX-License-Identifier: MIT

package engine

import (
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestLull: memory goes back once, when a burst is over and not while it lasts; what was not
// worth it is put off. Seen to fail: with the look that does not ask for signs; without putOff.
func TestLull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var held atomic.Uint64
		var released atomic.Int32
		held.Store(100 << 20)
		l := &lull{held: held.Load}
		l.release = func() { released.Add(1); held.Add(-min(held.Load(), 10<<20)) }
		for range 60 {
			time.Sleep(time.Second)
			for range burstConns {
				l.connEnded()
			}
		}
		if released.Load() != 0 {
			t.Errorf("%d times in the middle of it", released.Load())
		}
		time.Sleep(10 * time.Second)
		if released.Load() != 1 {
			t.Fatalf("%d times within 10 s", released.Load())
		}
		time.Sleep(time.Hour)
		if released.Load() != 1 {
			t.Errorf("%d times though nothing was done", released.Load()-1)
		}
		for range burstConns - 1 {
			l.connEnded()
		}
		time.Sleep(time.Hour)
		if released.Load() != 1 {
			t.Error("some connections count as a burst")
		}

		// Not worth it: one within a minute, few in an hour.
		held.Store(0)
		released.Store(0)
		for i := range 3600 {
			if i%7 == 0 {
				l.note()
			}
			time.Sleep(time.Second)
			if i == 60 && released.Load() == 0 {
				t.Error("never")
			}
		}
		if released.Load() > 12 {
			t.Errorf("%d times in an hour for nothing", released.Load())
		}
		time.Sleep(lullLatest)
	})
}

// TestLullHearsCollections: a collection of garbage is a sign of work. Seen to fail: with
// a finalizer that is not set again.
func TestLullHearsCollections(t *testing.T) {
	l := &lull{}
	l.begin()
	l.armed.Store(true) // no look
	for i := range 3 {
		l.noted.Store(false)
		runtime.GC()
		for n := 0; !l.noted.Load(); n++ {
			if n == 5000 {
				t.Fatalf("collection %d was not heard of", i)
			}
			time.Sleep(time.Millisecond)
		}
	}
}
