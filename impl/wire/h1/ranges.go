// SPDX-License-Identifier: MIT

package h1

import (
	"bytes"
	"math"
)

// ByteRange is a part of what a request asks for: the bytes from Start up to End,
// which is behind the last.
type ByteRange struct{ Start, End int64 }

// Len is how many bytes it has.
func (r ByteRange) Len() int64 { return r.End - r.Start }

// MaxRanges is how many ranges a request can ask for: one that asks for more gets the whole.
const MaxRanges = 32

var bytesUnit = []byte("bytes")

// Ranges appends to dst what a Range field asks for of size bytes (RFC 9110 §14.1.2,
// §14.2), in its order. Ranges that begin behind the end, or end before they begin, are
// left out; beyond is told when all are. Nothing, and beyond false: the field is not to
// be looked at, as it is malformed, in another unit than bytes, or asks for more than
// there is, in many pieces or twice.
func Ranges(dst []ByteRange, field []byte, size int64) (ranges []ByteRange, beyond bool) {
	unit, set, ok := bytes.Cut(field, []byte{'='})
	if !ok || size <= 0 || !bytes.EqualFold(trim(unit), bytesUnit) {
		return dst, false
	}
	ranges = dst
	n, left := 0, size
	for more := true; more; {
		var spec []byte
		spec, set, more = bytes.Cut(set, []byte{','})
		if spec = trim(spec); len(spec) == 0 {
			continue // a list may have empty elements (RFC 9110 §5.6.1.2)
		}
		r, ok := byteRange(spec, size)
		if n++; !ok || n > MaxRanges {
			return dst, false
		}
		if r.Len() <= 0 {
			continue
		}
		if left -= r.Len(); left < 0 {
			return dst, false
		}
		ranges = append(ranges, r)
	}
	return ranges, n > 0 && len(ranges) == len(dst)
}

// byteRange is one element of the set; one that cannot be met is empty.
func byteRange(spec []byte, size int64) (r ByteRange, ok bool) {
	first, last, ok := bytes.Cut(spec, []byte{'-'})
	if !ok {
		return r, false
	}
	if len(first) == 0 { // the last bytes
		n, ok := position(last)
		return ByteRange{size - min(n, size), size}, ok
	}
	r.Start, ok = position(first)
	r.End = size
	if ok && len(last) > 0 {
		var n int64
		n, ok = position(last)
		r.End = min(n, size-1) + 1
	}
	return r, ok
}

// position is the number that digits are, or the largest if that is less.
func position(digits []byte) (n int64, ok bool) {
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64
		} else {
			n = n*10 + int64(d-'0')
		}
	}
	return n, len(digits) > 0
}

// trim takes the white space off both ends.
func trim(b []byte) []byte { return trimRight(trimLeft(b)) }
