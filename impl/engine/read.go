// SPDX-License-Identifier: MIT

package engine

import (
	"errors"
	"io"
	"math"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ErrAgain means that there is nothing to read now.
var ErrAgain = errors.New("nothing to read now")

// Read reads from the transport into b: ErrAgain when there is nothing, io.EOF
// at the end of the stream.
func (c *Conn) Read(b []byte) (int, error) {
	if c.fd < 0 {
		return 0, io.EOF
	}
	if e := &c.pt.early; e.c == c {
		return e.read(b)
	}
	if c.TLS != nil {
		n, err := c.TLS.Read(b)
		c.F.Traffic.Rx += uint64(max(n, 0))
		if c.TLS == nil { // closed by a callback
			return 0, io.EOF
		}
		c.noteCross()
		if !c.Settle() {
			return n, err
		}
		switch err {
		case nil, io.EOF:
		case unix.EAGAIN:
			err = ErrAgain
		default:
			Infof("%s: TLS: %v", c, err)
			c.broken = true
		}
		return n, err
	}
	for {
		n, err := sysRecv(c.fd, b)
		c.F.Traffic.Rx += uint64(max(n, 0))
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return 0, ErrAgain
		case err != nil:
			c.broken = true
			return 0, err
		case n == 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// Kept is what was received but not consumed yet.
func (c *Conn) Kept() []byte {
	if c.rx == nil {
		return nil
	}
	return *c.rx
}

// Keep stores b behind what is kept already; it is delivered again, by
// Readable, once the connection may receive.
func (c *Conn) Keep(b []byte) {
	if len(b) == 0 {
		return
	}
	c.recall()
	if c.rx == nil {
		c.rx = new([]byte)
	}
	*c.rx = append(*c.rx, b...)
	c.wantRipe()
}

// Consume drops the first n kept bytes.
func (c *Conn) Consume(n int) {
	if n >= len(c.Kept()) {
		c.rx = nil
		return
	}
	*c.rx = (*c.rx)[n:]
}

// SetRxPending tells whether the role holds received bytes that Readable is to
// go on with, without a network event.
func (c *Conn) SetRxPending(on bool) {
	c.recall()
	c.RxPending = on
	if on {
		c.wantRipe()
	}
}

func (c *Conn) wantRipe() {
	if !c.inRipe && (c.rx != nil || c.RxPending) {
		c.inRipe = true
		c.pt.ripe = append(c.pt.ripe, c)
	}
	if !c.pt.inTurn() && c.mayDeliver() {
		c.pt.kick()
	}
}

// answersMax is how many bytes may wait for a peer that were written while what it
// sent was handled: answers, pongs, acknowledgements. Then no more of it is read.
const answersMax = 4 << 20

// hears tells whether what comes is to be read now.
func (c *Conn) hears() bool { return !c.rxOff && !c.NoRead && !c.nascent && c.answers < answersMax }

// noteAnswers is called when an event has been handled before which so many bytes waited.
func (c *Conn) noteAnswers(before int) {
	grown := c.Unsent() - before
	if grown <= 0 || c.Dead() {
		return
	}
	was := int(c.answers)
	c.answers = int32(min(was+grown, math.MaxInt32))
	if was < answersMax && c.answers >= answersMax {
		Noticef("%s: %d bytes of answers wait (limit %d): nothing is read until the peer has taken them", c, c.answers, answersMax)
		c.touchPoll()
	}
}

// answersGone is called when nothing waits any more.
func (c *Conn) answersGone() {
	was := c.answers
	c.answers = 0
	if was >= answersMax {
		c.touchPoll()
		c.Resume()
	}
}

// mayDeliver tells whether kept bytes may be handed out now.
func (c *Conn) mayDeliver() bool {
	return (c.rx != nil || c.RxPending) && c.hears() && !c.state.answering() && !c.Dead()
}

// readAhead tells whether the role would read something now that no descriptor tells
// of: decrypted bytes, or what a peer sent that is gone.
func (c *Conn) readAhead() bool {
	return (c.gone || c.TLS != nil && c.TLS.Pending() > 0) && c.hears() && !c.Dead()
}

func (pt *Thread) anyRipe() bool {
	for _, c := range pt.ripe {
		if c.mayDeliver() || c.readAhead() {
			return true
		}
	}
	return false
}

// runRipe hands out kept bytes, once per connection and turn.
func (pt *Thread) runRipe() {
	if len(pt.ripe) == 0 {
		return
	}
	q := pt.ripe
	pt.ripe = nil
	for _, c := range q {
		c.inRipe = false
		if c.Dead() {
			continue
		}
		if c.mayDeliver() || c.readAhead() {
			pt.connEvent(c, unix.EPOLLIN)
		}
		if !c.Dead() {
			c.wantRipe()
		}
		pt.breathe(breathEvent)
	}
}

// handingOut tells whether one of c's callbacks runs that has a part of what was read: if the
// program serves in there, what came behind it has to wait.
func (c *Conn) handingOut() bool { return c.reading || c.pt.F.Short.Conn == unsafe.Pointer(c.F) }

// readable lets the role read; c is corked.
func (c *Conn) readable() {
	c.reading = true
	ok := c.role.Readable(c)
	c.reading = false
	c.expect = false
	if !ok {
		c.close(CloseNoStatus)
	}
	if c.held {
		c.ServeWriteable()
		c.push()
	}
	if !ok {
		return
	}
	if c.readAhead() {
		c.pt.again(c)
	}
}

// ReadSoon makes the connection readable in the next turn, without an event.
func (c *Conn) ReadSoon() { c.pt.again(c) }

// again makes the connection readable in the next turn, without an event.
func (pt *Thread) again(c *Conn) {
	if !c.inRipe {
		c.inRipe = true
		pt.ripe = append(pt.ripe, c)
	}
	pt.kick()
}

// RxOff tells whether the program has stopped receiving.
func (c *Conn) RxOff() bool { return c.rxOff }

// FlowControl stops (false) and resumes (true) receiving: lws_rx_flow_control.
// While it is off, TCP holds the peer back and no byte is lost.
func (c *Conn) FlowControl(on bool) {
	if c.Dead() || c.rxOff == !on {
		return
	}
	c.recall()
	c.rxOff = !on
	c.touchPoll()
	if on {
		c.Resume()
	}
}

// Resume has kept bytes delivered again, after the role became able to take them.
func (c *Conn) Resume() {
	c.wantRipe()
	if c.readAhead() {
		c.pt.again(c)
	}
}
