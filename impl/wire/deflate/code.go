// SPDX-License-Identifier: MIT

package deflate

import (
	"math/bits"
	"slices"
)

// Making of Huffman codes.

// codeword is the bits of a code, in the order they are sent, and their number.
type codeword uint32

func (c codeword) bits() uint64 { return uint64(c & 0xffff) }
func (c codeword) len() uint    { return uint(c >> 16) }

// codeLengths sets lens to the lengths of an optimal code for the frequencies,
// none longer than limit (but for the cost of that limit). There are always at
// least two words, for decoders that take no less. The sum of all frequencies
// must be below 1<<22.
func codeLengths(lens []uint8, freq []uint16, limit int) {
	clear(lens)
	// The rarest symbol first; the low bits say which it is.
	var sorted [fixedLitCodes]uint32
	n := 0
	for sym, f := range freq {
		if f > 0 {
			sorted[n] = uint32(f)<<9 | uint32(sym)
			n++
		}
	}
	if n < 2 {
		lens[0] = 1
		lens[max(1, sorted[0]&0x1ff)] = 1
		return
	}
	leaves := sorted[:n]
	slices.Sort(leaves)

	count := depths(leaves, limit)
	i := 0
	for l := limit; l > 0; l-- {
		for range count[l] {
			lens[leaves[i]&0x1ff] = uint8(l)
			i++
		}
	}
}

// depths counts how many leaves of the Huffman tree have each depth, with those
// too deep moved up to limit.
func depths(leaves []uint32, limit int) (count [maxCodeLen + 1]int) {
	n := len(leaves)
	// Inner nodes, in the order they are made, which is also that of their
	// weights. A node's parent is always behind it.
	var weight [fixedLitCodes]uint32
	var parent, depth [fixedLitCodes]uint16
	var leafParent [fixedLitCodes]uint16
	leaf, inner := 0, 0
	for made := range n - 1 {
		for range 2 {
			if inner == made || leaf < n && leaves[leaf]>>9 <= weight[inner] {
				weight[made] += leaves[leaf] >> 9
				leafParent[leaf] = uint16(made)
				leaf++
			} else {
				weight[made] += weight[inner]
				parent[inner] = uint16(made)
				inner++
			}
		}
	}
	for i := n - 3; i >= 0; i-- {
		depth[i] = depth[parent[i]] + 1
	}
	for _, p := range leafParent[:n] {
		count[min(int(depth[p])+1, limit)]++
	}

	// Moving leaves up made the code too large. Each step takes a word of the
	// full length away and hangs it below a shorter one.
	used := 0
	for l := 1; l <= limit; l++ {
		used += count[l] << (limit - l)
	}
	for ; used > 1<<limit; used-- {
		l := limit - 1
		for count[l] == 0 {
			l--
		}
		count[limit]--
		count[l]--
		count[l+1] += 2
	}
	return count
}

// codewords gives the words of the canonical code with these lengths (RFC 1951
// §3.2.2).
func codewords(words []codeword, lens []uint8) {
	var next [maxCodeLen + 2]uint16
	for _, l := range lens {
		if l > 0 {
			next[l+1]++
		}
	}
	for l := 1; l <= maxCodeLen; l++ {
		next[l+1] = (next[l] + next[l+1]) << 1
	}
	for sym, l := range lens {
		if l == 0 {
			words[sym] = 0
			continue
		}
		words[sym] = codeword(bits.Reverse16(next[l])>>(16-l)) | codeword(l)<<16
		next[l]++
	}
}
