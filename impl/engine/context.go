// SPDX-License-Identifier: MIT

package engine

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/wire/h1"
)

// Limits and defaults of a context, where the program says nothing.
const (
	DefaultServBuf    = 4096
	DefaultHeaderData = 4096
	defaultTimeout    = 5
	// Headroom in front of every buffer that is handed to lws_write.
	Pre = 16
)

// ContextSettings is what a context was told, by its info or right after. A
// forked child's context gets them whole; docs/settings.md has whom they reach.
type ContextSettings struct {
	Name          string // in log lines, "" is none
	ABI           ABI
	Options       Option
	TimeoutSecs   int
	ServBufSize   int
	MaxHeaderData int
	TokenLimits   *h1.TokenLimits // nil: none
	ServerString  string
	Reject        []PVO
	Hostname      string
	DefaultRetry  Retry
	FDLimit       int
	UDPLossTx     int // percent of datagrams that get lost on purpose
	UDPLossRx     int
	Peers         PeerLimits
	PeerRefused   PeerRefused
	Ours          bool      // the program is compiled with our headers
	Compress      bool      // answers of vhosts that a configuration makes may be compressed
	MinRxRate     int       // bytes a second of a request's body, on average over TimeoutSecs; 0: no limit
	Cookies       CookieJar // of client connections, nil: none

	// UID and GID are who the program wants to be once it listens; 0 and -1 mean no change.
	UID, GID int
	// Become makes the process that, where it is put off until the vhosts exist
	// (EXPLICIT_VHOSTS); nil otherwise.
	Become func() error

	// Looped: another event loop calls Turn, and the reference asks for no
	// thread id there. OnRelease takes our descriptors out of that loop.
	Looped    bool
	OnRelease func()
	// OnEmpty is called, without the lock, when the context is destroyed and the last
	// connection has gone.
	OnEmpty func()
	// EndSequencers is called likewise, behind it.
	EndSequencers func()
	// Loop is the callback of an event loop that the program brings along, nil for
	// none (loop.go).
	Loop unsafe.Pointer
}

// Files are the open files of a thread (httpd).
type Files interface {
	// Abandon closes a forked child's copies of them.
	Abandon()
	Close()
}

// CookieJar keeps what servers set (impl/client).
type CookieJar interface {
	// For is the Cookie header for a request, "" for none.
	For(host, path string, secure bool) string
	// Take keeps the values of Set-Cookie headers.
	Take(values []string, host, path string)
	// Again is a jar like it, for a forked child.
	Again() CookieJar
}

// Context is what lws_create_context makes: its service threads, its vhosts and
// their connections.
type Context struct {
	ContextSettings

	F    *ContextFace
	Slot uint32
	Born int64 // as [Now] tells it
	// CGIs counts those that were started.
	CGIs atomic.Uint64
	// Threads are the service threads' parts.
	Threads []*Thread

	// shared guards what connections of all threads change: the list of vhosts,
	// who is a member of which protocol, stand-ins.
	shared mutex
	became bool // Become has been called
	peers  peers

	// TLS is what role/secure keeps of the context, and closes with it.
	TLS ContextTLS
	// Tasks are those of the context's thread pools, nil when it never had one.
	Tasks Tasks

	making   atomic.Int32 // connections that are nascent; changes with their locks held
	passesOn atomic.Bool  // a vhost has mounts that lead to other servers

	lives lifecycles
	pipes []lifecycle // of what wakes each thread

	vhosts       atomic.Pointer[[]*Vhost] // a list is never changed, another takes its place
	protocolDone bool                     // PROTOCOL_INIT has run for the first vhosts
	destroying   bool
	destroyed    bool
}

// NewContext makes a context with no vhost yet. f is its struct lws_context, pts
// are those of its service threads.
func NewContext(f *ContextFace, pts []*ThreadFace, info *Info) (*Context, error) {
	if info.KATime != 0 && info.KAInterval == 0 {
		Errf("lws_create_context: ka_interval is 0 where ka_time is %d", info.KATime)
		return nil, errors.New("ka_interval")
	}
	theLull.begin()
	ctx := &Context{F: f, Born: Now(), shared: mutex{rank: rankShared}, peers: peers{mu: mutex{rank: rankShared}}, ContextSettings: ContextSettings{
		ABI:           info.ABI,
		Name:          info.VhostName,
		Options:       info.Options,
		TimeoutSecs:   or(info.TimeoutSecs, or(info.ABI.TimeoutSecs, defaultTimeout)),
		ServBufSize:   or(info.ServBufSize, DefaultServBuf),
		MaxHeaderData: or(info.MaxHeaderData, DefaultHeaderData),
		TokenLimits:   info.TokenLimits,
		ServerString:  info.ServerString,
		Reject:        info.RejectKeywords,
		UID:           info.UID,
		GID:           info.GID,
		DefaultRetry:  defaultRetry(info.RetryPolicy),
		Peers:         info.Peers,
		PeerRefused:   info.PeerRefused,
		MinRxRate:     info.MinRxRate,
		Ours:          info.Ours,
		Compress:      info.Compress,
		UDPLossTx:     info.UDPLossTx, UDPLossRx: info.UDPLossRx,
	}}
	if ctx.UDPLossTx != 0 || ctx.UDPLossRx != 0 {
		Warnf("lws_create_context: simulating udp loss tx: %d%%, rx: %d%%", ctx.UDPLossTx, ctx.UDPLossRx)
	}
	if !ctx.Options.Has(OptSkipCanonicalName) {
		ctx.Hostname, _ = os.Hostname()
	}
	if ctx.Hostname == "" {
		ctx.Hostname = "unknown"
	}
	ctx.FDLimit = fdLimit(info, len(pts))
	if ctx.ABI.Lifecycle { // the original's pipe and netlink
		what := "pipe"
		ctx.pipes = make([]lifecycle, len(pts))
		for i := range ctx.pipes {
			ctx.pipes[i].begin(ctx, GroupWSI, &what)
		}
		ctx.lives[GroupVhost].born.Add(1)
		ctx.lives[GroupVhost].live.Add(1)
	}
	for i, ptf := range pts {
		pt, err := newThread(ctx, ptf, i)
		if err != nil {
			ctx.releaseThreads()
			return nil, err
		}
		pt.tellC()
		ctx.Threads = append(ctx.Threads, pt)
	}
	if ctx.ABI.Lifecycle && len(pts) > 1 {
		ctx.First().Expect(1) // the original's netlink socket is there
	}
	ctx.Slot = contexts.put(ctx)
	f.Slot, f.Home = ctx.Slot, unsafe.Pointer(ctx)
	f.User = info.User
	return ctx, nil
}

// defaultRetry is what counts for clients, and for vhosts with no policy of
// their own: the seconds of the context's info if it has any, never its delays.
func defaultRetry(r *Retry) Retry {
	if r == nil || r.PingSecs == 0 {
		return Retry{PingSecs: 300, HangupSecs: 310}
	}
	return Retry{PingSecs: r.PingSecs, HangupSecs: r.HangupSecs}
}

func or(v, def int) int {
	if v > 0 {
		return v
	}
	return def
}

// fdLimit is how many descriptors connections may use, listeners included: what
// the program asks for each thread, else the process's limit. Nothing is sized by it.
func fdLimit(info *Info, threads int) int {
	var rl unix.Rlimit
	if info.RlimitNofile > 0 {
		rl = unix.Rlimit{Cur: uint64(info.RlimitNofile), Max: uint64(info.RlimitNofile)}
		if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &rl); err != nil {
			Warnf("%s: setrlimit nofile %d: %v", "lws_create_context", info.RlimitNofile, err)
		}
	}
	if info.FDLimit > 0 {
		return info.FDLimit - info.ABI.OwnSockets
	}
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &rl) != nil || rl.Cur > 1<<30 {
		return 1 << 30
	}
	return int(rl.Cur) / threads
}

// kickWait is how long, in ms, the end of a context waits for one that kicks it: a thread
// that was stopped there does not keep it.
const kickWait = 1000

func (ctx *Context) releaseThreads() {
	for n := 0; atomic.LoadInt32(&ctx.F.Kicks) != 0 && n < kickWait; n++ {
		time.Sleep(time.Millisecond)
	}
	observed(unsafe.Pointer(&ctx.F.Kicks))
	for _, pt := range ctx.Threads {
		pt.release()
	}
}

// First is the thread that does what is the whole context's: timers and calls
// that belong to no connection.
func (ctx *Context) First() *Thread { return ctx.Threads[0] }

// Vhosts are the context's vhosts, in the order in which they were made. The list
// stays as it is, whatever becomes of them.
func (ctx *Context) Vhosts() []*Vhost {
	if l := ctx.vhosts.Load(); l != nil {
		return *l
	}
	return nil
}

// changeVhosts puts another list in the place of the vhosts'.
func (ctx *Context) changeVhosts(change func(l []*Vhost) []*Vhost) {
	ctx.shared.Lock()
	defer ctx.shared.Unlock()
	l := change(slices.Clone(ctx.Vhosts()))
	ctx.vhosts.Store(&l)
}

// Start runs PROTOCOL_INIT for the vhosts made so far. The lock is held.
func (ctx *Context) Start() error {
	if !ctx.became {
		if err := ctx.Finalize(); err != nil {
			return err
		}
	}
	var fresh []*Vhost
	for _, v := range ctx.Vhosts() {
		was := v.started
		if err := v.initProtocols(); err != nil {
			return err
		}
		if v.started && !was {
			fresh = append(fresh, v)
		}
	}
	first := !ctx.protocolDone
	ctx.protocolDone = true
	ctx.ready(fresh, first)
	return nil
}

// Deprecate closes the listening sockets, so that another context can listen
// in their place; connections live on. closed is called, without the lock,
// when the ports are free. The lock is held.
func (ctx *Context) Deprecate(closed func()) {
	for _, v := range ctx.Vhosts() {
		for _, l := range v.Listeners() {
			l.close(CloseNoStatus)
		}
		v.changeListeners(func([]*Conn) []*Conn { return nil })
	}
	if closed != nil {
		pt := ctx.First()
		pt.Later(func() {
			defer pt.Retake(pt.Drop())
			closed()
		})
	}
}

// DeliverKept hands out what flow control held back and may be had now; it
// tells whether there was any. The lock is held.
func (pt *Thread) DeliverKept() (any bool) {
	any = pt.anyRipe()
	nested := pt.enter()
	pt.runRipe()
	pt.leave(nested)
	return any
}

// Finalize gives up privileges, where the context has put that off.
func (ctx *Context) Finalize() error {
	if ctx.Become == nil {
		return nil
	}
	if err := ctx.Become(); err != nil {
		Errf("giving up privileges: %v", err)
		return err
	}
	ctx.became = true
	return nil
}

// Destroy closes every connection, tells every protocol of every vhost, and
// gives everything back. Inside a service turn it is put off to its end.
// The lock is held; it reports whether the context is gone, which it may have been before (Gone).
func (ctx *Context) Destroy() bool {
	if ctx.destroyed {
		return true
	}
	if ctx.busy() {
		for _, pt := range ctx.Threads { // the last of them to come here does it
			pt.destroySelf = true
			pt.kick()
		}
		return false
	}
	if ctx.destroying {
		return false
	}
	ctx.destroying = true
	for i := range ctx.pipes {
		ctx.pipes[i].end(ctx)
	}
	if ctx.ABI.VhostsEndEarly && ctx.protocolDone {
		ctx.announceEnd() // while there is a vhost to tell
		for _, v := range ctx.Vhosts() {
			v.destroying = true
			v.handOverListeners()
		}
	}
	for _, pt := range ctx.Threads {
		pt.closeAll()
	}
	if ctx.ABI.Lifecycle { // the original's netlink goes with the connections
		ctx.lives[GroupVhost].live.Add(^uint32(0))
	}
	ctx.loopEnds(LoopThreadEnds)
	ctx.loopEnds(LoopContextEnds)
	ctx.endParted()
	ctx.reap()
	ctx.unlockedly(ctx.OnEmpty)
	if l := ctx.Vhosts(); ctx.ABI.VhostsEndEarly && ctx.protocolDone && len(l) > 0 && l[0].bound.Load() == 0 {
		l[0].finish(ctx.First()) // the wake-up was its last connection, as the original counts
	}
	ctx.unlockedly(ctx.EndSequencers)
	if !ctx.ABI.VhostsEndEarly || !ctx.protocolDone {
		ctx.announceEnd()
	}
	for _, v := range ctx.Vhosts() {
		v.finish(ctx.First())
	}
	ctx.loopEnds(LoopContextEnded)
	ctx.reap()
	ctx.destroyed = true
	contexts.del(ctx.Slot)
	ctx.F.Slot = 0
	published(unsafe.Pointer(&ctx.F.Dead))
	atomic.StoreInt32(&ctx.F.Dead, 1)
	if ctx.TLS != nil {
		ctx.TLS.Close()
	}
	if ctx.OnRelease != nil {
		ctx.OnRelease()
	}
	ctx.releaseThreads()
	return true
}

// Gone tells whether the context was destroyed. The lock is held.
func (ctx *Context) Gone() bool { return ctx.destroyed }

// unlockedly calls f, which may be nil, without the lock.
func (ctx *Context) unlockedly(f func()) {
	if f != nil {
		ctx.Unlock()
		unlocked()
		f()
		ctx.Lock()
	}
}

// announceEnd tells of the end of what no connection has.
func (ctx *Context) announceEnd() {
	if l := ctx.Vhosts(); len(l) > 0 {
		l[0].AnnounceWake(false)
	}
}

// busy tells whether a thread is in a turn, or in callbacks that C runs, or another
// makes a connection.
func (ctx *Context) busy() bool {
	return ctx.making.Load() > 0 || slices.ContainsFunc(ctx.Threads, func(pt *Thread) bool {
		// a loop that another thread runs is to be left by that one
		if pt.inTurn() || atomic.LoadInt32(&pt.F.Busy) > 0 || atomic.LoadInt32(&pt.F.Running) > 0 && !pt.Mine() {
			return true
		}
		observed(unsafe.Pointer(&pt.F.Busy))
		observed(unsafe.Pointer(&pt.F.Running))
		return false
	})
}

// all is a snapshot of the living connections, listeners included, oldest first.
func (ctx *Context) all() []*Conn {
	var l []*Conn
	for _, pt := range ctx.Threads {
		l = append(l, pt.live...)
	}
	sort.Slice(l, func(i, j int) bool { return l[i].seq < l[j].seq })
	return l
}

func (ctx *Context) reap() {
	for _, pt := range ctx.Threads {
		pt.reap()
	}
}

// Destroying tells whether the context is on its way out.
func (ctx *Context) Destroying() bool { return ctx.destroying }

// VhostByName finds a vhost by its name.
func (ctx *Context) VhostByName(name string) *Vhost {
	for _, v := range ctx.Vhosts() {
		if v.Name == name {
			return v
		}
	}
	return nil
}

// SelectVhost picks the vhost of a listening port for a Host header or SNI
// name: the exact name, then a parent domain, then the port's first vhost.
func (ctx *Context) SelectVhost(port int, server string) *Vhost {
	host := server
	for i := 0; i < len(host); i++ {
		if host[i] == ':' {
			host = host[:i]
			break
		}
	}
	for _, v := range ctx.Vhosts() {
		if v.Port == port && len(v.Name) >= len(host) && v.Name[:len(host)] == host {
			return v
		}
	}
	if port == 0 {
		return nil
	}
	for _, v := range ctx.Vhosts() {
		m := len(v.Name)
		if v.Port == port && m <= len(host)-2 && host[len(host)-m-1] == '.' && host[len(host)-m:] == v.Name {
			return v
		}
	}
	for _, v := range ctx.Vhosts() {
		if v.Port == port {
			return v
		}
	}
	return nil
}

// EachConn calls fn for the connections of the context that live at the call, and are no
// more in the making by another thread.
func (ctx *Context) EachConn(fn func(*Conn)) {
	for _, c := range ctx.all() {
		if !c.Dead() && !c.nascent {
			fn(c)
		}
	}
}

// CallProtocols runs reason for every protocol of every vhost, without a
// connection, whatever they answer. The lock is held.
func (pt *Thread) CallProtocols(r Reason, in unsafe.Pointer, n uintptr) {
	for _, v := range pt.ctx.Vhosts() {
		for _, p := range v.Protocols {
			v.callFake(pt, p, r, in, n)
		}
	}
}

func (ctx *Context) String() string { return fmt.Sprintf("context %d", ctx.Slot) }
