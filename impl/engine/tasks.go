// SPDX-License-Identifier: MIT

package engine

// Tasks are what the program's thread pools work at for connections: capi's.
type Tasks interface {
	// Asking calls ask for the connections of a thread whose tasks want WRITEABLE; the
	// thread's lock is held.
	Asking(f *ThreadFace, ask func(f *Face))
	// Part has the tasks of a connection that ends go on without it.
	Part(f *Face)
}

// askForTasks asks WRITEABLE for what pool threads have woken this one for.
func (pt *Thread) askForTasks() {
	if pt.ctx.Tasks == nil {
		return
	}
	pt.ctx.Tasks.Asking(pt.F, func(f *Face) {
		if c := ConnOf(f); c != nil && c.pt == pt && !c.Dead() {
			c.AskWriteable()
		}
	})
}

// partTasks takes the connection from its tasks.
func (c *Conn) partTasks() {
	if t := c.Ctx.Tasks; t != nil {
		t.Part(c.F)
	}
}
