// SPDX-License-Identifier: MIT

package listen

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// Binder makes a role the speaker of an adopted descriptor.
type Binder interface {
	// Accepts tells whether the role wants a descriptor adopted like this.
	Accepts(v *engine.Vhost, how engine.AdoptFlags) bool
	// Bind sets role, state and protocol; named tells that the protocol was chosen by name.
	Bind(c *engine.Conn, how engine.AdoptFlags, named bool)
	// Bound is called when the descriptor is polled and the program knows of it.
	Bound(c *engine.Conn)
	// AdoptReason is the callback that tells the program of the new connection.
	AdoptReason() engine.Reason
}

// binders are asked in their order.
var binders []Binder

// Wire sets the roles that can take adopted descriptors.
func Wire(l ...Binder) { binders = l }

// Adopt makes a connection of v from a descriptor that is open already. It
// returns nil, and the descriptor is closed (sockets) or still the caller's
// (files), when that is not possible or the program refuses it.
func Adopt(v *engine.Vhost, fd int, how engine.AdoptFlags, protocol string, parent *engine.Conn, opaque unsafe.Pointer) *engine.Conn {
	_ = unix.SetNonblock(fd, true)
	return adopt(ThreadFor(v, parent), v, fd, how, protocol, parent, opaque)
}

// ThreadFor is the thread that serves a new connection of v: its parent's, or the one
// with the fewest.
func ThreadFor(v *engine.Vhost, parent *engine.Conn) *engine.Thread {
	if parent != nil {
		return parent.PT()
	}
	if pt := v.Ctx.Idlest(); pt != nil {
		return pt
	}
	return v.Ctx.First() // which refuses it, too
}

// hand gives an accepted socket to another thread, which adopts it.
func hand(pt *engine.Thread, v *engine.Vhost, fd int, how engine.AdoptFlags) {
	pt.Expect(1)
	pt.Send(func() {
		pt.Expect(-1)
		if v.Destroying() {
			unix.Close(fd)
			return
		}
		adopt(pt, v, fd, how, v.AcceptProtocol, nil, nil)
	}, func() {
		pt.Expect(-1)
		unix.Close(fd)
	})
}

func adopt(pt *engine.Thread, v *engine.Vhost, fd int, how engine.AdoptFlags, protocol string, parent *engine.Conn, opaque unsafe.Pointer) *engine.Conn {
	var place *engine.PeerPlace
	if how&engine.AdoptSocket != 0 {
		var ok bool
		if place, ok = pt.EnterPeer(v, fd); !ok {
			unix.Close(fd)
			return nil
		}
	}
	c, b := Prepare(pt, v, how, protocol, parent, opaque)
	if c == nil {
		place.Leave()
		if how&engine.AdoptSocket != 0 {
			unix.Close(fd)
		}
		return nil
	}
	defer c.Born() // also of one that is refused, and still has to send something
	place.Take(c)
	return Take(c, b, fd, how)
}

// Prepare makes a connection of v that pt serves and that is to be given its descriptor by
// Take; nil when that is not possible.
func Prepare(pt *engine.Thread, v *engine.Vhost, how engine.AdoptFlags, protocol string, parent *engine.Conn, opaque unsafe.Pointer) (*engine.Conn, Binder) {
	how = allowed(v, how)
	var b Binder
	for _, x := range binders {
		if x.Accepts(v, how) {
			b = x
			break
		}
	}
	if b == nil {
		engine.Errf("adopt: no role for desc type 0x%x", int(how))
		return nil, nil
	}
	if pt.Full() || parent == nil && pt.AtLimit() {
		engine.Errf("adopt: no place for a connection of vhost %s (fd_limit_per_thread %d)", v.Name, v.Ctx.FDLimit)
		return nil, nil
	}
	var p *engine.Protocol
	if protocol != "" {
		if p = v.Protocol(protocol); p == nil {
			engine.Errf("Protocol %s not enabled on vhost %s", protocol, v.Name)
			return nil, nil
		}
	}
	c := engine.NewConn(pt, v, Role, false)
	if c == nil {
		return nil, nil
	}
	c.Tag(engine.GroupServer, "")
	c.F.OpaqueUser = opaque
	if v.Secured() {
		c.F.IsSSL = 1
	}
	if len(v.Protocols) > 0 {
		c.SetProtocol(v.Protocols[0])
		c.CallProtocol(v.Protocols[0], engine.ReasonWSICreate, nil, nil, 0)
	}
	if parent != nil {
		c.SetParent(parent)
	}
	if p != nil {
		c.SetProtocol(p)
		if !c.EnsureUser() {
			c.SetBroken()
			c.Close(engine.CloseNoStatus)
			return nil, nil
		}
	}
	b.Bind(c, how, p != nil)
	return c, b
}

// allowed is how without TLS where there is none.
func allowed(v *engine.Vhost, how engine.AdoptFlags) engine.AdoptFlags {
	if how&engine.AdoptSocket == 0 || !v.Secured() {
		how &^= engine.AdoptAllowSSL
	}
	return how
}

// Take gives a prepared connection its descriptor and tells the program. nil:
// that failed, or the program refused; the connection is closed.
func Take(c *engine.Conn, b Binder, fd int, how engine.AdoptFlags) *engine.Conn {
	how = allowed(c.Vhost, how)
	fail := func() *engine.Conn {
		ours := c.FD() < 0 && !c.Dead()
		c.OweClose()
		c.SetBroken()
		c.Close(engine.CloseNoStatus)
		if how&engine.AdoptSocket != 0 && ours {
			unix.Close(fd)
		}
		return nil
	}
	if how&engine.AdoptAllowSSL != 0 {
		if !c.Vhost.TLS.Accept(c, fd) {
			return fail()
		}
	} else if !c.Attach(fd) {
		return fail()
	}
	if c.Call(b.AdoptReason(), nil, 0) != 0 || c.Dead() {
		if c.Dead() {
			return nil
		}
		c.Close(engine.CloseNoStatus)
		return nil
	}
	b.Bound(c)
	c.PT().Cancel()
	return c
}
