// SPDX-License-Identifier: MIT

package secure

import (
	"strings"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/tls"
)

// accepting is the role of a server connection that shakes hands. The role
// that was bound to the connection waits behind it and takes over at the end.
type accepting struct {
	next   engine.Role
	state  engine.State // of next
	t      *transport
	sniff  bool // the first byte decides whether this is TLS at all
	wanted bool // WRITEABLE is owed
}

// Accept starts the server side of TLS on c and attaches its descriptor.
func (o *Vhost) Accept(c *engine.Conn, fd int) bool {
	l := limitsOf(c.Ctx)
	if !l.take(c.Ctx) {
		return false
	}
	if !l.begin(c.Ctx) {
		l.back(c.Ctx)
		return false
	}
	t, err := start(c, o.Server, fd, nil)
	if err != nil {
		engine.Errf("%s: TLS: %v", c, err)
		l.end(c.Ctx)
		l.back(c.Ctx)
		return false
	}
	t.place, t.shakes = l, true
	a := &accepting{next: c.Role(), state: c.State(), t: t, sniff: c.Vhost.Options.Has(optAllowNonTLS)}
	if a.state == engine.StateEstablished { // raw: told of already
		c.OweClose()
	}
	c.SetRole(a)
	c.SetState(engine.StateTLSHandshake)
	if !c.Attach(fd) {
		return false
	}
	c.SetTimeout(engine.TimeoutSSLAccept, c.Ctx.TimeoutSecs)
	return a.step(c, false)
}

func (a *accepting) Name() string { return "tls " + a.next.Name() }

// Readable goes on with the handshake; then the role behind it reads.
func (a *accepting) Readable(c *engine.Conn) bool {
	if !a.step(c, true) {
		return false
	}
	if c.Dead() || c.Role() == engine.Role(a) || c.RxOff() || c.NoRead {
		return true
	}
	return c.Role().Readable(c)
}

// Writeable puts the callback off to the end of the handshake.
func (a *accepting) Writeable(*engine.Conn) bool {
	a.wanted = true
	return true
}

// Write keeps what the program sends early: nothing leaves before the handshake ends.
func (a *accepting) Write(c *engine.Conn, b engine.Payload, wp engine.WriteProtocol) int {
	return a.next.Write(c, b, wp)
}

// CloseVia has nothing to say.
func (a *accepting) CloseVia(*engine.Conn, engine.CloseStatus) bool { return false }

// Gone ends the role behind too.
func (a *accepting) Gone(c *engine.Conn) { a.next.Gone(c) }

// Reasons are those of the role behind.
func (a *accepting) Reasons(client bool) *engine.Reasons { return a.next.Reasons(client) }

// step goes on as far as the socket lets it; event tells that there was
// something to read. false closes.
func (a *accepting) step(c *engine.Conn, event bool) bool {
	if a.sniff {
		switch b, ok := peek(c.FD()); {
		case !ok:
			return true
		case b < 0:
			return !event
		case b >= ' ': // a TLS record begins with its type, 20 to 23 (RFC 8446 §5.1)
			return a.plain(c)
		}
		a.sniff = false
	}
	err := a.t.Conn.Handshake()
	switch {
	case c.Dead():
		return true
	case err == unix.EAGAIN:
		c.TouchPoll()
		return true
	case err != nil:
		engine.Infof("%s: handshake failed: %v", c, err)
		c.SetBroken()
		return false
	}
	a.t.shaken()
	return c.Settle() && a.complete(c)
}

// complete hands over to the role behind.
func (a *accepting) complete(c *engine.Conn) bool {
	if engine.Prog.LogLevel()&engine.LogInfo != 0 {
		engine.Infof("%s: accepted, %s, ALPN '%s'", c, a.t.Cipher(), a.t.ALPN())
	}
	for _, v := range c.Ctx.Vhosts() { // SNI may have chosen another one
		if o := Of(v); o != nil && o.Server != nil && !v.Destroying() && a.t.Is(o.Server) {
			c.BindVhost(v)
			break
		}
	}
	a.handOver(c)
	if fn := hooks.ALPN[a.t.ALPN()]; fn != nil {
		return fn(c)
	}
	if a.t.Pending() > 0 {
		c.ReadSoon()
	}
	return true
}

// handOver puts the role behind in charge.
func (a *accepting) handOver(c *engine.Conn) {
	c.SetRole(a.next)
	c.SetState(a.state)
	if a.state == engine.StateHeaders {
		c.SetTimeout(engine.TimeoutEstablish, c.Ctx.TimeoutSecs)
	} else {
		c.SetTimeout(engine.NoPendingTimeout, 0)
	}
	c.TouchPoll()
	if a.wanted {
		c.AskWriteable()
	}
}

// Hooks are the roles that connections go on with.
type Hooks struct {
	// ALPN take over server connections that settled for their name, besides
	// http/1.1; false closes.
	ALPN map[string]func(c *engine.Conn) bool
	// Raw takes over one whose peer speaks neither TLS nor HTTP; false closes.
	Raw func(c *engine.Conn, b []byte) bool
}

var hooks Hooks

// Wire sets the hooks.
func Wire(h Hooks) { hooks = engine.Wired(h) }

// offers splits a comma-separated list of protocols.
func offers(list string) []string {
	var l []string
	for _, n := range strings.Split(list, ",") {
		if n = strings.TrimLeft(n, " "); n != "" {
			l = append(l, n)
		}
	}
	return l
}

// defaultALPN is what is offered when nobody says.
const defaultALPN = "h2,http/1.1"

// alpnOf is the list that v offers.
func alpnOf(v *engine.Vhost, own string) string {
	switch {
	case own != "":
		return own
	case limitsOf(v.Ctx).alpn != "":
		return limitsOf(v.Ctx).alpn
	}
	return defaultALPN
}

// peek looks at the first byte that the peer sent: ok false when there is none
// yet, b -1 when there will be none.
func peek(fd int) (b int, ok bool) {
	var one [1]byte
	n, _, err := unix.Recvfrom(fd, one[:], unix.MSG_PEEK|unix.MSG_DONTWAIT)
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
		return 0, false
	case err != nil || n <= 0:
		return -1, true
	}
	return int(one[0]), true
}

// plain goes on without TLS with a peer that does not speak it, if the vhost
// allows that.
func (a *accepting) plain(c *engine.Conn) bool {
	o := c.Vhost.Options
	redirect, serve, fallback := o.Has(optRedirectToHTTPS), o.Has(optAllowHTTP), o.Has(engine.OptFallback)
	a.t.Close()
	c.TLS, c.F.SSL, c.F.IsSSL = nil, nil, 0
	if !redirect && !serve && !fallback {
		engine.Noticef("%s: the client did not send a TLS hello", c)
		return false
	}
	a.handOver(c)
	s := h1.StateOf(c)
	switch {
	case redirect && s != nil:
		s.ToHTTPS = true
	case !redirect && !serve:
		return hooks.Raw(c, nil)
	}
	return true
}

var _ tls.Hooks = (*transport)(nil)
