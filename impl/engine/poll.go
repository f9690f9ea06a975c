// SPDX-License-Identifier: MIT

package engine

import (
	"errors"
	"fmt"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Who waits for events: unknown until the program shows it.
const (
	ExternalUnknown = 0
	ExternalYes     = 1
	ExternalNo      = 2
)

// pollArgs is struct lws_pollargs.
type pollArgs struct {
	fd, events, prev int32
}

// tellPoll runs a poll callback on the vhost's first protocol. false: it does not want
// that; what is refused with the lock is not told.
func (c *Conn) tellPoll(r Reason, events, prev uint32) bool {
	if c.Vhost == nil || len(c.Vhost.Protocols) == 0 {
		return true
	}
	a := &pollArgs{int32(c.fd), int32(events), int32(prev)}
	p := c.Vhost.Protocols[0]
	lock := uintptr(1)
	if r == ReasonChangeModePollFD {
		lock = 0
	}
	ok := c.CallProtocol(p, ReasonLockPoll, c.F.User, unsafe.Pointer(a), lock) == 0
	if !ok && r == ReasonAddPollFD && c.Ctx.pollAnswers() {
		c.unwatch()
		*c.pt.byFD(c.fd) = nil
		return false
	}
	switch r {
	case ReasonAddPollFD:
		c.loopMask(events, 0)
	case ReasonDelPollFD:
		c.pt.tellLoop(c.F, LoopIO, loopStop|loopRead|loopWrite)
	}
	ok = c.CallProtocol(p, r, c.F.User, unsafe.Pointer(a), 0) == 0
	if r == ReasonChangeModePollFD {
		c.loopMask(events, prev)
	}
	return c.CallProtocol(p, ReasonUnlockPoll, c.F.User, unsafe.Pointer(a), lock) == 0 && ok
}

// pollAnswers tells whether a connection is given up that the program does not want to
// poll. Programs of 4.1.6 as Debian has it are not asked: only if they poll they mean it.
func (ctx *Context) pollAnswers() bool {
	return ctx.ABI.PollAnswers || ctx.F.External == ExternalYes
}

// mask is what the connection wants to be told of.
func (c *Conn) mask() uint32 {
	var m uint32
	if c.nascent {
		return 0
	}
	if c.hears() || c.state == StateTLSHandshake {
		m |= unix.EPOLLIN
	}
	full := c.out.full()
	if c.TLS != nil {
		switch x := c.TLS.Cross(); {
		case x&CrossRead != 0, x&CrossKept != 0 && !c.deaf:
			m |= unix.EPOLLOUT
		case full && x&CrossWrite != 0:
			m |= unix.EPOLLIN
			full = false
		}
		full = full && c.state != StateTLSHandshake
	}
	if full || c.WantOut || c.wantWrite && c.Ctx.F.External == ExternalYes {
		m |= unix.EPOLLOUT
	}
	return m
}

// crossed adds what an event means to a transport whose reads wait for the
// socket to be writable, or the other way round.
func (c *Conn) crossed(revents uint32) uint32 {
	c.noteCross() // a handshake goes on past us
	x := c.cross
	if x&CrossRead != 0 && revents&unix.EPOLLOUT != 0 {
		revents |= unix.EPOLLIN
	}
	if x&CrossWrite != 0 && revents&unix.EPOLLIN != 0 {
		revents |= unix.EPOLLOUT
	}
	if c.state == StateTLSHandshake && x&CrossKept == 0 {
		revents &^= unix.EPOLLOUT // nothing can be written yet
	}
	return revents
}

// noteCross is called when the transport has read or written.
func (c *Conn) noteCross() {
	if x := c.TLS.Cross(); x != c.cross {
		c.recall()
		c.cross = x
		c.touchPoll()
	}
}

// Attach gives the connection its descriptor and has it polled.
func (c *Conn) Attach(fd int) bool {
	return c.JoinLoop(fd) && c.Poll(fd)
}

// Poll is Attach for a connection that has joined the program's loop.
func (c *Conn) Poll(fd int) bool {
	if err := c.watch(fd); err != nil {
		Errf("%s: %v", c, err)
		return false
	}
	if c.Ctx.F.External != ExternalNo && !c.tellPoll(ReasonAddPollFD, c.polled, 0) && c.Ctx.pollAnswers() && !c.Dead() {
		Errf("%s: the program does not take its descriptor, %d (LOCK_POLL, ADD_POLL_FD or UNLOCK_POLL answered nonzero)", c, fd)
		return false
	}
	return !c.Dead()
}

func (c *Conn) watch(fd int) error {
	c.fd = fd
	c.F.FD = int32(fd)
	pt := c.pt
	if !pt.roomFor(fd) {
		return errors.New("no memory for the table of descriptors")
	}
	*pt.byFD(fd) = c.F
	c.polled = c.mask()
	ev := unix.EpollEvent{Events: c.polled, Fd: int32(fd), Pad: c.gen()}
	if err := unix.EpollCtl(pt.epfd, unix.EPOLL_CTL_ADD, fd, &ev); err != nil && err != unix.EPERM {
		return fmt.Errorf("epoll_ctl add: %w", err)
	}
	c.added = true
	c.place = int32(len(pt.order))
	pt.order = append(pt.order, c)
	pt.polled.Store(int32(len(pt.order)))
	return nil
}

// detach takes the descriptor out of the poll; it stays open.
func (c *Conn) detach() {
	if !c.added {
		return
	}
	c.unwatch()
	if c.Ctx.F.External != ExternalNo {
		c.tellPoll(ReasonDelPollFD, 0, 0)
	}
	if f := c.pt.byFD(c.fd); f != nil && *f == c.F {
		*f = nil
	}
}

// unwatch is detach without a word to the program.
func (c *Conn) unwatch() {
	c.recall()
	c.added = false
	pt := c.pt
	last := len(pt.order) - 1
	pt.order[c.place] = pt.order[last]
	pt.order[c.place].place = c.place
	pt.order[last] = nil
	pt.order = pt.order[:last]
	pt.polled.Store(int32(last))
	_ = unix.EpollCtl(pt.epfd, unix.EPOLL_CTL_DEL, c.fd, nil)
}

// touchPoll notes that the mask may have changed.
func (c *Conn) touchPoll() {
	if !c.added || c.inSync || c.mask() == c.polled {
		return
	}
	if !c.pt.inTurn() {
		c.syncPoll()
		return
	}
	c.inSync = true
	c.pt.unsynced = append(c.pt.unsynced, c)
}

// TouchPoll is touchPoll for roles that changed NoRead or WantOut.
func (c *Conn) TouchPoll() {
	c.recall()
	c.touchPoll()
	if c.readAhead() {
		c.pt.again(c)
	}
}

func (c *Conn) syncPoll() {
	c.inSync = false
	m := c.mask()
	if !c.added || m == c.polled {
		return
	}
	prev := c.polled
	c.polled = m
	ev := unix.EpollEvent{Events: m, Fd: int32(c.fd), Pad: c.gen()}
	if err := unix.EpollCtl(c.pt.epfd, unix.EPOLL_CTL_MOD, c.fd, &ev); err != nil && err != unix.EPERM && err != unix.ENOENT {
		Errf("%s: epoll_ctl mod: %v", c, err)
	}
	if c.Ctx.F.External != ExternalNo {
		c.tellPoll(ReasonChangeModePollFD, m, prev)
	}
}

func (pt *Thread) syncAll() {
	for len(pt.unsynced) > 0 {
		q := pt.unsynced
		pt.unsynced, pt.spareSync = pt.spareSync[:0], nil
		for _, c := range q {
			c.syncPoll()
		}
		clear(q)
		pt.spareSync = q[:0]
	}
}

// ConnByFD finds the connection of a descriptor. No lock is held.
func (ctx *Context) ConnByFD(fd int) *Conn {
	for _, pt := range ctx.Threads {
		pt.mu.Lock()
		c := pt.connByFD(fd)
		pt.mu.Unlock()
		if c != nil {
			return c
		}
	}
	return nil
}

func (pt *Thread) connByFD(fd int) *Conn {
	f := pt.byFD(fd)
	if f == nil {
		return nil
	}
	return ConnOf(*f)
}

// byFD is where the connection of a descriptor stands, nil where none of such a number
// was polled yet. The table is C memory, as C looks there, too.
func (pt *Thread) byFD(fd int) **Face {
	if fd < 0 || fd >= int(pt.F.NumFDs) {
		return nil
	}
	return &unsafe.Slice((**Face)(pt.F.ByFD), pt.F.NumFDs)[fd]
}

// roomFor makes the table reach to fd.
func (pt *Thread) roomFor(fd int) bool {
	f := pt.F
	if fd < int(f.NumFDs) {
		return true
	}
	n := max(64, fd+1+fd/2)
	t := Prog.Alloc(uintptr(n) * unsafe.Sizeof(f))
	if t == nil {
		return false
	}
	copy(unsafe.Slice((**Face)(t), n), unsafe.Slice((**Face)(f.ByFD), f.NumFDs))
	Prog.Free(f.ByFD)
	f.ByFD, f.NumFDs = t, int32(n)
	return true
}

// of is the thread that has a descriptor; pt, whose turn it is, where none has.
func (pt *Thread) of(fd int) *Thread {
	if len(pt.ctx.Threads) == 1 || fd == pt.wakefd {
		return pt
	}
	for _, o := range pt.ctx.Threads {
		if fd == o.wakefd {
			return o
		}
	}
	if c := pt.ctx.ConnByFD(fd); c != nil {
		return c.pt
	}
	return pt
}

// AnnounceWake tells a program that may poll for us about the threads' wake-up
// descriptors, which belong to no connection; the locks of all threads are held.
func (v *Vhost) AnnounceWake(add bool) {
	if v.Ctx.F.External == ExternalNo || len(v.Protocols) == 0 {
		return
	}
	r := ReasonAddPollFD
	if !add {
		r = ReasonDelPollFD
	}
	for _, pt := range v.Ctx.Threads {
		v.tellPollFD(pt, r, pt.wakefd, unix.EPOLLIN)
	}
}

// tellPollFD runs a poll callback for a descriptor of no connection, which the thread polls.
func (v *Vhost) tellPollFD(pt *Thread, r Reason, fd int, events uint32) {
	a := &pollArgs{fd: int32(fd), events: int32(events)}
	tell := func(r Reason, n uintptr) { v.callFake(pt, v.Protocols[0], r, unsafe.Pointer(a), n) }
	tell(ReasonLockPoll, 1)
	tell(r, 0)
	tell(ReasonUnlockPoll, 1)
}

// ServiceFD handles what an external poll reported for fd. ours is false when
// the descriptor is not the library's. A descriptor of another thread is served as that.
func (pt *Thread) ServiceFD(fd int, revents uint32, now int64) (ours bool, end End) {
	pt = pt.of(fd)
	ctx := pt.ctx
	pt.mu.Lock()
	defer pt.mu.Unlock()
	if ctx.destroyed || ctx.destroying {
		return false, Over
	}
	if ctx.F.External != ExternalYes && !ctx.Looped {
		pt.wholly(ctx.goExternal)
	}
	ev := Event{Events: unix.EPOLLIN} // of the wake-up descriptor, which has no slot
	if fd != pt.wakefd {
		c := pt.connByFD(fd)
		if c == nil {
			return false, GoesOn
		}
		ev = Event{Events: revents, Fd: int32(fd), Pad: c.gen()}
	}
	if ctx.destroyed {
		return true, Over
	}
	return true, pt.turn([]Event{ev}, now)
}

// goExternal notes that the program polls, and brings it up to date.
func (ctx *Context) goExternal() {
	was := ctx.F.External
	if was == ExternalYes { // meanwhile
		return
	}
	atomic.StoreInt32(&ctx.F.External, ExternalYes)
	for _, c := range ctx.all() {
		if was == ExternalNo && c.added {
			c.tellPoll(ReasonAddPollFD, c.polled, 0)
		}
		c.touchPoll()
	}
}
