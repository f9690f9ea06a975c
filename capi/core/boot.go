// SPDX-License-Identifier: MIT

// Package main is the C boundary: the only package that exports, one file
// per public header. It copies what the engine needs out of the program's
// structs and never lets a panic cross to C.
package main

// #include "signals.h"
import "C"

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"libwebsockets/capi/fatal"
)

func init() { fatal.Tell(unsafe.Pointer(C.lwsgo_runtime_writes)) }

// besides are Ps for what Go does in the background, where there are as many CPUs: a garbage collector
// with one of its own disturbs nobody. More are only memory, and threads that wake each other up.
const besides = 3

var serving atomic.Int32 // service threads, also of contexts that have gone

// procsFor lets n more service threads be in Go at the same time, and what Go does in the
// background besides: a thread that finds none free sleeps until one is.
func procsFor(n int) {
	all := int(serving.Add(int32(min(n, 1024))))
	if n = max(2, n+1, min(all+besides, runtime.NumCPU())); runtime.GOMAXPROCS(0) < n {
		runtime.GOMAXPROCS(n)
	}
}

// Built as a C archive: main is never called.
func main() {}

// go_lwsgo_ping returns once the runtime is up; boot.c waits on it.
//
// The runtime starts with one P (capi/c/boot.c), for which it makes fewer threads. Later there are
// at least two: one alone its monitor would hand on whenever the program is in C, and each call
// would have to get it back.
//
//export go_lwsgo_ping
func go_lwsgo_ping() C.int {
	defer guard("start")
	largeFrame(false) // what follows needs more than the first stack: one growth is enough
	runtime.GOMAXPROCS(max(2, min(1+besides, runtime.NumCPU())))
	return 1
}

// go_lwsgo_grow_stack gives this thread's goroutine a stack on which a signal handler with a
// large frame fits (it is never shrunk: the Makefile builds in gcshrinkstackoff=1).
//
//export go_lwsgo_grow_stack
func go_lwsgo_grow_stack() {
	defer guard("start")
	largeFrame(false)
}

// largeFrame has a frame of 512 KiB, which the runtime makes room for when it is called, at once. Only
// where touch is set does it write there: what no handler needs costs no memory.
//
//go:noinline
func largeFrame(touch bool) int {
	if !touch {
		return 0
	}
	var a, b, c, d [stackHeadroom / 4]byte // a variable may have 128 KiB
	return mark(&a, &b, &c, &d)
}

const stackHeadroom = 512 << 10

//go:noinline
func mark(frame ...*[stackHeadroom / 4]byte) (n int) {
	for _, f := range frame {
		f[n]++
		n += len(f)
	}
	return n
}
