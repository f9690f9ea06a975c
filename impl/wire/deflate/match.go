// SPDX-License-Identifier: MIT

package deflate

import (
	"encoding/binary"
	"math/bits"
	"sync"
)

// The search for repetitions.

const (
	hashBits = 13
	minMatch = 4 // shorter ones are not looked for, though the format has 3

	// slack is what an 8-byte load may read behind the data.
	slack = 8
)

// effort is what a compression level stands for.
type effort struct {
	chain int // candidates that are looked at for each position
	lazy  int // a match shorter than this is given up for a longer one, one byte on
	nice  int // a match of this length ends the search
}

// efforts has the levels; 1 is not here, it goes another way (greedy).
var efforts = [BestLevel + 1]effort{
	2: {4, 0, 32},
	3: {8, 0, 64},
	4: {8, 8, 64},
	5: {16, 16, 128},
	6: {32, 32, 128},
	7: {64, 64, maxMatch},
	8: {128, 128, maxMatch},
	9: {256, maxMatch, maxMatch},
}

// token is a literal, or a match: matchToken | (length-3)<<16 | (distance-1).
type token uint32

const matchToken token = 1 << 31

func (t token) length() int { return int(t>>16&0xff) + 3 }
func (t token) dist() int   { return int(t&0xffff) + 1 }

func newMatch(length, dist int) token {
	return matchToken | token(length-3)<<16 | token(dist-1)
}

// chain links each position to the previous one with the same hash.
type chain [1 << maxBufferClass]uint16

var chainPool = sync.Pool{New: func() any { return new(chain) }}

// matcher finds repetitions in data: the history, and behind it what is to be
// compressed. The tables have positions in the stream, the last 16 bits of them: so
// they need no change when data moves. What they give is only a hint, and may be
// wrong in every way. So zero needs no special meaning.
type matcher struct {
	data  []byte // with slack bytes behind its contents
	base  uint16 // position of data[0] in the stream
	reach int    // largest distance

	head   [1 << hashBits]uint16
	prev   *chain // nil at level 1
	hashed int    // positions below are in head and prev (not at level 1)
}

func hash4(v uint32) uint32 { return v * 2654435761 >> (32 - hashBits) }

func (m *matcher) load(i int) uint32 { return binary.LittleEndian.Uint32(m.data[i:]) }

// matchLen returns how many bytes at j, up to end, equal those at i < j.
func (m *matcher) matchLen(i, j, end int) int {
	from := j
	for j < end {
		x := binary.LittleEndian.Uint64(m.data[i:]) ^ binary.LittleEndian.Uint64(m.data[j:])
		if x != 0 {
			return min(j+bits.TrailingZeros64(x)/8, end) - from
		}
		i += 8
		j += 8
	}
	return end - from
}

// greedy appends the tokens for data[pos:end] to t. It takes the first match it
// finds and speeds up where it finds none.
func (m *matcher) greedy(t []token, pos, end int) []token {
	const skipLog = 5
	literals := pos // where those begin that are not in t yet
	for pos+minMatch <= end {
		v := m.load(pos)
		h := hash4(v)
		at := m.base + uint16(pos)
		dist := int(at - m.head[h])
		m.head[h] = at
		cand := pos - dist
		if dist == 0 || cand < 0 || dist > m.reach || m.load(cand) != v {
			pos += 1 + (pos-literals)>>skipLog
			continue
		}
		for pos > literals && cand > 0 && m.data[pos-1] == m.data[cand-1] {
			pos--
			cand--
		}
		n := m.matchLen(cand, pos, min(end, pos+maxMatch))
		t = appendLiterals(t, m.data[literals:pos])
		t = append(t, newMatch(n, dist))
		// One that is as long as can be said goes on, as a rule: then nothing has to
		// be looked up, which takes longer where there are many connections.
		for n == maxMatch && pos+n+minMatch <= end && m.load(cand+n) == m.load(pos+n) {
			pos += n
			cand += n
			n = m.matchLen(cand, pos, min(end, pos+maxMatch))
			t = append(t, newMatch(n, dist))
		}
		if next := pos + n; next+2 <= end {
			m.head[hash4(m.load(pos+1))] = m.base + uint16(pos+1)
			m.head[hash4(m.load(next-2))] = m.base + uint16(next-2)
		}
		pos += n
		literals = pos
	}
	return appendLiterals(t, m.data[literals:end])
}

func appendLiterals(t []token, b []byte) []token {
	for _, c := range b {
		t = append(t, token(c))
	}
	return t
}

// lazy does the same with more effort: it follows the chain of candidates, and
// looks whether the next position has a longer match.
func (m *matcher) lazy(t []token, pos, end int, e *effort) []token {
	for pos < end {
		n, dist := m.longest(pos, end, minMatch-1, e)
		if n < minMatch {
			t = append(t, token(m.data[pos]))
			pos++
			continue
		}
		for n < e.lazy {
			longer, at := m.longest(pos+1, end, n, e)
			if longer <= n {
				break
			}
			t = append(t, token(m.data[pos]))
			pos++
			n, dist = longer, at
		}
		t = append(t, newMatch(n, dist))
		pos += n
	}
	return t
}

// longest looks for a match at pos that is longer than n. It returns the longest,
// or a length of at most n if there is none.
func (m *matcher) longest(pos, end, n int, e *effort) (length, dist int) {
	if pos+minMatch > end || pos+n >= end {
		return 0, 0
	}
	m.insert(pos)
	end = min(end, pos+maxMatch)
	v := m.load(pos)
	at := m.base + uint16(pos)
	farthest := min(pos, m.reach)
	hint := m.head[hash4(v)]
	back := int(at - hint)
	for tries := e.chain; tries > 0 && uint(back-1) < uint(farthest); tries-- {
		cand := pos - back
		if m.data[cand+n] == m.data[pos+n] && m.load(cand) == v {
			if l := m.matchLen(cand, pos, end); l > n {
				n, dist = l, back
				if n >= e.nice || pos+n >= end {
					break
				}
			}
		}
		hint = m.prev[hint]
		next := int(at - hint)
		if next <= back {
			break
		}
		back = next
	}
	if dist == 0 {
		return 0, 0
	}
	return n, dist
}

// insert puts the positions before pos into the tables.
func (m *matcher) insert(pos int) {
	for ; m.hashed < pos; m.hashed++ {
		h := hash4(m.load(m.hashed))
		at := m.base + uint16(m.hashed)
		m.prev[at] = m.head[h]
		m.head[h] = at
	}
}

// slide tells that the contents of data moved down by d bytes.
func (m *matcher) slide(d int) {
	m.base += uint16(d)
	m.hashed -= d
}
