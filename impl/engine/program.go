// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"net/netip"
	"reflect"
	"sync/atomic"
	"unsafe"
)

// Program is the C program as the engine sees it; capi implements it.
type Program interface {
	// Call runs a protocol callback. It is called without any lock held.
	Call(p *Protocol, f *Face, r Reason, user, in unsafe.Pointer, n uintptr) int
	// Alloc gives zeroed C memory, aligned as malloc aligns; nil when there is none.
	Alloc(n uintptr) unsafe.Pointer
	Free(p unsafe.Pointer)
	// Trim gives what is free of the C heap back to the kernel, where that is much, and unmaps what was
	// mapped of the library's file. No lock is held.
	Trim()
	// CString copies s to C memory, which the caller frees.
	CString(s string) unsafe.Pointer
	// NewFace gives a zeroed struct lws, FreeFace takes it back for reuse.
	NewFace() *Face
	FreeFace(f *Face)
	// Log hands a line to the program's log emitter; it is safe under locks.
	Log(level int, line string)
	// LogLevel is the mask of levels that are wanted.
	LogLevel() int
	// LogContext is the log context (struct lws_log_cx) of a connection, a vhost or a
	// context, of the first that is given; nil: lines go where the process' do.
	LogContext(c *Face, v *VhostFace, x *ContextFace) unsafe.Pointer
	// LogTo is Log for a log context; LogLevelOf is the mask of its levels.
	LogTo(cx unsafe.Pointer, level int, line string)
	LogLevelOf(cx unsafe.Pointer) int
	// OnThread tells whether the caller is the service thread.
	OnThread(f *ThreadFace) bool
	// Zone is how many seconds local time is ahead of UTC at a time (Unix, in seconds).
	Zone(at int64) int
	// Lookup resolves a name; it may take its time. No lock is held. The error's text
	// is shown to the program.
	Lookup(name string) ([]netip.Addr, error)
}

// Prog is the one program in this process. capi sets it before anything else.
var Prog Program

// Wired is hooks, which has every field set: what a package calls of those above it,
// who fill a struct of its own. One that is missing ends the process at its start.
func Wired[T any](hooks T) T {
	for v, i := reflect.ValueOf(hooks), 0; i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			panic(fmt.Sprintf("%T: %s is missing", hooks, v.Type().Field(i).Name))
		}
	}
	return hooks
}

// Log levels: the LLL_ bits of lws-logs.h.
const (
	LogErr    = 1 << 0
	LogWarn   = 1 << 1
	LogNotice = 1 << 2
	LogInfo   = 1 << 3
	LogDebug  = 1 << 4
)

// Logged are the objects that may have a log context of their own.
type Logged interface{ LogContext() unsafe.Pointer }

var (
	_ Logged = (*Conn)(nil)
	_ Logged = (*Vhost)(nil)
	_ Logged = (*Context)(nil)
)

// Logf logs a line at the given level, where the first of args belongs if that is
// Logged; nothing is formatted when the level is off.
func Logf(level int, format string, args ...any) {
	var to unsafe.Pointer
	if len(args) > 0 {
		if o, ok := args[0].(Logged); ok {
			to = o.LogContext()
		}
	}
	LogInto(to, level, format, args...)
}

// LogInto is Logf for a log context, or nil.
func LogInto(to unsafe.Pointer, level int, format string, args ...any) {
	switch {
	case to == nil && Prog.LogLevel()&level != 0:
		Prog.Log(level, fmt.Sprintf(format, args...)+"\n")
	case to != nil && Prog.LogLevelOf(to)&level != 0:
		Prog.LogTo(to, level, fmt.Sprintf(format, args...)+"\n")
	}
}

// LogContext is where lines about the connection go.
func (c *Conn) LogContext() unsafe.Pointer {
	if c == nil {
		return nil
	}
	return Prog.LogContext(c.F, nil, nil)
}

// LogContext is where lines about the vhost go.
func (v *Vhost) LogContext() unsafe.Pointer {
	if v == nil {
		return nil
	}
	return Prog.LogContext(nil, v.F, nil)
}

// LogContext is where lines about the context go.
func (ctx *Context) LogContext() unsafe.Pointer {
	if ctx == nil {
		return nil
	}
	return Prog.LogContext(nil, nil, ctx.F)
}

// Errf, Warnf, Noticef and Infof log at the level of their name.
func Errf(format string, args ...any) { Logf(LogErr, format, args...) }

// Warnf logs at LLL_WARN.
func Warnf(format string, args ...any) { Logf(LogWarn, format, args...) }

// Noticef logs at LLL_NOTICE.
func Noticef(format string, args ...any) { Logf(LogNotice, format, args...) }

// Infof logs at LLL_INFO.
func Infof(format string, args ...any) { Logf(LogInfo, format, args...) }

// Protocol is one entry of a vhost's protocol table: struct lws_protocols.
type Protocol struct {
	Name     string
	Unnamed  bool           // the name is NULL: nobody finds it, nobody initialises it
	Callback unsafe.Pointer // lws_callback_function *
	Size     uintptr        // per_session_data_size; atomic, as programs change it (Resize)
	RxSize   int            // rx_buffer_size
	Index    int            // place in the vhost's table
	C        unsafe.Pointer // the struct lws_protocols that programs see
	// Native is called in place of Callback, with the lock held, for a protocol of ours.
	Native func(c *Conn, r Reason, in unsafe.Pointer, n uintptr) int

	members []members // by thread
}

// members are the connections of one thread that are bound to a protocol.
type members struct {
	l []*Conn
	// told: a request to all of them is on its way (EachMember).
	told atomic.Bool
}

func (m *members) each(fn func(*Conn)) {
	for _, c := range m.l {
		if c != nil { // a poll callback has ended others
			fn(c)
		}
	}
}

func (p *Protocol) join(c *Conn) {
	if p.members == nil { // none of a vhost's: of this one connection and its like (impl/proxy)
		p.members = make([]members, len(c.Ctx.Threads))
	}
	l := &p.members[c.pt.Index].l
	c.memberOf, c.memberAt = p, int32(len(*l))
	*l = append(*l, c)
}

// EachMember calls fn, which must not run callbacks, for the connections that are bound to
// the protocol; those of other threads than the caller's get it in the next turn of theirs.
// No lock is held.
func (p *Protocol) EachMember(ctx *Context, fn func(*Conn)) {
	for i, pt := range ctx.Threads {
		m := &p.members[i]
		all := func() {
			m.each(fn)
		}
		if pt.Mine() {
			pt.mu.Lock()
			all()
			pt.mu.Unlock()
			continue
		}
		pt.Send(all, nil)
	}
}

// WriteableAll asks WRITEABLE for the connections that are bound to the protocol. What has
// yet to reach another thread is not sent there again. No lock is held.
func (p *Protocol) WriteableAll(ctx *Context) {
	if len(ctx.Threads) == 1 {
		p.EachMember(ctx, (*Conn).AskWriteable)
		return
	}
	for i, pt := range ctx.Threads {
		m := &p.members[i]
		if m.told.Swap(true) {
			continue
		}
		all := func() {
			m.told.Store(false)
			m.each((*Conn).AskWriteable)
		}
		if pt.Mine() {
			pt.mu.Lock()
			all()
			pt.mu.Unlock()
			continue
		}
		pt.Send(all, func() { m.told.Store(false) })
	}
}

func (c *Conn) leaveProtocol() {
	p := c.memberOf
	if p == nil {
		return
	}
	l := &p.members[c.pt.Index].l
	c.memberOf = nil
	last := len(*l) - 1
	moved := (*l)[last]
	(*l)[c.memberAt] = moved
	moved.memberAt = c.memberAt
	(*l)[last] = nil
	*l = (*l)[:last]
}
