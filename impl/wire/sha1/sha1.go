// SPDX-License-Identifier: MIT

// Package sha1 is SHA-1 (FIPS 180-4), which the WebSocket handshake asks for. The standard library's
// brings the module for FIPS 140 with it: 250 KB, and work at each start.
package sha1

import (
	"encoding/binary"
	"math/bits"
)

// Size is that of a digest.
const Size = 20

const blockSize = 64

// Sum is the digest of data.
func Sum(data []byte) (digest [Size]byte) {
	h := [5]uint32{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}
	whole := len(data) &^ (blockSize - 1)
	blocks(&h, data[:whole])
	// the rest, a bit that is set, zeros, the length in bits
	var tail [2 * blockSize]byte
	n := copy(tail[:], data[whole:])
	tail[n] = 0x80
	size := blockSize
	if n+1+8 > blockSize {
		size *= 2
	}
	binary.BigEndian.PutUint64(tail[size-8:], uint64(len(data))<<3)
	blocks(&h, tail[:size])
	for i, v := range h {
		binary.BigEndian.PutUint32(digest[4*i:], v)
	}
	return digest
}

func blocks(h *[5]uint32, data []byte) {
	var w [16]uint32 // the last 16 words of the schedule
	for ; len(data) >= blockSize; data = data[blockSize:] {
		for i := range w {
			w[i] = binary.BigEndian.Uint32(data[4*i:])
		}
		a, b, c, d, e := h[0], h[1], h[2], h[3], h[4]
		for i := range 20 {
			a, b, c, d, e = bits.RotateLeft32(a, 5)+(d^b&(c^d))+e+word(&w, i)+0x5a827999, a, bits.RotateLeft32(b, 30), c, d
		}
		for i := 20; i < 40; i++ {
			a, b, c, d, e = bits.RotateLeft32(a, 5)+(b^c^d)+e+word(&w, i)+0x6ed9eba1, a, bits.RotateLeft32(b, 30), c, d
		}
		for i := 40; i < 60; i++ {
			a, b, c, d, e = bits.RotateLeft32(a, 5)+(b&c|(b|c)&d)+e+word(&w, i)+0x8f1bbcdc, a, bits.RotateLeft32(b, 30), c, d
		}
		for i := 60; i < 80; i++ {
			a, b, c, d, e = bits.RotateLeft32(a, 5)+(b^c^d)+e+word(&w, i)+0xca62c1d6, a, bits.RotateLeft32(b, 30), c, d
		}
		h[0] += a
		h[1] += b
		h[2] += c
		h[3] += d
		h[4] += e
	}
}

// word is the schedule's word i; the 16 before it are in w.
func word(w *[16]uint32, i int) uint32 {
	if i >= 16 {
		w[i&15] = bits.RotateLeft32(w[(i-3)&15]^w[(i-8)&15]^w[(i-14)&15]^w[i&15], 1)
	}
	return w[i&15]
}
