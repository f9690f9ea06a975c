// SPDX-License-Identifier: MIT

//go:build tsan

package main

// extern void __tsan_acquire(void *), __tsan_release(void *);
// #cgo noescape __tsan_acquire
// #cgo noescape __tsan_release
// #cgo nocallback __tsan_acquire
// #cgo nocallback __tsan_release
import "C"

import (
	"unsafe"

	"libwebsockets/impl/engine"
)

func init() {
	engine.Acquired = func(lock unsafe.Pointer) { C.__tsan_acquire(lock) }
	engine.Releasing = func(lock unsafe.Pointer) { C.__tsan_release(lock) }
}
