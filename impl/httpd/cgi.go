// SPDX-License-Identifier: MIT

package httpd

import (
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/child"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/cgi"
)

// The pipes of a process.
const (
	stdin = iota
	stdout
	stderr
)

// cgiUsual is how many seconds a CGI has where its mount does not say; cgiLimit, in µs, is
// the most that it has in any case.
const (
	cgiUsual = 5
	cgiLimit = 300_000_000
)

// maxLogged is how many lines of a CGI's stderr are logged.
const maxLogged = 20000

// CGIRequest is what is to be run for a connection (lws_cgi).
type CGIRequest struct {
	Args    []string
	Path    int // how much of the URI is the way to the CGI; < 0: it is of no request
	Timeout int // seconds, 0: the connection's stays
	Env     []engine.PVO
	Empty   bool // nothing is to come on its stdin
}

// CGI is a process that answers for a connection, its engine.Companion. What it prints is
// a head and a body; how they are passed on is decided by the program's protocol, by
// default as in [CGI.Default].
type CGI struct {
	c       *engine.Conn
	p       *child.Process // nil once it has been waited for
	pid     int
	timeout int
	until   int64
	summary string
	watch   engine.Timer

	// The answer.
	due     bool // WRITEABLE is to go on with it
	eof     bool // nothing more will come
	over    bool
	head    *wire.Head
	sent    bool   // the head is
	buf     []byte // of the head, or what came behind it
	left    int64  // of the body's length, -1: not told
	chunks  bool
	raw     bool // neither length nor chunks: GIT_PROJECT_ROOT
	empty   bool // no body belongs to it
	final   bool
	printed int // lines of stderr
	idle    int

	// The request's body.
	pending []byte // what stdin has no room for
	ended   bool   // of the request's body
	deaf    bool   // stdin does not take more

	told, closing bool
}

var _ engine.Companion = (*CGI)(nil)

// CGIOf is the CGI of a connection, nil where it has none.
func CGIOf(c *engine.Conn) *CGI {
	g, _ := c.Companion().(*CGI)
	return g
}

// RunCGI starts a CGI for c; false: that failed.
func RunCGI(c *engine.Conn, r CGIRequest) bool {
	if CGIOf(c) != nil {
		engine.Errf("%s: lws_cgi: the connection has one", c)
		return false
	}
	env, method := environment(c, &r)
	g := &CGI{c: c, timeout: r.Timeout, left: -1, until: engine.Now() + cgiLimit}
	g.summary = strings.Join(append([]string{}, r.Args[0], method, whatURI(c)), " ")
	for _, v := range r.Env {
		g.raw = g.raw || v.Name == "GIT_PROJECT_ROOT"
	}
	if r.Timeout > 0 {
		c.SetTimeout(engine.TimeoutCGI, r.Timeout)
		g.until = engine.Now() + int64(r.Timeout)*1_000_000
	}
	if s := h1.StateOf(c); s != nil {
		g.empty = h1.IsHead(c)
		s.App = g
	}
	if r.Path >= 0 {
		h1.DetachHeaders(c)
	}
	g.watch.Fire = func(now int64) { g.look(now) }
	c.SetCompanion(g)
	g.p = child.Start(hooks.ProcessFace(), child.Info{
		Vhost: c.Vhost, Parent: c, Args: r.Args, Env: env, Path: hooks.Path(), Dir: "/tmp", Opaque: unsafe.Pointer(c.F),
		Timeout: cgiLimit, Group: r.Path >= 0, Empty: r.Empty, Role: child.Pipes,
		Event: g.event, Closed: g.closed, Reaped: func(*child.Outcome) { g.reaped() },
		Gone: func(p *child.Process) { hooks.ProcessGone(p.F) },
	})
	if g.p == nil {
		c.SetCompanion(nil)
		if s := h1.StateOf(c); s != nil {
			s.App = nil
		}
		return false
	}
	g.pid = g.p.PID()
	c.Ctx.CGIs.Add(1)
	c.PT().SetTimer(&g.watch, engine.Now()+watchEvery)
	c.Call(engine.ReasonCGIProcessAttach, nil, uintptr(g.pid))
	return true
}

func whatURI(c *engine.Conn) string {
	if c.Headers == nil {
		return ""
	}
	return cut(string(requestURI(c)))
}

// runMount answers a request by its mount's CGI.
func runMount(c *engine.Conn, m *engine.Mount) bool {
	r := CGIRequest{Args: []string{m.Origin}, Path: len(m.Mountpoint), Timeout: m.CGI.Timeout, Env: m.CGI.Env}
	if r.Timeout == 0 {
		r.Timeout = cgiUsual
	}
	body := h1.HasBody(c)
	r.Empty = !body
	if !RunCGI(c, r) {
		engine.Errf("%s: cgi failed", c)
		if !c.Dead() {
			h1.ReturnStatus(c, 500, "")
		}
		return false
	}
	if c.Dead() {
		return true
	}
	c.SetState(engine.StateDoingTransaction)
	if !body {
		h1.NoBody(c)
	}
	return h1.ExpectBody(c)
}

// cgiArgs is struct lws_cgi_args.
type cgiArgs struct {
	std   unsafe.Pointer
	ch    int32
	_     int32
	data  unsafe.Pointer
	state int32
	len   int32
}

// States of the head, as programs are told them: enum lws_cgi_hdr_state.
const (
	inHead    = 0
	inPayload = 7
)

// tell runs a callback about a pipe.
func (g *CGI) tell(r engine.Reason, ch int, data []byte, n uintptr) int {
	a := (*cgiArgs)(g.c.PT().Args)
	*a = cgiArgs{ch: int32(ch), data: unsafe.Pointer(unsafe.SliceData(data)), len: int32(len(data))}
	if g.head != nil {
		a.state = inPayload
	}
	if g.p != nil {
		a.std = unsafe.Pointer(&g.p.F.Std)
	} else {
		none := (*[3]unsafe.Pointer)(unsafe.Add(unsafe.Pointer(a), noneAt))
		*none = [3]unsafe.Pointer{}
		a.std = unsafe.Pointer(none)
	}
	return g.c.Call(r, unsafe.Pointer(a), n)
}

// noneAt is where, behind the arguments, the pipes are of a process that is gone.
const noneAt = 64

// event is what happens on pipe n.
func (g *CGI) event(n int) {
	if g.closing {
		return
	}
	g.tell(engine.ReasonCGI, n, nil, 0)
	if n == stdin && !g.closing {
		g.flush()
	}
}

// closed is the end of pipe n.
func (g *CGI) closed(n int) {
	if g.closing || g.c.Dead() {
		return
	}
	switch n {
	case stdin:
		g.noInput()
	case stdout:
		g.goOn()
	}
}

// goOn has WRITEABLE go on with the answer.
func (g *CGI) goOn() {
	g.due = true
	g.c.AskWriteable()
}

// reaped is the end of the process and of its pipes.
func (g *CGI) reaped() {
	g.p, g.eof = nil, true
	g.terminated()
	if !g.closing && !g.c.Dead() {
		g.goOn()
	}
}

// terminated tells, once, of the end of the process.
func (g *CGI) terminated() int {
	if g.told {
		return 0
	}
	g.told = true
	return g.tell(engine.ReasonCGITerminated, 0, nil, uintptr(g.pid))
}

// watchEvery is how often, in µs, a CGI is looked at, and idleMax how often in a row it
// may have ended and printed nothing more while others keep its stdout open.
const (
	watchEvery = 1_000_000
	idleMax    = 2
)

// look ends the answer of a process that has gone: its children may stay, and keep stdout.
func (g *CGI) look(now int64) {
	if g.closing || g.p == nil {
		return
	}
	g.c.PT().SetTimer(&g.watch, now+watchEvery)
	waiting := 0
	if o := g.p.Pipe(stdout); o != nil {
		waiting, _ = unix.IoctlGetInt(o.FD(), unix.TIOCINQ)
	}
	if waiting > 0 || !g.p.Ended() {
		g.idle = 0
	} else if g.idle++; g.idle == idleMax {
		g.eof = true
		g.goOn()
	}
}

// Kill ends the process (lws_cgi_kill).
func (g *CGI) Kill() {
	if g.p == nil {
		return
	}
	g.p.Kill()
	if g.terminated() != 0 && !g.closing && !g.c.Dead() {
		g.c.Close(engine.CloseNoStatus)
	}
}

// Pipe is the connection of stdin, stdout or stderr, nil when it has ended.
func (g *CGI) Pipe(n int) *engine.Conn {
	if g.p == nil || n < stdin || n > stderr {
		return nil
	}
	return g.p.Pipe(n)
}

// Ending ends the process. One that has answered and goes on has the rest of its time.
func (g *CGI) Ending(*engine.Conn) {
	if g.closing {
		return
	}
	g.closing = true
	g.c.PT().DropTimer(&g.watch)
	if g.p == nil {
		return
	}
	limit := time.Duration(0)
	if g.over {
		limit = max(0, time.Duration(g.until-engine.Now())*time.Microsecond)
	}
	g.terminated()
	if g.p != nil {
		g.p.Leave(limit)
		g.p = nil
	}
}

// TimedOut says what was too slow.
func (g *CGI) TimedOut(c *engine.Conn) { engine.Noticef("%s: CGI timeout: %s", c, g.summary) }
