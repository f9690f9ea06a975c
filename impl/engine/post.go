// SPDX-License-Identifier: MIT

package engine

import (
	"slices"
	"sync/atomic"
)

// Post has the service thread run fn, with the lock held, in its next turn.
// It is for goroutines: any of them may call it, without the lock. When the
// context goes first, fn is dropped.
func (pt *Thread) Post(fn func()) {
	pt.mu.Lock()
	defer pt.mu.Unlock()
	if !pt.ctx.destroyed && !pt.ctx.destroying {
		pt.Later(fn)
	}
}

// Later has fn run in the next turn. The lock is held, now and then.
func (pt *Thread) Later(fn func()) {
	pt.posts = append(pt.posts, fn)
	pt.kick()
	if pt.ctx.F.External != ExternalNo { // the program's poll must see it
		pt.wake()
	}
}

// runPosts runs what was posted before this turn.
func (pt *Thread) runPosts() {
	pt.takeInbox()
	q := pt.posts
	pt.posts = nil
	for _, fn := range q {
		guard("a posted call", fn)
	}
}

// inbox has what others want the thread to do who have locks: its own is a leaf.
type inbox struct {
	mu     mutex
	list   []letter
	count  atomic.Int32 // as long as list
	closed bool
}

// letter is a piece of work: do is called with the thread's lock, lost with none where
// the context goes first. It may be nil.
type letter struct{ do, lost func() }

// Send is Later for who may have the lock of another thread, or none.
func (pt *Thread) Send(do, lost func()) {
	b := &pt.inbox
	b.mu.Lock()
	closed := b.closed
	if !closed {
		b.list = append(b.list, letter{do, lost})
		b.count.Add(1)
	}
	b.mu.Unlock()
	if closed {
		if lost != nil {
			lost()
		}
		return
	}
	pt.nudge()
}

// takeInbox has what was sent done with what was posted.
func (pt *Thread) takeInbox() {
	b := &pt.inbox
	if b.count.Load() == 0 {
		return
	}
	b.mu.Lock()
	q := b.list
	b.list = nil
	b.count.Store(0)
	b.mu.Unlock()
	for _, l := range q {
		pt.posts = append(pt.posts, l.do)
	}
}

// close tells of what is lost.
func (b *inbox) close() {
	b.mu.Lock()
	q := b.list
	b.list, b.closed = nil, true
	b.count.Store(0)
	b.mu.Unlock()
	for _, l := range q {
		if l.lost != nil {
			l.lost()
		}
	}
}

// nudge is kick for who does not have the thread's lock.
func (pt *Thread) nudge() {
	f := pt.F
	atomic.StoreInt32(&f.Pending, 1)
	if atomic.LoadInt32(&f.Waiting) != 0 || atomic.LoadInt32(&pt.ctx.F.External) != ExternalNo {
		pt.wake()
	}
}

// Expect counts n connections more that are on their way to the thread. No lock is needed.
func (pt *Thread) Expect(n int32) { pt.coming.Add(n) }

// Idlest is the thread with the fewest descriptors, which gets the next connection; nil:
// all have as many as they may.
func (ctx *Context) Idlest() *Thread {
	var least *Thread
	fewest := int32(min(ctx.FDLimit, 1<<30))
	for _, pt := range ctx.Threads {
		if n := pt.polled.Load() + pt.coming.Load(); n < fewest {
			least, fewest = pt, n
		}
	}
	return least
}

// Caller is the service thread that calls, nil for another thread of the program. Where
// there is only one it is that.
func (ctx *Context) Caller() *Thread {
	i := slices.IndexFunc(ctx.Threads, (*Thread).Mine)
	if i < 0 {
		return nil
	}
	return ctx.Threads[i]
}
