// SPDX-License-Identifier: MIT

package engine

import (
	"errors"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// WriteProtocol is enum lws_write_protocol: what kind of data lws_write gets,
// with flags in the upper bits.
type WriteProtocol int32

// The kinds and flags of lws-write.h.
const (
	WriteText         WriteProtocol = 0
	WriteBinary       WriteProtocol = 1
	WriteContinuation WriteProtocol = 2
	WriteHTTP         WriteProtocol = 3
	WriteClose        WriteProtocol = 4 // the library's own
	WritePing         WriteProtocol = 5
	WritePong         WriteProtocol = 6
	WriteHTTPFinal    WriteProtocol = 7
	WriteHTTPHeaders  WriteProtocol = 8
	WriteHTTPHdrsCont WriteProtocol = 9
	WriteKindMask     WriteProtocol = 0x1f
	WriteNoFin        WriteProtocol = 0x40
	WriteH2StreamEnd  WriteProtocol = 0x80
)

// Payload is what the program hands to lws_write. It is valid during the call only.
type Payload struct {
	all []byte
	pre int
}

// PayloadAt makes a Payload of C memory, which has Pre bytes of headroom if told so.
func PayloadAt(p unsafe.Pointer, n int, headroom bool) Payload {
	if p == nil {
		return Payload{}
	}
	if !headroom {
		return Payload{all: unsafe.Slice((*byte)(p), n)}
	}
	return Payload{all: unsafe.Slice((*byte)(unsafe.Add(p, -Pre)), Pre+n), pre: Pre}
}

// PayloadOf makes a Payload without headroom.
func PayloadOf(b []byte) Payload { return Payload{all: b} }

// Bytes is the payload itself.
func (p Payload) Bytes() []byte { return p.all[p.pre:] }

// Framed puts hdr right in front of the payload, in the headroom, and gives
// both; nil when there is no room.
func (p Payload) Framed(hdr []byte) []byte {
	at := p.pre - len(hdr)
	if at < 0 {
		return nil
	}
	copy(p.all[at:], hdr)
	return p.all[at:]
}

// outQueue holds what the kernel has refused so far: nil, or something.
type outQueue struct {
	b   []byte
	off int
}

func (q *outQueue) full() bool { return q != nil }

// rest is what waits.
func (q *outQueue) rest() []byte {
	if q == nil {
		return nil
	}
	return q.b[q.off:]
}

// add puts b, which is not empty, behind what waits in q, and returns the queue.
func (q *outQueue) add(b []byte) *outQueue {
	if q == nil {
		var ok bool
		if q, ok = emptied.Get().(*outQueue); !ok {
			q = new(outQueue)
		} else if cap(q.b) < len(b) {
			q.b = nil
		}
	} else if q.off > 0 && q.off >= len(q.b)-q.off { // most of it has left: use its room again
		q.b, q.off = q.b[:copy(q.b, q.b[q.off:])], 0
	}
	q.b = append(q.b, b...)
	return q
}

// drop takes the first n bytes out of q, and returns the queue.
func (q *outQueue) drop(n int) *outQueue {
	if q.off += n; q.off < len(q.b) {
		return q
	}
	if cap(q.b) <= emptiedMax {
		q.b, q.off = q.b[:0], 0
		emptied.Put(q)
	}
	return nil // an idle connection holds none
}

// emptied keeps queues until the next garbage collection: a program that writes more
// than sockets take fills such a one with each message.
var emptied sync.Pool // of *outQueue

func (c *Conn) outAdd(b []byte) {
	c.recall()
	c.out = c.out.add(b)
}

func (c *Conn) outDrop(n int) { c.out = c.out.drop(n) }

const emptiedMax = 4 << 20

// flushTLS sends what the transport has gathered; false: the connection broke.
func (c *Conn) flushTLS() bool {
	if c.TLS == nil || c.deaf {
		return true
	}
	err := c.TLS.Flush()
	c.noteCross()
	if err != nil && err != unix.EAGAIN {
		return c.sendFailed(err)
	}
	return true
}

// Settle sends what the transport has gathered outside of Write, unless the
// connection's events are being handled: then it leaves at their end.
func (c *Conn) Settle() bool { return c.pt.cork.owner == c || c.flushTLS() }

// Issue sends b on the connection's transport, after everything that was sent
// before. What the kernel does not take now is kept and sent later. false: the
// connection is broken.
func (c *Conn) Issue(b []byte) bool {
	if c.mux != nil {
		return c.issueStream(b)
	}
	if c.broken || c.fd < 0 {
		return false
	}
	if len(b) == 0 {
		return true
	}
	if k := &c.pt.cork; k.owner == c && !c.datagram {
		if len(b) <= corkSmall && len(k.b)+len(b) <= corkMax {
			k.b = append(k.b, b...)
			return true
		}
		return c.sendCork(true) && c.send(b, true)
	}
	return c.send(b, false)
}

// backlog tells whether something that was written has yet to be taken by the socket.
func (c *Conn) backlog() bool {
	return !c.deaf && (c.out.full() || c.cross&CrossKept != 0 && c.TLS != nil)
}

// send sends b; with more to come, a transport may wait for it.
func (c *Conn) send(b []byte, more bool) bool {
	if c.deaf {
		return c.discard(len(b))
	}
	if c.backlog() {
		c.outAdd(b)
		return true
	}
	n, err := c.transportWrite(b, more)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return c.sendFailed(err)
	}
	if n < len(b) { // full: the rest leaves on POLLOUT
		c.outAdd(b[n:])
		c.touchPoll()
	}
	return true
}

// SendFile has send, which is told the socket, send up to n bytes past us,
// behind what was written before. It answers how many were; 0: another way is needed.
func (c *Conn) SendFile(send func(socket int, n int64) int, n int64) int {
	if c.TLS != nil || c.mux != nil || c.broken || c.fd < 0 || c.datagram || !c.flushCork() || c.backlog() {
		return 0
	}
	sent := send(c.fd, n)
	c.F.Traffic.Tx += uint64(max(sent, 0))
	return sent
}

// transportWrite writes once; EAGAIN when the socket is full.
func (c *Conn) transportWrite(b []byte, more bool) (int, error) {
	if c.TLS != nil {
		n, err := c.TLS.Write(b, more)
		c.F.Traffic.Tx += uint64(max(n, 0))
		if c.TLS == nil { // closed by a callback
			return 0, unix.EPIPE
		}
		c.noteCross()
		return n, err
	}
	for {
		n, err := sysSend(c.fd, b, c.bye.fin || c.expect)
		c.F.Traffic.Tx += uint64(max(n, 0))
		if err != unix.EINTR {
			c.held = c.expect
			return n, err
		}
	}
}

// Expect tells that c's program will soon get more of what came, and is likely
// to answer: the last segment of what is sent until then may wait for that.
func (c *Conn) Expect(more bool) { c.expect = more && c.TLS == nil && !c.datagram }

// push sends what has gathered, and what the kernel holds back.
func (c *Conn) push() {
	if !c.Dead() && c.flushCork() && c.held {
		_ = unix.SetsockoptInt(c.fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	}
	c.held = false
}

// flushOut sends what was kept; false: the connection broke.
func (c *Conn) flushOut() bool {
	if !c.flushTLS() {
		return false
	}
	for c.backlog() {
		if !c.out.full() {
			c.answersGone()
			return true
		}
		n, err := c.transportWrite(c.out.rest(), false)
		if err != nil {
			if errors.Is(err, unix.EAGAIN) {
				return true
			}
			return c.sendFailed(err)
		}
		c.outDrop(n)
	}
	c.answersGone()
	c.touchPoll()
	return true
}

// Buffered tells whether something that was written is still kept here
// (lws_partial_buffered).
func (c *Conn) Buffered() bool {
	q, ok := c.role.(Queuer)
	return c.backlog() || ok && q.Queued(c)
}

// Choked tells whether a write now would have to be kept (lws_send_pipe_choked).
func (c *Conn) Choked() bool {
	c.F.WroteIn = 0
	if c.backlog() || c.broken || c.mute() {
		return true
	}
	if n := c.carrier(); n != nil {
		return n.Choked()
	}
	if c.fd < 0 {
		return true
	}
	now, err := sysReady(c.fd, unix.POLLOUT)
	return err == nil && now&unix.POLLOUT == 0
}

// ProgramWrite is lws_write. A second one in one step, without a look at
// lws_send_pipe_choked between, is told of once a connection, as an information: it is
// taken, but may have to be kept. The lock is held.
func (c *Conn) ProgramWrite(b Payload, wp WriteProtocol) int {
	c.gatherShort()
	if c.F.WroteIn == c.pt.F.Step && !c.wroteTwo {
		c.wroteTwo = true
		Infof("%s: Illegal back-to-back write of %d detected: one lws_write for each WRITEABLE", c, len(b.Bytes()))
	}
	c.F.WroteIn = c.pt.F.Step
	return c.Write(b, wp)
}

// Noting allows C to note a small message that the program writes on c in the callback to
// come, and to answer that it is sent: it would be gathered until that ends, which cannot fail.
// The callback is a step, as where C runs it.
func (c *Conn) Noting() {
	c.pt.F.Step++
	if c.mux == nil && c.pt.cork.owner == c && !c.datagram && !c.broken && !c.backlog() {
		c.F.Notes = 1
	}
}

// WriteNoted sends what was noted. The lock is held.
func (c *Conn) WriteNoted(n int, wp WriteProtocol) {
	c.ProgramWrite(PayloadAt(c.pt.F.Note, n, false), wp)
}

// Write frames and sends b. The lock is held.
func (c *Conn) Write(b Payload, wp WriteProtocol) int {
	if c.Dead() || c.broken {
		return -1
	}
	return c.role.Write(c, b, wp)
}

// AskWriteable asks for the WRITEABLE callback (lws_callback_on_writable).
func (c *Conn) AskWriteable() {
	if c.Dead() || c.broken || c.mute() {
		return
	}
	c.recall()
	c.wantWrite = true
	if !c.inWriteq {
		c.inWriteq = true
		c.pt.writeq = append(c.pt.writeq, c)
	}
	if c.Ctx.F.External == ExternalYes {
		if n := c.carrier(); n != nil {
			n.AskWriteable()
		}
		c.touchPoll()
	}
	if !c.pt.inTurn() || c.pt.F.Waiting != 0 {
		c.pt.kick()
	}
}

// takeAsked is called before the WRITEABLE callback that was asked for.
func (c *Conn) takeAsked() {
	c.wantWrite = false
	if c.Ctx.F.External == ExternalYes {
		c.touchPoll()
	}
}

// WantsWriteable tells whether a WRITEABLE callback is due.
func (c *Conn) WantsWriteable() bool { return c.wantWrite }

// HandlePollout does what a writable socket leads to: what is queued leaves,
// or else the program is asked. false: the connection is to be closed.
func (c *Conn) HandlePollout() bool {
	if c.Dead() {
		return false
	}
	if c.backlog() {
		if c.mux != nil {
			return c.SendKept()
		}
		return c.flushOut()
	}
	c.takeAsked()
	return c.role.Writeable(c)
}
