// SPDX-License-Identifier: MIT

package engine

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// LoopOp is what an event loop that the program brings along (event_lib_custom) is
// told of a connection. Its functions are called like a protocol's callback, with this
// in the place of the reason: ContextSettings.Loop.
type LoopOp int32

// The operations of such a loop (capi/c/custom_loop.c).
const (
	LoopListen       LoopOp = iota // watch a listening socket, whatever it answers
	LoopAccept                     // watch a socket; nonzero: it cannot
	LoopIO                         // what to watch it for, in len
	LoopLogicalClose               // its end has been told; nonzero: the program calls Final
	LoopFree                       // it is not a connection any more
	LoopMayConnect                 // nonzero: no client connection now
	LoopMoved                      // it leaves its socket, in len: to another connection
	LoopInitContext                // of no connection, and so are all behind it; in is the program's info
	LoopInitThread                 // in is the program's loop
	LoopThreadEnds
	LoopContextEnds
	LoopContextEnded
)

// What LoopIO tells.
const (
	loopRead  = 1 << 0
	loopWrite = 1 << 1
	loopStart = 1 << 2
	loopStop  = 1 << 3
)

// tellLoop tells the program's own loop, if it has one. The lock is released for it.
func (pt *Thread) tellLoop(f *Face, op LoopOp, flags uintptr) int {
	l := pt.ctx.Loop
	if l == nil {
		return 0
	}
	defer pt.Retake(pt.Drop())
	unlocked()
	return Prog.Call(&Protocol{Callback: l}, f, Reason(op), unsafe.Pointer(pt.ctx.F), nil, flags)
}

// JoinLoop makes fd the connection's, and has the program's loop watch it; false: that
// does not take it, or the connection is closed.
func (c *Conn) JoinLoop(fd int) bool {
	c.fd, c.F.FD = fd, int32(fd)
	if c.Ctx.Loop == nil {
		return true
	}
	if c.listener {
		c.pt.tellLoop(c.F, LoopListen, 0)
	} else if c.pt.tellLoop(c.F, LoopAccept, 0) != 0 {
		Infof("%s: the program's event loop does not take it (sock_accept)", c)
		return false
	}
	c.inLoop = true
	return !c.Dead()
}

// quitLoop takes a descriptor that the connection will not have any longer out of the loop.
func (c *Conn) quitLoop(handedOver uintptr) {
	if c.inLoop {
		c.inLoop = false
		c.pt.tellLoop(c.F, LoopMoved, handedOver)
	}
}

// loopMask tells the program's loop what has changed in the mask.
func (c *Conn) loopMask(m, prev uint32) {
	for _, b := range [...]struct {
		bit   uint32
		flags uintptr
	}{{unix.EPOLLIN, loopRead}, {unix.EPOLLOUT, loopWrite}} {
		switch {
		case m&b.bit == prev&b.bit:
		case m&b.bit != 0:
			c.pt.tellLoop(c.F, LoopIO, loopStart|b.flags)
		default:
			c.pt.tellLoop(c.F, LoopIO, loopStop|b.flags)
		}
	}
}

// MayConnect asks the program's loop whether a client may make a socket now.
func (c *Conn) MayConnect() bool { return c.pt.tellLoop(c.F, LoopMayConnect, 0) == 0 }

// EnterLoop has the program's loop watch the wake-up descriptors, which belong to no
// connection: each has a struct lws for that. The lock is held.
func (ctx *Context) EnterLoop() bool {
	atomic.StoreInt32(&ctx.F.External, ExternalYes)
	for _, pt := range ctx.Threads {
		f := Prog.NewFace()
		if f == nil {
			return false
		}
		f.Context, f.FD, f.TSI = unsafe.Pointer(ctx.F), int32(pt.wakefd), uint8(pt.Index)
		if pt.tellLoop(f, LoopAccept, 0) != 0 {
			f.free()
			return false
		}
		pt.wakeFace = f
		pt.tellLoop(f, LoopIO, loopStart|loopRead)
	}
	return true
}

// leaveLoop takes the wake-up descriptor out of the program's loop.
func (pt *Thread) leaveLoop() {
	f := pt.wakeFace
	if f == nil {
		return
	}
	pt.wakeFace = nil
	pt.tellLoop(f, LoopIO, loopStop|loopRead|loopWrite)
	pt.tellLoop(f, LoopLogicalClose, 0)
	pt.tellLoop(f, LoopFree, 0)
	f.free()
}

// loopEnds tells the program's loop how far the end of the context has come.
func (ctx *Context) loopEnds(op LoopOp) {
	for _, pt := range ctx.Threads {
		pt.tellLoop(nil, op, uintptr(pt.Index))
		if op != LoopThreadEnds {
			return
		}
	}
}

// endParted ends the connections whose last step the program has kept to itself
// (LoopLogicalClose) and not made.
func (ctx *Context) endParted() {
	for _, c := range ctx.all() {
		if c.bye.parted {
			c.Final()
		}
	}
}
