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

// farewell is how far the end of a connection has come: what there is to say to its
// peer, and what to the program.
type farewell struct {
	begun   bool
	from    State // where the connection was when it began
	drained bool  // it is to begin when what is queued has left
	fin     bool  // what is sent is the last; once sent: FIN was, too
	linger  bool  // behind the FIN, wait a little for the peer to read
	silent  bool  // the peer has said its last: there is nothing unread

	owed   bool // the close callback is to be told though the connection never was established
	parted bool // the last callback and the descriptor's end are to come (LoopLogicalClose)
	failed bool // CLIENT_CONNECTION_ERROR has been told, or needs not be
	quiet  bool // it is not to be told: who connects learns of it by the result
}

// Close closes the connection: it flushes what is queued and lets the role say
// goodbye first where that is possible, then tells the program. The lock is held.
func (c *Conn) Close(status CloseStatus) { c.close(status) }

func (c *Conn) close(status CloseStatus) {
	if c.Dead() {
		return
	}
	if c.nascent && c.pt.Mine() { // a callback may run where it is made
		c.WhenMade(func() { c.close(status) })
		return
	}
	for len(c.Children()) > 0 {
		k := c.seldom.children[0]
		k.broken = true
		k.close(status)
		if l := c.seldom.children; len(l) > 0 && l[0] == k {
			c.seldom.children = l[1:]
		}
	}
	if k := c.Companion(); k != nil {
		if k.Ending(c); c.Dead() {
			return
		}
	}
	if r, ok := c.role.(Restarter); ok && status != CloseNoStatusContextDestroy && r.Restart(c) {
		return
	}
	if c.state != StateFlushingBeforeClose {
		c.bye.from = c.state
	}
	c.recall()
	c.bye.begun = true
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
	c.bye.fin = c.halfCloses()
	ok := !c.broken && (c.pt.cork.owner != c || c.sendCork(true))
	if ok && c.TLS != nil && !c.backlog() {
		c.TLS.Shutdown()
		ok = c.TLS == nil || c.flushTLS()
	}
	if c.bye.fin = c.bye.fin && ok && !c.backlog(); c.bye.fin {
		sysFIN(c.fd)
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
	sysFIN(c.fd)
	c.bye.fin = true
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
	if c.F.User != nil {
		c.Unbind()
	}
}

// kill ends the connection at once: those that it carries, and who carries it, hear of
// it; the peer gets the last that there is to say; the program is told; nothing is left.
func (c *Conn) kill(status CloseStatus) {
	if k, ok := c.role.(Carrier); ok {
		k.Ending(c, status)
	}
	if m := c.mux; m != nil {
		m.Ended(c)
	}
	c.unbindAtClose()
	if c.Ctx.ABI.TasksPartFirst {
		c.partTasks()
	}
	c.failEarly()
	if status != CloseNoStatusContextDestroy {
		c.sayGoodbye()
	}
	if !c.leave() {
		return
	}
	if c.role.Reasons(c.client).ParentFirst {
		c.leaveParent()
	}
	c.tellClosed()
	c.leaveParent()
	if c.Ctx.Loop != nil {
		c.bye.parted = true
		if c.pt.tellLoop(c.F, LoopLogicalClose, 0) != 0 || !c.bye.parted {
			return
		}
	}
	c.end()
}

// failEarly tells of a client connection that was closed on its way.
func (c *Conn) failEarly() {
	if c.state == StateWaitingDNS || c.state == StateWaitingConnect ||
		c.state == StateWaitingServerReply && c.F.Role&FaceWS != 0 {
		c.broken = true
		c.ConnectionError(c.busy("closed before established", "\x00"))
	}
}

// sayGoodbye ends what c sends. With input unread, close(2) would send a reset, and
// what the peer has yet to read of ours would be lost: the socket lingers.
func (c *Conn) sayGoodbye() {
	b := &c.bye
	switch {
	case b.fin || c.halfCloses():
		if !b.fin {
			c.halfClose()
		}
		if c.TLS != nil {
			b.from = StateShutdown // the reference waits in this state, and then tells of any end
		}
		c.broken = true
		b.linger = b.linger || !b.silent && c.unread()
	case c.client && !c.broken && c.fd >= 0 && (b.linger || c.unread()):
		c.halfClose()
		b.linger = true
	}
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
func (c *Conn) end() {
	c.broken, c.bye.parted = true, false
	c.closeFD()
	if c.Vhost != nil && len(c.Vhost.Protocols) > 0 {
		c.CallProtocol(c.Vhost.Protocols[0], ReasonWSIDestroy, c.F.User, nil, 0)
	}
	c.life.end(c.Ctx)
	c.pt.tellLoop(c.F, LoopFree, 0)
	c.bury()
}

// Final ends the connection with its last callback only (WSI_DESTROY): no
// goodbye, no close callback.
func (c *Conn) Final() {
	if c.bye.parted || !c.Dead() && c.leave() {
		c.end()
	}
}

// Vanish forgets the connection without any callback. The descriptor stays
// open: it is the program's.
func (c *Conn) Vanish() {
	if c.Dead() || !c.leave() {
		return
	}
	c.broken = true
	c.quitLoop(0)
	c.fd, c.F.FD = -1, -1
	c.life.end(c.Ctx)
	c.bury()
}

// tellClosed gives the program the role's close callback, or a client's
// connection error when it was never established.
func (c *Conn) tellClosed() {
	from, reason := c.bye.from, c.role.Reasons(c.client).Close
	tell := from.established() || from == StateWaitingServerReply || c.bye.owed
	failed := c.client && !from.established()
	if c.client && c.Ctx.ABI.Before30 {
		if from == StateIssueHandshake || from == StateIssueBody || from == StateWaitingServerReply {
			tell, failed = false, true
		}
		if reason == ReasonClientClosed {
			reason = ReasonClosed
		}
	}
	if !tell || c.bye.failed || reason == 0 || c.listener {
		if failed {
			c.ConnectionError(c.busy("Closed before conn", ""))
		}
		return
	}
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
	if c.Protocol == nil || c.bye.quiet {
		return
	}
	b := append([]byte(text), 0)
	c.Call(ReasonClientConnectionError, unsafe.Pointer(&b[0]), uintptr(len(text)))
}

// busy is text with what the connection is busy with, or with none.
func (c *Conn) busy(text, none string) string {
	if b := c.Busy(); b != "" {
		return text + ": " + b
	}
	return text + none
}

// SetQuiet has CLIENT_CONNECTION_ERROR not told meanwhile: who connects learns of a
// failure by the result.
func (c *Conn) SetQuiet(on bool) { c.bye.quiet = on }

// SetErrorTold notes that CLIENT_CONNECTION_ERROR was told; it reports whether it had been.
func (c *Conn) SetErrorTold() (already bool) {
	already = c.bye.failed
	c.bye.failed = true
	return already
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
func (c *Conn) OweClose() { c.bye.owed = true }

// Closing tells whether a close has begun.
func (c *Conn) Closing() bool { return c.bye.begun }

// SetLinger asks for a half-close and a short wait at the end, so that the
// peer reads our last words before a reset can overtake them.
func (c *Conn) SetLinger() { c.bye.linger = true }

// PeerDone tells that the socket had nothing behind what the peer said, and that by the protocol
// it says no more: nobody asks in the end whether something is unread.
func (c *Conn) PeerDone() { c.bye.silent = c.TLS == nil }

// closeFD closes the descriptor; after a half-close it may linger, without a
// connection, until the peer has read our last bytes.
func (c *Conn) closeFD() {
	if c.TLS != nil {
		c.TLS.Close()
		c.TLS = nil
		c.F.SSL = nil
	}
	if c.fd < 0 {
		return
	}
	if !c.KeepFD && !(c.bye.fin && c.bye.linger && c.pt.startLinger(c.fd)) {
		_ = unix.Close(c.fd)
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
	c.bye.drained = true
	c.touchPoll()
	return true
}

// bury puts a dead connection where the end of the turn reclaims it.
func (c *Conn) bury() {
	c.made()
	c.partTasks()
	c.leaveTraffic()
	c.peerPlace.Leave()
	c.peerPlace = nil
	c.leaveLive()
	c.out = nil
	c.pt.graves = append(c.pt.graves, c)
	if !c.pt.inTurn() {
		c.pt.reap()
	}
}

// leaveLive leaves c's place among the living to the last of them.
func (c *Conn) leaveLive() {
	l := c.pt.live
	last := l[len(l)-1]
	l[c.liveAt], last.liveAt = last, c.liveAt
	l[len(l)-1] = nil
	c.pt.live = l[:len(l)-1]
}

// reclaim frees what the program could still see of a dead connection.
func (c *Conn) reclaim() {
	c.SetCompanion(nil)
	c.leaveProtocol()
	c.freeUser()
	v := c.Vhost
	c.BindVhost(nil)
	conns.del(c.slot)
	c.F.Slot = 0
	c.F.free()
	theLull.connEnded()
	if v != nil {
		v.maybeFinish(c.pt)
	}
}
