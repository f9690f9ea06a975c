// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"slices"
	"sort"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Thread is what one service thread works with (the reference's "pt").
//
// mu guards it and its connections. It is released around every callback, so
// whatever a callback could have changed is looked at again after it.
type Thread struct {
	F     *ThreadFace
	Index int // in Context.Threads
	mu    mutex
	whole bool // who has mu has those of all threads
	ctx   *Context
	epfd  int
	// wakefd is an eventfd in the epoll set; C writes it too.
	wakefd   int
	wakeFace *Face // its struct lws in an event loop of the program's own
	// timerfd, in the epoll set, ends a wait in time: a wait with a time limit of
	// its own would set a timer each time. C sets it.
	timerfd int

	buffers
	outer  []buffers // those of the turns that this one is nested in
	apart  []byte    // what such a one takes, when it is not in use
	bufMem unsafe.Pointer
	// wide is where a WebSocket reads many pieces at a time to, C memory.
	wide      []byte
	wideMem   unsafe.Pointer
	wideInUse bool
	// Spare is scratch memory for what is sent, Header for a frame's header: they
	// last until the next use.
	Spare  []byte
	Header [16]byte
	// Deflate is scratch memory for permessage-deflate.
	Deflate []byte
	// FileBuf is where files are read to on their way out.
	FileBuf []byte

	// order has what is polled. Who goes leaves the place to the last, as in the
	// original's table: its order is that in which a context's end closes them.
	order     []*Conn
	live      []*Conn // in no order
	writeq    []*Conn // a WRITEABLE callback is due
	spareq    []*Conn
	ripe      []*Conn // kept received bytes may be delivered
	unsynced  []*Conn // poll mask to be brought to the kernel
	spareSync []*Conn
	fresh     []*Conn            // a file has just been begun
	graves    []*Conn            // closed, reclaimed at the end of the turn
	oldGraves []*Conn            // room for them
	dying     []*Vhost           // destroyed within the turn
	posts     []func()           // what goroutines want done by the service thread
	inbox     inbox              // and what those want who have the lock of another
	polled    atomic.Int32       // as long as order, for other threads
	coming    atomic.Int32       // connections on their way here
	queues    map[*Vhost][]*Conn // see Queue
	timers    timerHeap
	// spareTimers are timers of connections that are not in use.
	spareTimers []*Timer
	cork        cork
	lingers     []*linger // by descriptor

	headers []headerStore // not in use

	companions map[*Conn]Companion
	unmade     map[*Conn][]func() // see WhenMade

	Files Files   // what httpd keeps open, closed with the thread
	ready []Event // see look

	yielded     atomic.Int64 // when, see Yield
	turned      atomic.Int64 // when, likewise
	rested      atomic.Int64 // when a turn last began behind a long wait, likewise
	breaths     int          // see breathe
	woken       atomic.Bool  // wakefd is readable, or is about to be: see awake
	early       early        // what C has read of a connection
	tookOver    bool         // the turn goes on that C has begun, see TakeOver
	destroySelf bool
	tidAsked    bool
	cancelDue   bool
}

const argsSize = 128

// noteSize is the longest write that C notes (LWSGO_NOTE). shortIn and shortOut are the
// most that it reads of a connection that it was lent, and gathers for it, shortTLS has a
// struct tls_io.
const (
	noteSize = 4096
	shortIn  = 4096
	shortOut = 16 << 10
	shortTLS = 512
)

func newThread(ctx *Context, f *ThreadFace, index int) (*Thread, error) {
	f.lock, f.InTurn, f.Short = sharedLock{}, 0, Short{} // whoever had them: a forked child begins anew
	Prog.Free(f.ByFD)
	f.ByFD, f.NumFDs = nil, 0
	pt := &Thread{F: f, Index: index, ctx: ctx, mu: mutex{rank: rankThread + index, anyLock: anyLock{at: &f.lock}}, inbox: inbox{mu: mutex{rank: rankShared}}, epfd: -1, wakefd: -1, timerfd: -1}
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
	one := ctx.bufferSize()
	n := pageSize + 2*one + argsSize + noteSize + shortOut + shortTLS + Pre + shortIn + 1
	pt.bufMem = Prog.Alloc(uintptr(n))
	if pt.bufMem == nil {
		pt.closeOwn()
		return nil, fmt.Errorf("no memory for the service buffer (%d bytes)", n)
	}
	all := unsafe.Slice((*byte)(pt.bufMem), n)
	all = all[toMiddle(uintptr(pt.bufMem)+Pre):]
	pt.buffers = buffersIn(all, one)
	rest := all[2*one+argsSize:]
	pt.F.Note = unsafe.Pointer(&rest[0]) // behind it are what C gathers, what OpenSSL tells, and with headroom what it reads
	return pt, nil
}

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
	f := pt.F
	f.EpollFD, f.WakeFD, f.TimerFD, f.Armed = int32(pt.epfd), int32(pt.wakefd), int32(pt.timerfd), 0
}

// release gives back what newThread took.
func (pt *Thread) release() {
	for fd := range pt.lingers {
		pt.endLinger(fd)
	}
	if pt.Files != nil {
		pt.Files.Close()
	}
	pt.inbox.close()
	if pt.ctx.Looped || !atomic.CompareAndSwapInt32(&pt.F.Waiting, waitingIn, waitingLeft) {
		pt.closeOwn()
	} else { // who waits there closes them
		pt.wake()
	}
	Prog.Free(pt.bufMem)
	Prog.Free(pt.wideMem)
	Prog.Free(pt.F.ByFD)
	pt.buffers, pt.bufMem = buffers{}, nil
	pt.F.Note, pt.F.Short, pt.F.ByFD, pt.F.NumFDs = nil, Short{}, nil, 0
	pt.wide, pt.wideMem = nil, nil
	pt.timers = nil
	for _, s := range pt.headers {
		Prog.Free(s.mem)
	}
	pt.headers = nil
}

// Values of ThreadFace.Waiting (capi/c/wait.c).
const (
	waitingIn   = 1 // somebody is in the wait
	waitingLeft = 2 // the context has gone meanwhile: the descriptors are left to that one
)

// Mine tells whether the caller is the service thread. Where there is only one, nobody asks.
func (pt *Thread) Mine() bool { return len(pt.ctx.Threads) == 1 || Prog.OnThread(pt.F) }

// Full tells whether there is no room for a client or a child either: they may
// have one place more, as in the original.
func (pt *Thread) Full() bool { return len(pt.order) > pt.ctx.FDLimit }

// Room tells whether n more descriptors may be polled.
func (pt *Thread) Room(n int) bool { return len(pt.order)+n <= pt.ctx.FDLimit }

// AtLimit tells whether no further connection may be taken.
func (pt *Thread) AtLimit() bool { return len(pt.order) >= pt.ctx.FDLimit }

// Queue are the client connections of v that others, of the same thread, can queue behind.
func (pt *Thread) Queue(v *Vhost) []*Conn { return pt.queues[v] }

// SetQueue changes it.
func (pt *Thread) SetQueue(v *Vhost, l []*Conn) {
	if len(l) == 0 {
		delete(pt.queues, v)
		return
	}
	if pt.queues == nil {
		pt.queues = map[*Vhost][]*Conn{}
	}
	pt.queues[v] = l
}

// all is a snapshot of the thread's living connections, oldest first.
func (pt *Thread) all() []*Conn {
	l := slices.Clone(pt.live)
	sort.Slice(l, func(i, j int) bool { return l[i].seq < l[j].seq })
	return l
}

// closeAll ends all connections, in the order of the original: its own pipe goes
// first, whose place at the front the last takes, and then always the first goes.
func (pt *Thread) closeAll() {
	pt.leaveLoop()
	if n := len(pt.order); n > 1 {
		last := pt.order[n-1]
		copy(pt.order[1:], pt.order[:n-1])
		pt.order[0] = last
		for i, c := range pt.order {
			c.place = int32(i)
		}
	}
	for len(pt.order) > 0 {
		c := pt.order[0]
		c.close(CloseNoStatusContextDestroy)
		c.detach() // whatever became of it
	}
	for _, c := range pt.all() { // streams, and what has no socket yet
		c.close(CloseNoStatusContextDestroy)
	}
}

// closeOf ends the connections of a vhost that have a socket, in that order.
func (pt *Thread) closeOf(v *Vhost) {
	for n := 0; n < len(pt.order); {
		c := pt.order[n]
		if c.Vhost == v {
			c.close(CloseNoStatusContextDestroy)
		}
		if n < len(pt.order) && pt.order[n] == c {
			n++
		}
	}
}
