// SPDX-License-Identifier: MIT

package httpd

import (
	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
)

var _ h1.Taker = (*CGI)(nil)

// TakeBody gives the program a piece of the request's body, for stdin. What it does not
// take waits; meanwhile no more is read.
func (g *CGI) TakeBody(c *engine.Conn, b []byte) bool {
	g.idle = 0
	if g.deaf || g.Pipe(stdin) == nil {
		return true
	}
	n, ok := g.give(b)
	if !ok || c.Dead() || n == len(b) || g.deaf {
		return ok
	}
	g.pending = append([]byte(nil), b[n:]...)
	c.SetState(engine.StateBodyHeld)
	g.patient()
	return g.await()
}

// EndBody ends stdin, when all of the body has gone there.
func (g *CGI) EndBody(*engine.Conn) bool {
	g.ended = true
	g.patient()
	if len(g.pending) == 0 && g.p != nil {
		g.p.CloseInput()
	}
	return true
}

// patient gives the CGI its time: the peer has done what it could.
func (g *CGI) patient() {
	g.c.SetTimeout(engine.TimeoutCGI, max(g.timeout, g.c.Ctx.TimeoutSecs))
}

// await has stdin tell when it takes more.
func (g *CGI) await() bool {
	if in := g.Pipe(stdin); in != nil {
		in.AskWriteable()
	}
	return true
}

// give has the program take b: how much it took; false closes.
func (g *CGI) give(b []byte) (n int, ok bool) {
	if len(b) == 0 {
		return 0, true
	}
	// Programs put a NUL behind the piece.
	if cap(b) == len(b) {
		b = append(make([]byte, 0, len(b)+1), b...)
	}
	could := g.roomy() // behind the call it may have become so
	behind := &b[:len(b)+1][len(b)]
	was := *behind
	n = g.tell(engine.ReasonCGIStdinData, stdin, b, 0)
	*behind = was
	if n < 0 || g.closing {
		return 0, n >= 0
	}
	n = min(n, len(b))
	if n == 0 && could { // it does not want to
		n = len(b)
	}
	return n, true
}

// roomy tells whether stdin would take something.
func (g *CGI) roomy() bool {
	in := g.Pipe(stdin)
	if in == nil {
		return true
	}
	p := []unix.PollFd{{Fd: int32(in.FD()), Events: unix.POLLOUT}}
	n, err := unix.Poll(p, 0)
	return err == nil && n > 0
}

// flush goes on with what waits for stdin.
func (g *CGI) flush() {
	if len(g.pending) == 0 {
		return
	}
	n, ok := g.give(g.pending)
	if g.closing || g.c.Dead() {
		return
	}
	if !ok {
		g.c.Close(engine.CloseNoStatus)
		return
	}
	if n < len(g.pending) {
		g.pending = g.pending[n:]
		g.await()
		return
	}
	g.pending = nil
	g.goOnReading()
}

// goOnReading is called when stdin has taken all that came.
func (g *CGI) goOnReading() {
	if g.ended {
		if g.p != nil {
			g.p.CloseInput()
		}
		return
	}
	h1.BodyGoesOn(g.c)
}

// noInput is called when stdin takes nothing more: the rest of the body is thrown away.
func (g *CGI) noInput() {
	g.deaf, g.pending = true, nil
	if !g.ended {
		h1.BodyGoesOn(g.c)
	}
}
