// SPDX-License-Identifier: MIT

package engine

import (
	"io"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The short way of a small message: a connection that is at rest is lent to C, which reads
// a message that came whole, has the program called, and sends what that writes, without
// entering Go (capi/c/short.c). What is anything else it leaves to Go, which goes on where
// C has stopped (docs/architecture.md, "The short way").

// lend lends c to C, if it is at rest. Whose last event brought much reads better here.
func (c *Conn) lend(read uint64) {
	if read > 0 {
		c.long = read >= shortIn
	}
	if c.long || !c.atRest() {
		return
	}
	if l, ok := c.role.(Lender); ok {
		if piece, atOnce, ok := l.AtRest(c); ok {
			c.F.Piece, c.F.AtOnce, c.F.Lent = uint16(min(piece, shortIn)), uint16(min(atOnce, shortIn)), 1
		}
	}
}

// recall ends that: whatever changes what atRest looks at does, with the lock held.
func (c *Conn) recall() { c.F.Lent = 0 }

// atRest tells whether nothing but the peer's next message is awaited on c.
func (c *Conn) atRest() bool {
	return c.state == StateEstablished && c.fd >= 0 && c.added && (c.TLS == nil || c.cross == 0 && c.TLS.AtRest()) && c.mux == nil && !c.datagram && !c.bye.begun &&
		!c.broken && !c.deaf && !c.backlog() && c.hears() && c.answers == 0 && c.rx == nil && !c.RxPending && !c.WantOut &&
		!c.wantWrite && !c.doomed && c.Protocol != nil && c.Protocol.Callback != nil && c.F.Role&FaceOnward == 0
}

// early is what C has read already of c.
type early struct {
	c    *Conn
	b    []byte
	more bool // the socket may have more
	err  error
}

// read is Conn.Read of what was read early.
func (e *early) read(b []byte) (int, error) {
	c := e.c
	n := copy(b, e.b)
	if e.b = e.b[n:]; len(e.b) > 0 {
		return n, nil
	}
	e.c = nil
	if e.err != nil {
		c.broken = c.broken || e.err != ErrAgain && e.err != io.EOF
		return 0, e.err
	}
	if c.TLS == nil && e.more && n < len(b) {
		if m, err := sysRecv(c.fd, b[n:]); err == nil { // else the next read tells
			c.F.Traffic.Rx += uint64(m)
			n += m
		}
	}
	return n, nil
}

// TakeOver finishes the event at which C has stopped. Turn, which is to be called next,
// goes on with the turn; until then it is as within one. No lock is held.
func (pt *Thread) TakeOver() {
	pt.mu.Lock()
	defer pt.mu.Unlock()
	s := pt.F.Short
	pt.F.Short = Short{}
	switch c := ConnOf((*Face)(s.Conn)); {
	case c == nil:
	case c.Dead():
		pt.uncork(c, nil)
	default:
		pt.finish(c, &s)
	}
	pt.tookOver = true // not before: a callback may serve
}

func (pt *Thread) finish(c *Conn, s *Short) {
	defer pt.rescue(c)
	c.recall()
	pt.corkFor(c)
	waited := c.Unsent()
	in, read := s.in(), c.F.Traffic.Rx-uint64(s.NumIn)
	err := c.tookTLS(s)
	c.issueShort(s)
	switch {
	case c.Dead():
	case s.Answer != 0:
		if s.More != 0 {
			c.SetLinger()
		}
		c.Keep(in) // the peer's close frame may be behind it
		c.close(CloseNoStatus)
	case len(in) == 0 && err == nil:
	case c.RxOff():
		c.Keep(in)
	default:
		pt.early = early{c: c, b: in, more: s.More != 0, err: err}
		c.readable()
		if e := &pt.early; e.c == c {
			e.c = nil
			c.Keep(e.b)
		}
	}
	pt.runFresh()
	pt.uncork(c, nil) // it may be gatherShort that has begun it
	c.noteAnswers(waited)
	c.lend(c.F.Traffic.Rx - read)
}

// tookTLS is how reading has failed; what OpenSSL has told C is known then.
func (c *Conn) tookTLS(s *Short) error {
	if s.TLS == nil || c.TLS == nil {
		if s.Failed != 0 {
			return unix.Errno(s.Failed)
		}
		return nil
	}
	err := c.TLS.Took(s.TLS, int(s.Asked))
	c.noteCross()
	switch {
	case err == nil:
	case s.Asked > 0:
		if err != unix.EAGAIN {
			c.sendFailed(err)
		}
		return nil
	case err == unix.EAGAIN:
		return ErrAgain
	case err != io.EOF:
		Infof("%s: TLS: %v", c, err)
	}
	return err
}

// IssueShort sends what the program has written in the callback that C runs for c, before
// it goes on here. The lock is held.
func (c *Conn) IssueShort() {
	c.gatherShort()
	c.issueShort(&c.pt.F.Short)
}

func (c *Conn) issueShort(s *Short) {
	if s.NumOut > 0 {
		c.Issue(s.out())
		s.NumOut = 0
	}
}

// gatherShort has writes to c gather until the end of the event that C is at, as those do
// that are handled here.
func (c *Conn) gatherShort() {
	if c.pt.F.Short.Conn == unsafe.Pointer(c.F) && c.pt.cork.owner == nil {
		c.pt.corkFor(c)
	}
}

func (s *Short) in() []byte  { return unsafe.Slice((*byte)(s.In), s.NumIn) }
func (s *Short) out() []byte { return unsafe.Slice((*byte)(s.Out), s.NumOut) }
