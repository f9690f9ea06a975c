// SPDX-License-Identifier: MIT

package engine

// Lock takes the lock of the service thread that has the connection.
func (c *Conn) Lock() { c.pt.mu.Lock() }

// Unlock releases Lock.
func (c *Conn) Unlock() { c.pt.mu.Unlock() }

// Lock takes the lock that guards the vhost.
func (v *Vhost) Lock() { v.Ctx.Lock() }

// Unlock releases Lock.
func (v *Vhost) Unlock() { v.Ctx.Unlock() }
