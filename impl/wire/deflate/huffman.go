// SPDX-License-Identifier: MIT

package deflate

import (
	"encoding/binary"
	"math/bits"
	"sync"
)

// Limits of the format (RFC 1951 §3.2).
const (
	maxCodeLen    = 15
	maxLitCodes   = 286 // literals, end of block, lengths
	maxDistCodes  = 30
	numClenCodes  = 19
	endOfBlock    = 256
	maxMatch      = 258
	fixedLitCodes = 288 // two of them never occur
	fixedDists    = 32  // as well
)

// Table geometry: the first lookup takes so many bits, longer codes go on in a
// subtable behind it. The sizes are the most that complete codes can need.
const (
	litRoot  = 10
	distRoot = 8
	clenRoot = 7

	litTableSize  = 1334
	distTableSize = 402
)

// An entry of a decoding table, from its lowest bit on:
//
//	 0–7   length of the code in bits, all of it, also in a subtable
//	       (entryLink: how many bits index the subtable)
//	 8–11  number of extra bits of a length or distance
//	12–15  flags
//	16–31  the literal, the base of the length or distance, the clen symbol
//	       (entryLink: where the subtable starts)
type entry uint32

const (
	entryLiteral entry = 1 << 12
	entryEnd     entry = 1 << 13 // end of block
	entryLink    entry = 1 << 14
	entryBad     entry = 1 << 15 // no code, or one without meaning
)

func (e entry) codeLen() uint   { return uint(e & 0x3f) } // 0x3f spares a shift's range check
func (e entry) extraBits() uint { return uint(e >> 8 & 0xf) }
func (e entry) value() uint     { return uint(e >> 16) }

// subtable returns where entryLink leads to, given the bits behind the root's.
func (e entry) subtable(hold uint64) uint {
	return e.value() + uint(hold)&(1<<(e&15)-1)
}

// tables is what one block with Huffman codes needs.
type tables struct {
	lit  [litTableSize]entry
	dist [distTableSize]entry

	// clen and lens are used while the header of a dynamic block is read.
	clen     [1 << clenRoot]entry
	clenLens [numClenCodes]uint8
	lens     [maxLitCodes + maxDistCodes]uint8
}

var tablesPool = sync.Pool{New: func() any { return new(tables) }}

// fixedTables are those of RFC 1951 §3.2.6.
var fixedTables = sync.OnceValue(func() *tables {
	lens := fixedLitLens()
	t := new(tables)
	buildTable(t.lit[:], litRoot, litSymbols[:], lens[:])
	for i := range fixedDists {
		lens[i] = 5
	}
	buildTable(t.dist[:], distRoot, distSymbols[:], lens[:fixedDists])
	return t
})

// fixedLitLens are the code lengths of the fixed literal/length code.
func fixedLitLens() (lens [fixedLitCodes]uint8) {
	for i := range lens {
		switch {
		case i < 144:
			lens[i] = 8
		case i < 256:
			lens[i] = 9
		case i < 280:
			lens[i] = 7
		default:
			lens[i] = 8
		}
	}
	return lens
}

// buildTable makes the decoding table of the canonical code that lens describes
// (RFC 1951 §3.2.2). It reports false for a code that has too many words, or too
// few: the only ones of those that exist in practice are no code at all and a
// single one-bit word, which zlib accepts too.
func buildTable(table []entry, root uint, symbols []entry, lens []uint8) bool {
	count := countLens(lens)
	used, words := 0, 0 // of 1<<maxCodeLen
	for l := 1; l <= maxCodeLen; l++ {
		used += int(count[l]) << (maxCodeLen - l)
		words += int(count[l])
	}
	switch {
	case used > 1<<maxCodeLen:
		return false
	case used < 1<<maxCodeLen:
		if words > 1 || words == 1 && count[1] != 1 {
			return false
		}
		for i := range table[:1<<root] {
			table[i] = entryBad
		}
	}

	// Symbols sorted by code length, then by value, get ascending codes.
	var next [maxCodeLen + 2]uint16
	for l := 1; l <= maxCodeLen; l++ {
		next[l+1] = next[l] + count[l]
	}
	var sorted [fixedLitCodes]uint16
	for sym := 0; sym < len(lens); sym++ {
		if noLens(lens[sym:]) {
			sym += 7
		} else if l := lens[sym] & maxCodeLen; l != 0 {
			sorted[next[l]] = uint16(sym)
			next[l]++
		}
	}

	// Words that fit the root: those of one length fill a table of that size, which
	// doubles from one length to the next.
	i, code := 0, uint(0)
	for l := uint(1); l <= root; l++ {
		half := 1 << (l - 1)
		copy(table[half:2*half], table[:half])
		for range count[l] {
			table[bits.Reverse16(uint16(code))>>(16-l)] = symbols[sorted[i]] | entry(l)
			code++
			i++
		}
		code <<= 1
	}
	if i == int(next[maxCodeLen]) {
		return true
	}
	b := builder{table: table, root: root, count: &count, free: 1 << root}
	for l := root + 1; l <= maxCodeLen; l++ {
		for range count[l] {
			reversed := uint(bits.Reverse16(uint16(code)) >> (16 - l))
			b.put(reversed, l, symbols[sorted[i]]|entry(l))
			code++
			i++
		}
		code <<= 1
	}
	return true
}

// countLens counts the lengths, of 0 not all. It does so in two halves, for adding
// to the same counter twice in a row takes long.
func countLens(lens []uint8) [maxCodeLen + 1]uint16 {
	var a, b [maxCodeLen + 1]uint16
	for len(lens) > 1 {
		if noLens(lens) {
			lens = lens[8:]
			continue
		}
		a[lens[0]&maxCodeLen]++
		b[lens[1]&maxCodeLen]++
		lens = lens[2:]
	}
	if len(lens) > 0 {
		a[lens[0]&maxCodeLen]++
	}
	for l := range a {
		a[l] += b[l]
	}
	return a
}

// noLens tells whether the next eight symbols do not occur: most of the bytes of
// a text do not.
func noLens(lens []uint8) bool {
	return len(lens) >= 8 && binary.LittleEndian.Uint64(lens) == 0
}

// builder enters codes longer than the root in ascending order of their length.
type builder struct {
	table []entry
	root  uint
	count *[maxCodeLen + 1]uint16 // words that are left of each length
	free  uint                    // where the next subtable goes

	subBits uint // of the current subtable
}

// put enters one code, given with its first bit lowest, as it is read.
func (b *builder) put(code, l uint, e entry) {
	prefix := code & (1<<b.root - 1)
	sub := code >> b.root
	if sub == 0 {
		// The first word with this prefix: all its other bits are zero.
		b.openSubtable(prefix, l)
	}
	start := uint(b.table[prefix].value())
	for i := sub; i < 1<<b.subBits; i += 1 << (l - b.root) {
		b.table[start+i] = e
	}
	b.count[l]--
}

// openSubtable reserves the smallest table that takes all words of the prefix,
// the shortest of which has l bits.
func (b *builder) openSubtable(prefix, l uint) {
	b.subBits = l - b.root
	for room := uint(b.count[l]); room < 1<<b.subBits && b.root+b.subBits < maxCodeLen; {
		b.subBits++
		room = room<<1 + uint(b.count[b.root+b.subBits])
	}
	b.table[prefix] = entryLink | entry(b.free)<<16 | entry(b.subBits)
	b.free += 1 << b.subBits
}
