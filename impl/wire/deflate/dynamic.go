// SPDX-License-Identifier: MIT

package deflate

// The header of a block with dynamic Huffman codes (RFC 1951 §3.2.7).

// clenOrder is the order in which the code length code's lengths are sent.
var clenOrder = [numClenCodes]uint8{
	16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
}

// repeats are the code length symbols from 16 on.
var repeats = [3]struct{ extra, base uint }{
	{2, 3},  // 16: the previous length, 3 to 6 times
	{3, 3},  // 17: zero, 3 to 10 times
	{7, 11}, // 18: zero, 11 to 138 times
}

// dynSizes reads HLIT, HDIST and HCLEN.
func (z *Inflater) dynSizes(c *cursor) (bool, error) {
	if !z.need(c, 14) {
		return false, nil
	}
	z.nLit = uint16(z.hold&31) + 257
	z.nDist = uint16(z.hold>>5&31) + 1
	z.nClen = uint16(z.hold>>10&15) + 4
	z.drop(14)
	if z.nLit > maxLitCodes || z.nDist > maxDistCodes {
		return false, ErrCorrupt
	}
	z.dyn = tablesPool.Get().(*tables)
	z.dyn.clenLens = [numClenCodes]uint8{}
	z.index = 0
	z.state = inClens
	return true, nil
}

// clens reads the lengths of the code length code.
func (z *Inflater) clens(c *cursor) (bool, error) {
	for ; z.index < z.nClen; z.index++ {
		if !z.need(c, 3) {
			return false, nil
		}
		z.dyn.clenLens[clenOrder[z.index]] = uint8(z.hold & 7)
		z.drop(3)
	}
	if !buildTable(z.dyn.clen[:], clenRoot, clenSymbols[:], z.dyn.clenLens[:]) {
		return false, ErrCorrupt
	}
	z.index = 0
	z.state = inLens
	return true, nil
}

// lens reads the lengths of the literal/length and distance codes, which are one
// sequence, and makes the tables.
func (z *Inflater) lens(c *cursor) (bool, error) {
	lens, clen := z.dyn.lens[:z.nLit+z.nDist], &z.dyn.clen
	for int(z.index) < len(lens) {
		if z.held < 14 { // the most that a length can take
			z.fill(c)
		}
		i, hold, held := int(z.index), z.hold, z.held
		e := clen[hold&(1<<clenRoot-1)]
		for e.value() < 16 && e&entryBad == 0 && e.codeLen() <= held && i < len(lens) {
			lens[i] = uint8(e.value())
			i++
			hold >>= e.codeLen()
			held -= e.codeLen()
			e = clen[hold&(1<<clenRoot-1)]
		}
		read := i > int(z.index)
		z.index, z.hold, z.held = uint16(i), hold, held
		n, sym := e.codeLen(), e.value()
		switch {
		case read && held < 14 || i == len(lens):
			continue // with more in hold
		case n > z.held:
			return false, nil
		case e&entryBad != 0:
			return false, ErrCorrupt
		}

		r := repeats[sym-16]
		if n+r.extra > z.held {
			return false, nil
		}
		times := int(r.base + uint(z.hold>>n)&(1<<r.extra-1))
		if times > len(lens)-int(z.index) || sym == 16 && z.index == 0 {
			return false, ErrCorrupt
		}
		same := lens[z.index:][:times]
		if sym == 16 {
			l := lens[z.index-1]
			for i := range same {
				same[i] = l
			}
		} else {
			clear(same)
		}
		z.index += uint16(times)
		z.drop(n + r.extra)
	}

	// A block that cannot end is of no use to anybody.
	if lens[endOfBlock] == 0 ||
		!buildTable(z.dyn.lit[:], litRoot, litSymbols[:], lens[:z.nLit]) ||
		!buildTable(z.dyn.dist[:], distRoot, distSymbols[:], lens[z.nLit:]) {
		return false, ErrCorrupt
	}
	z.tables = z.dyn
	z.state = inSymbols
	return true, nil
}
