// SPDX-License-Identifier: MIT

package enginetest

import (
	"sync/atomic"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// Rig is a context with one vhost, which the test turns by hand.
type Rig struct {
	Prog  *Program
	Ctx   *engine.Context
	Vhost *engine.Vhost
	t     testing.TB
}

// New makes a rig and p the process's program. The rig ends with the test, which
// fails if a panic was caught within the engine or memory is not given back. Where
// info names no protocol there is one, "p".
func New(t testing.TB, p *Program, info *engine.Info) *Rig {
	t.Helper()
	SetProgram(p)
	if len(info.Protocols) == 0 {
		info.Protocols = []engine.Protocol{{Name: "p"}}
	}
	for i := range info.Protocols {
		info.Protocols[i].Callback = unsafe.Pointer(p)
	}
	held := p.Held()
	ctx, err := engine.NewContext(&engine.ContextFace{External: engine.ExternalNo}, []*engine.ThreadFace{{}}, info)
	if err != nil {
		t.Fatal(err)
	}
	r := &Rig{Prog: p, Ctx: ctx, t: t}
	r.Do(func() { r.Vhost = engine.NewVhost(ctx, &engine.VhostFace{}, info) })
	t.Cleanup(func() {
		r.Do(func() {
			if !ctx.Destroy() {
				t.Error("the context stayed")
			}
		})
		if p.Held() > held {
			t.Errorf("%d pieces of memory are not given back", p.Held()-held)
		}
		if len(p.Faults) > 0 {
			t.Errorf("faults: %q", p.Faults)
		}
	})
	return r
}

// Do runs fn with the context's lock, as what a program calls runs.
func (r *Rig) Do(fn func()) {
	r.Ctx.Lock()
	defer r.Ctx.Unlock()
	fn()
}

// Turn is one service turn with what is ready now; it reports whether anything was.
func (r *Rig) Turn() bool {
	var ev [64]engine.Event
	pt := r.Ctx.First()
	n, _ := unix.EpollWait(int(pt.F.EpollFD), ev[:], 0)
	busy := n > 0 || atomic.LoadInt32(&pt.F.Pending) != 0 || atomic.LoadInt32(&pt.F.Cancel) != 0
	pt.Before()
	pt.Turn(ev[:max(n, 0)], engine.Now())
	return busy
}

// settleTurns is far more than anything here takes.
const settleTurns = 100_000

// Settle turns until nothing is left to do. The test fails if that does not come.
func (r *Rig) Settle() {
	r.t.Helper()
	for range settleTurns {
		if !r.Turn() {
			return
		}
	}
	r.t.Fatalf("still busy after %d turns", settleTurns)
}

// Peer is the test's end of a connection. It has room for much more than a test
// sends, so that neither end waits for the other.
type Peer struct {
	C  *engine.Conn
	r  *Rig
	fd int
}

// peerBuf is what the kernel is asked to hold of what is sent to a peer, or by it.
const peerBuf = 4 << 20

// Connect makes a connection of role and its peer. begin, which has the lock, does
// what is to be done before the descriptor is polled; the protocol is the vhost's first.
func (r *Rig) Connect(role engine.Role, client bool, begin func(c *engine.Conn)) *Peer {
	r.t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, fd := range fds {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, peerBuf)
	}
	p := &Peer{r: r, fd: fds[1]}
	r.Do(func() {
		p.C = engine.NewConn(r.Ctx.First(), r.Vhost, role, client)
		p.C.SetProtocol(r.Vhost.Protocols[0])
		if begin != nil {
			begin(p.C)
		}
		if !p.C.Attach(fds[0]) {
			r.t.Error("attach failed")
		}
	})
	r.t.Cleanup(p.Close)
	return p
}

// Send writes b; it reports how much was taken.
func (p *Peer) Send(b []byte) int {
	n, _ := unix.Write(p.fd, b)
	return max(n, 0)
}

// Recv reads what has come; ended tells that the other end has closed, or at
// least sends no more.
func (p *Peer) Recv() (b []byte, ended bool) {
	var piece [16 << 10]byte
	for {
		n, err := unix.Read(p.fd, piece[:])
		if err != nil {
			return b, err != unix.EAGAIN
		}
		if n == 0 {
			return b, true
		}
		b = append(b, piece[:n]...)
	}
}

// Script is what a program does, a byte for each thing, 0 behind its end.
type Script []byte

// Next takes a byte.
func (s *Script) Next() (b byte) {
	if len(*s) > 0 {
		b, *s = (*s)[0], (*s)[1:]
	}
	return b
}

// Played is what is known behind a session of a peer.
type Played struct {
	Sent  []byte // to the peer
	Alive bool   // the connection, until the peer closed it
	Idle  bool   // it waited for a head, and kept nothing
}

// Play sends in, in pieces of the sizes that cuts tell, with a turn behind each, after
// which each is called. Then it closes, and the connection has to end.
func (p *Peer) Play(in, cuts []byte, each func()) (d Played) {
	p.r.t.Helper()
	for len(in) > 0 && !p.C.Dead() {
		n := min(len(in), 4096)
		if len(cuts) > 0 {
			n, cuts = min(n, int(cuts[0])+1), cuts[1:]
		}
		p.Send(in[:n])
		in = in[n:]
		p.r.Turn()
		each()
	}
	p.r.Settle()
	d.Alive, d.Idle = !p.C.Dead(), p.C.State() == engine.StateHeaders && len(p.C.Kept()) == 0
	d.Sent, _ = p.Recv()
	p.Finish()
	p.Close()
	p.r.Settle()
	if !p.C.Dead() {
		p.r.t.Errorf("the connection stayed, in state %v", p.C.State())
	}
	return d
}

// Finish sends no more (FIN).
func (p *Peer) Finish() { _ = unix.Shutdown(p.fd, unix.SHUT_WR) }

// Close closes the test's end.
func (p *Peer) Close() {
	if p.fd >= 0 {
		unix.Close(p.fd)
		p.fd = -1
	}
}
