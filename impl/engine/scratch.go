// SPDX-License-Identifier: MIT

package engine

import (
	"unsafe"

	"libwebsockets/impl/wire/h1"
)

// buffers are what a turn works with, as long as it is not over: callbacks are given parts.
type buffers struct {
	whole []byte // where the others lie, but for Inflate
	// Buf is where received bytes land, Resp where responses are built: memory that does
	// not move, ServBufSize each, with headroom and room for a terminating NUL.
	Buf, Resp []byte
	// Args is a little such memory for the structs that callbacks get.
	Args unsafe.Pointer
	// Inflate is scratch memory for permessage-deflate.
	Inflate [2][]byte
}

// bufferSize is what Buf and Resp take, each.
func (ctx *Context) bufferSize() int { return Pre + max(ctx.ServBufSize, DefaultServBuf) + 16 }

func buffersIn(all []byte, one int) buffers {
	return buffers{whole: all, Buf: all[Pre:one:one], Resp: all[one+Pre : 2*one : 2*one], Args: unsafe.Pointer(&all[2*one])}
}

// nest gives a turn within a callback buffers of its own: those of the turn that it is
// nested in are in use. unnest takes them back.
func (pt *Thread) nest() {
	pt.outer = append(pt.outer, pt.buffers)
	one := pt.ctx.bufferSize()
	all := pt.apart
	if pt.apart = nil; all == nil {
		all = make([]byte, 2*one+argsSize)
	}
	pt.buffers = buffersIn(all, one)
}

func (pt *Thread) unnest() {
	last := len(pt.outer) - 1
	if pt.Buf != nil { // the context may have gone
		pt.apart, pt.buffers = pt.buffers.whole, pt.outer[last]
	}
	pt.outer = pt.outer[:last]
}

// Buf and wide begin in the middle of a page. What programs copy from it to begins near the
// beginning of one, if it is large: where both lie equally far behind, the copying
// instruction of some processors (REP MOVSB of Zen 3 and 4) is five times slower.
const pageSize = 4096

// toMiddle is how far it is from at to the next middle of a page.
func toMiddle(at uintptr) int { return int((pageSize*3/2 - at%pageSize) % pageSize) }

// wideMin is the least that TakeWide gives, WideSlack what it gives beyond the
// size of a piece.
const (
	wideMin   = 64 << 10
	WideSlack = 1 << 10
)

// TakeWide gives memory to read what waits on c's socket to, for PutWide to give
// back; nil: it is in use, or c's transport reads ahead itself.
func (pt *Thread) TakeWide(c *Conn) []byte {
	if pt.wideInUse || c.TLS != nil {
		return nil
	}
	if pt.wide == nil {
		size := max(wideMin, pt.ctx.ServBufSize) + WideSlack
		n := 2*pageSize + size
		if pt.wideMem = Prog.Alloc(uintptr(n)); pt.wideMem == nil {
			return nil
		}
		pt.wide = unsafe.Slice((*byte)(pt.wideMem), n)[toMiddle(uintptr(pt.wideMem)):][: size : size+1]
	}
	pt.wideInUse = true
	return pt.wide
}

func (pt *Thread) PutWide() { pt.wideInUse = false }

// headerStore is an h1.Headers whose values lie in C memory: programs get
// pointers into it.
type headerStore struct {
	h   *h1.Headers
	mem unsafe.Pointer
}

// headersKept is how many unused header stores a thread holds on to.
const headersKept = 256

// TakeHeaders gives an empty header store; PutHeaders takes it back.
func (pt *Thread) TakeHeaders() *h1.Headers {
	if n := len(pt.headers); n > 0 {
		s := pt.headers[n-1]
		pt.headers = pt.headers[:n-1]
		s.h.Reset()
		s.h.KeepTarget(pt.ctx.passesOn.Load())
		return s.h
	}
	h := new(h1.Headers)
	h.KeepTarget(pt.ctx.passesOn.Load())
	h.Join(&pt.ctx.ABI.Joints)
	h.KnowDSS(pt.ctx.ABI.DSSHeader)
	limit := pt.ctx.MaxHeaderData
	if m := Prog.Alloc(uintptr(limit)); m != nil {
		h.UseStore(unsafe.Slice((*byte)(m), limit))
	} else {
		h.SetLimit(limit)
	}
	return h
}

// PutHeaders takes back what TakeHeaders gave.
func (pt *Thread) PutHeaders(h *h1.Headers) {
	s := headerStore{h: h, mem: h.Store()}
	if pt.Buf == nil || len(pt.headers) >= headersKept {
		Prog.Free(s.mem)
		return
	}
	pt.headers = append(pt.headers, s)
}

// DropHeaders gives the connection's header store back, if it has one: its end
// does, whatever its role is then.
func (c *Conn) DropHeaders() {
	if h := c.Headers; h != nil {
		c.Headers = nil
		c.pt.PutHeaders(h)
	}
	if c.peerPlace != nil {
		c.peerPlace.dropHead()
	}
}
