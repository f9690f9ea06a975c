// SPDX-License-Identifier: MIT

package deflate

import "encoding/binary"

// The contents of a block with Huffman codes, decoded in two ways: symbol by
// symbol with a check of everything, and a fast loop for as long as input and
// output are far from their ends.

const (
	// fastIn is how much input a round of the fast loop may look at: two loads
	// of 8 bytes, of which the first moves on by at most 7.
	fastIn = 16

	// fastOut is how much room it needs: two literals, and what the last 8-byte
	// store of a match writes too much. A match that has no room ends it.
	fastOut = 2 + 8
)

// symbols decodes until the block ends or there is no more input or room.
func (z *Inflater) symbols(c *cursor) (bool, error) {
	for {
		if len(c.in)-c.i >= fastIn && len(c.out)-c.o >= fastOut {
			if err := z.fast(c); err != nil || z.state != inSymbols {
				return true, err
			}
		}
		if again, err := z.symbol(c); !again || err != nil {
			return false, err
		}
		if z.state != inSymbols {
			return true, nil
		}
	}
}

// symbol decodes literals and then a length with its distance, or the end of the
// block. Of each it takes all of its bits or, if not all are there, none: 48 at most. It
// reports false if it could not.
func (z *Inflater) symbol(c *cursor) (bool, error) {
	// Bits that are not there read as zero. That can find the wrong entry, but
	// only one that is longer than what is held.
	z.top(c)
	e := z.tables.lit[z.hold&(1<<litRoot-1)]
	for e&entryLiteral != 0 && e.codeLen() <= z.held && c.o < len(c.out) {
		z.drop(e.codeLen())
		c.out[c.o] = byte(e.value())
		c.o++
		z.top(c)
		e = z.tables.lit[z.hold&(1<<litRoot-1)]
	}
	if e&entryLink != 0 {
		e = z.tables.lit[e.subtable(z.hold>>litRoot)]
	}
	n := e.codeLen()
	switch {
	case n > z.held:
		return false, nil
	case e&entryBad != 0:
		return false, ErrCorrupt
	case e&entryEnd != 0:
		z.drop(n)
		z.endBlock()
		return true, nil
	case c.o == len(c.out):
		return false, nil
	case e&entryLiteral != 0:
		z.drop(n)
		c.out[c.o] = byte(e.value())
		c.o++
		return true, nil
	}

	length := e.value() + uint(z.hold>>n)&(1<<e.extraBits()-1)
	n += e.extraBits()
	e = z.tables.dist[z.hold>>n&(1<<distRoot-1)]
	if e&entryLink != 0 {
		e = z.tables.dist[e.subtable(z.hold>>n>>distRoot)]
	}
	if n += e.codeLen(); n > z.held {
		return false, nil
	}
	if e&entryBad != 0 {
		return false, ErrCorrupt
	}
	dist := e.value() + uint(z.hold>>n)&(1<<e.extraBits()-1)
	if n += e.extraBits(); n > z.held {
		return false, nil
	}
	if dist > uint(c.o+z.win.have) || dist > 1<<z.windowBits() {
		return false, ErrCorrupt
	}
	z.drop(n)
	z.length, z.dist, z.state = length, dist, inCopy
	return z.copyMatch(c), nil
}

// top fills hold up for a symbol, if it has to.
func (z *Inflater) top(c *cursor) {
	if z.held < 48 {
		z.fill(c)
	}
}

// copyMatch writes what it can of the match of z.length bytes at z.dist, which
// is known to be there. It reports true when it is whole.
func (z *Inflater) copyMatch(c *cursor) bool {
	// From before this call's output.
	if back := int(z.dist) - c.o; back > 0 {
		n := z.win.copyOut(c.out[c.o:], back, min(back, int(z.length)))
		c.o += n
		z.length -= uint(n)
	}
	// Byte by byte if the match overlaps itself, for that repeats it.
	dst := c.out[c.o:min(len(c.out), c.o+int(z.length))]
	if len(dst) > 0 {
		src := c.out[c.o-int(z.dist):]
		if int(z.dist) >= len(dst) {
			copy(dst, src)
		} else {
			for i := range dst {
				dst[i] = src[i]
			}
		}
		c.o += len(dst)
		z.length -= uint(len(dst))
	}
	if z.length > 0 {
		return false
	}
	z.state = inSymbols
	return true
}

// fast decodes symbols while there are fastIn bytes of input and fastOut bytes of
// room. It also returns when the block ends. It is one long function so that its
// state stays in registers.
func (z *Inflater) fast(c *cursor) error {
	in, out := c.in, c.out
	i, o := c.i, c.o
	hold, held := z.hold, z.held
	lit, dist := &z.tables.lit, &z.tables.dist
	reach := min(uint(z.win.have), 1<<z.windowBits())
	limit := uint(1) << z.windowBits()
	room := len(out) - 8 // for a match
	var err error

	for len(in)-i >= fastIn && len(out)-o >= fastOut {
		// At least 56 bits. Above held, hold may have bits that will come again
		// with the next load; that does no harm to an or.
		hold |= binary.LittleEndian.Uint64(in[i:]) << (held & 63)
		i += int((63 - held) >> 3)
		held |= 56

		e := lit[hold&(1<<litRoot-1)]
		if e&entryLiteral != 0 {
			out[o] = byte(e >> 16)
			o++
			hold >>= e.codeLen()
			held -= e.codeLen()
			e = lit[hold&(1<<litRoot-1)]
			if e&entryLiteral != 0 {
				out[o] = byte(e >> 16)
				o++
				hold >>= e.codeLen()
				held -= e.codeLen()
				e = lit[hold&(1<<litRoot-1)]
			}
		}
		if e&entryLink != 0 {
			e = lit[e.subtable(hold>>litRoot)]
		}
		hold >>= e.codeLen()
		held -= e.codeLen()
		if e&(entryLiteral|entryEnd|entryBad) != 0 {
			if e&entryLiteral != 0 {
				out[o] = byte(e >> 16)
				o++
				continue
			}
			if e&entryBad != 0 {
				err = ErrCorrupt
			} else {
				z.state = atBlock
			}
			break
		}
		length := e.value() + uint(hold)&(1<<e.extraBits()-1)
		hold >>= e.extraBits()
		held -= e.extraBits()

		hold |= binary.LittleEndian.Uint64(in[i:]) << (held & 63)
		i += int((63 - held) >> 3)
		held |= 56
		e = dist[hold&(1<<distRoot-1)]
		if e&entryLink != 0 {
			e = dist[e.subtable(hold>>distRoot)]
		}
		hold >>= e.codeLen()
		held -= e.codeLen()
		d := e.value() + uint(hold)&(1<<e.extraBits()-1)
		hold >>= e.extraBits()
		held -= e.extraBits()

		switch {
		case e&entryBad != 0 || d > uint(o)+reach || d > limit:
			err = ErrCorrupt
		case d <= uint(o) && o+int(length) <= room:
			copyWithin(out, o, int(d), int(length))
			o += int(length)
			continue
		default:
			z.length, z.dist, c.o = length, d, o
			whole := z.copyMatch(c)
			o = c.o
			if whole {
				continue
			}
			z.state = inCopy
		}
		break
	}
	c.i, c.o = i, o
	z.hold, z.held = hold&(1<<held-1), held
	if z.state == atBlock {
		z.endBlock()
	}
	return err
}

// copyWithin copies length bytes, one after the other, from dist bytes before o
// to o. It may write up to 8 bytes more; out has the room.
func copyWithin(out []byte, o, dist, length int) {
	from, end := o-dist, o+length
	switch {
	case dist >= length && length > 32:
		copy(out[o:end], out[from:])
		return
	case dist == 1:
		v := uint64(out[from]) * 0x0101010101010101
		for ; o < end; o += 8 {
			binary.LittleEndian.PutUint64(out[o:], v)
		}
		return
	case dist < 8:
		for range 8 {
			out[o] = out[from]
			o++
			from++
		}
		// From here on a multiple of dist does as well, and that is enough to
		// go in steps of 8.
		from = o - (8+dist-1)/dist*dist
	}
	for ; o < end; o += 8 {
		binary.LittleEndian.PutUint64(out[o:], binary.LittleEndian.Uint64(out[from:]))
		from += 8
	}
}
