// SPDX-License-Identifier: MIT

package child

import (
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// Info says what to start, and who is told of it.
type Info struct {
	Vhost     *engine.Vhost
	Parent    *engine.Conn   // of the pipes' connections, or nil
	Thread    *engine.Thread // theirs, where there is no parent; its lock is held
	Protocol  *string        // theirs, of the vhost; nil: the context's first
	Args, Env []string
	Path      string // where a program without a slash is looked for
	Root, Dir string
	Opaque    unsafe.Pointer
	Timeout   int64 // µs, 0: the usual
	Group     bool  // it leads a process group of its own
	Empty     bool  // its stdin has nothing
	Role      engine.Role

	// Event is called when something can be read from pipe n, or written to it.
	Event func(n int)
	// Closed is called when the pipe's connection has ended.
	Closed func(n int)
	// Reaped is called when the process has ended and the object is gone.
	Reaped func(o *Outcome)
	// Gone is called when the object is gone, however.
	Gone func(p *Process)
}

// Outcome is how a process ended.
type Outcome struct {
	SI         unix.Siginfo
	Accounting [4]int64 // µs: the process' system and user time, our own
	Killed     int      // 1: its time was over
}

// Face is the C half of a process, capi/core/cgi.go has it.
type Face struct {
	_   [3]unsafe.Pointer // struct lws_dll2
	Std [3]unsafe.Pointer // struct lws *
}

// usual is how long a process may run where that is not told, drain how long its pipes
// may be open behind its end, in µs.
const (
	usual = 300_000_000
	drain = 5_000_000
)

// Process is one that was started, until it has been waited for.
type Process struct {
	F    *Face
	info Info
	pt   *engine.Thread
	pid  int
	std  [3]*engine.Conn
	open int // pipes that are

	limit, reap engine.Timer
	nap         int64
	since       int64 // when it was asked to end
	ungraceful  bool  // nobody waits for what is in its pipes
	forced      bool
	seen        bool // its end
	late        bool
	over        bool
	held        int // the reading end of an empty stdin's pipe, -1: none
}

// pipe is the state of a pipe's connection.
type pipe struct {
	p *Process
	n int
}

// Thread is that of the pipes.
func (p *Process) Thread() *engine.Thread { return p.pt }

// PID is the process' number, 0 once it has been waited for.
func (p *Process) PID() int { return max(p.pid, 0) }

// Pipe is the connection of stdin, stdout or stderr, nil once it has ended.
func (p *Process) Pipe(n int) *engine.Conn { return p.std[n] }

// Ended tells whether the process has.
func (p *Process) Ended() bool {
	if p.pid <= 0 {
		return true
	}
	_, gone := wait(p.pid, true, nil)
	return gone
}

// Start starts a process; f is its face. nil: that failed.
func Start(f *Face, info Info) *Process {
	proto := info.protocol()
	if proto == nil {
		return nil
	}
	ctx, pt := info.Vhost.Ctx, info.Thread
	if info.Parent != nil {
		pt = info.Parent.PT()
	}
	if !pt.Room(3) {
		engine.Errf("lws_spawn_piped: no place for a process' pipes (fd_limit_per_thread %d)", ctx.FDLimit)
		return nil
	}
	p := &Process{F: f, info: info, pt: pt}
	p.limit.Fire = func(int64) { p.expired() }
	p.reap.Fire = func(now int64) { p.look(now) }
	ours, err := p.begin()
	if err != nil {
		engine.Errf("lws_spawn_piped: %s: %v", first(info.Args), err)
		return nil
	}
	engine.Infof("lws_spawn_piped: %s: pid %d", first(info.Args), p.pid)
	at := info.Timeout
	if at <= 0 {
		at = usual
	}
	p.pt.SetTimer(&p.limit, engine.Now()+at)
	for n := range p.std {
		if !p.connect(n, ours[n], proto) {
			engine.Errf("lws_spawn_piped: no connection for a pipe")
			for _, fd := range ours[n:] {
				unix.Close(fd)
			}
			p.Leave(0)
			return nil
		}
	}
	return p
}

func first(l []string) string {
	if len(l) == 0 {
		return "(nothing)"
	}
	return l[0]
}

func (i *Info) protocol() *engine.Protocol {
	if i.Protocol != nil {
		p := i.Vhost.Protocol(*i.Protocol)
		if p == nil {
			engine.Errf("lws_spawn_piped: unknown protocol %s", *i.Protocol)
		}
		return p
	}
	if l := i.Vhost.Ctx.Vhosts(); len(l) > 0 && len(l[0].Protocols) > 0 {
		return l[0].Protocols[0]
	}
	engine.Errf("lws_spawn_piped: there is no protocol")
	return nil
}

// begin makes the pipes and starts the process; ours are our ends.
func (p *Process) begin() (ours [3]int, err error) {
	i := &p.info
	k := command{args: i.Args, env: i.Env, path: i.Path, root: i.Root, dir: i.Dir, group: i.Group}
	var fds []int
	fail := func(what string, err error) ([3]int, error) {
		for _, fd := range fds {
			unix.Close(fd)
		}
		return ours, fmt.Errorf("%s: %w", what, err)
	}
	for n := range 3 {
		var e [2]int
		if err := unix.Pipe2(e[:], unix.O_CLOEXEC); err != nil {
			return fail("pipe2", err)
		}
		fds = append(fds, e[0], e[1])
		ours[n], k.std[n] = e[0], e[1]
		if n == 0 {
			ours[n], k.std[n] = e[1], e[0]
		}
		if err := unix.SetNonblock(ours[n], true); err != nil {
			return fail("O_NONBLOCK", err)
		}
	}
	if i.Empty {
		null, err := unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return fail("/dev/null", err)
		}
		defer unix.Close(null)
		// The pipe stays, so that stdin has a connection; its reading end lasts as long.
		k.std[0] = null
	}
	if p.pid, err = k.start(); err != nil {
		p.pid = 0
		return fail("not started", err)
	}
	for n, fd := range k.std {
		if n > 0 || !i.Empty {
			unix.Close(fd)
		}
	}
	p.held = -1
	if i.Empty {
		p.held = fds[0]
	}
	return ours, nil
}

// connect makes our end of a pipe a connection.
func (p *Process) connect(n, fd int, proto *engine.Protocol) bool {
	c := engine.NewConn(p.pt, p.info.Vhost, p.info.Role, false)
	if c == nil {
		return false
	}
	c.Tag(engine.GroupWSI, fmt.Sprintf("nspawn-stdwsi-%d", n))
	c.SetProtocol(proto)
	c.SetState(engine.StateEstablished)
	c.F.OpaqueUser = p.info.Opaque
	c.F.Role |= uint8(n) << engine.FaceStdShift
	c.Data = &pipe{p, n}
	c.NoRead, c.WantOut = n == 0, n == 0
	if p.info.Parent != nil {
		c.SetParent(p.info.Parent)
	}
	p.std[n], p.F.Std[n] = c, unsafe.Pointer(c.F)
	p.open++
	if !c.Attach(fd) && !c.Dead() {
		c.SetBroken()
		c.Close(engine.CloseNoStatus)
	}
	c.Born()
	return true
}

// PipeClosed notes that c has ended, if it is one of the process'; when it was the last
// the process is waited for.
func (p *Process) PipeClosed(c *engine.Conn) {
	for n := range p.std {
		if c != nil && p.std[n] == c {
			p.std[n], p.F.Std[n] = nil, nil
			if n == 0 {
				p.release()
			}
			if p.open--; p.open == 0 && !p.over {
				p.nap = 1000
				p.since = engine.Now()
				p.pt.SetTimer(&p.reap, engine.Now())
			}
			if p.info.Closed != nil && !p.over {
				p.info.Closed(n)
			}
		}
	}
}

// CloseInput ends stdin.
func (p *Process) CloseInput() {
	if c := p.std[0]; c != nil {
		c.SetBroken()
		c.Close(engine.CloseNoStatus)
	}
}

func (p *Process) release() {
	if p.held >= 0 {
		unix.Close(p.held)
		p.held = -1
	}
}

func (p *Process) expired() {
	if !p.seen && !p.Ended() {
		engine.Warnf("lws_spawn_timeout: spawn exceeded timeout, killing")
		p.late = true
	}
	p.Kill()
}

// look is called until the process could be waited for.
func (p *Process) look(now int64) {
	if p.Reap() || p.over {
		return
	}
	if !p.ungraceful && p.open > 0 {
		return
	}
	if now-p.since > patience.Microseconds() {
		if !p.ungraceful {
			engine.Errf("lws_spawn_piped: pid %d has closed its pipes and does not end, killing", p.pid)
			p.Kill()
			return
		}
		if !p.forced {
			p.forced = true
			signal(p.pid, p.info.Group, unix.SIGKILL)
		}
	}
	p.nap = min(2*max(p.nap, 1000), 250_000)
	p.pt.SetTimer(&p.reap, now+p.nap)
}

// Reap waits for the process, if it has ended and its pipes, too; true: the object is gone.
func (p *Process) Reap() bool {
	if p.pid <= 0 || p.over {
		return false
	}
	if _, gone := wait(p.pid, true, nil); !gone {
		return false
	}
	if !p.seen {
		p.seen = true
		p.pt.SetTimer(&p.limit, engine.Now()+drain)
	}
	if !p.ungraceful && p.open > 0 {
		return false
	}
	o := &Outcome{}
	if p.late {
		o.Killed = 1
	}
	var child, own unix.Rusage
	o.SI, _ = wait(p.pid, false, &child)
	_ = unix.Getrusage(unix.RUSAGE_SELF, &own)
	for n, t := range []unix.Timeval{child.Stime, child.Utime, own.Stime, own.Utime} {
		o.Accounting[n] = int64(time.Duration(t.Nano()) / time.Microsecond)
	}
	p.pid = -1
	p.destroy()
	if fn := p.info.Reaped; fn != nil {
		fn(o)
	}
	return true
}

// Kill asks the process to end, and waits for it without its pipes. false: there is none.
func (p *Process) Kill() bool {
	if p.pid <= 0 {
		return false
	}
	p.ungraceful = true
	if p.Reap() {
		return true
	}
	signal(p.pid, p.info.Group, unix.SIGTERM)
	p.since, p.nap = engine.Now(), 1000
	p.pt.SetTimer(&p.reap, engine.Now()+p.nap)
	return true
}

// Leave ends the object. The process, if there is one, has the time to end by itself;
// then it is made to. Less than 0: it has all time.
func (p *Process) Leave(limit time.Duration) {
	if p.over {
		return
	}
	if p.pid > 0 {
		leave(p.pid, p.info.Group, limit)
	}
	p.pid = -1
	p.destroy()
}

func (p *Process) destroy() {
	p.over = true
	p.release()
	p.pt.DropTimer(&p.limit)
	p.pt.DropTimer(&p.reap)
	for n, c := range p.std {
		p.std[n], p.F.Std[n] = nil, nil
		if c != nil {
			c.SetTimeout(1, -1)
		}
	}
	if p.info.Gone != nil {
		p.info.Gone(p)
	}
}
