// SPDX-License-Identifier: MIT

package coding

import (
	"encoding/binary"
	"hash/crc32"
	"unsafe"

	"libwebsockets/impl/wire/deflate"
)

// Encoder encodes one body. Init makes it ready, Release gives back what it works with.
type Encoder struct {
	coding Coding
	begun  bool
	behind bool // not all that was written is out
	z      deflate.Deflater
	sum    uint32 // CRC-32 of what was written
	size   uint32 // of that, modulo 2^32

	stream unsafe.Pointer // the library's, for Brotli
	err    error
}

// Init makes e ready for a body.
func (e *Encoder) Init(k Coding) { *e = Encoder{coding: k} }

// Coding is what Init said.
func (e *Encoder) Coding() Coding { return e.coding }

// Release gives memory back to the pools. It may be called more than once.
func (e *Encoder) Release() {
	e.z.Release()
	if e.stream != nil {
		library.FreeEncoder(e.stream)
		e.stream = nil
	}
}

// Err is why nothing more comes; only the library's encoder fails.
func (e *Encoder) Err() error { return e.err }

// Holding is how many bytes of pooled memory e has at the moment.
func (e *Encoder) Holding() int { return e.z.Holding() }

// A gzip member's head (RFC 1952 §2.3.1): deflate, no name, no time, fast, Unix.
var gzipHead = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3}

// The ends of a flushed piece's empty stored block, and of the stream: a final block with
// nothing in it (RFC 1951 §3.2.3, §3.2.6).
var (
	flushTail = []byte{0x00, 0x00, 0xff, 0xff}
	lastBlock = []byte{0x03, 0x00}
)

// More appends to dst what is ready of src's encoded form; Flush or End appends the rest.
func (e *Encoder) More(dst, src []byte) []byte {
	if e.coding == Brotli { // to hold it back costs more than it gains
		return e.brotli(dst, src, false)
	}
	dst = e.begin(dst)
	e.count(src)
	e.behind = e.behind || len(src) > 0
	return e.z.Write(dst, src, false)
}

// Flush encodes src, and appends all that a decoder needs for what was written so far.
func (e *Encoder) Flush(dst, src []byte) []byte {
	if e.coding == Brotli {
		if len(src) == 0 {
			return dst
		}
		return e.brotli(dst, src, false)
	}
	dst = e.begin(dst)
	if len(src) == 0 && !e.behind {
		return dst
	}
	e.count(src)
	e.behind = false
	return append(e.z.Write(dst, src, true), flushTail...)
}

// End encodes src, and ends the body.
func (e *Encoder) End(dst, src []byte) []byte {
	if e.coding == Brotli {
		dst = e.brotli(dst, src, true)
		e.Release()
		return dst
	}
	dst = append(e.Flush(dst, src), lastBlock...)
	if e.coding == Gzip {
		dst = binary.LittleEndian.AppendUint32(dst, e.sum)
		dst = binary.LittleEndian.AppendUint32(dst, e.size)
	}
	e.Release()
	return dst
}

func (e *Encoder) begin(dst []byte) []byte {
	if e.begun {
		return dst
	}
	e.begun = true
	e.z.Init(deflate.DeflaterConfig{Level: deflate.FastLevel})
	if e.coding == Gzip {
		dst = append(dst, gzipHead...)
	}
	return dst
}

func (e *Encoder) count(src []byte) {
	if e.coding == Gzip {
		e.sum = crc32.Update(e.sum, crc32.IEEETable, src)
		e.size += uint32(len(src))
	}
}
