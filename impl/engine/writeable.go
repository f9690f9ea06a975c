// SPDX-License-Identifier: MIT

package engine

// StartedFile notes that the library has begun to send a file on c. Its first
// piece leaves with the headers, before the event that asked for it is over.
func (c *Conn) StartedFile() {
	c.AskWriteable()
	c.pt.fresh = append(c.pt.fresh, c)
}

func (pt *Thread) runFresh() {
	for i := 0; i < len(pt.fresh); i++ { // an answer may begin the next one
		c := pt.fresh[i]
		if c.Dead() || !c.wantWrite || c.state != StateIssuingFile || c.blocked() || pt.cork.owner != c.Network() {
			continue
		}
		c.takeAsked()
		pt.writeable(c)
	}
	clear(pt.fresh)
	pt.fresh = pt.fresh[:0]
}

// runWriteable gives each connection that asked its WRITEABLE callback: what
// asks again in there waits for the next turn, or see writeable. Streams of one
// network connection share its cork.
func (pt *Thread) runWriteable() {
	q := pt.writeq
	pt.writeq, pt.spareq = pt.spareq[:0], nil
	outer := pt.cork.owner
	var corked *Conn
	for _, c := range q {
		if c.Dead() || !c.wantWrite {
			c.inWriteq = false
			continue
		}
		if c.blocked() { // comes back by POLLOUT
			pt.writeq = append(pt.writeq, c)
			continue
		}
		if n := c.Network(); n != corked {
			if corked != nil {
				pt.runFresh()
				pt.uncork(corked, outer)
			}
			pt.corkFor(n)
			corked = n
		}
		c.inWriteq = false
		c.takeAsked()
		pt.writeable(c)
		pt.breathe(breathWriteable)
	}
	if corked != nil {
		pt.runFresh()
		pt.uncork(corked, outer)
	}
	clear(q)
	pt.spareq = q[:0]
}

// ServeWriteable gives c the WRITEABLE that it asked for now, not at the end of
// the turn; it reports whether it did. c is corked.
func (c *Conn) ServeWriteable() bool {
	if !c.wantWrite || c.Dead() || c.blocked() || c.pt.cork.owner != c.Network() {
		return false
	}
	c.takeAsked()
	c.pt.writeable(c)
	return true
}

// writeBurst is how many WRITEABLE callbacks a connection gets in a row, as long
// as each writes something small and asks for another: they leave in one send.
const writeBurst = 32

// writeable gives c, which is corked, its WRITEABLE callback.
func (pt *Thread) writeable(c *Conn) {
	defer pt.rescue(c)
	for n := 1; ; n++ {
		gathered := len(pt.cork.b)
		pt.F.Step++
		if !c.role.Writeable(c) {
			c.Close(CloseNoStatus)
			return
		}
		if n == writeBurst || !c.wantWrite || len(pt.cork.b) <= gathered || len(pt.cork.b) > corkSmall ||
			c.Dead() || c.blocked() || c.mux != nil || pt.cork.owner != c || c.Ctx.F.External == ExternalYes {
			c.lend(0)
			return
		}
		c.takeAsked()
	}
}

// writable handles POLLOUT; false closes.
func (c *Conn) writable() bool {
	if c.backlog() {
		if !c.flushOut() {
			return false
		}
		if c.backlog() {
			return true
		}
		if c.bye.drained {
			return false
		}
	}
	if c.state == StateFlushingBeforeClose {
		return false
	}
	if c.WantOut {
		if w, ok := c.role.(Polled); ok {
			return w.Writable(c)
		}
	}
	return true
}
