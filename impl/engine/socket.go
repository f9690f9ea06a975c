// SPDX-License-Identifier: MIT

package engine

import "golang.org/x/sys/unix"

// Disconnect closes the descriptor of a connection that goes on with another
// one: a client that tries the next address, or follows a redirect. What was
// received or queued is forgotten.
func (c *Conn) Disconnect() {
	c.detach()
	c.quitLoop(0)
	if c.TLS != nil {
		c.TLS.Close()
		c.TLS = nil
	}
	c.F.SSL = nil
	if c.fd >= 0 {
		_ = unix.Close(c.fd)
	}
	c.fd, c.F.FD = -1, -1
	c.rx, c.RxPending = nil, false
	c.out, c.answers = nil, 0
	if k := &c.pt.cork; k.owner == c {
		k.b = k.b[:0]
	}
	c.broken, c.deaf, c.gone, c.WantOut, c.NoRead = false, false, false, false, false
}

// HandOver gives the descriptor, what secures it and what was received on it
// to another connection, which is polled from now on.
func (c *Conn) HandOver(to *Conn) bool {
	if !c.flushCork() || c.backlog() {
		return false
	}
	c.detach()
	fd := c.fd
	to.TLS, c.TLS = c.TLS, nil
	to.F.SSL, to.F.IsSSL = c.F.SSL, c.F.IsSSL
	c.F.SSL, c.F.IsSSL = nil, 0
	if to.TLS != nil {
		to.TLS.Moved(to)
	}
	to.rx, c.rx = c.rx, nil
	c.quitLoop(1)
	c.fd, c.F.FD = -1, -1
	if !to.Attach(fd) {
		return false
	}
	to.wantRipe()
	return true
}

// Join makes the connection one of its protocol's members, whom calls for all
// connections of a protocol reach, without telling it.
func (c *Conn) Join() {
	if c.memberOf == nil && c.Protocol != nil {
		c.Protocol.join(c)
	}
}
