// SPDX-License-Identifier: MIT

package lecp

// The parts of a half- and a single-precision float.
const (
	halfNaN    = 0xfe00
	halfInf    = 0x7c00
	singleNaN  = 0xffc00000
	singleInf  = 0x7f800000
	singleOne  = 1 << 23          // the bit that is not written
	rebias     = (127 - 15) << 23 // between their exponents
	smallShift = 127 - 15 + 1 + 13
)

// Half is the half-precision float next to the single-precision one of the
// bits x, halfway the larger.
func Half(x uint32) uint16 {
	sign, rest := uint16(x>>16)&0x8000, x&0x7fffffff
	switch {
	case rest > singleInf:
		return halfNaN
	case rest >= rebias+(31<<23):
		return sign | halfInf
	case rest >= rebias+(1<<23):
		rest -= rebias
		return sign | uint16((rest>>12+1)>>1)
	}
	exponent := rest >> 23
	if exponent < smallShift-24 {
		return sign
	}
	mantissa := rest&(singleOne-1) | singleOne
	return sign | uint16((mantissa>>(smallShift-1-exponent)+1)>>1)
}

// Single is the single-precision float of the half-precision one of the bits
// h.
func Single(h uint16) uint32 {
	sign, rest := uint32(h&0x8000)<<16, uint32(h&0x7fff)
	switch {
	case rest > halfInf:
		return singleNaN
	case rest == halfInf:
		return sign | singleInf
	case rest >= 1<<10:
		return sign | (rest<<13 + rebias)
	case rest == 0:
		return sign
	}
	exponent := uint32(rebias + 1<<23)
	for rest <<= 13; rest&singleOne == 0; rest <<= 1 {
		exponent -= 1 << 23
	}
	return sign | exponent | rest&(singleOne-1)
}
