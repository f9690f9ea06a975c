// SPDX-License-Identifier: MIT

package engine

import (
	"bytes"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// gatherer is a transport that sends only what it is told to flush.
type gatherer struct {
	fd      int
	b       []byte
	kept    bool
	bye     bool
	flushes int
}

func (g *gatherer) Read(b []byte) (int, error) { return sysRecv(g.fd, b) }

func (g *gatherer) Write(b []byte, more bool) (int, error) {
	if g.kept {
		return 0, unix.EAGAIN
	}
	g.b = append(g.b, b...)
	if !more {
		_ = g.Flush()
	}
	return len(b), nil
}

func (g *gatherer) Flush() error {
	if len(g.b) == 0 {
		return nil
	}
	g.flushes++
	n, err := sysSend(g.fd, g.b, false)
	g.b = g.b[n:]
	g.kept = err == unix.EAGAIN || err == nil && len(g.b) > 0
	if g.kept {
		return unix.EAGAIN
	}
	return err
}

func (g *gatherer) Cross() uint8 {
	if g.kept {
		return CrossKept
	}
	return 0
}

// Shutdown says goodbye once.
func (g *gatherer) Shutdown() {
	if !g.bye {
		g.b, g.bye = append(g.b, "bye"...), true
	}
}
func (g *gatherer) Handshake(*Conn)                {}
func (g *gatherer) ALPN() string                   { return "" }
func (g *gatherer) Moved(*Conn)                    {}
func (g *gatherer) AtRest() bool                   { return false }
func (g *gatherer) Took(unsafe.Pointer, int) error { return nil }
func (g *gatherer) Forget()                        {}
func (g *gatherer) Pending() int                   { return 0 }
func (g *gatherer) Close()                         { _ = g.Flush() }
func (g *gatherer) SSL() unsafe.Pointer            { return nil }

// TestTransportGathers: what a turn writes leaves in one piece; what the socket
// does not take leaves in order, with the goodbye behind it.
func TestTransportGathers(t *testing.T) {
	r := newRig(t)
	g := &gatherer{fd: r.c.FD()}
	big := bytes.Repeat([]byte("0123456789abcdef"), 128<<10)
	asked := 0
	r.p.fn = func(_ *Face, x Reason) int {
		if x != ReasonRAWWriteable {
			return 0
		}
		r.ctx.Lock()
		defer r.ctx.Unlock()
		switch asked++; asked {
		case 1:
			r.c.Write(PayloadOf([]byte("a")), WriteHTTP)
			r.c.Write(PayloadOf([]byte("b")), WriteHTTP)
			if g.flushes != 0 {
				t.Error("it was not gathered")
			}
		case 2:
			r.c.Write(PayloadOf(big), WriteHTTP)
			r.c.Write(PayloadOf([]byte("c")), WriteHTTP)
			if g.flushes != 1 {
				t.Errorf("%d flushes", g.flushes)
			}
			return -1
		}
		return 0
	}
	var got []byte
	for i := 0; i < 2000 && len(got) < len(big)+6; i++ {
		r.ctx.Lock()
		if i == 0 {
			r.c.TLS = g
		}
		if i < 2 {
			r.c.AskWriteable()
		}
		r.ctx.Unlock()
		r.turn(1)
		got = append(got, r.recv()...)
	}
	want := append(append([]byte("ab"), big...), "cbye"...)
	if !bytes.Equal(got, want) {
		t.Fatalf("got %d bytes, want %d, or in another order", len(got), len(want))
	}
}

// TestHandshakeKept: what a handshake could not send leaves when the socket is
// writable, though the handshake itself waits for the peer.
func TestHandshakeKept(t *testing.T) {
	r := newRig(t)
	g := &gatherer{fd: r.c.FD(), b: []byte("hello"), kept: true}
	r.ctx.Lock()
	r.c.TLS = g
	r.c.SetState(StateTLSHandshake)
	r.c.TouchPoll()
	r.ctx.Unlock()
	r.turn(0)
	if got := r.recv(); got != "hello" || g.kept {
		t.Errorf("%q has left", got)
	}
	if r.c.polled&unix.EPOLLOUT != 0 {
		t.Error("still polled for writing: that would not end")
	}
}
