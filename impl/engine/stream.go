// SPDX-License-Identifier: MIT

package engine

import "unsafe"

// Mux puts what streams send on the network connection that carries them: the
// role of a connection that several others share (HTTP/2).
type Mux interface {
	// Carrier is the network connection.
	Carrier() *Conn
	// Send takes as much of b, which is all that the stream has to send now, as
	// may leave; the rest is offered again by SendKept. false: nothing can be sent any more.
	Send(c *Conn, b []byte) (n int, ok bool)
	// Ended is called once when the stream dies, before the program is told.
	Ended(c *Conn)
	// Drained is called when a stream that had Receiver's pieces wait has handed out all.
	Drained()
}

// CarriedBy makes c, which has no descriptor, a stream of net.
func (c *Conn) CarriedBy(net *Conn, m Mux) {
	c.mux = m
	c.F.Net = unsafe.Pointer(net.F)
}

// LeaveCarrier makes a stream a connection of its own again, without a descriptor.
func (c *Conn) LeaveCarrier() {
	if c.mux == nil {
		return
	}
	c.mux, c.F.Net, c.hold = nil, nil, false
	c.out = nil
}

// Inherit moves the program's data and protocol from o to c.
func (c *Conn) Inherit(o *Conn) {
	c.freeUser()
	c.setProtocol(o.Protocol)
	c.F.User, c.external = o.F.User, o.external
	o.F.User, o.external = nil, false
	c.F.OpaqueUser, o.F.OpaqueUser = o.F.OpaqueUser, nil
	c.SetRetry(Retry{o.pingSecs, o.hangupSecs, o.F.Retry})
}

// Network is the connection that has the descriptor: c itself, or the one that
// carries it (lws_get_network_wsi).
func (c *Conn) Network() *Conn {
	if n := c.carrier(); n != nil {
		return n
	}
	return c
}

// carrier is the connection that carries a stream, nil for others.
func (c *Conn) carrier() *Conn {
	if c.mux == nil {
		return nil
	}
	return c.mux.Carrier()
}

// Mux is how a stream's bytes get onto the network connection, nil for others.
func (c *Conn) Mux() Mux { return c.mux }

// Stream tells whether another connection carries c.
func (c *Conn) Stream() bool { return c.mux != nil }

// issueStream is Issue for a stream.
func (c *Conn) issueStream(b []byte) bool {
	if c.broken {
		return false
	}
	if !c.out.full() {
		n, ok := c.mux.Send(c, b)
		if !ok {
			c.broken = true
			return false
		}
		b = b[n:]
	}
	if len(b) > 0 {
		c.outAdd(b)
	}
	return true
}

// SendKept sends what a stream could not send before; false: it broke.
func (c *Conn) SendKept() bool {
	if !c.out.full() {
		return true
	}
	n, ok := c.mux.Send(c, c.out.rest())
	if !ok {
		c.broken = true
		return false
	}
	c.outDrop(n)
	if !c.out.full() {
		if c.state == StateFlushingBeforeClose {
			c.close(CloseNoStatus)
		} else if c.wantWrite {
			c.pt.kick()
		}
	}
	return true
}

// Unsent is how many bytes the connection has yet to send.
func (c *Conn) Unsent() int { return len(c.out.rest()) }

// Hold keeps a stream's WRITEABLE back until it is taken off.
func (c *Conn) Hold(on bool) {
	if c.hold == on {
		return
	}
	c.hold = on
	if !on && c.wantWrite {
		c.pt.kick()
	}
}

// blocked tells whether WRITEABLE has to wait for what was written before.
func (c *Conn) blocked() bool {
	return c.nascent || c.backlog() || c.hold || c.mux != nil && c.mux.Carrier().backlog()
}
