// SPDX-License-Identifier: MIT

package deflate

// The codes of a dynamic block (RFC 1951 §3.2.7), from the sender's side.

const (
	maxClenLen = 7
	minClens   = 4
)

// plan makes the codes for the tokens that were counted, and how to send them. It
// returns how many bits the block takes with them.
func (e *encoder) plan() int {
	nLit, nDist := used(e.litFreq[:], endOfBlock+1), used(e.distFreq[:], 2)
	codeLengths(e.lens[:nLit], e.litFreq[:nLit], maxCodeLen)
	codeLengths(e.lens[nLit:nLit+nDist], e.distFreq[:nDist], maxCodeLen)
	codewords(e.lit[:nLit], e.lens[:nLit])
	codewords(e.dist[:nDist], e.lens[nLit:nLit+nDist])

	size := 14
	for sym, f := range e.litFreq[:nLit] {
		size += int(f) * int(e.lit[sym].len()+litSymbols[sym].extraBits())
	}
	for sym, f := range e.distFreq[:nDist] {
		size += int(f) * int(e.dist[sym].len()+distSymbols[sym].extraBits())
	}

	e.nLit, e.nDist = nLit, nDist
	e.runLengths(e.lens[:nLit+nDist])
	codeLengths(e.clenLens[:], e.clenFreq[:], maxClenLen)
	codewords(e.clen[:], e.clenLens[:])
	e.nClen = numClenCodes
	for e.nClen > minClens && e.clenLens[clenOrder[e.nClen-1]] == 0 {
		e.nClen--
	}
	size += 3 * e.nClen
	for sym, f := range e.clenFreq {
		size += int(f) * int(e.clen[sym].len()+clenExtra(uint8(sym)))
	}
	return size
}

// count sets the frequencies of a block with these tokens.
func (e *encoder) count(tokens []token) {
	clear(e.litFreq[:])
	clear(e.distFreq[:])
	for _, t := range tokens {
		if t&matchToken == 0 {
			e.litFreq[t&0xff]++
			continue
		}
		e.litFreq[endOfBlock+1+int(lengthCodes[t.length()-3])]++
		e.distFreq[distCode(t.dist())]++
	}
	e.litFreq[endOfBlock] = 1
}

// used returns how many codes have to be sent, at least atLeast.
func used(freq []uint16, atLeast int) int {
	n := len(freq)
	for n > atLeast && freq[n-1] == 0 {
		n--
	}
	return n
}

// runLengths codes lens in the code length alphabet.
func (e *encoder) runLengths(lens []uint8) {
	e.clens = e.clens[:0]
	clear(e.clenFreq[:])
	for len(lens) > 0 {
		l, run := lens[0], 1
		for run < len(lens) && lens[run] == l {
			run++
		}
		lens = lens[run:]
		if l == 0 {
			for ; run >= 11; run -= min(run, 138) {
				e.addClen(18, min(run, 138)-11)
			}
			if run >= 3 {
				e.addClen(17, run-3)
				run = 0
			}
		} else if run > 3 {
			e.addClen(l, 0)
			for run--; run >= 3; run -= min(run, 6) {
				e.addClen(16, min(run, 6)-3)
			}
		}
		for ; run > 0; run-- {
			e.addClen(l, 0)
		}
	}
}

func (e *encoder) addClen(sym uint8, extra int) {
	e.clens = append(e.clens, clen{sym, uint8(extra)})
	e.clenFreq[sym]++
}

// clenExtra returns the number of extra bits of a code length symbol.
func clenExtra(sym uint8) uint {
	if sym < 16 {
		return 0
	}
	return repeats[sym-16].extra
}

// putCodes writes what plan has made, the header of the dynamic block.
func (e *encoder) putCodes(w *bitWriter) {
	w.put(uint64(e.nLit-257), 5)
	w.put(uint64(e.nDist-1), 5)
	w.put(uint64(e.nClen-minClens), 4)
	for _, sym := range clenOrder[:e.nClen] {
		w.put(uint64(e.clenLens[sym]), 3)
	}
	for _, c := range e.clens {
		code := e.clen[c.sym]
		w.put(code.bits()|uint64(c.extra)<<code.len(), code.len()+clenExtra(c.sym))
	}
}
