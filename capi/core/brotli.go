// SPDX-License-Identifier: MIT

package main

// #include "../c/brotli.h"
// #cgo noescape lwsgo_brotli_encode
// #cgo noescape lwsgo_brotli_decode
// #cgo nocallback lwsgo_brotli_encode
// #cgo nocallback lwsgo_brotli_decode
import "C"

import (
	"sync"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/coding"
)

// brotli is the machine's library, for coding.
type brotli struct{}

var _ coding.Library = brotli{}

// found looks for one half of the library, once in the process.
func found(decoder C.int) func() bool {
	return sync.OnceValue(func() bool {
		var why [200]C.char
		ok := C.lwsgo_brotli_load(decoder, &why[0], C.size_t(len(why))) != 0
		if !ok {
			engine.Infof("no content coding \"br\": %s", C.GoString(&why[0]))
		}
		return ok
	})
}

var encodes, decodes = found(0), found(1)

func (brotli) Encodes() bool { return encodes() }
func (brotli) Decodes() bool { return decodes() }

func (brotli) NewEncoder() unsafe.Pointer        { return C.lwsgo_brotli_encoder() }
func (brotli) FreeEncoder(stream unsafe.Pointer) { C.lwsgo_brotli_encoder_free(stream) }
func (brotli) NewDecoder() unsafe.Pointer        { return C.lwsgo_brotli_decoder() }
func (brotli) FreeDecoder(stream unsafe.Pointer) { C.lwsgo_brotli_decoder_free(stream) }

func (brotli) Encode(stream unsafe.Pointer, out, in []byte, end bool) (nOut, nIn int, more bool, err error) {
	last := C.int(0)
	if end {
		last = 1
	}
	r := C.lwsgo_brotli_encode(stream, bytePtr(out), C.size_t(len(out)), bytePtr(in), C.size_t(len(in)), last)
	if r.state == C.LWSGO_BROTLI_NO_MEMORY {
		err = coding.ErrMemory
	}
	return int(r.made), int(r.used), r.state == C.LWSGO_BROTLI_MORE, err
}

func (brotli) Decode(stream unsafe.Pointer, out, in []byte) (nOut, nIn int, over bool, err error) {
	r := C.lwsgo_brotli_decode(stream, bytePtr(out), C.size_t(len(out)), bytePtr(in), C.size_t(len(in)))
	switch r.state {
	case C.LWSGO_BROTLI_CORRUPT:
		err = coding.ErrCorrupt
	case C.LWSGO_BROTLI_NO_MEMORY:
		err = coding.ErrMemory
	}
	return int(r.made), int(r.used), r.state == C.LWSGO_BROTLI_OVER, err
}

func bytePtr(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.SliceData(b)) }
