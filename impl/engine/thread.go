// SPDX-License-Identifier: MIT

package engine

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/wire/h1"
)

// Thread is what one service thread works with (the reference's "pt").
//
// mu guards it, its connections and its vhosts. It is released around every
// callback, so whatever a callback could have changed is looked at again after it.
type Thread struct {
	mu   sync.Mutex
	ctx  *Context
	epfd int
	// wakefd is an eventfd in the epoll set; C writes it too.
	wakefd int
	// timerfd, in the epoll set, ends a wait in time: a wait with a time limit of
	// its own would set a timer each time. C sets it.
	timerfd int

	// Buf is where received bytes land, Resp where responses are built: C
	// memory, ServBufSize each, with headroom and room for a terminating NUL.
	Buf, Resp []byte
	// Args is a little C memory for the structs that callbacks get.
	Args   unsafe.Pointer
	bufMem unsafe.Pointer
	// wide is where a WebSocket reads many pieces at a time to, C memory.
	wide      []byte
	wideMem   unsafe.Pointer
	wideInUse bool
	// Spare is scratch memory for what is sent, Header for a frame's header: they
	// last until the next use.
	Spare  []byte
	Header [16]byte
	// Inflate and Deflate are scratch memory for permessage-deflate.
	Inflate [2][]byte
	Deflate []byte
	// FileBuf is where files are read to on their way out.
	FileBuf []byte

	fds       []*Conn // by descriptor
	live      map[*Conn]struct{}
	writeq    []*Conn // a WRITEABLE callback is due
	spareq    []*Conn
	ripe      []*Conn // kept received bytes may be delivered
	unsynced  []*Conn // poll mask to be brought to the kernel
	spareSync []*Conn
	fresh     []*Conn  // a file has just been begun
	graves    []*Conn  // closed, reclaimed at the end of the turn
	dying     []*Vhost // destroyed within the turn
	posts     []func() // what goroutines want done by the service thread
	timers    timerHeap
	cork      cork
	lingers   []*linger // by descriptor

	headers []headerStore // not in use
	ready   []Event       // see look

	step        uint // counts events and WRITEABLEs: what one of them brings is one step
	inTurn      bool
	destroySelf bool
	tidAsked    bool
	cancelDue   bool
}

const argsSize = 128

// Buf and wide begin in the middle of a page. What programs copy from it to begins near the
// beginning of one, if it is large: where both lie equally far behind, the copying
// instruction of some processors (REP MOVSB of Zen 3 and 4) is five times slower.
const pageSize = 4096

// toMiddle is how far it is from at to the next middle of a page.
func toMiddle(at uintptr) int { return int((pageSize*3/2 - at%pageSize) % pageSize) }

func newThread(ctx *Context) (*Thread, error) {
	pt := &Thread{ctx: ctx, live: map[*Conn]struct{}{}, epfd: -1, wakefd: -1, timerfd: -1}
	var err error
	if pt.epfd, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, fmt.Errorf("epoll_create1: %w", err)
	}
	if pt.wakefd, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		pt.closeOwn()
		return nil, fmt.Errorf("eventfd: %w", err)
	}
	if pt.timerfd, err = unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC|unix.TFD_NONBLOCK); err != nil {
		pt.closeOwn()
		return nil, fmt.Errorf("timerfd_create: %w", err)
	}
	if err = pt.watchOwn(); err != nil {
		pt.closeOwn()
		return nil, err
	}
	one := Pre + max(ctx.ServBufSize, DefaultServBuf) + 16
	n := pageSize + 2*one + argsSize
	pt.bufMem = Prog.Alloc(uintptr(n))
	if pt.bufMem == nil {
		pt.closeOwn()
		return nil, fmt.Errorf("no memory for the service buffer (%d bytes)", n)
	}
	all := unsafe.Slice((*byte)(pt.bufMem), n)
	all = all[toMiddle(uintptr(pt.bufMem)+Pre):]
	pt.Buf, pt.Resp = all[Pre:one:one], all[one+Pre:2*one:2*one]
	pt.Args = unsafe.Pointer(&all[2*one])
	return pt, nil
}

// wideMin is the least that TakeWide gives, WideSlack what it gives beyond the
// size of a piece.
const (
	wideMin   = 64 << 10
	WideSlack = 1 << 10
)

// TakeWide gives memory to read what waits on c's socket to, for PutWide to give
// back; nil: it is in use, or c's transport reads ahead itself.
func (pt *Thread) TakeWide(c *Conn) []byte {
	if pt.wideInUse || c.TLS != nil {
		return nil
	}
	if pt.wide == nil {
		size := max(wideMin, pt.ctx.ServBufSize) + WideSlack
		n := 2*pageSize + size
		if pt.wideMem = Prog.Alloc(uintptr(n)); pt.wideMem == nil {
			return nil
		}
		pt.wide = unsafe.Slice((*byte)(pt.wideMem), n)[toMiddle(uintptr(pt.wideMem)):][: size : size+1]
	}
	pt.wideInUse = true
	return pt.wide
}

func (pt *Thread) PutWide() { pt.wideInUse = false }

// Descriptors of no connection have these in the place of a generation.
const (
	evLinger = -1
	evTimer  = -2
)

// watchOwn has the thread's own descriptors polled: the wake-up one, without a
// slot, and the timer, of which one is told once each time it fires.
func (pt *Thread) watchOwn() error {
	ev := unix.EpollEvent{Events: unix.EPOLLIN}
	if err := unix.EpollCtl(pt.epfd, unix.EPOLL_CTL_ADD, pt.wakefd, &ev); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	ev = unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLET, Pad: evTimer}
	if err := unix.EpollCtl(pt.epfd, unix.EPOLL_CTL_ADD, pt.timerfd, &ev); err != nil {
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	return nil
}

// own are the descriptors that belong to no connection, by what they are.
func (pt *Thread) own() map[string]*int {
	return map[string]*int{"[eventpoll]": &pt.epfd, "[eventfd]": &pt.wakefd, "[timerfd]": &pt.timerfd}
}

func (pt *Thread) closeOwn() {
	for _, fd := range pt.own() {
		if *fd >= 0 {
			unix.Close(*fd)
		}
	}
}

// tellC has C wait at the thread's descriptors.
func (pt *Thread) tellC() {
	f := pt.ctx.F
	f.EpollFD, f.WakeFD, f.TimerFD, f.Armed = int32(pt.epfd), int32(pt.wakefd), int32(pt.timerfd), 0
}

// release gives back what newThread took.
func (pt *Thread) release() {
	for fd := range pt.lingers {
		pt.endLinger(fd)
	}
	pt.closeOwn()
	Prog.Free(pt.bufMem)
	Prog.Free(pt.wideMem)
	pt.Buf, pt.Resp, pt.bufMem, pt.Args = nil, nil, nil, nil
	pt.wide, pt.wideMem = nil, nil
	pt.timers = nil
	for _, s := range pt.headers {
		Prog.Free(s.mem)
	}
	pt.headers = nil
}

// headerStore is an h1.Headers whose values lie in C memory: programs get
// pointers into it.
type headerStore struct {
	h   *h1.Headers
	mem unsafe.Pointer
}

// headersKept is how many unused header stores a thread holds on to.
const headersKept = 256

// TakeHeaders gives an empty header store; PutHeaders takes it back.
func (pt *Thread) TakeHeaders() *h1.Headers {
	if n := len(pt.headers); n > 0 {
		s := pt.headers[n-1]
		pt.headers = pt.headers[:n-1]
		s.h.Reset()
		return s.h
	}
	h := new(h1.Headers)
	limit := pt.ctx.MaxHeaderData
	if m := Prog.Alloc(uintptr(limit)); m != nil {
		h.UseStore(unsafe.Slice((*byte)(m), limit))
	} else {
		h.SetLimit(limit)
	}
	return h
}

// PutHeaders takes back what TakeHeaders gave.
func (pt *Thread) PutHeaders(h *h1.Headers) {
	s := headerStore{h: h, mem: h.Store()}
	if pt.Buf == nil || len(pt.headers) >= headersKept {
		Prog.Free(s.mem)
		return
	}
	pt.headers = append(pt.headers, s)
}

// DropHeaders gives the connection's header store back, if it has one: its end
// does, whatever its role is then.
func (c *Conn) DropHeaders() {
	if h := c.Headers; h != nil {
		c.Headers = nil
		c.pt.PutHeaders(h)
	}
}

// all is a snapshot of the living connections, listeners included, oldest first.
func (pt *Thread) all() []*Conn {
	l := make([]*Conn, 0, len(pt.live))
	for c := range pt.live {
		l = append(l, c)
	}
	sortConns(l)
	return l
}

// kick makes the service thread look again, if it is waiting.
func (pt *Thread) kick() {
	f := pt.ctx.F
	atomic.StoreInt32(&f.Pending, 1)
	if atomic.LoadInt32(&f.Waiting) != 0 || f.External != ExternalNo && !pt.inTurn {
		pt.wake()
	}
}

func (pt *Thread) wake() {
	var one [8]byte
	binary.NativeEndian.PutUint64(one[:], 1)
	_, _ = unix.Write(pt.wakefd, one[:])
}

// deadlineMoved tells the waiting side that the earliest timer changed.
func (pt *Thread) deadlineMoved() {
	f := pt.ctx.F
	atomic.StoreInt64(&f.Deadline, pt.nextDeadline())
	if atomic.LoadInt32(&f.Waiting) != 0 {
		pt.wake()
	}
}

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
// a lock each time: some 2,000 wake-ups a second. Who yields is left alone.
func (ctx *Context) Yield(now int64) {
	if now-ctx.yielded.Load() > yieldEvery {
		ctx.yielded.Store(now)
		runtime.Gosched()
	}
}

// Before runs the timers that are due: the part of a turn before the wait.
func (ctx *Context) Before() {
	ctx.Lock()
	defer ctx.Unlock()
	if ctx.destroyed {
		return
	}
	pt := ctx.PT
	nested := pt.enter()
	pt.firstTurn()
	guard("timers", func() { pt.runTimers(Now()) })
	pt.leave(nested)
}

// Turn handles the events of one wait: what is readable, then what may be
// written. now may be the time before the wait: what came due in it has the next
// turn. It reports whether the context was destroyed by the turn.
func (ctx *Context) Turn(events []Event, now int64) (destroyed bool) {
	ctx.Lock()
	defer ctx.Unlock()
	return ctx.destroyed || ctx.turn(events, now)
}

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
func (ctx *Context) turn(events []Event, now int64) (destroyed bool) {
	pt, f := ctx.PT, ctx.F
	var until int64
	waited := 0
	for n := 1; ; n++ {
		if ctx.round(events, now) {
			return true
		}
		if pt.inTurn || pt.destroySelf || n == maxRounds || !pt.anyRipe() {
			break
		}
		events = nil
		t := Now()
		if until != 0 && t > until && f.Waits != 0 {
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
	if f.External != ExternalNo && !pt.inTurn && pt.owes() {
		pt.wake()
	}
	return false
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

func (ctx *Context) round(events []Event, now int64) (destroyed bool) {
	pt := ctx.PT
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
	}
	if !pt.destroySelf {
		pt.runCancel()
		pt.runRipe()
		pt.runWriteable()
	}
	pt.leave(nested)
	if pt.destroySelf && !pt.inTurn {
		pt.destroySelf = false
		return ctx.Destroy()
	}
	return ctx.destroyed
}

func (pt *Thread) enter() (nested bool) {
	nested = pt.inTurn
	pt.inTurn = true
	pt.step++
	atomic.StoreInt32(&pt.ctx.F.Pending, 0)
	return nested
}

// leave is the end of a turn: closed connections are reclaimed, the kernel
// learns the new poll masks, C learns whether and until when to wait.
func (pt *Thread) leave(nested bool) {
	if nested {
		return
	}
	pt.closeDying()
	pt.syncAll()
	pt.inTurn = false
	pt.reap()
	f := pt.ctx.F
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
	return pt.cancelDue || pt.destroySelf || len(pt.posts) > 0 || pt.anyRipe()
}

// Pending tells whether something is to be done without waiting.
func (ctx *Context) Pending() bool {
	return atomic.LoadInt32(&ctx.F.Pending) != 0 || atomic.LoadInt32(&ctx.F.Cancel) != 0
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
	if pt.tidAsked || pt.ctx.Looped || len(pt.ctx.Vhosts) == 0 {
		return
	}
	pt.tidAsked = true
	pt.ctx.Vhosts[0].CallFirst(ReasonGetThreadID, nil, 0)
}

func (pt *Thread) event(ev *Event) {
	if ev.Fd == 0 && ev.Pad == 0 { // the wake-up eventfd has no slot
		var b [8]byte
		_, _ = unix.Read(pt.wakefd, b[:])
		return
	}
	switch ev.Pad {
	case evLinger:
		pt.lingerEvent(int(ev.Fd))
		return
	case evTimer: // the timers run at the beginning of each turn
		return
	}
	c := conns.get(uint32(ev.Fd))
	if c == nil || c.pt != pt || c.gen != ev.Pad || c.Dead() {
		return
	}
	pt.connEvent(c, ev.Events)
}

// connEvent handles what the poll reported for one connection.
func (pt *Thread) connEvent(c *Conn, revents uint32) {
	defer func() {
		if r := recover(); r != nil {
			Errf("%s: internal error: %v\n%s", c, r, debug.Stack())
			pt.cork.reset()
			c.broken = true
			guard("close", func() { c.close(CloseNoStatus) })
		}
	}()
	if revents&unix.EPOLLIN == 0 && revents&(unix.EPOLLHUP|unix.EPOLLERR) != 0 && c.state != StateWaitingConnect {
		c.broken = true
		c.close(CloseNoStatus)
		return
	}
	if c.TLS != nil {
		revents = c.crossed(revents)
	}
	pt.step++
	prev := pt.corkFor(c)
	if revents&unix.EPOLLOUT != 0 && !c.writable() {
		c.close(CloseNoStatus)
	}
	waited := c.Unsent()
	if revents&(unix.EPOLLIN|unix.EPOLLHUP) != 0 && !c.Dead() && (!c.RxOff() || c.state == StateTLSHandshake) {
		c.readable()
	}
	pt.runFresh()
	pt.uncork(c, prev)
	c.noteAnswers(waited)
}

// StartedFile notes that the library has begun to send a file on c. Its first
// piece leaves with the headers, before the event that asked for it is over.
func (c *Conn) StartedFile() {
	c.AskWriteable()
	c.pt.fresh = append(c.pt.fresh, c)
}

func (pt *Thread) runFresh() {
	for i := 0; i < len(pt.fresh); i++ { // an answer may begin the next one
		c := pt.fresh[i]
		if c.Dead() || !c.wantWrite || c.state != StateIssuingFile || c.blocked() || pt.cork.owner != c.Network() {
			continue
		}
		c.takeAsked()
		pt.writeable(c)
	}
	clear(pt.fresh)
	pt.fresh = pt.fresh[:0]
}

// Serve handles c as if it were readable: for bytes that came another way.
func (c *Conn) Serve() {
	nested := c.pt.enter()
	c.pt.connEvent(c, unix.EPOLLIN)
	c.pt.leave(nested)
}

// runCancel delivers lws_cancel_service.
func (pt *Thread) runCancel() {
	c := &pt.ctx.F.Cancel
	if atomic.LoadInt32(c) != 0 && atomic.SwapInt32(c, 0) != 0 || pt.cancelDue {
		pt.cancelDue = false
		pt.ctx.CallProtocols(ReasonEventWaitCancelled, nil, 0)
	}
}

// runWriteable gives each connection that asked its WRITEABLE callback: what
// asks again in there waits for the next turn, or see writeable. Streams of one
// network connection share its cork.
func (pt *Thread) runWriteable() {
	q := pt.writeq
	pt.writeq, pt.spareq = pt.spareq[:0], nil
	outer := pt.cork.owner
	var corked *Conn
	for _, c := range q {
		if c.Dead() || !c.wantWrite {
			c.inWriteq = false
			continue
		}
		if c.blocked() { // comes back by POLLOUT
			pt.writeq = append(pt.writeq, c)
			continue
		}
		if n := c.Network(); n != corked {
			if corked != nil {
				pt.runFresh()
				pt.uncork(corked, outer)
			}
			pt.corkFor(n)
			corked = n
		}
		c.inWriteq = false
		c.takeAsked()
		pt.writeable(c)
	}
	if corked != nil {
		pt.runFresh()
		pt.uncork(corked, outer)
	}
	clear(q)
	pt.spareq = q[:0]
}

// ServeWriteable gives c the WRITEABLE that it asked for now, not at the end of
// the turn; it reports whether it did. c is corked.
func (c *Conn) ServeWriteable() bool {
	if !c.wantWrite || c.Dead() || c.blocked() || c.pt.cork.owner != c.Network() {
		return false
	}
	c.takeAsked()
	c.pt.writeable(c)
	return true
}

// writeBurst is how many WRITEABLE callbacks a connection gets in a row, as long
// as each writes something small and asks for another: they leave in one send.
const writeBurst = 32

// writeable gives c, which is corked, its WRITEABLE callback.
func (pt *Thread) writeable(c *Conn) {
	defer func() {
		if r := recover(); r != nil {
			Errf("%s: internal error: %v\n%s", c, r, debug.Stack())
			pt.cork.reset()
			c.broken = true
			guard("close", func() { c.close(CloseNoStatus) })
		}
	}()
	for n := 1; ; n++ {
		gathered := len(pt.cork.b)
		pt.step++
		if !c.role.Writeable(c) {
			c.Close(CloseNoStatus)
			return
		}
		if n == writeBurst || !c.wantWrite || len(pt.cork.b) <= gathered || len(pt.cork.b) > corkSmall ||
			c.Dead() || c.blocked() || c.mux != nil || pt.cork.owner != c || c.Ctx.F.External == ExternalYes {
			return
		}
		c.takeAsked()
	}
}

// reap gives back what was closed, when nobody can be using it any more.
func (pt *Thread) reap() {
	if pt.inTurn {
		return
	}
	for len(pt.graves) > 0 {
		g := pt.graves
		pt.graves = nil
		for _, c := range g {
			c.reclaim()
		}
	}
}

// Cancel makes the next turn tell every protocol EVENT_WAIT_CANCELLED.
func (pt *Thread) Cancel() {
	pt.cancelDue = true
	pt.kick()
}
