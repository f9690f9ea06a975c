// SPDX-License-Identifier: MIT

package proxy

import (
	"bytes"
	"encoding/binary"
	"unsafe"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
	"libwebsockets/impl/httpd"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/ws"
	wire "libwebsockets/impl/wire/h1"
)

// Hooks are what the package needs of the boundary.
type Hooks struct {
	// Protocol is the struct lws_protocols that programs see of a passage's two sides.
	Protocol func() unsafe.Pointer
}

var hooks Hooks

// Wire sets the hooks.
func Wire(h Hooks) { hooks = engine.Wired(h) }

// protocolName is what the reference calls the protocol. No peer can ask for it: it
// belongs to no vhost.
const protocolName = "lws-ws-proxy"

// passage is a WebSocket that is led to another server: what comes at one end leaves by
// the other, message by message. Both are bound to a protocol of its own.
type passage struct {
	hop      hop
	ends     [2]end // here, there
	chosen   string // the subprotocol that the server chose
	open     bool
	reached  bool
	timedOut bool
}

// The two ends.
const (
	here = iota
	there
)

// end is one end, and what waits to leave by it.
type end struct {
	c     *engine.Conn
	queue []message
	bytes int
	held  bool // the other end is not read from
	code  uint16
	why   []byte
	bye   bool // it closes when the queue has left
	gone  bool
}

// message is a piece of one.
type message struct {
	b  []byte
	wp engine.WriteProtocol
}

var _ client.Onward = (*passage)(nil)

// Passage leads a WebSocket that is asked for to the server of its mount: what ws calls.
func Passage(c *engine.Conn) (done, ok bool) {
	m := httpd.Onward(c)
	if m == nil {
		return false, true
	}
	if done, ok := httpd.Authorise(c, m); done {
		return true, ok
	}
	return true, pass(c, m)
}

// pass begins a passage; false closes.
func pass(c *engine.Conn, m *engine.Mount) bool {
	to, err := target(c, m)
	if err != nil {
		engine.Errf("%s: mount %s: %v", c, m.Mountpoint, err)
		return false
	}
	w := &passage{hop: hopOf(c)}
	if !w.hop.fine() {
		engine.Errf("%s: mount %s leads to itself: %d times (limit %d)", c, m.Mountpoint, w.hop.depth, maxHops)
		w.refuse(c, loopDetected)
		return false
	}
	w.ends[here].c = c
	p := &engine.Protocol{Name: protocolName, C: hooks.Protocol(), RxSize: piece, Native: w.call}
	if c.Bind(p); c.Dead() {
		return true
	}
	if h := c.Headers; h.Total(wire.TokenProtocol) > 0 {
		to.Protocols = client.Text{S: value(h, wire.TokenProtocol), Has: true}
	}
	to.Bound, to.Onward, to.Parent = p, w, c
	to.Made = func(child *engine.Conn) { w.ends[there].c = child }
	c.NoRead = c.Stream() // what comes belongs to the WebSocket
	if client.Connect(to) == nil {
		if !c.Dead() {
			engine.Errf("%s: mount %s: no connection to %s", c, m.Mountpoint, m.Origin)
			w.refuse(c, 503)
		}
		return false
	}
	return true
}

// refuse answers the request for a WebSocket with an error.
func (w *passage) refuse(c *engine.Conn, code int) {
	w.ends[here].gone = true
	if s := h1.StateOf(c); s != nil {
		s.KeepAlive = false
		if !c.Stream() {
			s.Version = min(c.Headers.Minor(), 1)
		}
		h1.ReturnStatus(c, code, texts[code])
	}
}

// Fields are those of the request that the reference passes on in front of its own.
func (w *passage) Fields(c *engine.Conn, b []byte) []byte {
	w.reached = true
	w.hop.enter(c)
	if h := w.ends[here].c.Headers; h != nil {
		b = fields(b, h, first[:1])
	}
	return b
}

// HasBody: there is none.
func (w *passage) HasBody() bool { return false }

// MaySend has nothing to send.
func (w *passage) MaySend(*engine.Conn) bool { return true }

// Began is not called: there is no HTTP answer.
func (w *passage) Began() {}

// TimedOut notes that the server kept us waiting.
func (w *passage) TimedOut() { w.timedOut = true }

// Gone answers the request where the server has no WebSocket for it.
func (w *passage) Gone(*engine.Conn) {
	w.hop.leave()
	c := w.ends[here].c
	if w.open || w.ends[here].gone || c.Dead() {
		return
	}
	code := 503
	switch {
	case w.timedOut:
		code = 504
	case w.reached:
		code = 502
	}
	c.PT().Later(func() {
		if !w.ends[here].gone && !c.Dead() && !c.Closing() {
			w.refuse(c, code)
			c.Close(engine.CloseNoStatus)
		}
	})
}

// call is the callback of both ends. Nonzero closes, or says no.
func (w *passage) call(c *engine.Conn, r engine.Reason, in unsafe.Pointer, n uintptr) int {
	side := here
	if c == w.ends[there].c {
		side = there
	}
	switch r {
	case engine.ReasonClientAppendHandshakeHeader:
		if h := w.ends[here].c.Headers; h != nil && !appendFields((*unsafe.Pointer)(in), n, fields(nil, h, forwardedWS[:])) {
			return -1
		}
	case engine.ReasonClientFilterPreEstablish:
		if h := c.Headers; h != nil {
			w.chosen = value(h, wire.TokenProtocol)
		}
	case engine.ReasonClientEstablished:
		return w.established()
	case engine.ReasonReceive, engine.ReasonClientReceive:
		if !w.came(side, bytesAt(in, n)) {
			return -1
		}
	case engine.ReasonServerWriteable, engine.ReasonClientWriteable:
		if !w.writeable(side) {
			return -1
		}
	case engine.ReasonWSPeerInitiatedClose:
		b := bytesAt(in, n)
		o := &w.ends[1-side]
		if len(b) >= 2 {
			o.code, o.why = binary.BigEndian.Uint16(b), bytes.Clone(b[2:])
		}
		w.part(side)
	case engine.ReasonConfirmExtensionOkay, engine.ReasonClientConfirmExtensionSupported:
		return 1
	case engine.ReasonClosed, engine.ReasonClientClosed:
		w.part(side)
	}
	return 0
}

// established opens the client's side when the server's is.
func (w *passage) established() int {
	c := w.ends[here].c
	if c.Dead() || w.ends[here].gone {
		return -1
	}
	w.open = true
	c.NoRead = false
	if !ws.Open(c, w.chosen) {
		w.ends[here].gone = true
		c.PT().Later(func() {
			if !c.Dead() {
				c.Close(engine.CloseNoStatus)
			}
		})
		return -1
	}
	if !c.Dead() {
		c.TouchPoll()
		c.Resume()
	}
	return 0
}

// queueMax is how many bytes may wait at an end; then what comes at the other has to.
const queueMax = 64 << 10

// came passes a piece on from side to the other; false closes.
func (w *passage) came(side int, b []byte) bool {
	from, o := w.ends[side].c, &w.ends[1-side]
	if o.gone || o.bye || o.c.Dead() {
		return true
	}
	wp := flags(from.F)
	if len(o.queue) == 0 && !o.c.Buffered() && w.open {
		return o.c.Write(engine.PayloadOf(b), wp) >= 0
	}
	o.queue = append(o.queue, message{bytes.Clone(b), wp})
	if o.bytes += len(b) + messageCost; o.bytes >= queueMax && !o.held {
		o.held = true
		from.FlowControl(false)
	}
	o.c.AskWriteable()
	return true
}

// messageCost is what a waiting message needs besides its bytes.
const messageCost = 64

// flags are those to pass a piece on with that f tells of.
func flags(f *engine.Face) engine.WriteProtocol {
	wp := engine.WriteContinuation
	if f.First != 0 {
		wp = engine.WriteText
		if f.Binary != 0 {
			wp = engine.WriteBinary
		}
	}
	if f.Final == 0 || f.RxRemain != 0 || f.Draining != 0 {
		wp |= engine.WriteNoFin
	}
	return wp
}

// writeable sends one piece that waits at side; false closes.
func (w *passage) writeable(side int) bool {
	e := &w.ends[side]
	if len(e.queue) > 0 {
		m := e.queue[0]
		e.queue[0] = message{}
		e.queue = e.queue[1:]
		e.bytes -= len(m.b) + messageCost
		if e.c.Write(engine.PayloadOf(m.b), m.wp) < 0 {
			return false
		}
	}
	if len(e.queue) > 0 {
		e.c.AskWriteable()
		return true
	}
	e.queue = nil
	if e.held {
		e.held = false
		w.ends[1-side].c.FlowControl(true)
	}
	if e.bye {
		return w.sayBye(e)
	}
	return true
}

// part has the other end close behind what waits there, as the peer of side did, or its
// connection has ended.
func (w *passage) part(side int) {
	e, o := &w.ends[side], &w.ends[1-side]
	if e.gone {
		return
	}
	e.gone = true
	if o.c == nil || o.gone || o.bye || o.c.Dead() {
		return
	}
	if side == here && !o.c.Dead() { // which would end its child at once
		o.c.LeaveParent()
	}
	o.bye = true
	if !w.open {
		o.c.SetTimeout(engine.TimeoutUserOK, -1)
		return
	}
	o.c.SetTimeout(engine.TimeoutCloseSend, o.c.Ctx.TimeoutSecs)
	o.c.AskWriteable()
}

// sayBye closes an end with the code that came at the other; false closes.
func (w *passage) sayBye(e *end) bool {
	if e.code != 0 {
		ws.SetCloseReason(e.c, e.code, e.why)
	}
	return false
}
