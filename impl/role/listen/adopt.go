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

// binders are asked in order of registration.
var binders []Binder

// Register adds a role that can take adopted descriptors.
func Register(b Binder) { binders = append(binders, b) }

// SecureAccept starts the server side of TLS on c and attaches its descriptor
// fd, which is not polled yet; false: the connection is to be closed.
var SecureAccept func(c *engine.Conn, fd int) bool

// Secured tells whether connections of v start with TLS.
var Secured func(v *engine.Vhost) bool

// Gated tells whether v is not to accept connections for now.
var Gated func(v *engine.Vhost) bool

// Adopt makes a connection of v from a descriptor that is open already. It
// returns nil, and the descriptor is closed (sockets) or still the caller's
// (files), when that is not possible or the program refuses it.
func Adopt(v *engine.Vhost, fd int, how engine.AdoptFlags, protocol string, parent *engine.Conn, opaque unsafe.Pointer) *engine.Conn {
	if how&engine.AdoptSocket == 0 || Secured == nil || !Secured(v) {
		how &^= engine.AdoptAllowSSL
	}
	var b Binder
	for _, x := range binders {
		if x.Accepts(v, how) {
			b = x
			break
		}
	}
	fail := func(c *engine.Conn) *engine.Conn {
		ours := c == nil || c.FD() < 0 && !c.Dead()
		if c != nil {
			c.OweClose()
			c.SetBroken()
			c.Close(engine.CloseNoStatus)
		}
		if how&engine.AdoptSocket != 0 && ours {
			unix.Close(fd)
		}
		return nil
	}
	if b == nil {
		engine.Errf("adopt: no role for desc type 0x%x", int(how))
		return fail(nil)
	}
	var p *engine.Protocol
	if protocol != "" {
		if p = v.Protocol(protocol); p == nil {
			engine.Errf("Protocol %s not enabled on vhost %s", protocol, v.Name)
			return fail(nil)
		}
	}
	c := engine.NewConn(v, Role, false)
	if c == nil {
		return fail(nil)
	}
	c.F.OpaqueUser = opaque
	if Secured != nil && Secured(v) {
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
			return failQuietly(c, fd, how)
		}
	}
	b.Bind(c, how, p != nil)
	_ = unix.SetNonblock(fd, true)
	if how&engine.AdoptAllowSSL != 0 {
		if !SecureAccept(c, fd) {
			return fail(c)
		}
	} else if !c.Attach(fd) {
		return fail(c)
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

func failQuietly(c *engine.Conn, fd int, how engine.AdoptFlags) *engine.Conn {
	c.SetBroken()
	c.Close(engine.CloseNoStatus)
	if how&engine.AdoptSocket != 0 {
		unix.Close(fd)
	}
	return nil
}
