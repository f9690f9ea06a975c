// SPDX-License-Identifier: MIT

package coding

import (
	"errors"
	"slices"
	"unsafe"
)

// ErrMemory: the library got no memory.
var ErrMemory = errors.New("coding: out of memory")

// Library has the coding "br", of which this package has no implementation. Its streams are
// pointers, nil: it got no memory.
type Library interface {
	// Encodes and Decodes tell whether the library is there; the first call looks for it.
	Encodes() bool
	Decodes() bool

	NewEncoder() unsafe.Pointer
	// Encode encodes from in to out, and flushes that; end: ends the body. more: it has more
	// for out: call it again with the rest of in, and nothing else.
	Encode(stream unsafe.Pointer, out, in []byte, end bool) (nOut, nIn int, more bool, err error)
	FreeEncoder(stream unsafe.Pointer)

	NewDecoder() unsafe.Pointer
	// Decode decodes until out is full, in used up, or the body over.
	Decode(stream unsafe.Pointer, out, in []byte) (nOut, nIn int, over bool, err error)
	FreeDecoder(stream unsafe.Pointer)
}

// Wire sets the Library.
func Wire(l Library) { library = l }

var library Library = noLibrary{}

type noLibrary struct{ Library }

func (noLibrary) Encodes() bool { return false }
func (noLibrary) Decodes() bool { return false }

// brotliStep is how much the library's encoder gets at a time: its memory grows with that.
const brotliStep = 4 << 10

// brotli encodes src with the library, whole steps.
func (e *Encoder) brotli(dst, src []byte, end bool) []byte {
	if e.err != nil {
		return dst
	}
	if e.stream == nil {
		if e.stream = library.NewEncoder(); e.stream == nil {
			e.err = ErrMemory
			return dst
		}
	}
	step := src[:min(len(src), brotliStep)]
	for {
		last := end && len(step) == len(src)
		dst = slices.Grow(dst, len(step)/2+64)
		n, used, more, err := library.Encode(e.stream, dst[len(dst):cap(dst)], step, last)
		if err != nil {
			e.err = err
			e.Release()
			return dst
		}
		dst, step, src = dst[:len(dst)+n], step[used:], src[used:]
		switch {
		case more || len(step) > 0: // it gets no more before that is out
		case len(src) == 0:
			return dst
		default:
			step = src[:min(len(src), brotliStep)]
		}
	}
}

// brotli is Decode with the library.
func (d *Decoder) brotli(out, in []byte) (nOut, nIn int, err error) {
	switch d.state {
	case failed:
		return 0, 0, ErrCorrupt
	case inNothing:
		return 0, len(in), nil
	case inHead:
		if d.stream = library.NewDecoder(); d.stream == nil {
			d.state = failed
			return 0, 0, ErrMemory
		}
		d.state = inData
	}
	nOut, nIn, over, err := library.Decode(d.stream, out, in)
	switch {
	case err != nil:
		d.Release()
		d.state = failed
	case over: // what is behind the end counts for nothing
		d.Release()
		d.state, nIn = inNothing, len(in)
	}
	return nOut, nIn, err
}
