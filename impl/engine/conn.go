// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/wire/h1"
)

// State is where a connection is in its life.
type State uint8

// The states of a connection, in the words of the reference.
const (
	StateUnconnected State = iota
	StateWaitingDNS
	StateWaitingConnect
	StateWaitingProxyReply
	StateTLSHandshake
	StateIssueHandshake     // client: the request is to be sent
	StateWaitingServerReply // client: the response is to come
	StateAwaitingPreface    // HTTP/2: nothing of the peer has come
	StateHeaders            // server: a request's headers are to come
	StateDoingTransaction   // server: the program is answering
	StateIssuingFile        // server: a file is on its way
	StateBody               // server: a request's body is to come
	StateBodyHeld           // server: who takes the body has no room for more
	StateDiscardBody        // server: the answer is out, the body is still coming
	StateDeferringAction    // server: between two requests of one connection
	StateIssueBody          // client: the request's body is to be sent
	StateIdling             // client: kept alive without a transaction
	StatePreWSAccept        // server: an upgrade is being looked at
	StateEstablished
	StateWaitingToSendClose
	StateAwaitingCloseAck
	StateReturnedClose
	StateFlushingBeforeClose
	StateShutdown
	StateDead
)

var stateNames = [...]string{"unconnected", "waiting for DNS", "connecting", "waiting for the proxy", "TLS handshake",
	"sending the handshake", "waiting for the reply", "awaiting the preface", "headers", "transaction", "sending a file", "body", "body held",
	"discarding the body", "between requests", "sending the body", "idle", "upgrade", "established", "sending close", "awaiting close ack",
	"returned close", "flushing", "shutdown", "dead"}

func (s State) String() string { return stateNames[s] }

// answering tells whether a server is at an answer: what came behind the request waits.
func (s State) answering() bool {
	return s == StateDoingTransaction || s == StateIssuingFile || s == StateDeferringAction || s == StateBodyHeld
}

// Conn is one connection, what programs hold as struct lws *.
type Conn struct {
	F     *Face
	pt    *Thread
	Ctx   *Context
	Vhost *Vhost

	role     Role
	Protocol *Protocol
	// Data is the state of the role.
	Data any
	// Headers are the HTTP headers of the current transaction, nil when detached.
	Headers *h1.Headers
	// TLS is the secured transport, nil for a plain socket.
	TLS Transport

	fd   int
	seq  uint64 // order of birth
	life lifecycle
	slot uint32

	state State
	bye   farewell

	client   bool
	external bool // user memory is the program's
	bound    bool // BIND_PROTOCOL was told and UNBIND is owed
	broken   bool // nothing can be sent any more
	deaf     bool // the peer takes nothing more, but has sent something
	gone     bool // deaf, and the poll is not asked any more
	nascent  bool // another thread makes it: its own leaves it alone, see Born
	listener bool
	datagram bool

	wantWrite bool
	inWriteq  bool
	inRipe    bool
	inSync    bool
	inLoop    bool // the program's own event loop has the descriptor
	rxOff     bool
	NoRead    bool  // the role does not want to read now
	WantOut   bool  // the role waits for POLLOUT by itself
	expect    bool  // more will be sent soon
	held      bool  // the kernel may hold a segment back for it
	KeepFD    bool  // the descriptor is not ours to close
	RxPending bool  // the role holds received bytes to go on with
	wroteTwo  bool  // it was told that it wrote twice in one step
	added     bool  // the poll knows the descriptor
	hold      bool  // a stream's WRITEABLE has to wait
	doomed    bool  // the program has said that the next turn closes it
	pinged    bool  // validity: the ping went out
	long      bool  // its last event brought much
	reading   bool  // see handingOut
	cross     uint8 // the transport's Cross when it was last looked at

	polled   uint32 // what the poll was told
	answers  int32  // bytes, see answersMax; once deaf, those that were discarded
	place    int32  // in Thread.order, while added
	liveAt   int32  // in Thread.live
	memberAt int32
	reason   TimeoutReason
	// Silence before a ping, and before the connection is given up, in seconds; see SetRetry.
	pingSecs, hangupSecs uint16

	// Monitor is how a client connection came about, nil for others.
	Monitor *Monitor

	out *outQueue // nil: nothing waits to be sent
	rx  *[]byte   // received, not yet consumed; nil: nothing

	mux Mux // how a stream's bytes get onto what carries it

	peerPlace *PeerPlace // among its peer's, nil where nobody counts
	memberOf  *Protocol  // whose members it is among
	seldom    *seldom

	timeout  *Timer
	validity *Timer
}

// seldom is what most connections never have.
type seldom struct {
	parent   *Conn
	children []*Conn
	timer    *Timer // the program's
}

var birth atomic.Uint64

// NewConn makes a connection of v that pt serves, with no descriptor yet. Its lock is
// held. Where another thread makes it, Born ends that.
func NewConn(pt *Thread, v *Vhost, role Role, client bool) *Conn {
	f := Prog.NewFace()
	if f == nil {
		Errf("no memory for a new connection")
		return nil
	}
	born := birth.Add(1)
	c := &Conn{F: f, pt: pt, Ctx: v.Ctx, role: role, client: client, fd: -1, seq: born}
	c.slot = conns.put(c)
	if c.slot == 0 {
		Errf("too many connections")
		f.free()
		return nil
	}
	f.Slot, f.FD, f.Context, f.TSI = c.slot, -1, unsafe.Pointer(v.Ctx.F), uint8(pt.Index)
	c.SetRetry(v.Retry)
	if client { // the context's counts, whatever the vhost says
		c.SetRetry(v.Ctx.DefaultRetry)
	}
	if !pt.Mine() {
		c.nascent = true
		pt.ctx.making.Add(1)
	}
	if client {
		f.Role |= FaceClient
	}
	c.BindVhost(v)
	c.liveAt = int32(len(pt.live))
	pt.live = append(pt.live, c)
	return c
}

// gen tells the connection from others that had its slot.
func (c *Conn) gen() int32 { return int32(c.seq&0x3fffffff) + 1 }

// SetRetry sets the connection's policy.
func (c *Conn) SetRetry(r Retry) {
	c.pingSecs, c.hangupSecs, c.F.Retry = r.PingSecs, r.HangupSecs, r.C
}

// Born is called when the connection is made, as far as that is not left to its events:
// from now on its own thread serves it. The lock is held.
func (c *Conn) Born() {
	if !c.nascent {
		return
	}
	waiting := c.pt.unmade[c]
	c.made()
	for _, fn := range waiting {
		c.pt.Later(fn)
	}
	if c.Dead() {
		return
	}
	c.touchPoll()
	c.wantRipe()
	c.pt.kick()
}

// made ends that another thread makes c.
func (c *Conn) made() {
	if c.nascent {
		c.nascent = false
		c.Ctx.making.Add(-1)
		delete(c.pt.unmade, c)
	}
}

// WhenMade runs fn: what may call the program, or change the connection under who makes
// it elsewhere, waits for that. Where it ends first, fn is dropped. The lock is held.
func (c *Conn) WhenMade(fn func()) {
	if !c.nascent || !c.pt.Mine() {
		fn()
		return
	}
	if c.pt.unmade == nil {
		c.pt.unmade = map[*Conn][]func(){}
	}
	c.pt.unmade[c] = append(c.pt.unmade[c], fn)
}

// BindVhost makes v the connection's vhost.
func (c *Conn) BindVhost(v *Vhost) {
	if c.Vhost == v {
		return
	}
	old := c.Vhost
	if old != nil {
		old.bound.Add(-1)
	}
	c.Vhost = v
	c.F.Vhost = nil
	if v != nil {
		v.bound.Add(1)
		c.F.Vhost = unsafe.Pointer(v.F)
		if old != nil && c.Protocol != nil { // the same protocol in the new table
			if p := v.Protocol(c.Protocol.Name); p != nil {
				c.setProtocol(p)
			} else if len(v.Protocols) > 0 {
				c.setProtocol(v.Protocols[0])
			}
		}
	}
}

func (c *Conn) setProtocol(p *Protocol) {
	c.recall()
	c.Protocol = p
	c.F.Protocol = nil
	if p != nil {
		c.F.Protocol = p.C
	}
}

// SetProtocol makes p the connection's protocol without telling anybody.
func (c *Conn) SetProtocol(p *Protocol) { c.setProtocol(p) }

// SetState changes the state: the one place where it happens.
func (c *Conn) SetState(s State) {
	if Prog.LogLevel()&LogDebug != 0 && s != c.state {
		Logf(LogDebug, "%s: %s -> %s", c, c.state, s)
	}
	c.state = s
	c.recall()
	if s == StateDead {
		c.F.Dead = 1
	}
}

// State is where the connection is in its life.
func (c *Conn) State() State { return c.state }

// SetRole makes the connection speak r.
func (c *Conn) SetRole(r Role) {
	c.recall()
	c.role = r
}

// Role is what the connection speaks.
func (c *Conn) Role() Role { return c.role }

// Client tells whether we connected.
func (c *Conn) Client() bool { return c.client }

// Dead tells whether the connection is closed.
func (c *Conn) Dead() bool { return c.state == StateDead }

// Broken tells whether nothing can be sent any more.
func (c *Conn) Broken() bool { return c.broken }

// SetBroken notes that nothing can be sent any more.
func (c *Conn) SetBroken() {
	c.recall()
	c.broken = true
}

// PT is the service thread's part that the connection belongs to.
func (c *Conn) PT() *Thread { return c.pt }

// FD is the descriptor, -1 when there is none.
func (c *Conn) FD() int { return c.fd }

// SetListener marks a listening socket.
func (c *Conn) SetListener() { c.listener = true }

// SetDatagram marks a socket that carries datagrams: writes are not gathered.
func (c *Conn) SetDatagram() { c.datagram = true }

func (c *Conn) String() string {
	if c.Ctx.ABI.Lifecycle {
		return c.TagText()
	}
	v := "-"
	if c.Vhost != nil {
		v = c.Vhost.Name
	}
	return fmt.Sprintf("wsi %d (%s, vhost %s, fd %d)", c.slot, c.role.Name(), v, c.fd)
}

// Peer says who the other end is, for log lines: address and port of the socket
// that carries the connection.
func (c *Conn) Peer() string {
	if n := c.carrier(); n != nil {
		return n.Peer()
	}
	sa, err := unix.Getpeername(c.fd)
	if err != nil {
		return "unknown (" + err.Error() + ")"
	}
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port)).String()
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port)).String()
	}
	return "a unix socket"
}

// Call runs the connection's protocol callback. The lock is released for it.
func (c *Conn) Call(r Reason, in unsafe.Pointer, n uintptr) int {
	return c.CallProtocol(c.Protocol, r, c.F.User, in, n)
}

// CallProtocol runs p's callback for the connection.
func (c *Conn) CallProtocol(p *Protocol, r Reason, user, in unsafe.Pointer, n uintptr) int {
	if p == nil || p.Callback == nil {
		if p != nil && p.Native != nil {
			return p.Native(c, r, in, n)
		}
		return 0
	}
	defer c.pt.Retake(c.pt.Drop()) // deferred: an entry that the callback made may panic
	unlocked()
	ret := Prog.Call(p, c.F, r, user, in, n)
	c.F.Notes = 0
	return ret
}

// CallBytes runs the connection's callback with b as in and len. b must be C
// memory or stay put for the call; nil gives a NULL.
func (c *Conn) CallBytes(r Reason, b []byte) int {
	if len(b) == 0 {
		return c.Call(r, unsafe.Pointer(unsafe.SliceData(b)), 0)
	}
	return c.Call(r, unsafe.Pointer(&b[0]), uintptr(len(b)))
}

// CallWith runs the connection's callback with b as in, for reasons whose len
// is no length. b is followed by a NUL or ends as the reason says.
func (c *Conn) CallWith(r Reason, b []byte, n uintptr) int {
	return c.Call(r, unsafe.Pointer(unsafe.SliceData(b)), n)
}

// EnsureUser allocates the per-session memory, zeroed, if the protocol has some.
func (c *Conn) EnsureUser() bool {
	if c.Protocol == nil {
		return false
	}
	if size := atomic.LoadUintptr(&c.Protocol.Size); size != 0 && c.F.User == nil {
		c.F.User = Prog.Alloc(size)
		if c.F.User == nil {
			Errf("%s: no memory for user space (%d bytes)", c, size)
			return false
		}
	}
	return true
}

// Resize changes the per-session memory of the connection's protocol, for the
// connections to come, and allocates it for this one if it has none.
func (c *Conn) Resize(n uintptr) bool {
	if c.Protocol == nil {
		return false
	}
	atomic.StoreUintptr(&c.Protocol.Size, n)
	return c.EnsureUser()
}

// SetUser makes the program's own memory the per-session memory.
func (c *Conn) SetUser(p unsafe.Pointer) {
	c.freeUser()
	c.F.User = p
	c.external = p != nil
}

func (c *Conn) freeUser() {
	if c.F.User != nil && !c.external {
		Prog.Free(c.F.User)
	}
	c.F.User = nil
}

// Unbind tells the protocol that the connection leaves it.
func (c *Conn) Unbind() {
	if c.bound && c.Protocol != nil {
		c.bound = false
		c.Call(c.role.Reasons(c.client).Unbind, nil, 0)
	}
}

// Bind moves the connection to protocol p: UNBIND to the old one, fresh user
// memory, BIND to the new one. false: the program refused.
func (c *Conn) Bind(p *Protocol) bool {
	c.Unbind()
	if !c.external {
		c.freeUser()
	}
	c.leaveProtocol()
	c.setProtocol(p)
	if p == nil {
		return true
	}
	if !c.EnsureUser() {
		return false
	}
	p.join(c)
	if c.Call(c.role.Reasons(c.client).Bind, nil, 0) != 0 {
		return false
	}
	c.bound = true
	return true
}

// Bound tells whether an UNBIND is owed.
func (c *Conn) Bound() bool { return c.bound }

// SetParent makes p the parent of c.
func (c *Conn) SetParent(p *Conn) {
	c.needSeldom().parent = p
	f := p.needSeldom()
	f.children = append([]*Conn{c}, f.children...)
	c.linkFaces()
}

// needSeldom is c's, made when it is needed.
func (c *Conn) needSeldom() *seldom {
	if c.seldom == nil {
		c.seldom = new(seldom)
	}
	return c.seldom
}

func (c *Conn) parent() *Conn {
	if c.seldom == nil {
		return nil
	}
	return c.seldom.parent
}

// LeaveParent makes c one that ends by itself, without its parent.
func (c *Conn) LeaveParent() { c.leaveParent() }

// Children are the connections whose parent c is.
func (c *Conn) Children() []*Conn {
	if c.seldom == nil {
		return nil
	}
	return c.seldom.children
}

// linkFaces mirrors the family in the faces, for the C accessors.
func (c *Conn) linkFaces() {
	p := c.parent()
	if p == nil {
		c.F.Parent = nil
		return
	}
	c.F.Parent = unsafe.Pointer(p.F)
	s := p.F.seldom()
	if s == nil {
		return // no memory: the program does not see it
	}
	s.Child = nil
	if l := p.Children(); len(l) > 0 {
		s.Child = unsafe.Pointer(l[0].F)
	}
}

// leaveParent tells the parent's protocol and takes c off its list.
func (c *Conn) leaveParent() {
	p := c.parent()
	if p == nil {
		return
	}
	if p.Protocol != nil {
		c.CallProtocol(p.Protocol, ReasonChildClosing, p.F.User, unsafe.Pointer(c.F), 0)
	}
	f := p.needSeldom()
	for i, k := range f.children {
		if k == c {
			f.children = append(f.children[:i:i], f.children[i+1:]...)
			break
		}
	}
	c.linkFaces()
	c.seldom.parent = nil
	c.F.Parent = nil
}
