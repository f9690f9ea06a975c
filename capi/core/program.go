// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <stdlib.h>
#include "entry.h"
#include "lws_private.h"
#include "log.h"
#include <malloc.h>
#include <time.h>

// While it looks for pages to give back the program's malloc may wait: not for a heap
// where that could be long, nor where OpenSSL has left little.
static inline void lwsgo_trim(void)
{
	const size_t worth = 4 << 20, most = (size_t)1 << 30;
	struct mallinfo2 m = mallinfo2();

	if (m.fordblks >= worth && m.arena <= most)
		malloc_trim(0);
}

// libc's, as the program may have set TZ meanwhile, and Go's does not know all that POSIX has it say.
static inline long lwsgo_zone(int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	tzset();
	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

struct lwsgo_answer {
	int r;
	int noted, noted_as; // what was written: length + 1, or 0
	struct lws *asked; // for WRITEABLE
};

// Addresses come as numbers: Go looks at each pointer that it gives to C.
static inline struct lwsgo_answer lwsgo_call(uintptr_t cb, uintptr_t conn, int reason, uintptr_t user, uintptr_t in, size_t len)
{
	struct lws *wsi = (struct lws *)conn;
	struct lwsgo_thread *t = &lwsgo_self;
	struct lws_context *inside = t->inside;
	struct lws *asked = t->asked, **end = t->asked_end;
	int was = t->outside;
	struct lwsgo_answer a;

	lwsgo_log_waiting();
	t->outside = t->depth;
	t->inside = wsi ? wsi->context : NULL;
	t->asked = NULL;
	t->asked_end = &t->asked;
	t->noting = wsi && wsi->notes ? wsi : NULL;
	a.r = lwsgo_out((void *)cb, wsi, (uintptr_t)reason, (void *)user, (void *)in, len);
	a.noted = t->noted;
	a.noted_as = t->noted_as;
	t->noted = 0;
	t->noting = NULL;
	a.asked = t->asked;
	t->asked = asked;
	t->asked_end = asked ? end : &t->asked;
	t->inside = inside;
	t->outside = was;
	return a;
}
*/
import "C"

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"libwebsockets/impl/engine"
)

// program is the engine's view of the C program.
type program struct{}

func (*program) Call(p *engine.Protocol, f *engine.Face, r engine.Reason, user, in unsafe.Pointer, n uintptr) int {
	a := C.lwsgo_call(C.uintptr_t(uintptr(p.Callback)), C.uintptr_t(uintptr(unsafe.Pointer(f))), C.int(r),
		C.uintptr_t(uintptr(user)), C.uintptr_t(uintptr(in)), C.size_t(n))
	runtime.KeepAlive(in)
	if a.noted != 0 {
		go_lwsgo_noted((*C.struct_lws)(unsafe.Pointer(f)), a.noted-1, a.noted_as)
	}
	if a.asked != nil {
		go_lwsgo_asked(a.asked)
	}
	return int(a.r)
}

// OnThread asks C, which knows who called to serve last.
func (*program) OnThread(f *engine.ThreadFace) bool {
	return C.lwsgo_on_thread((*C.struct_lwsgo_pt)(unsafe.Pointer(f))) != 0
}

func (*program) Zone(at int64) int { return int(C.lwsgo_zone(C.int64_t(at))) }

func (*program) Alloc(n uintptr) unsafe.Pointer { return C.lwsgo_zalloc(C.size_t(n), allocReason) }

func (*program) Free(p unsafe.Pointer) { C.lwsgo_free(p) }

func (*program) Trim() {
	C.lwsgo_trim()
	unmapFile()
}

// allocReason is what lws_set_allocator's function is told.
var allocReason = lasting("libwebsockets")

func (p *program) CString(s string) unsafe.Pointer {
	m := p.Alloc(uintptr(len(s)) + 1)
	if m != nil {
		copy(unsafe.Slice((*byte)(m), len(s)), s)
	}
	return m
}

// faces, vhosts and contexts that were given back wait here for reuse, oldest
// first; their memory never goes back to malloc.
var (
	freeMu    sync.Mutex
	freeFaces []*engine.Face
	freeVH    []*C.struct_lws_vhost
	freeCX    []*C.struct_lws_context
)

// faceReserve is how many freed structs are left alone before one is reused;
// faceSlab is how many are made at a time.
const (
	faceReserve = 64
	faceSlab    = 64
)

func (*program) NewFace() *engine.Face {
	freeMu.Lock()
	defer freeMu.Unlock()
	if len(freeFaces) <= faceReserve {
		slab := C.lwsgo_keep(C.calloc(faceSlab, C.sizeof_struct_lws))
		if slab == nil {
			return nil
		}
		for i := uintptr(0); i < faceSlab; i++ {
			freeFaces = append(freeFaces, (*engine.Face)(unsafe.Add(slab, i*C.sizeof_struct_lws)))
		}
	}
	f := freeFaces[0]
	freeFaces = freeFaces[1:]
	*f = engine.Face{}
	return f
}

func (*program) FreeFace(f *engine.Face) {
	freeMu.Lock()
	defer freeMu.Unlock()
	f.Slot = 0
	if w := (*C.struct_lws)(unsafe.Pointer(f)); w.tag != nil {
		C.free(unsafe.Pointer(w.tag))
		w.tag = nil
	}
	freeFaces = append(freeFaces, f)
}

func newVhostFace() *C.struct_lws_vhost {
	freeMu.Lock()
	defer freeMu.Unlock()
	if len(freeVH) > faceReserve {
		v := freeVH[0]
		freeVH = freeVH[1:]
		*v = C.struct_lws_vhost{}
		return v
	}
	return (*C.struct_lws_vhost)(C.lwsgo_keep(C.calloc(1, C.sizeof_struct_lws_vhost)))
}

func newContextFace() *C.struct_lws_context {
	freeMu.Lock()
	defer freeMu.Unlock()
	if len(freeCX) > faceReserve {
		x := freeCX[0]
		freeCX = freeCX[1:]
		*x = C.struct_lws_context{next_made: x.next_made}
		return x
	}
	x := (*C.struct_lws_context)(C.lwsgo_keep(C.calloc(1, C.sizeof_struct_lws_context)))
	if x != nil && C.lwsgo_context_made(x) == 0 {
		return nil // lost
	}
	return x
}

func (*program) Log(level int, line string) {
	C.lwsgo_log(C.int(level), (*C.char)(unsafe.Pointer(unsafe.StringData(line))), C.size_t(len(line)))
}

// logsApart: somebody has had a log context, so that C is to be asked for one. It is
// never taken back.
var logsApart atomic.Bool

// apart notes that p, if it is not nil, is a log context that counts.
func apart(p *C.struct_lws_log_cx) *C.struct_lws_log_cx {
	if p != nil {
		logsApart.Store(true)
	}
	return p
}

func (*program) LogContext(c *engine.Face, v *engine.VhostFace, x *engine.ContextFace) unsafe.Pointer {
	switch {
	case !logsApart.Load():
		return nil
	case c != nil:
		return unsafe.Pointer(C.lwsgo_log_cx_of((*C.struct_lws)(unsafe.Pointer(c)), nil, nil))
	case v != nil:
		return unsafe.Pointer(C.lwsgo_log_cx_of(nil, (*C.struct_lws_vhost)(unsafe.Pointer(v)), nil))
	}
	return unsafe.Pointer(C.lwsgo_log_cx_of(nil, nil, (*C.struct_lws_context)(unsafe.Pointer(x))))
}

func (*program) LogTo(cx unsafe.Pointer, level int, line string) {
	C.lwsgo_log_to((*C.struct_lws_log_cx)(cx), C.int(level), (*C.char)(unsafe.Pointer(unsafe.StringData(line))), C.size_t(len(line)))
}

func (*program) LogLevelOf(cx unsafe.Pointer) int {
	return int((*C.struct_lws_log_cx)(cx).lll_flags)
}

// logLevel is C's: each change of a connection's state looks at it.
var logLevel = (*int32)(C.lwsgo_log_level_at())

func (*program) LogLevel() int { return int(atomic.LoadInt32(logLevel)) }

func face(c *engine.Conn) *C.struct_lws {
	if c == nil {
		return nil
	}
	return (*C.struct_lws)(unsafe.Pointer(c.F))
}

func b2i(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// lasting copies s to C memory that is never freed: for strings given out for good.
func lasting(s string) *C.char {
	return (*C.char)(C.lwsgo_keep(unsafe.Pointer(C.CString(s))))
}
