// SPDX-License-Identifier: MIT

package fts

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

var errBroken = errors.New("the index is broken")

// Reader is an index that is searched.
type Reader struct {
	file              io.ReaderAt
	root, size, table uint32
	count             uint32
}

// Open looks at the head of an index of size bytes.
func Open(f io.ReaderAt, size int64) (*Reader, error) {
	var h [headerSize]byte
	if _, err := f.ReadAt(h[:], 0); err != nil {
		return nil, fmt.Errorf("unable to read file header: %w", err)
	}
	word := func(n int) uint32 { return binary.BigEndian.Uint32(h[4*n:]) }
	if word(0) != magic {
		return nil, fmt.Errorf("bad magic %02X %02X %02X %02X", h[0], h[1], h[2], h[3])
	}
	r := &Reader{f, word(1), word(2), word(3), word(4)}
	if int64(r.size) != size {
		return nil, errors.New("file size doesn't match expected")
	}
	if r.root < headerSize || r.root >= r.size || r.table < headerSize || int64(r.table)+4*int64(r.count) > size {
		return nil, errBroken
	}
	return r, nil
}

// search is one search. What it reads and keeps is bounded: of a sane index no byte counts
// more than a few times.
type search struct {
	*Reader
	budget  int64 // bytes to read
	matches int64 // lines that may still be found
	kept    int64 // bytes of what was found
}

// cursor is a place in the index.
type cursor struct {
	s    *search
	at   int64
	have []byte // read ahead
	err  error
	buf  [1024]byte
}

func (s *search) from(at uint32) *cursor {
	c := &cursor{s: s, at: int64(at)}
	if at < headerSize {
		c.err = errBroken
	}
	return c
}

// more reads ahead.
func (c *cursor) more() bool {
	n := min(int64(len(c.buf)), int64(c.s.size)-c.at)
	if c.err != nil || n <= 0 {
		c.fail(errBroken)
		return false
	}
	k, err := c.s.file.ReadAt(c.buf[:n], c.at)
	if k == 0 {
		c.fail(err)
		return false
	}
	c.have = c.buf[:k]
	return true
}

func (c *cursor) fail(err error) {
	if c.err == nil {
		c.err = err
	}
	c.have = nil
}

func (c *cursor) byte() byte {
	if c.s.budget--; c.s.budget < 0 {
		c.fail(errBroken)
	}
	if len(c.have) == 0 && !c.more() {
		return 0
	}
	b := c.have[0]
	c.have = c.have[1:]
	c.at++
	return b
}

func (c *cursor) vli() (v uint32) {
	for range 5 {
		b := c.byte()
		v = v<<7 | uint32(b&0x7f)
		if b&0x80 == 0 {
			break
		}
	}
	return v
}

func (c *cursor) big(bytes int) (v uint32) {
	for range bytes {
		v = v<<8 | uint32(c.byte())
	}
	return v
}

// text appends the next n bytes, the first limit of them.
func (c *cursor) text(to []byte, n, limit uint32) []byte {
	if int64(n) > int64(c.s.size)-c.at {
		c.fail(errBroken)
	}
	keep := min(n, limit)
	for ; keep > 0 && c.err == nil; keep-- {
		to = append(to, c.byte())
		n--
	}
	if c.err == nil {
		c.skip(n)
	}
	return to
}

func (c *cursor) skip(n uint32) {
	c.at += int64(n)
	if int(n) <= len(c.have) {
		c.have = c.have[n:]
	} else {
		c.have = nil
	}
}

// entry is what stands in front of a node's children.
type entry struct {
	refs, children, instances, below uint32
}

// maxChildren of a node: each begins with another byte, but for some of the original's.
const maxChildren = 512

func (c *cursor) entry() (e entry) {
	e = entry{c.vli(), c.vli(), c.vli(), c.vli()}
	if e.children > maxChildren {
		c.fail(errBroken)
	}
	return e
}

// child is a node as its parent has it; its suffix is behind.
type child struct {
	at, instances, below, descendants, length uint32
}

func (c *cursor) child() child {
	return child{c.vli(), c.vli(), c.vli(), c.vli(), c.vli()}
}

// path is the n-th input's, with where its line table is and how many lines it has.
func (s *search) path(n uint32) (path string, lineTable, lines uint32, err error) {
	if n >= s.count {
		return "", 0, 0, errBroken
	}
	c := s.from(s.table + 4*n)
	at := c.big(4)
	if c.err != nil {
		return "", 0, 0, c.err
	}
	c = s.from(at)
	lineTable, lines = c.vli(), c.vli()
	length := c.vli()
	text := c.text(nil, length, 254)
	return string(text), lineTable, lines, c.err
}

// lines are where each line of an input begins, the one behind the last with a newline
// included.
func (s *search) lines(table uint32) ([]uint32, error) {
	c := s.from(table)
	var starts []uint32
	at := uint32(0)
	for c.err == nil {
		begin := c.at
		length, count := c.big(2), c.big(2)
		c.big(4)
		for range count {
			starts = append(starts, at)
			at += c.vli()
		}
		switch used := c.at - begin; {
		case length == 0:
			return append(starts, at), c.err
		case int64(length) < used:
			return nil, errBroken
		default:
			c.skip(uint32(int64(length) - used))
		}
	}
	return nil, c.err
}
