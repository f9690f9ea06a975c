// SPDX-License-Identifier: MIT

package engine

import "unsafe"

// Face is the part of a connection that C sees: the struct lws of
// capi/c/lws_private.h, field for field (abi_test: TestMirrors). It is
// C memory that is never given back to malloc, so that a stale pointer can
// always be looked at. The accessors that programs call in tight loops read it
// without entering Go; only the owner of the thread's lock writes it.
type Face struct {
	Context      unsafe.Pointer // struct lws_context *
	Vhost        unsafe.Pointer // struct lws_vhost *
	Protocol     unsafe.Pointer // const struct lws_protocols *
	User         unsafe.Pointer // per-session data
	OpaqueUser   unsafe.Pointer
	SSL          unsafe.Pointer // SSL *
	RxRemain     uint64         // payload bytes of the current frame still to come
	Slot         uint32         // index in the slot table, 0: no connection
	FD           int32          // socket or file, -1: none
	First        uint8          // this is the first piece of a message
	Final        uint8          // the last frame of the message
	Binary       uint8
	Rsv          uint8 // reserved bits of the current frame, in place (0x70)
	Draining     uint8 // more inflated bytes of this frame are to come
	Role         uint8 // RoleBits
	IsSSL        uint8
	CloseLen     uint8          // length of what lws_close_reason set
	ChildPending uint8          // a child asked its parent for WRITEABLE
	Dead         uint8          // closed; only its memory is left
	TSI          uint8          // its thread
	Notes        uint8          // its callback that runs may have a write noted
	Lent         uint8          // C may read and answer a small message by itself
	Seldom       *FaceSeldom    // nil: nothing of that
	Parent       unsafe.Pointer // struct lws *
	Retry        unsafe.Pointer // const lws_retry_bo_t *, nil: the default
	Net          unsafe.Pointer // struct lws * that carries a stream, nil: none
	LogCx        unsafe.Pointer // struct lws_log_cx *, nil: the context's
	Traffic      Traffic        // over its socket
	WroteIn      uint32         // the step of the thread in which the program last wrote
	Piece        uint16         // while lent: the longest message that is handed out in one piece,
	AtOnce       uint16         // and the most that is read at once
}

// FaceSeldom is the struct lws_seldom of capi/c/lws_private.h: what most connections never have.
type FaceSeldom struct {
	OpaqueParent unsafe.Pointer
	CloseBuf     unsafe.Pointer // *[FaceCloseMax]byte, code and reason of the close frame to send; nil: nobody asked
	Child        unsafe.Pointer // struct lws *, the first
	UDP          unsafe.Pointer // struct lws_udp *, nil: no datagram socket
}

// seldom is f's, made when it is needed; nil: no memory.
func (f *Face) seldom() *FaceSeldom {
	if f.Seldom == nil {
		f.Seldom = (*FaceSeldom)(Prog.Alloc(unsafe.Sizeof(FaceSeldom{})))
	}
	return f.Seldom
}

// SetUDP gives f a struct lws_udp of so many bytes.
func (f *Face) SetUDP(size uintptr) {
	if s := f.seldom(); s != nil {
		s.UDP = Prog.Alloc(size)
	}
}

// UDP is the struct lws_udp, nil where there is none.
func (f *Face) UDP() unsafe.Pointer {
	if f.Seldom == nil {
		return nil
	}
	return f.Seldom.UDP
}

// FaceCloseMax is the most that a close frame carries (RFC 6455 section 5.5).
const FaceCloseMax = 125

// SetClose sets the code and reason of the close frame to send, at most FaceCloseMax bytes.
func (f *Face) SetClose(b []byte) {
	s := f.seldom()
	if s == nil {
		return // no memory: a close frame without
	}
	if s.CloseBuf == nil {
		if s.CloseBuf = Prog.Alloc(FaceCloseMax); s.CloseBuf == nil {
			return
		}
	}
	f.CloseLen = uint8(copy((*[FaceCloseMax]byte)(s.CloseBuf)[:], b))
}

// Close is what SetClose has set.
func (f *Face) Close() []byte {
	if f.CloseLen == 0 {
		return nil
	}
	return (*[FaceCloseMax]byte)(f.Seldom.CloseBuf)[:f.CloseLen]
}

// free gives the face, and what is its own, back.
func (f *Face) free() {
	if s := f.Seldom; s != nil {
		f.Seldom, f.CloseLen = nil, 0
		for _, p := range []unsafe.Pointer{s.CloseBuf, s.UDP, unsafe.Pointer(s)} {
			if p != nil {
				Prog.Free(p)
			}
		}
	}
	Prog.FreeFace(f)
}

// Role bits of Face.Role.
const (
	FaceWS     = 1 << 0
	FaceClient = 1 << 1
	// FaceOnward: a side of what a mount leads to another server by; C asks Go what
	// lws_callback_http_dummy is to do.
	FaceOnward = 1 << 2
)

// VhostFace is the struct lws_vhost of capi/c/lws_private.h.
type VhostFace struct {
	Context unsafe.Pointer
	Slot    uint32
	Port    int32
	Name    unsafe.Pointer // char *, C memory of ours
	Iface   unsafe.Pointer
	User    unsafe.Pointer
	Home    unsafe.Pointer // the Vhost; see ContextFace.Home
}

// ContextFace is the head of struct lws_context of capi/c/lws_private.h.
type ContextFace struct {
	Slot     uint32
	External int32 // the program polls for us
	Dead     int32
	Kicks    int32 // under way in C: the descriptors stay open until then
	User     unsafe.Pointer
	// Home is the Context. A forked child finds it here, in memory that was its
	// parent's Go heap (again.go); until then the slot table is what counts.
	Home unsafe.Pointer
}

// ThreadFace is the head of struct lwsgo_pt of capi/c/lws_private.h: what the C
// side of one thread's service loop shares with the engine.
type ThreadFace struct {
	EpollFD  int32
	WakeFD   int32
	TimerFD  int32
	Waiting  int32          // the service thread is in (or on its way into) the wait: waitingIn
	Pending  int32          // something is to be done without waiting
	Cancel   int32          // lws_cancel_service was called
	Busy     int32          // callbacks that C runs itself (timers of the program)
	Waits    int32          // the turn is of a call that may wait for all sockets
	Deadline int64          // CLOCK_MONOTONIC µs of the next timer, 0: none
	Armed    int64          // when TimerFD fires, 0: never was set
	Running  int32          // its event loop runs, by lws_service
	Hushed   int32          // C tells its event loop itself, if Pending is set
	Note     unsafe.Pointer // noteSize bytes: what a callback has written
	lock     sharedLock     // Thread.mu
	InTurn   int32          // a turn is under way, in Go or in C
	Step     uint32         // counts events and WRITEABLEs: what one of them brings is one step
	ByFD     unsafe.Pointer // **struct lws, of NumFDs descriptors
	NumFDs   int32
	Short    Short
}

// Short is the struct lwsgo_short of capi/c/lws_private.h: how far C has come with an event of a connection that it was lent: what is left
// to do of it is Go's.
type Short struct {
	Conn   unsafe.Pointer // struct lws *, nil: none
	In     unsafe.Pointer // what was received, and not handed out
	Out    unsafe.Pointer // what the program has written, framed, and is not sent
	NumIn  uint32
	NumOut uint32
	TLS    unsafe.Pointer // what a call of OpenSSL's has come to that is not all; nil: there was none
	Asked  int32          // it was a write of so many bytes, 0: a read
	More   int32          // more than In may have come
	Failed int32          // the errno of reading
	Answer int32          // of the program's callback
}
