// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"net/netip"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fakeProgram is a program in Go: callbacks end up in fn.
type fakeProgram struct {
	fn    func(f *Face, r Reason) int
	keep  []any // memory handed out
	lines []string
}

func (p *fakeProgram) Call(_ *Protocol, f *Face, r Reason, _, _ unsafe.Pointer, _ uintptr) int {
	if p.fn == nil {
		return 0
	}
	return p.fn(f, r)
}

func (p *fakeProgram) Alloc(n uintptr) unsafe.Pointer {
	b := make([]byte, n+1)
	p.keep = append(p.keep, b)
	return unsafe.Pointer(&b[0])
}

func (p *fakeProgram) Free(unsafe.Pointer)           {}
func (p *fakeProgram) CString(string) unsafe.Pointer { return p.Alloc(1) }
func (p *fakeProgram) Trim()                         {}
func (p *fakeProgram) NewFace() *Face                { return &Face{} }
func (p *fakeProgram) FreeFace(*Face)                {}
func (p *fakeProgram) Log(_ int, l string)           { p.lines = append(p.lines, l) }
func (p *fakeProgram) LogLevel() int                 { return LogErr | LogWarn }
func (p *fakeProgram) LogContext(*Face, *VhostFace, *ContextFace) unsafe.Pointer {
	return nil
}
func (p *fakeProgram) LogTo(unsafe.Pointer, int, string) {}
func (p *fakeProgram) LogLevelOf(unsafe.Pointer) int     { return 0 }
func (p *fakeProgram) Zone(int64) int                    { return 0 }

func (p *fakeProgram) Lookup(string) ([]netip.Addr, error) { return nil, errLookup }

// echoRole echoes what it reads.
type echoRole struct{ got []byte }

var echoReasons = Reasons{Writeable: ReasonRAWWriteable, Close: ReasonRAWClose}

func (*echoRole) Name() string                     { return "echo" }
func (*echoRole) Reasons(bool) *Reasons            { return &echoReasons }
func (*echoRole) CloseVia(*Conn, CloseStatus) bool { return false }
func (*echoRole) Gone(*Conn)                       {}
func (*echoRole) Writeable(c *Conn) bool           { return c.Call(ReasonRAWWriteable, nil, 0) == 0 }
func (*echoRole) Write(c *Conn, b Payload, _ WriteProtocol) int {
	if !c.Issue(b.Bytes()) {
		return -1
	}
	return len(b.Bytes())
}
func (r *echoRole) Readable(c *Conn) bool {
	if k := c.Kept(); len(k) > 0 {
		r.got = append(r.got, k...)
		c.Consume(len(k))
		return true
	}
	n, err := c.Read(c.PT().Buf[:64])
	if err == ErrAgain {
		return true
	}
	if err != nil {
		return false
	}
	r.got = append(r.got, c.PT().Buf[:n]...)
	return c.Issue(c.PT().Buf[:n])
}

type rig struct {
	t    *testing.T
	p    *fakeProgram
	ctx  *Context
	v    *Vhost
	role *echoRole
	c    *Conn
	peer int
}

// The look for a lull outlasts a test, and asks for the process's program, which each of these sets.
func init() { theLull.begun.Do(func() {}) }

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, p: &fakeProgram{}, role: &echoRole{}}
	Prog = r.p
	ctx, err := NewContext(&ContextFace{External: ExternalNo}, []*ThreadFace{{}}, &Info{})
	if err != nil {
		t.Fatal(err)
	}
	r.ctx = ctx
	ctx.Lock()
	r.v = NewVhost(ctx, &VhostFace{}, &Info{Protocols: []Protocol{{Name: "p", Callback: unsafe.Pointer(r)}}})
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.peer = fds[1]
	r.c = NewConn(r.ctx.First(), r.v, r.role, false)
	r.c.SetProtocol(r.v.Protocols[0])
	r.c.SetState(StateEstablished)
	r.c.Attach(fds[0])
	ctx.Unlock()
	t.Cleanup(func() {
		ctx.Lock()
		if !ctx.Destroy() {
			t.Error("the context stayed")
		}
		ctx.Unlock()
		unix.Close(r.peer)
	})
	return r
}

// turn waits up to ms for events and handles them.
func (r *rig) turn(ms int) {
	var ev [8]Event
	n, _ := unix.EpollWait(r.ctx.First().epfd, ev[:], ms)
	r.ctx.First().Before()
	r.ctx.First().Turn(ev[:max(n, 0)], Now())
}

func (r *rig) send(s string) {
	if _, err := unix.Write(r.peer, []byte(s)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) recv() string {
	b := make([]byte, 1<<20)
	n, _ := unix.Read(r.peer, b)
	return string(b[:max(n, 0)])
}

func TestEchoAndClose(t *testing.T) {
	r := newRig(t)
	var reasons []Reason
	r.p.fn = func(_ *Face, x Reason) int { reasons = append(reasons, x); return 0 }
	r.send("hello")
	r.turn(100)
	if got := r.recv(); got != "hello" {
		t.Fatalf("echo %q", got)
	}
	_ = unix.Shutdown(r.peer, unix.SHUT_WR)
	r.turn(100)
	want := fmt.Sprint([]Reason{ReasonGetThreadID, ReasonRAWClose, ReasonWSIDestroy})
	if fmt.Sprint(reasons) != want {
		t.Errorf("callbacks %v, want %v", reasons, want)
	}
	if ConnOf(r.c.F) != nil || !r.c.Dead() {
		t.Error("the closed connection can still be found")
	}
}

func TestWritesAreCorkedAndQueued(t *testing.T) {
	r := newRig(t)
	big := make([]byte, 3<<20)
	for i := range big {
		big[i] = byte(i * 7)
	}
	r.p.fn = func(_ *Face, x Reason) int {
		if x == ReasonRAWWriteable {
			r.ctx.Lock()
			defer r.ctx.Unlock()
			if len(r.role.got) == 0 {
				r.role.got = []byte{1}
				for _, b := range [][]byte{[]byte("a"), []byte("b"), big, []byte("c")} {
					if r.c.Write(PayloadOf(b), WriteHTTP) != len(b) {
						t.Error("short write")
					}
				}
				if !r.c.Buffered() || !r.c.Choked() {
					t.Error("3 MiB fitted a socket")
				}
			}
		}
		return 0
	}
	r.ctx.Lock()
	r.c.AskWriteable()
	r.ctx.Unlock()
	var got []byte
	for i := 0; i < 2000 && len(got) < len(big)+3; i++ {
		r.turn(1)
		got = append(got, r.recv()...)
	}
	want := append(append([]byte("ab"), big...), 'c')
	if string(got) != string(want) {
		t.Fatalf("got %d bytes, want %d, or in another order", len(got), len(want))
	}
	if r.c.Buffered() || r.c.out != nil {
		t.Error("the queue stayed")
	}
}

func TestFlowControlKeepsBytes(t *testing.T) {
	r := newRig(t)
	r.ctx.Lock()
	r.c.FlowControl(false)
	r.ctx.Unlock()
	r.turn(0)
	r.send("later")
	r.turn(20)
	if len(r.role.got) != 0 {
		t.Fatal("received while the flow was off")
	}
	r.ctx.Lock()
	r.c.Keep([]byte("kept "))
	r.c.FlowControl(true)
	r.ctx.Unlock()
	for i := 0; i < 5; i++ {
		r.turn(20)
	}
	if got := string(r.role.got); got != "kept later" {
		t.Errorf("got %q", got)
	}
}

func TestTimersFireInOrderAndMoveLater(t *testing.T) {
	r := newRig(t)
	var fired []int
	mk := func(n int) *Timer { return &Timer{Fire: func(int64) { fired = append(fired, n) }} }
	pt, now := r.ctx.First(), Now()
	a, b, c, d := mk(1), mk(2), mk(3), mk(4)
	pt.SetTimer(a, now+3000)
	pt.SetTimer(b, now+1000)
	pt.SetTimer(c, now+2000)
	pt.SetTimer(d, now+500)
	pt.SetTimer(b, now+4000) // later: stays in the heap, is looked at again
	pt.StopTimer(d)
	pt.runTimers(now + 10000)
	if fmt.Sprint(fired) != "[3 1 2]" {
		t.Errorf("fired %v", fired)
	}
	if pt.nextDeadline() != 0 {
		t.Error("a timer is left")
	}
}

func TestTimeoutCloses(t *testing.T) {
	r := newRig(t)
	r.ctx.Lock()
	r.c.setTimeoutAt(TimeoutUserOK, Now()+2000)
	r.ctx.Unlock()
	for i := 0; i < 20 && !r.c.Dead(); i++ {
		r.turn(1)
	}
	if !r.c.Dead() {
		t.Error("the timeout did not close")
	}
}

func TestPanicClosesOneConnection(t *testing.T) {
	r := newRig(t)
	r.ctx.Lock()
	r.c.SetRole(panicRole{r.role})
	r.ctx.Unlock()
	r.send("x")
	r.turn(100)
	if !r.c.Dead() || len(r.p.lines) == 0 {
		t.Errorf("dead %v, log %q", r.c.Dead(), r.p.lines)
	}
}

type panicRole struct{ *echoRole }

func (panicRole) Readable(*Conn) bool { panic("broken") }

func TestStalePointerFindsNothing(t *testing.T) {
	r := newRig(t)
	f := *r.c.F
	if ConnOf(&f) != nil {
		t.Error("a copy of a face leads to the connection")
	}
	if ConnOf(nil) != nil || ConnOf(&Face{}) != nil || ConnOf(&Face{Slot: 1 << 31}) != nil {
		t.Error("a foreign pointer leads to a connection")
	}
}

func TestLingerEndsWithThePeer(t *testing.T) {
	r := newRig(t)
	fd := r.c.FD()
	r.ctx.Lock()
	r.c.SetLinger()
	r.c.Close(CloseNoStatus)
	r.ctx.Unlock()
	if r.ctx.First().lingerOf(fd) == nil {
		t.Fatal("does not linger")
	}
	r.send("still talking")
	r.turn(20)
	_ = unix.Shutdown(r.peer, unix.SHUT_WR)
	r.turn(100)
	if r.ctx.First().lingerOf(fd) != nil {
		t.Error("lingers on")
	}
}

func (*fakeProgram) OnThread(*ThreadFace) bool { return true }
