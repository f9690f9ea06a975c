// SPDX-License-Identifier: MIT

package engine

import (
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// CloseStatus is enum lws_close_status: a WebSocket close code (RFC 6455
// §7.4), or one of the library's own.
type CloseStatus int32

// Close statuses that are no close code.
const (
	CloseNoStatus               CloseStatus = 0
	CloseNoStatusContextDestroy CloseStatus = 9999
)

// established tells whether the state counts as one in which the program
// knows of the connection.
func (s State) established() bool {
	switch s {
	case StateUnconnected, StateWaitingDNS, StateWaitingConnect, StateWaitingProxyReply,
		StateTLSHandshake, StateWaitingServerReply, StateAwaitingPreface, StatePreWSAccept:
		return false
	}
	return true
}

// Close closes the connection: it flushes what is queued and lets the role say
// goodbye first where that is possible, then tells the program. The lock is held.
func (c *Conn) Close(status CloseStatus) { c.close(status) }

func (c *Conn) close(status CloseStatus) {
	if c.Dead() {
		return
	}
	for len(c.children) > 0 {
		k := c.children[0]
		k.broken = true
		k.close(status)
		if len(c.children) > 0 && c.children[0] == k {
			c.children = c.children[1:]
		}
	}
	if c.state != StateFlushingBeforeClose {
		c.preClose = c.state
	}
	c.closing = true
	if c.closePolitely(status) {
		return
	}
	if c.pt.cork.owner == c && !c.sendCork(true) {
		c.broken = true
	}
	c.kill(status)
}

// closePolitely begins a close that goes on later; false: kill it now.
func (c *Conn) closePolitely(status CloseStatus) bool {
	if c.broken || status == CloseNoStatusContextDestroy {
		return false
	}
	switch c.state {
	case StateWaitingToSendClose, StateAwaitingCloseAck, StateReturnedClose:
		// The goodbye was said; what is left of it may still be queued.
		return c.lastWords() && c.flushBeforeClose()
	case StateFlushingBeforeClose:
		if c.backlog() {
			c.touchPoll()
			return true
		}
		return false
	}
	switch c.state {
	case StateWaitingConnect, StateWaitingDNS, StateIssueHandshake:
		return false
	}
	c.unbindAtClose()
	if c.role.CloseVia(c, status) {
		return true
	}
	// Its last words may be gathered still, or not fit the socket.
	return c.lastWords() && c.flushBeforeClose()
}

// lastWords sends what has gathered, a transport's goodbye behind it, and a
// server's FIN in the same segment; false: the connection broke.
func (c *Conn) lastWords() bool {
	c.fin = c.halfCloses()
	ok := !c.broken && (c.pt.cork.owner != c || c.sendCork(true))
	if ok && c.TLS != nil && !c.backlog() {
		c.TLS.Shutdown()
		ok = c.TLS == nil || c.flushTLS()
	}
	if c.fin = c.fin && ok && !c.backlog(); c.fin {
		_ = unix.Shutdown(c.fd, unix.SHUT_WR)
	}
	c.broken = c.broken || !ok
	return ok
}

// halfCloses tells whether the end of c begins with a half-close.
func (c *Conn) halfCloses() bool {
	return !c.client && !c.listener && c.fd >= 0 && !c.broken && !c.datagram &&
		c.state != StateShutdown && c.state != StateUnconnected
}

// halfClose ends what c sends, with the transport's goodbye.
func (c *Conn) halfClose() {
	if c.TLS != nil {
		c.TLS.Shutdown()
		_ = c.TLS.Flush()
	}
	_ = unix.Shutdown(c.fd, unix.SHUT_WR)
}

// flushBeforeClose waits for the queue to drain, if there is one.
func (c *Conn) flushBeforeClose() bool {
	if !c.backlog() {
		return false
	}
	c.SetState(StateFlushingBeforeClose)
	c.NoRead = true
	c.SetTimeout(TimeoutFlushBeforeClose, 5)
	c.touchPoll()
	return true
}

func (c *Conn) unbindAtClose() {
	if !c.told && c.F.User != nil && c.bound {
		c.Unbind()
		c.bound = false
	}
}

// kill ends the connection at once.
func (c *Conn) kill(status CloseStatus) {
	if k, ok := c.role.(Ender); ok {
		k.Ending(c, status)
	}
	if m := c.mux; m != nil {
		m.Ended(c)
	}
	c.unbindAtClose()
	if c.state == StateWaitingDNS || c.state == StateWaitingConnect ||
		c.state == StateWaitingServerReply && c.F.Role&FaceWS != 0 {
		c.broken = true
		if c.Detail != "" {
			c.ConnectionError("closed before established: " + c.Detail)
		} else {
			c.ConnectionError("closed before established\x00")
		}
	}
	halfClosed := false
	if c.fin || c.halfCloses() && status != CloseNoStatusContextDestroy {
		if !c.fin {
			c.halfClose()
		}
		if c.TLS != nil {
			c.preClose = StateShutdown // the reference waits in this state, and then tells of any end
		}
		halfClosed = true
		c.broken = true
	}
	// With input unread, close(2) would send a reset, and what the peer has yet
	// to read of ours would be lost.
	if !halfClosed && c.client && !c.broken && status != CloseNoStatusContextDestroy &&
		c.fd >= 0 && (c.lingering || c.unread()) {
		c.halfClose()
		halfClosed, c.lingering = true, true
	}
	if halfClosed && !c.lingering {
		c.lingering = c.unread()
	}
	pre := c.preClose
	if !c.leave() {
		return
	}
	if c.role.Reasons(c.client).ParentFirst {
		c.leaveParent()
	}
	c.tellClosed(pre)
	c.leaveParent()
	c.end(halfClosed)
}

// leave takes the connection out of everything; false: a callback closed it meanwhile.
func (c *Conn) leave() bool {
	c.dropTimers()
	c.detach()
	if c.Dead() {
		return false
	}
	c.SetState(StateDead)
	c.rx = nil
	c.role.Gone(c)
	c.DropHeaders()
	return true
}

// end closes the descriptor and gives the last callback.
func (c *Conn) end(halfClosed bool) {
	c.broken = true
	c.closeFD(halfClosed)
	if c.Vhost != nil && len(c.Vhost.Protocols) > 0 {
		c.CallProtocol(c.Vhost.Protocols[0], ReasonWSIDestroy, c.F.User, nil, 0)
	}
	c.bury()
}

// Final ends the connection with its last callback only (WSI_DESTROY): no
// goodbye, no close callback.
func (c *Conn) Final() {
	if !c.Dead() && c.leave() {
		c.end(false)
	}
}

// Vanish forgets the connection without any callback. The descriptor stays
// open: it is the program's.
func (c *Conn) Vanish() {
	if c.Dead() || !c.leave() {
		return
	}
	c.broken = true
	c.fd, c.F.FD = -1, -1
	c.bury()
}

// tellClosed gives the program the role's close callback, or a client's
// connection error when it was never established.
func (c *Conn) tellClosed(pre State) {
	r := c.role.Reasons(c.client)
	tell := !c.told && r.Close != 0 && !c.listener && (pre.established() || pre == StateWaitingServerReply || c.owesClose)
	reason, failed := r.Close, !pre.established()
	if c.client && c.Ctx.ABI.Before30 {
		if pre == StateIssueHandshake || pre == StateIssueBody || pre == StateWaitingServerReply {
			tell, failed = false, true
		}
		if reason == ReasonClientClosed {
			reason = ReasonClosed
		}
	}
	if c.errorTold {
		tell = false
	}
	if !tell && c.client && failed {
		text := "Closed before conn"
		if c.Detail != "" {
			text += ": " + c.Detail
		}
		c.ConnectionError(text)
	}
	if !tell {
		return
	}
	c.told = true
	p := c.Protocol
	if p == nil && c.Vhost != nil && len(c.Vhost.Protocols) > 0 {
		p = c.Vhost.Protocols[0]
	}
	c.CallProtocol(p, reason, c.F.User, nil, 0)
}

// ConnectionError tells the program, once, that a client connection failed.
func (c *Conn) ConnectionError(text string) {
	if c.SetErrorTold() {
		return
	}
	c.logFailure(strings.TrimSuffix(text, "\x00"))
	if c.Protocol == nil || c.NoError {
		return
	}
	b := append([]byte(text), 0)
	c.Call(ReasonClientConnectionError, unsafe.Pointer(&b[0]), uintptr(len(text)))
}

// logFailure says what became of a client connection, and where it was to lead.
func (c *Conn) logFailure(text string) {
	level, to := LogNotice, ""
	if c.Ctx.destroying {
		level = LogInfo
	}
	if r, ok := c.role.(Targeter); ok {
		to = " to " + r.Target(c)
	}
	Logf(level, "%s: the connection%s failed: %s", c, to, text)
}

// OweClose has the close callback told even if the connection never gets
// established.
func (c *Conn) OweClose() { c.owesClose = true }

// Told notes that the program knows that the connection is closed.
func (c *Conn) Told() { c.told = true }

// closeFD closes the descriptor; after a half-close it may linger, without a
// connection, until the peer has read our last bytes.
func (c *Conn) closeFD(halfClosed bool) {
	if c.TLS != nil {
		c.TLS.Close()
		c.TLS = nil
		c.F.SSL = nil
	}
	if c.fd < 0 {
		return
	}
	if !c.KeepFD {
		if !halfClosed || !c.lingering || !c.pt.startLinger(c.fd) {
			_ = unix.Close(c.fd)
		}
	}
	c.fd = -1
	c.F.FD = -1
}

// CloseDrained has the connection closed when what is queued has left; false:
// nothing is.
func (c *Conn) CloseDrained() bool {
	if !c.flushCork() || !c.backlog() {
		return false
	}
	c.closeDrained = true
	c.touchPoll()
	return true
}

// unread tells whether the socket holds input that nobody has read.
func (c *Conn) unread() bool {
	if c.fd < 0 || c.datagram || c.KeepFD {
		return false
	}
	n, err := unix.IoctlGetInt(c.fd, unix.TIOCINQ) // FIONREAD
	return err == nil && n > 0
}

// bury puts a dead connection where the end of the turn reclaims it.
func (c *Conn) bury() {
	delete(c.pt.live, c)
	c.out = outQueue{}
	c.pt.graves = append(c.pt.graves, c)
	if !c.pt.inTurn {
		c.pt.reap()
	}
}

// reclaim frees what the program could still see of a dead connection.
func (c *Conn) reclaim() {
	c.leaveProtocol()
	c.freeUser()
	Prog.Free(c.F.UDP)
	c.F.UDP = nil
	v := c.Vhost
	c.BindVhost(nil)
	conns.del(c.slot)
	c.F.Slot = 0
	Prog.FreeFace(c.F)
	if v != nil {
		v.maybeFinish()
	}
}

// writable handles POLLOUT; false closes.
func (c *Conn) writable() bool {
	if c.backlog() {
		if !c.flushOut() {
			return false
		}
		if c.backlog() {
			return true
		}
		if c.closeDrained {
			return false
		}
	}
	if c.state == StateFlushingBeforeClose {
		return false
	}
	if c.WantOut {
		if w, ok := c.role.(Polled); ok {
			return w.Writable(c)
		}
	}
	return true
}

// lingerMax bounds what is read and thrown away from a half-closed peer, and
// lingerSecs how long it may take.
const (
	lingerMax  = 1 << 20
	lingerSecs = 2
)

// linger is a half-closed socket on which the peer may still be sending:
// closing it at once would answer with a reset, which can overtake our last bytes.
type linger struct {
	left  int
	timer Timer
}

// startLinger takes over fd; false: there is nothing to wait for.
func (pt *Thread) startLinger(fd int) bool {
	l := &linger{left: lingerMax}
	if pt.drain(fd, l) || pt.ctx.destroying {
		return false
	}
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd), Pad: evLinger}
	if unix.EpollCtl(pt.epfd, unix.EPOLL_CTL_ADD, fd, &ev) != nil {
		return false
	}
	l.timer.Fire = func(int64) { pt.endLinger(fd) }
	for len(pt.lingers) <= fd {
		pt.lingers = append(pt.lingers, nil)
	}
	pt.lingers[fd] = l
	pt.SetTimer(&l.timer, Now()+lingerSecs*second)
	return true
}

// drain throws away what has come; true: the peer is done.
func (pt *Thread) drain(fd int, l *linger) bool {
	var b [4096]byte
	for l.left > 0 {
		n, err := sysRecv(fd, b[:])
		if err == unix.EAGAIN {
			return false
		}
		if err != nil || n == 0 {
			return true
		}
		l.left -= n
	}
	return true
}

func (pt *Thread) lingerEvent(fd int) {
	if l := pt.lingerOf(fd); l != nil && pt.drain(fd, l) {
		pt.endLinger(fd)
	}
}

func (pt *Thread) lingerOf(fd int) *linger {
	if fd < 0 || fd >= len(pt.lingers) {
		return nil
	}
	return pt.lingers[fd]
}

func (pt *Thread) endLinger(fd int) {
	l := pt.lingerOf(fd)
	if l == nil {
		return
	}
	pt.lingers[fd] = nil
	pt.dropTimer(&l.timer)
	_ = unix.Close(fd)
}
