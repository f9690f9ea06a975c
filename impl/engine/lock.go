// SPDX-License-Identifier: MIT

package engine

// The order in which locks are taken, and what each guards, is written in
// docs/architecture.md, "Threads and locks". Built with -tags lockcheck, a lock
// that is taken out of order, or held while the program is called, is a panic.
const (
	rankThread = 100 // and its number: Thread.mu
	rankShared = 200 // Context.shared, those of peers; nothing else is taken under one
)

// Lock takes the locks of all threads of the context: for what concerns
// connections wherever they are.
func (ctx *Context) Lock() {
	for _, pt := range ctx.Threads {
		pt.mu.Lock()
	}
}

// Unlock releases Lock.
func (ctx *Context) Unlock() {
	for _, pt := range ctx.Threads {
		pt.mu.Unlock()
	}
}

// Lock takes the thread's lock.
func (pt *Thread) Lock() { pt.mu.Lock() }

// Unlock releases Lock.
func (pt *Thread) Unlock() { pt.mu.Unlock() }

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
