// SPDX-License-Identifier: MIT

package main

// #cgo CFLAGS: -DLWSGO_CORE -DLWS_ABI=17 -I${SRCDIR}/opaque -I${SRCDIR} -I${SRCDIR}/../../include -I${SRCDIR}/../c
import "C"

import "unsafe"

// openEnd is the length of a view whose end the text itself marks.
const openEnd = 1<<31 - 1

// cBytes is the C string p without its NUL, in place; nil for a null pointer.
func cBytes(p *C.char) []byte {
	if p == nil {
		return nil
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), n)
}

// cView is n bytes at p, in place. Only what the callee really looks at has
// to exist.
func cView[T C.char | C.uchar](p *T, n int) []byte {
	if p == nil || n < 0 {
		n = 0
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), n)
}
