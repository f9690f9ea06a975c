// SPDX-License-Identifier: MIT

package engine

// corkMax is how much a connection's writes gather before they leave.
const (
	corkMax   = 64 << 10
	corkSmall = 16 << 10 // larger ones are not worth a copy
)

// cork gathers the writes of the one connection whose events are being
// handled, so that they leave in one send.
type cork struct {
	owner *Conn
	b     []byte
}

func (k *cork) reset() { k.owner, k.b = nil, k.b[:0] }

// corkFor makes c the connection whose writes gather; the former owner's go out.
func (pt *Thread) corkFor(c *Conn) (prev *Conn) {
	c = c.Network()
	prev = pt.cork.owner
	if prev != nil && prev != c {
		prev.flushCork()
	}
	pt.cork.owner = c
	return prev
}

// uncork sends what gathered for c.
func (pt *Thread) uncork(c, prev *Conn) {
	c = c.Network()
	if pt.cork.owner != c {
		return
	}
	if !c.flushCork() && !c.Dead() && !c.Closing() {
		c.close(CloseNoStatus)
	}
	pt.cork.owner = prev
}

// flushCork sends what has gathered; false: the connection broke.
func (c *Conn) flushCork() bool {
	k := &c.pt.cork
	if k.owner != c {
		return !c.broken
	}
	return c.sendCork(false) && c.flushTLS()
}

// sendCork sends what has gathered, with more to come or not.
func (c *Conn) sendCork(more bool) bool {
	k := &c.pt.cork
	if len(k.b) == 0 {
		return !c.broken
	}
	b := k.b
	k.b = k.b[:0]
	return c.send(b, more)
}

// Gathers tells whether a write of n bytes now would be copied behind others
// instead of being sent by itself.
func (c *Conn) Gathers(n int) bool {
	k := &c.pt.cork
	return k.owner == c && !c.datagram && !c.backlog() && n <= corkSmall
}

// Issue2 is Issue of two pieces that belong together.
func (c *Conn) Issue2(a, b []byte) bool {
	k := &c.pt.cork
	if k.owner == c && len(k.b)+len(a)+len(b) > corkMax && !c.flushCork() {
		return false
	}
	if k.owner != c || len(b) > corkSmall {
		joined := append(append(make([]byte, 0, len(a)+len(b)), a...), b...)
		return c.Issue(joined)
	}
	return c.Issue(a) && c.Issue(b)
}
