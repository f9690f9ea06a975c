// SPDX-License-Identifier: MIT

package engine

import (
	"container/list"
	"net/netip"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// PeerLimits are what the adopted sockets of one peer's address may use together,
// 0: as much as they like.
type PeerLimits struct {
	Conns int // more are closed at once
	Heads int // requests whose headers are held; who wants one more waits
}

// PeerRefused tells the program of a socket that is to be closed, with its address as
// the system gives it. Nil: it does not ask.
type PeerRefused func(f *ContextFace, fd int, addr unsafe.Pointer)

// peers are those that have a connection, as long as they have one.
type peers struct {
	mu mutex // a leaf, taken when a connection comes and goes
	by map[netip.Addr]*peer
}

// peer is who comes from one address.
type peer struct {
	addr    netip.Addr
	conns   int // peers.mu guards it
	heads   atomic.Int32
	waiters atomic.Int32 // as many as waiting has, or is about to have

	mu      mutex     // a leaf, taken where somebody waits
	waiting list.List // of *PeerPlace: who wants a head, longest first
}

// PeerPlace is a connection's among those of its peer.
type PeerPlace struct {
	of    *peers
	peer  *peer
	c     *Conn
	head  atomic.Bool   // one of the peer's heads is this connection's
	waits *list.Element // peer.mu guards it
	wake  func(*Conn)   // the connection has got its head
}

// peerAddr is the address of the socket's other end, and the same as struct
// sockaddr; ok false: there is none that can be told from others.
func peerAddr(fd int) (addr netip.Addr, raw [unix.SizeofSockaddrInet6]byte, ok bool) {
	n := uint32(len(raw))
	_, _, e := unix.RawSyscall(unix.SYS_GETPEERNAME, uintptr(fd), uintptr(unsafe.Pointer(&raw)), uintptr(unsafe.Pointer(&n)))
	if e != 0 {
		return addr, raw, false
	}
	switch (*unix.RawSockaddr)(unsafe.Pointer(&raw)).Family {
	case unix.AF_INET:
		return netip.AddrFrom4((*unix.RawSockaddrInet4)(unsafe.Pointer(&raw)).Addr), raw, true
	case unix.AF_INET6: // an IPv4 peer of a socket for both is the same one
		return netip.AddrFrom16((*unix.RawSockaddrInet6)(unsafe.Pointer(&raw)).Addr).Unmap(), raw, true
	}
	return addr, raw, false
}

// EnterPeer gives the socket fd, which is to become a connection of v, its place
// among those of its peer: nil where nobody counts. ok false: the peer has as
// many as it may, and the program has been told. The thread's lock is held.
func (pt *Thread) EnterPeer(v *Vhost, fd int) (p *PeerPlace, ok bool) {
	limits := &v.Ctx.Peers
	if limits.Conns == 0 && limits.Heads == 0 || v.Options.Has(OptUnixSock) {
		return nil, true
	}
	addr, raw, known := peerAddr(fd)
	if !known {
		return nil, true
	}
	if p = v.Ctx.peers.enter(addr, limits.Conns); p != nil {
		return p, true
	}
	Infof("Peer reached wsi limit %d", limits.Conns)
	if tell := v.Ctx.PeerRefused; tell != nil {
		f := v.Ctx.F
		defer pt.Retake(pt.Drop())
		unlocked()
		tell(f, fd, unsafe.Pointer(&raw))
	}
	return nil, false
}

// enter counts a connection of addr, unless the peer has most already (0: no limit).
func (l *peers) enter(addr netip.Addr, most int) *PeerPlace {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.by[addr]
	if p == nil {
		if l.by == nil {
			l.by = map[netip.Addr]*peer{}
		}
		p = &peer{addr: addr, mu: mutex{rank: rankShared}}
		l.by[addr] = p
	}
	if most > 0 && p.conns >= most {
		return nil
	}
	p.conns++
	return &PeerPlace{of: l, peer: p}
}

// Take makes the place c's.
func (p *PeerPlace) Take(c *Conn) {
	if p != nil {
		p.c, c.peerPlace = c, p
	}
}

// Leave gives the place back. A peer without connections is forgotten.
func (p *PeerPlace) Leave() {
	if p == nil {
		return
	}
	p.dropHead()
	p.of.mu.Lock()
	defer p.of.mu.Unlock()
	if p.peer.conns--; p.peer.conns == 0 {
		delete(p.of.by, p.peer.addr)
	}
}

// TakeHead tells whether the connection may hold a request's headers now. If its
// peer holds as many as it may, wake is called in a turn of the connection's thread
// when it has its turn. [Conn.DropHeaders] gives them back.
func (c *Conn) TakeHead(wake func(*Conn)) bool {
	p, most := c.peerPlace, int32(c.Ctx.Peers.Heads)
	if p == nil || most == 0 || p.head.Load() {
		return true
	}
	q := p.peer
	if q.waiters.Load() == 0 && q.take(most) {
		p.head.Store(true)
		return true
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if p.waits != nil {
		return false
	}
	// Whoever gives one back looks for waiters behind that, we for a head behind this.
	q.waiters.Add(1)
	if q.waiting.Len() == 0 && q.take(most) {
		q.waiters.Add(-1)
		p.head.Store(true)
		return true
	}
	p.wake = wake
	p.waits = q.waiting.PushBack(p)
	Infof("peer reached ah limit %d, deferring", most)
	return false
}

// take counts one head more, if most allows.
func (q *peer) take(most int32) bool {
	for {
		n := q.heads.Load()
		if n >= most {
			return false
		}
		if q.heads.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// dropHead gives the head back, or stops to wait for one.
func (p *PeerPlace) dropHead() {
	q := p.peer
	if p.c == nil { // no connection came of it
		return
	}
	if p.head.CompareAndSwap(true, false) {
		q.heads.Add(-1)
	}
	if q.waiters.Load() == 0 {
		return
	}
	for _, next := range p.passOn() {
		next.c.granted(p.c.pt, next.wake)
	}
}

// passOn ends the wait of p itself, and that of those for whom there are heads.
func (p *PeerPlace) passOn() (turn []*PeerPlace) {
	q := p.peer
	q.mu.Lock()
	defer q.mu.Unlock()
	if p.waits != nil {
		q.waiting.Remove(p.waits)
		p.waits = nil
		q.waiters.Add(-1)
	}
	if p.head.CompareAndSwap(true, false) { // it came meanwhile
		q.heads.Add(-1)
	}
	for q.waiting.Len() > 0 && q.take(int32(p.c.Ctx.Peers.Heads)) {
		next := q.waiting.Remove(q.waiting.Front()).(*PeerPlace)
		next.waits = nil
		q.waiters.Add(-1)
		next.head.Store(true)
		turn = append(turn, next)
	}
	return turn
}

// granted has wake called in the connection's thread; pt is the one that calls.
func (c *Conn) granted(pt *Thread, wake func(*Conn)) {
	fn := func() {
		if !c.Dead() {
			wake(c)
		}
	}
	if c.pt == pt {
		pt.Later(fn)
		return
	}
	c.pt.Send(fn, nil)
}
