// SPDX-License-Identifier: MIT

package ws

import (
	"encoding/binary"
	"math/bits"
)

// Mask applies the masking of RFC 6455 §5.3 to b in place; doing it twice undoes
// it. pos is the offset of b[0] in the frame's payload, so that a payload can be
// masked piece by piece.
func Mask(key [4]byte, pos int, b []byte) {
	// Little-endian: rotating right by n bytes brings key[n] to the front.
	k := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*(pos&3))
	k64 := uint64(k)<<32 | uint64(k)

	for len(b) >= 64 {
		p := (*[64]byte)(b)
		xor8(p[0:8], k64)
		xor8(p[8:16], k64)
		xor8(p[16:24], k64)
		xor8(p[24:32], k64)
		xor8(p[32:40], k64)
		xor8(p[40:48], k64)
		xor8(p[48:56], k64)
		xor8(p[56:64], k64)
		b = b[64:]
	}
	for len(b) >= 8 {
		xor8(b[:8], k64)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(k64)
		k64 >>= 8
	}
}

func xor8(b []byte, k uint64) {
	binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^k)
}
