// SPDX-License-Identifier: MIT

package deflate

import (
	"encoding/binary"
	"math"
	"slices"
	"sync"
)

// The writing of blocks (RFC 1951 §3.2.3 to §3.2.7).

// maxBlock is how many bytes of input a block has at most. A stored block could
// not have more than 65535; less lets the codes follow the data.
const maxBlock = 1 << 15

// minDynamic is the number of tokens from which a block's own codes are thought
// of. Below that, their description costs more than they save.
const minDynamic = 64

// Block types, as sent: BFINAL is never set.
const (
	storedBlock  = 0 << 1
	fixedBlock   = 1 << 1
	dynamicBlock = 2 << 1
	blockHeader  = 3 // bits
)

// encoder is what the making of one block needs. It is pooled.
type encoder struct {
	tokens [maxBlock]token

	litFreq  [maxLitCodes]uint16
	distFreq [maxDistCodes]uint16
	lit      [fixedLitCodes]codeword
	dist     [fixedDists]codeword

	lens     [maxLitCodes + maxDistCodes]uint8
	clens    []clen // lens, run-length coded
	clenFreq [numClenCodes]uint16
	clenLens [numClenCodes]uint8
	clen     [numClenCodes]codeword

	nLit, nDist, nClen int // how many of each code are sent
}

// clen is a symbol of the code length alphabet with the value of its extra bits.
type clen struct{ sym, extra uint8 }

var encoderPool = sync.Pool{New: func() any {
	return &encoder{clens: make([]clen, 0, maxLitCodes+maxDistCodes)}
}}

// bitWriter appends bits to a slice, the first one lowest.
type bitWriter struct {
	dst  []byte
	hold uint64
	held uint // less than 16 but inside of a put
}

// reserve makes sure that n bytes can be put.
func (w *bitWriter) reserve(n int) { w.dst = slices.Grow(w.dst, n+8) }

// put writes the n <= 48 low bits of v; the others are zero. There must be room.
func (w *bitWriter) put(v uint64, n uint) {
	w.hold |= v << (w.held & 63)
	w.held += n
	if w.held >= 16 {
		i := len(w.dst)
		w.dst = w.dst[:i+8]
		binary.LittleEndian.PutUint64(w.dst[i:], w.hold)
		w.dst = w.dst[:i+int(w.held/8)]
		w.hold >>= w.held &^ 7 & 63
		w.held &= 7
	}
}

// align fills up to a byte boundary with zeros.
func (w *bitWriter) align() {
	for ; w.held > 0; w.held -= min(w.held, 8) {
		w.dst = append(w.dst, byte(w.hold))
		w.hold >>= 8
	}
}

func distCode(dist int) int {
	if dist <= 256 {
		return int(distCodes[dist-1])
	}
	return int(distCodes[256+(dist-1)>>7])
}

// block writes data, which is also there as tokens, in the shortest of the three
// ways.
func (e *encoder) block(w *bitWriter, tokens []token, data []byte) {
	stored := blockHeader + 7 + 32 + 8*len(data)
	var fixed int
	dynamic := math.MaxInt
	if len(tokens) < minDynamic {
		fixed = blockHeader + fixedSize(tokens)
	} else {
		e.count(tokens)
		fixed = blockHeader + e.fixedSize()
		dynamic = blockHeader + e.plan()
	}

	w.reserve(min(stored, fixed, dynamic)/8 + 1)
	switch {
	case stored <= fixed && stored <= dynamic:
		putStored(w, data)
	case fixed <= dynamic:
		w.put(fixedBlock, blockHeader)
		putTokens(w, tokens, fixedLit[:], fixedDist[:])
	default:
		w.put(dynamicBlock, blockHeader)
		e.putCodes(w)
		putTokens(w, tokens, e.lit[:], e.dist[:])
	}
}

// putStored writes a stored block of at most 65535 bytes. With none it is what a
// flush ends with.
func putStored(w *bitWriter, data []byte) {
	w.put(storedBlock, blockHeader)
	w.align()
	w.dst = binary.LittleEndian.AppendUint16(w.dst, uint16(len(data)))
	w.dst = binary.LittleEndian.AppendUint16(w.dst, ^uint16(len(data)))
	w.dst = append(w.dst, data...)
}

// fixedSize returns how many bits the tokens and the end of the block take with
// the fixed codes. This one is for few tokens.
func fixedSize(tokens []token) int {
	n := 7
	for _, t := range tokens {
		if t&matchToken == 0 {
			n += 8 + int(t+112)>>8 // from 144 on they have 9
			continue
		}
		l := endOfBlock + 1 + int(lengthCodes[t.length()-3])
		n += int(fixedLit[l].len()+litSymbols[l].extraBits()) +
			5 + int(distSymbols[distCode(t.dist())].extraBits())
	}
	return n
}

// fixedSize is the same for the tokens that were counted.
func (e *encoder) fixedSize() int {
	n := 0
	for sym, f := range e.litFreq {
		n += int(f) * int(fixedLit[sym].len()+litSymbols[sym].extraBits())
	}
	for sym, f := range e.distFreq {
		n += int(f) * int(5+distSymbols[sym].extraBits())
	}
	return n
}

// putTokens writes the tokens and the end of the block.
func putTokens(w *bitWriter, tokens []token, lit, dist []codeword) {
	for _, t := range tokens {
		if t&matchToken == 0 {
			c := lit[t&0xff]
			w.put(c.bits(), c.len())
			continue
		}
		l := endOfBlock + 1 + int(lengthCodes[t.length()-3])
		c := lit[l]
		v, n := c.bits(), c.len()
		v |= uint64(t.length()-int(litSymbols[l].value())) << n
		n += litSymbols[l].extraBits()

		d := distCode(t.dist())
		c = dist[d]
		v |= c.bits() << n
		n += c.len()
		v |= uint64(t.dist()-int(distSymbols[d].value())) << n
		w.put(v, n+distSymbols[d].extraBits())
	}
	w.put(lit[endOfBlock].bits(), lit[endOfBlock].len())
}
