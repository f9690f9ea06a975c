// SPDX-License-Identifier: MIT

package engine

import (
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// Event is one ready descriptor, as epoll reports it.
type Event = unix.EpollEvent

// yieldEvery is how often, in µs, a service thread lets the scheduler see it.
const yieldEvery = 8000

// Yield is called at the beginning of each turn, with nothing locked; now may be
// the time before its wait.
//
// The runtime's monitor takes the P of a goroutine that has not been scheduled
// anew for 10 ms and is in C when it looks, which a thread that serves nearly
// always is. It looks again 20 µs later, and the thread must take a P back under
// a lock each time: some 2,000 wake-ups a second. Who yields is left alone. Whose wait before the
// last was long does not: it may be the only event for long, and a yield wakes threads, or makes them.
//
// Where there are several threads none does: a yield takes 4 futex calls, as the
// goroutine is bound to its thread, and that of each; the monitor's work is the same
// for all of them.
func (pt *Thread) Yield(now int64) {
	switch {
	case len(pt.ctx.Threads) > 1:
	case now-pt.turned.Swap(now) >= yieldEvery:
		pt.rested.Store(now)
	case now-pt.yielded.Load() > yieldEvery:
		pt.yield(now)
	}
}

func (pt *Thread) yield(now int64) {
	pt.yielded.Store(now)
	runtime.Gosched()
}

// What breathe counts: a look at the clock is not for nothing.
const (
	breathEvent     = 4 // of a socket: it may be a handshake, or bring many requests
	breathWriteable = 1
	breathLook      = 16
)

// breathe is Yield between the connections of a turn, which is as behind a callback: what
// many of them have may take longer than the monitor waits. A turn with few does not look.
func (pt *Thread) breathe(n int) {
	if pt.breaths += n; pt.breaths < breathLook || len(pt.ctx.Threads) > 1 {
		return
	}
	pt.breaths = 0
	now := Now()
	pt.turned.Store(now) // the turn behind this one waits for less
	if now-max(pt.yielded.Load(), pt.rested.Load()) > yieldEvery {
		whole := pt.Drop()
		pt.yield(now)
		pt.Retake(whole)
	}
}

// Before runs the timers that are due: the part of a turn before the wait.
func (pt *Thread) Before() {
	pt.mu.Lock()
	defer pt.mu.Unlock()
	if pt.ctx.destroyed {
		return
	}
	nested := pt.enter()
	pt.firstTurn()
	guard("timers", func() { pt.runTimers(Now()) })
	pt.leave(nested)
}

// Turn handles the events of one wait: what is readable, then what may be
// written. now may be the time before the wait: what came due in it has the next
// turn.
func (pt *Thread) Turn(events []Event, now int64) End {
	pt.mu.Lock()
	defer pt.mu.Unlock()
	if pt.ctx.destroyed {
		return Over
	}
	if pt.tookOver {
		pt.tookOver, pt.F.InTurn = false, 0
	}
	pt.breaths = 0
	return pt.turn(events, now)
}

// End is what became of the context in a turn.
type End int

// The ends of a turn.
const (
	GoesOn    End = iota
	Over          // the context is being destroyed, or was: the thread is not needed any more
	Destroyed     // by this turn
)

// maxRounds bounds what one turn makes of what had come before it. patience, in
// µs, is how long that may take before others have their turn, and maxWaits how
// often that may be before the program has its.
const (
	maxRounds = 4096
	patience  = 1000
	maxWaits  = 50
)

// turn goes on until everything that was read ahead has been handed out, as far
// as it is wanted: a program that waits with a poll of its own would not hear of
// the rest. It is little: what one read of each socket brings at most.
//
// Where the program is slow, and called to wait for all sockets, others are served
// in between, and in the end the rest is left to its next call. Who called not to
// wait polls, and will hear of the others.
func (pt *Thread) turn(events []Event, now int64) End {
	var until int64
	waited := 0
	for n := 1; ; n++ {
		if end := pt.round(events, now); end != GoesOn {
			return end
		}
		if pt.inTurn() || pt.destroySelf || n == maxRounds || !pt.anyRipe() {
			break
		}
		events = nil
		t := Now()
		if until != 0 && t > until && pt.F.Waits != 0 {
			if waited++; waited > maxWaits {
				break
			}
			events, now = pt.look(), t
			until = 0
		}
		if until == 0 {
			until = t + patience
		}
	}
	if pt.ctx.F.External != ExternalNo && !pt.inTurn() && pt.owes() {
		pt.wake()
	}
	return GoesOn
}

// look asks what is ready, without waiting.
func (pt *Thread) look() []Event {
	if pt.ready == nil {
		pt.ready = make([]Event, 64)
	}
	n, err := unix.EpollWait(pt.epfd, pt.ready, 0)
	if err != nil {
		return nil
	}
	return pt.ready[:n]
}

func (pt *Thread) round(events []Event, now int64) End {
	ctx := pt.ctx
	nested := pt.enter()
	pt.firstTurn()
	if d := pt.nextDeadline(); d != 0 && d <= now {
		guard("timers", func() { pt.runTimers(now) })
	}
	pt.runPosts()
	for i := range events {
		if ctx.destroying || pt.destroySelf {
			break
		}
		pt.event(&events[i])
		pt.breathe(breathEvent)
	}
	if !pt.destroySelf {
		pt.runCancel()
		pt.runRipe()
		pt.runWriteable()
	}
	pt.leave(nested)
	if pt.destroySelf && !pt.inTurn() {
		pt.destroySelf = false
		end := GoesOn
		pt.wholly(func() {
			switch was := ctx.destroyed; {
			case was || !ctx.Destroy():
				end = pt.left()
			default:
				end = Destroyed
			}
		})
		return end
	}
	return pt.left()
}

// left is what a thread answers that has not destroyed the context itself. Where there
// are more, it is not needed any more as soon as that is to go, but while a connection is
// made elsewhere: who makes it does not come here.
func (pt *Thread) left() End {
	if pt.ctx.destroyed || pt.destroySelf && !pt.inTurn() && len(pt.ctx.Threads) > 1 && pt.ctx.making.Load() == 0 {
		return Over
	}
	return GoesOn
}

// inTurn tells whether a turn is under way.
func (pt *Thread) inTurn() bool { return pt.F.InTurn != 0 }

func (pt *Thread) enter() (nested bool) {
	if nested = pt.inTurn(); nested {
		pt.nest()
	}
	pt.F.InTurn = 1
	pt.F.Step++
	atomic.StoreInt32(&pt.F.Pending, 0)
	return nested
}

// leave is the end of a turn: closed connections are reclaimed, the kernel
// learns the new poll masks, C learns whether and until when to wait.
func (pt *Thread) leave(nested bool) {
	if nested {
		pt.unnest()
		return
	}
	pt.closeDying()
	pt.syncAll()
	pt.F.InTurn = 0
	pt.reap()
	f := pt.F
	if d := pt.nextDeadline(); d != f.Deadline { // which only we write
		atomic.StoreInt64(&f.Deadline, d)
	}
	if pt.hasWork() {
		atomic.StoreInt32(&f.Pending, 1)
	}
}

func (pt *Thread) hasWork() bool {
	for _, c := range pt.writeq {
		if !c.blocked() {
			return true
		}
	}
	return pt.owes()
}

// owes tells whether there is work that no descriptor of a connection tells of.
func (pt *Thread) owes() bool {
	return pt.cancelDue || pt.destroySelf || len(pt.posts) > 0 || pt.inbox.count.Load() > 0 || pt.anyRipe()
}

// guard runs fn; a panic is logged and ends there. Each goroutine of ours begins
// with it: C could not catch what it panics with.
func guard(what string, fn func()) {
	defer func() {
		if r := recover(); r != nil {
			Errf("internal error in %s: %v\n%s", what, r, debug.Stack())
		}
	}()
	fn()
}

// firstTurn asks for the service thread's id, as the reference does.
func (pt *Thread) firstTurn() {
	if pt.tidAsked || pt.ctx.Looped || len(pt.ctx.Vhosts()) == 0 {
		return
	}
	pt.tidAsked = true
	if v := pt.ctx.Vhosts()[0]; len(v.Protocols) > 0 {
		v.callFake(pt, v.Protocols[0], ReasonGetThreadID, nil, 0)
	}
}

func (pt *Thread) event(ev *Event) {
	if ev.Pad == 0 { // the wake-up eventfd
		pt.awake()
		return
	}
	switch ev.Pad {
	case evLinger:
		pt.lingerEvent(int(ev.Fd))
		return
	case evTimer: // the timers run at the beginning of each turn
		return
	}
	c := pt.connByFD(int(ev.Fd))
	if c == nil || c.gen() != ev.Pad || c.Dead() {
		return
	}
	pt.connEvent(c, ev.Events)
}

// connEvent handles what the poll reported for one connection.
func (pt *Thread) connEvent(c *Conn, revents uint32) {
	defer pt.rescue(c)
	c.recall()
	if c.nascent { // of its peer's end it hears again
		return
	}
	if c.datagram && revents == unix.EPOLLERR && c.inWriteq && c.Ctx.ABI.UDPWriteTells {
		return
	}
	if revents&unix.EPOLLIN == 0 && revents&(unix.EPOLLHUP|unix.EPOLLERR) != 0 && c.state != StateWaitingConnect {
		if !c.peerGone() {
			c.broken = true
			c.close(CloseNoStatus)
		}
		return
	}
	if c.TLS != nil {
		revents = c.crossed(revents)
	}
	pt.F.Step++
	read := c.F.Traffic.Rx
	prev := pt.corkFor(c)
	if revents&unix.EPOLLOUT != 0 && !c.writable() {
		c.close(CloseNoStatus)
	}
	waited := c.Unsent()
	if revents&(unix.EPOLLIN|unix.EPOLLHUP) != 0 && !c.Dead() && !c.handingOut() && (!c.RxOff() || c.state == StateTLSHandshake) {
		c.readable()
	}
	pt.runFresh()
	pt.uncork(c, prev)
	c.noteAnswers(waited)
	c.lend(c.F.Traffic.Rx - read)
}

// rescue is deferred where an event of c is handled.
func (pt *Thread) rescue(c *Conn) {
	if r := recover(); r != nil {
		c.reading = false
		Errf("%s: internal error: %v\n%s", c, r, debug.Stack())
		pt.cork.reset()
		c.broken = true
		guard("close", func() { c.close(CloseNoStatus) })
	}
}

// Serve handles c as if it were readable: for bytes that came another way.
func (c *Conn) Serve() {
	nested := c.pt.enter()
	c.pt.connEvent(c, unix.EPOLLIN)
	c.pt.leave(nested)
}

// runCancel delivers lws_cancel_service.
func (pt *Thread) runCancel() {
	c := &pt.F.Cancel
	if atomic.LoadInt32(c) != 0 && atomic.SwapInt32(c, 0) != 0 || pt.cancelDue {
		pt.cancelDue = false
		pt.askForTasks()
		pt.CallProtocols(ReasonEventWaitCancelled, nil, 0)
	}
}

// gravesKept is how many graves there is room for when a turn begins.
const gravesKept = 1024

// reap gives back what was closed, when nobody can be using it any more.
func (pt *Thread) reap() {
	if pt.inTurn() {
		return
	}
	for len(pt.graves) > 0 {
		g := pt.graves
		pt.graves, pt.oldGraves = pt.oldGraves, nil
		for i, c := range g {
			c.reclaim()
			g[i] = nil
		}
		if cap(g) <= gravesKept {
			pt.oldGraves = g[:0]
		}
	}
}
