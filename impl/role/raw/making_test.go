// SPDX-License-Identifier: MIT

package raw_test

import (
	"sync"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/role/listen"
	"libwebsockets/impl/role/raw"
)

// making is a context with threads, in which another thread adopts a connection.
type making struct {
	*threaded
	ctx     *engine.Context
	info    *engine.Info
	serving sync.WaitGroup
	ends    [2]engine.End
	inside  chan *engine.Conn // it is in RAW_ADOPT
	answer  chan int          // which ends that with this
}

func newMaking(t *testing.T) *making {
	m := &making{threaded: &threaded{t: t}, inside: make(chan *engine.Conn), answer: make(chan int)}
	m.adopted = func(c *engine.Conn) int {
		m.inside <- c
		return <-m.answer
	}
	enginetest.SetProgram(m)
	listen.Wire(raw.SocketBinder{})
	m.info = &engine.Info{Protocols: []engine.Protocol{{Name: "p", Size: 8, Callback: unsafe.Pointer(m)}}, Port: engine.PortNoListen}
	faces := []*engine.ThreadFace{{}, {}}
	ctx, err := engine.NewContext(&engine.ContextFace{External: engine.ExternalNo}, faces, m.info)
	if err != nil {
		t.Fatal(err)
	}
	m.ctx = ctx
	ctx.Lock()
	engine.NewVhost(ctx, &engine.VhostFace{}, m.info)
	if err := ctx.Start(); err != nil {
		t.Fatal(err)
	}
	ctx.Unlock()
	for i, pt := range ctx.Threads {
		m.serving.Go(func() { m.ends[i] = m.serve(pt) })
	}
	return m
}

// adopt has another thread adopt a socket, and comes back when that is in RAW_ADOPT.
func (m *making) adopt(v *engine.Vhost) (c *engine.Conn, peer int, done chan bool) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		m.t.Fatal(err)
	}
	tv := unix.Timeval{Sec: 20}
	_ = unix.SetsockoptTimeval(fds[1], unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv)
	done = make(chan bool)
	go func() {
		v.Lock()
		ok := listen.Adopt(v, fds[0], engine.AdoptSocket, "", nil, nil) != nil
		v.Unlock()
		done <- ok
	}()
	return <-m.inside, fds[1], done
}

// turns comes back when the thread has ended a turn that began after the call.
func (m *making) turns(pt *engine.Thread) {
	for range 2 {
		done := make(chan bool)
		pt.Send(func() { close(done) }, nil)
		<-done
	}
}

func (m *making) end() {
	m.ctx.Lock()
	m.ctx.Destroy()
	m.ctx.Unlock()
	m.serving.Wait()
}

// gone waits for the end of the connection.
func (m *making) gone(peer int) {
	var b [4096]byte
	for {
		switch n, err := read(peer, b[:]); {
		case err != nil:
			m.t.Errorf("the connection stays: %v", err)
			return
		case n == 0:
			unix.Close(peer)
			return
		}
	}
}

func (m *making) closes() int64 { return m.told[engine.ReasonRAWClose].Load() }

// What ends a connection that another thread makes waits for that one: its callback runs.
// Seen to fail with a close that does not.
func TestEndsWhenMade(t *testing.T) {
	for name, end := range map[string]func(m *making, v *engine.Vhost, c *engine.Conn){
		"its vhost's": func(_ *making, v *engine.Vhost, _ *engine.Conn) {
			v.Lock()
			v.Destroy()
			v.Unlock()
		},
		"a call": func(_ *making, _ *engine.Vhost, c *engine.Conn) {
			c.PT().Send(func() { c.Close(engine.CloseNoStatus) }, nil)
		},
		"its time": func(_ *making, _ *engine.Vhost, c *engine.Conn) {
			c.Lock()
			c.SetTimeoutAsked(engine.TimeoutUserOK, -1)
			c.Unlock()
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMaking(t)
			m.ctx.Lock()
			v := engine.NewVhost(m.ctx, &engine.VhostFace{}, m.info)
			err := v.Start()
			m.ctx.Unlock()
			if err != nil {
				t.Fatal(err)
			}
			c, peer, done := m.adopt(v)
			end(m, v, c)
			m.turns(c.PT())
			if n := m.closes(); n != 0 {
				t.Error("it is told of the end while RAW_ADOPT runs")
			}
			m.answer <- 0
			<-done
			m.gone(peer)
			m.end()
			if n := m.closes(); n != 1 {
				t.Errorf("RAW_CLOSE came %d times", n)
			}
		})
	}
}

// The end of the context waits, too: a thread stays that brings it about. Seen to fail
// with a context that is not busy then, and with threads that go.
func TestContextEndsWhenMade(t *testing.T) {
	m := newMaking(t)
	_, peer, done := m.adopt(m.ctx.Vhosts()[0])
	m.ctx.Lock()
	if m.ctx.Destroy() || m.closes() != 0 {
		t.Error("the context goes while RAW_ADOPT runs")
	}
	m.ctx.Unlock()
	time.Sleep(5 * time.Millisecond) // for threads that would go
	m.answer <- 0
	<-done
	m.gone(peer)
	m.serving.Wait()
	if n := m.closes(); n != 1 {
		t.Errorf("RAW_CLOSE came %d times", n)
	}
	if m.ends[0] != engine.Destroyed && m.ends[1] != engine.Destroyed {
		t.Errorf("nobody destroyed it: %v", m.ends)
	}
}

// One that is refused, and still has something to send, is its thread's then: it sends
// that, and goes. Seen to fail where only who is not refused is made.
func TestRefusedSends(t *testing.T) {
	m := newMaking(t)
	c, peer, done := m.adopt(m.ctx.Vhosts()[0])
	c.Lock()
	for range 64 { // more than the socket takes
		c.Write(engine.PayloadOf(make([]byte, 64<<10)), engine.WriteHTTP)
	}
	waits := c.Unsent()
	c.Unlock()
	m.answer <- -1
	if <-done || waits == 0 {
		t.Error("it was taken, or nothing waits", waits)
	}
	m.gone(peer)
	m.end()
}
