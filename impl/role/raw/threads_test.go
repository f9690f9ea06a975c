// SPDX-License-Identifier: MIT

package raw_test

import (
	"math/rand/v2"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/role/listen"
	"libwebsockets/impl/role/raw"
)

// threaded is a program that several threads serve. It echoes.
type threaded struct {
	t    *testing.T
	tids sync.Map // *engine.ThreadFace to who serves it
	mem  sync.Map
	got  atomic.Int64 // bytes
	told [2000]atomic.Int64
	// adopted, if any, answers RAW_ADOPT.
	adopted func(*engine.Conn) int
}

func (p *threaded) Call(_ *engine.Protocol, f *engine.Face, r engine.Reason, user, in unsafe.Pointer, n uintptr) int {
	if r >= 0 && int(r) < len(p.told) {
		p.told[r].Add(1)
	}
	c := engine.ConnOf(f)
	if c == nil {
		return 0
	}
	if r == engine.ReasonRAWAdopt && p.adopted != nil {
		return p.adopted(c)
	}
	switch r {
	case engine.ReasonRAWRX, engine.ReasonRAWWriteable:
		if !p.OnThread(c.PT().F) {
			p.t.Errorf("a connection of thread %d is called by another", f.TSI)
		}
	}
	if r != engine.ReasonRAWRX {
		return 0
	}
	inside := (*int32)(user)
	if atomic.AddInt32(inside, 1) != 1 {
		p.t.Error("two callbacks of a connection at a time")
	}
	defer atomic.AddInt32(inside, -1)
	p.got.Add(int64(n))
	c.Lock()
	defer c.Unlock()
	if rand.IntN(8) == 0 {
		c.AskWriteable()
	}
	b := append([]byte(nil), unsafe.Slice((*byte)(in), n)...)
	if c.Write(engine.PayloadOf(b), engine.WriteHTTP) < 0 {
		return -1
	}
	return 0
}

func (p *threaded) Alloc(n uintptr) unsafe.Pointer {
	b := make([]byte, n+8)
	p.mem.Store(unsafe.Pointer(&b[0]), b)
	return unsafe.Pointer(&b[0])
}
func (p *threaded) Free(m unsafe.Pointer) {
	if m != nil {
		p.mem.Delete(m)
	}
}
func (p *threaded) CString(s string) unsafe.Pointer { return p.Alloc(uintptr(len(s))) }
func (p *threaded) Trim()                           {}
func (p *threaded) NewFace() *engine.Face           { return &engine.Face{} }
func (p *threaded) FreeFace(*engine.Face)           {}
func (p *threaded) Log(_ int, l string)             { p.t.Error(l) }
func (p *threaded) LogLevel() int                   { return engine.LogErr }
func (p *threaded) LogContext(*engine.Face, *engine.VhostFace, *engine.ContextFace) unsafe.Pointer {
	return nil
}
func (p *threaded) LogTo(unsafe.Pointer, int, string)   {}
func (p *threaded) LogLevelOf(unsafe.Pointer) int       { return 0 }
func (p *threaded) Zone(int64) int                      { return 0 }
func (p *threaded) Lookup(string) ([]netip.Addr, error) { return nil, unix.ENOENT }
func (p *threaded) OnThread(f *engine.ThreadFace) bool {
	tid, ok := p.tids.Load(f)
	return ok && tid == unix.Gettid()
}

// serve is a service thread. It has an OS thread of its own, by which it is known.
func (p *threaded) serve(pt *engine.Thread) engine.End {
	runtime.LockOSThread() // and not given back: it ends with the goroutine
	p.tids.Store(pt.F, unix.Gettid())
	var ev [64]engine.Event
	for {
		atomic.StoreInt32(&pt.F.Waiting, 1)
		n := 0
		if atomic.LoadInt32(&pt.F.Pending) == 0 {
			n, _ = unix.EpollWait(int(pt.F.EpollFD), ev[:], 5)
		}
		if atomic.SwapInt32(&pt.F.Waiting, 0) == 2 { // the context has gone
			for _, fd := range []int32{pt.F.EpollFD, pt.F.WakeFD, pt.F.TimerFD} {
				unix.Close(int(fd))
			}
			return engine.Over
		}
		pt.Before()
		if end := pt.Turn(ev[:max(n, 0)], engine.Now()); end != engine.GoesOn {
			return end
		}
	}
}

// Threads that serve, others that adopt, ask, close and make vhosts: what the race
// detector has to say. Seen to fail with one list of members for all threads.
func TestThreads(t *testing.T) {
	const threads, peers, rounds = 4, 8, 60
	p := &threaded{t: t}
	enginetest.SetProgram(p)
	listen.Wire(raw.SocketBinder{})
	info := &engine.Info{Protocols: []engine.Protocol{{Name: "p", Size: 8, Callback: unsafe.Pointer(p)}}, Port: engine.PortNoListen}
	var faces []*engine.ThreadFace
	for range threads {
		faces = append(faces, &engine.ThreadFace{})
	}
	ctx, err := engine.NewContext(&engine.ContextFace{External: engine.ExternalNo}, faces, info)
	if err != nil {
		t.Fatal(err)
	}
	ctx.Lock()
	v := engine.NewVhost(ctx, &engine.VhostFace{}, info)
	if err := ctx.Start(); err != nil {
		t.Fatal(err)
	}
	ctx.Unlock()

	var serving, busy sync.WaitGroup
	var destroyed atomic.Int32
	for _, pt := range ctx.Threads {
		serving.Go(func() {
			if p.serve(pt) == engine.Destroyed {
				destroyed.Add(1)
			}
		})
	}
	adopt := func(v *engine.Vhost) (c *engine.Conn, peer int) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Error(err)
			return nil, -1
		}
		tv := unix.Timeval{Sec: 20}
		_ = unix.SetsockoptTimeval(fds[1], unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv)
		v.Lock()
		defer v.Unlock()
		return listen.Adopt(v, fds[0], engine.AdoptSocket, "", nil, nil), fds[1]
	}
	for range peers {
		busy.Go(func() {
			for range rounds {
				c, fd := adopt(v)
				if c == nil {
					t.Error("not adopted")
					return
				}
				var b [100]byte
				for n := range 5 {
					if _, err := unix.Write(fd, b[:n+1]); err != nil {
						t.Error(err)
					}
					for got := 0; got < n+1; {
						k, err := read(fd, b[:])
						if err != nil || k == 0 {
							t.Error("no echo", k, err)
							break
						}
						got += k
					}
				}
				c.Lock()
				c.AskWriteable()
				c.Unlock()
				unix.Close(fd)
			}
		})
	}
	busy.Go(func() {
		for range rounds {
			v.Protocols[0].WriteableAll(ctx)
			for _, pt := range ctx.Threads {
				pt.Lock()
				pt.Cancel()
				pt.Unlock()
			}
			if ctx.ConnByFD(1) != nil || ctx.VhostByName("default") == nil {
				t.Error("what is found is wrong")
			}
			time.Sleep(time.Millisecond)
		}
	})
	busy.Go(func() {
		for range rounds / 2 {
			ctx.Lock()
			other := engine.NewVhost(ctx, &engine.VhostFace{}, info)
			err := other.Start()
			ctx.Unlock()
			if err != nil {
				t.Error(err)
			}
			_, fd := adopt(other)
			ctx.Lock()
			other.Destroy()
			ctx.Unlock()
			var b [1]byte
			if n, _ := read(fd, b[:]); n != 0 {
				t.Error("the connection of a destroyed vhost goes on")
			}
			unix.Close(fd)
		}
	})
	busy.Wait()
	for range 2 { // at the same time
		busy.Go(func() {
			ctx.Lock()
			if ctx.Destroy() {
				destroyed.Add(1)
			}
			ctx.Unlock()
		})
	}
	busy.Wait()
	serving.Wait()
	if destroyed.Load() < 1 || !ctx.Destroying() {
		t.Error("the context stayed")
	}
	if want := int64(peers * rounds * 15); p.got.Load() != want {
		t.Errorf("%d bytes came, not %d", p.got.Load(), want)
	}
	if n := p.told[engine.ReasonProtocolDestroy].Load(); n != 1+rounds/2 {
		t.Errorf("PROTOCOL_DESTROY came %d times", n)
	}
	left := 0
	p.mem.Range(func(any, any) bool { left++; return true })
	if left > 0 {
		t.Errorf("%d pieces of memory are not given back", left)
	}
}

// read is unix.Read of a socket with SO_RCVTIMEO: the runtime's own signals interrupt that.
func read(fd int, b []byte) (n int, err error) {
	for {
		if n, err = unix.Read(fd, b); err != unix.EINTR {
			return n, err
		}
	}
}
