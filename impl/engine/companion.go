// SPDX-License-Identifier: MIT

package engine

// Companion is what runs on behalf of a connection, beside its role: a CGI.
type Companion interface {
	// Ending is called when the connection is about to close, behind the end of its
	// children; it may be called again.
	Ending(c *Conn)
	// TimedOut is called before the connection is closed for a timeout.
	TimedOut(c *Conn)
}

// More bits of Face.Role.
const (
	FaceStdShift = 4      // and one more: which of stdin, stdout and stderr of a process it is
	FaceCGI      = 1 << 7 // it has a companion
)

// SetCompanion gives c its companion, nil takes it away. The companions are the
// thread's: hardly a connection has one.
func (c *Conn) SetCompanion(k Companion) {
	if k == nil {
		c.F.Role &^= FaceCGI
		delete(c.pt.companions, c)
		return
	}
	if c.pt.companions == nil {
		c.pt.companions = map[*Conn]Companion{}
	}
	c.pt.companions[c] = k
	c.F.Role |= FaceCGI
}

// Companion is c's, nil where it has none.
func (c *Conn) Companion() Companion {
	if c.F.Role&FaceCGI == 0 {
		return nil
	}
	return c.pt.companions[c]
}

// Companions counts those of all connections. The lock is held.
func (ctx *Context) Companions() (n int) {
	for _, pt := range ctx.Threads {
		n += len(pt.companions)
	}
	return n
}

// Outside calls fn, which calls the program, without the lock.
func (pt *Thread) Outside(fn func()) {
	pt.mu.Unlock()
	defer pt.mu.Lock()
	unlocked()
	fn()
}
