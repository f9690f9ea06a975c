// SPDX-License-Identifier: MIT

package engine

// The order in which locks are taken, and what each guards, is written in
// docs/architecture.md, "Threads and locks". Built with -tags lockcheck, a lock
// that is taken out of order, or held while the program is called, is a panic.
const (
	rankThread = 100 // and its number: Thread.mu
	rankShared = 200 // Context.shared, those of peers, inboxes; nothing else is taken under one
	rankSlots  = 300 // slot tables
)

// Lock takes the locks of all threads of the context: for what concerns
// connections wherever they are.
func (ctx *Context) Lock() {
	for _, pt := range ctx.Threads {
		pt.mu.Lock()
	}
	ctx.setWhole(true)
}

// Unlock releases Lock.
func (ctx *Context) Unlock() {
	ctx.setWhole(false)
	for _, pt := range ctx.Threads {
		pt.mu.Unlock()
	}
}

func (ctx *Context) setWhole(on bool) {
	if len(ctx.Threads) == 1 {
		return
	}
	for _, pt := range ctx.Threads {
		pt.whole = on
	}
}

// Lock takes the thread's lock.
func (pt *Thread) Lock() { pt.mu.Lock() }

// Unlock releases Lock.
func (pt *Thread) Unlock() { pt.mu.Unlock() }

// Drop releases what the caller, who has the thread's lock, holds: that, or the locks of
// all threads. Each call of the program is between it and Retake, which gets its answer.
func (pt *Thread) Drop() (whole bool) {
	if pt.whole {
		pt.ctx.Unlock()
		return true
	}
	pt.mu.Unlock()
	return false
}

// Retake takes back what Drop released.
func (pt *Thread) Retake(whole bool) {
	if whole {
		pt.ctx.Lock()
		return
	}
	pt.mu.Lock()
}

// wholly runs fn with the locks of all threads. The thread's is released before, if
// that is all that is held, so that it is as behind a callback.
func (pt *Thread) wholly(fn func()) {
	if pt.whole || len(pt.ctx.Threads) == 1 {
		fn()
		return
	}
	pt.mu.Unlock()
	defer pt.mu.Lock()
	pt.ctx.Lock()
	defer pt.ctx.Unlock()
	fn()
}

// Context is whose thread it is.
func (pt *Thread) Context() *Context { return pt.ctx }

// Lock takes the lock of the service thread that has the connection.
func (c *Conn) Lock() { c.pt.mu.Lock() }

// Unlock releases Lock.
func (c *Conn) Unlock() { c.pt.mu.Unlock() }

// Lock takes the locks that guard the vhost: its connections may be on any thread.
func (v *Vhost) Lock() { v.Ctx.Lock() }

// Unlock releases Lock.
func (v *Vhost) Unlock() { v.Ctx.Unlock() }
