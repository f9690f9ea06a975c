// SPDX-License-Identifier: MIT

// Package fatal hands what the Go runtime itself prints to C (capi/c/faults.c), which
// tells the program of what the runtime cannot go on from. It is a package of its
// own because one that uses cgo has no assembly.
package fatal

import "unsafe"

// overrideWrite is the runtime's hook for what it writes.
//
//go:linkname overrideWrite runtime.overrideWrite
var overrideWrite func(fd uintptr, p unsafe.Pointer, n int32) int32

// written is struct lwsgo_written of capi/c/signals.h.
type written struct {
	fd uintptr
	p  unsafe.Pointer
	n  int32
}

// teller is the C function; it may be called when nothing of Go can be.
var teller unsafe.Pointer

// Tell has the C function fn called with all that the runtime writes.
func Tell(fn unsafe.Pointer) {
	teller, overrideWrite = fn, write
}

// write may run on any stack, and with any lock of the runtime held.
//
//go:nosplit
func write(fd uintptr, p unsafe.Pointer, n int32) int32 {
	w := written{fd, p, n}
	call(teller, unsafe.Pointer(&w))
	return n
}

// call calls a C function on the thread's own stack.
//
//go:noescape
func call(fn, arg unsafe.Pointer)
