// SPDX-License-Identifier: MIT

// Package fts is full text search: it makes an index of texts, a trie of their words in
// a file, and searches in it without reading it all. The file's format is the original's.
package fts

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"unsafe"
)

const (
	magic      = 0xca7a5f75
	headerSize = 20
	chunkLines = 200 // lines in a chunk of a line table
	maxWord    = 127 // bytes that a node keeps of a word's rest
	maxDepth   = 256 // of the trie
	longLine   = 200
	longWord   = 80
)

var (
	errTooLarge = errors.New("the index is larger than 4 GiB")
	errTooDeep  = errors.New("a word is a prefix of too many others that are of each other: the trie is too deep")
)

// File is where an index is written: from its beginning on, and parts of it again.
type File interface {
	io.Writer
	io.WriterAt
}

// Index is being made.
type Index struct {
	file File
	at   int64 // its length so far

	nodes  []node
	text   []byte // of all nodes' suffixes
	inputs []input
	refs   []refs // of the input at hand, as they were found
	input  int    // -1: none yet

	now, matched uint32 // the node, and how much of its suffix is matched (0: all)
	gathering    bool   // nothing else begins like the word: its rest is the suffix
	rest         []byte
	line, inLine uint32
	inChunk      int
	skipping     bool // a line that is no text

	// RawInput counts what was indexed.
	RawInput int64
}

// node is a letter, or several where there was only one way on so far.
type node struct {
	parent, child, sibling uint32 // 0: none
	children               uint32
	suffix, suffixLen      uint32 // in Index.text; 0: c alone
	refs                   uint32 // of the input at hand, from 1
	lastRefs, at           uint32 // in the file
	instances              uint32
	below, belowChildren   uint32 // of it and all below
	c                      byte
}

// input is one text.
type input struct {
	path             string
	lines, lineTable uint32
	filled           bool
}

// refs are a word's lines in the input at hand.
type refs struct {
	owner, total uint32
	lines        []byte
}

// NewIndex begins one.
func NewIndex(f File) (*Index, error) {
	x := &Index{file: f, nodes: make([]node, 1), text: make([]byte, 1), input: -1}
	var h [headerSize]byte
	binary.BigEndian.PutUint32(h[:], magic)
	return x, x.write(h[:])
}

func (x *Index) write(b []byte) error {
	if x.at+int64(len(b)) > math.MaxUint32 {
		return errTooLarge
	}
	n, err := x.file.Write(b)
	x.at += int64(n)
	return err
}

func (x *Index) patch(at int64, words ...uint32) error {
	var b []byte
	for _, w := range words {
		b = binary.BigEndian.AppendUint32(b, w)
	}
	_, err := x.file.WriteAt(b, at)
	return err
}

// AddInput names a text; what is returned names it to Fill.
func (x *Index) AddInput(path string) int {
	x.inputs = append(x.inputs, input{path: path[:min(len(path), 255)]})
	return len(x.inputs) - 1
}

func appendVLI(b []byte, v uint32) []byte {
	for shift := 28; shift > 0; shift -= 7 {
		if v>>shift != 0 {
			b = append(b, byte(v>>shift)|0x80)
		}
	}
	return append(b, byte(v)&0x7f)
}

// class of a byte: 0 ends a word, 2 is a capital letter.
func class(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return 2
	case c >= '0' && c <= '8', c == '_', c >= 'a' && c <= 'z', c >= 0x80:
		return 1 // not '9': as the original has it
	}
	return 0
}

// Fill takes the next piece of a text.
func (x *Index) Fill(n uint32, text []byte) error {
	if int64(n) >= int64(len(x.inputs)) {
		return fmt.Errorf("there is no file %d", n)
	}
	if int(n) != x.input {
		if x.input >= 0 {
			if err := x.endInput(); err != nil {
				return err
			}
		}
		x.input, x.line, x.inLine, x.inChunk = int(n), 1, 0, 0
	}
	if in := &x.inputs[n]; !in.filled {
		in.filled, in.lineTable = true, uint32(x.at)
	}
	x.RawInput += int64(len(text))
	x.skipping = false // so the original has it
	for {
		rest, err := x.chunk(text)
		if err != nil || len(rest) == 0 {
			return err
		}
		text, x.inChunk = rest, 0
	}
}

// chunk takes what makes one chunk of the line table, and writes that.
func (x *Index) chunk(text []byte) (rest []byte, err error) {
	table := make([]byte, 8, 256)
	first, bytes := x.line, uint32(0)
	for len(text) > 0 && x.inChunk < chunkLines {
		c := text[0]
		text = text[1:]
		x.inLine++
		if c == '\n' {
			x.inputs[x.input].lines++
			x.inChunk++
			x.line++
			table = appendVLI(table, x.inLine)
			bytes += x.inLine
			x.inLine = 0
			x.skipping = noText(text)
		} else if x.skipping {
			continue
		}
		if err := x.letter(c); err != nil {
			return nil, err
		}
	}
	binary.BigEndian.PutUint16(table, uint16(len(table)))
	binary.BigEndian.PutUint16(table[2:], uint16(x.line-first))
	binary.BigEndian.PutUint32(table[4:], bytes)
	return text, x.write(table)
}

// noText tells whether a line is too long, or without blanks for too long.
func noText(text []byte) bool {
	if len(text) <= longLine {
		return false
	}
	n, run := 0, 0
	for n < longLine && run < longWord && text[n] != '\n' {
		if text[n] == ' ' || text[n] == '\t' {
			run = 0
		}
		n++
		run++
	}
	return run == longWord || n == longLine
}

func (x *Index) letter(c byte) error {
	k := class(c)
	switch {
	case k == 0:
		return x.endWord(c)
	case k == 2:
		c += 'a' - 'A'
	}
	if x.gathering {
		if len(x.rest) < maxWord {
			x.rest = append(x.rest, c)
		}
		return nil
	}
	if x.matched > 0 {
		if x.matches(c) {
			return nil
		}
		return x.split(c)
	}
	e := x.nodes[x.now].child
	for e != 0 && x.nodes[e].c < c {
		e = x.nodes[e].sibling
	}
	if e != 0 && x.nodes[e].c == c {
		x.now = e
		if x.nodes[e].suffix != 0 {
			x.matched = 1
		}
		return nil
	}
	e, err := x.add(x.now, c)
	if err != nil {
		return err
	}
	// Below the root a node is soon split: letters that begin a word stay alone.
	x.gathering, x.rest = x.now != 0, x.rest[:0]
	x.now = e
	return nil
}

// add makes a child; they are in the order of their letters.
func (x *Index) add(parent uint32, c byte) (uint32, error) {
	if len(x.nodes) > math.MaxUint32/16 {
		return 0, errTooLarge
	}
	e := uint32(len(x.nodes))
	x.nodes = append(x.nodes, node{c: c, parent: parent})
	p := &x.nodes[parent].child
	for *p != 0 && x.nodes[*p].c <= c {
		p = &x.nodes[*p].sibling
	}
	x.nodes[e].sibling = *p
	*p = e
	x.nodes[parent].children++
	return e, nil
}

// matches goes on in the suffix of the node.
func (x *Index) matches(c byte) bool {
	e := &x.nodes[x.now]
	if x.text[e.suffix+x.matched] != c {
		return false
	}
	if x.matched++; x.matched == e.suffixLen {
		x.matched = 0
	}
	return true
}

// split divides the node where the word leaves its suffix, with c. What was behind goes to
// a child of its own; the word goes on in another, or, if c ends it, in that: so the
// original has it.
func (x *Index) split(c byte) error {
	e, k := x.now, x.matched
	tail := x.text[x.nodes[e].suffix+k]
	was := x.nodes[e]
	x.nodes[e].child, x.nodes[e].children = 0, 0
	d, err := x.add(e, tail)
	if err != nil {
		return err
	}
	old, behind := &x.nodes[e], &x.nodes[d]
	if old.suffixLen = k; k == 1 {
		old.suffix, old.suffixLen = 0, 0
	}
	behind.child, behind.children = was.child, was.children
	for s := was.child; s != 0; s = x.nodes[s].sibling {
		x.nodes[s].parent = d
	}
	if behind.refs = was.refs; was.refs != 0 {
		x.refs[was.refs-1].owner = d
	}
	behind.instances, behind.lastRefs = was.instances, was.lastRefs
	old.refs, old.instances, old.lastRefs = 0, 0, 0
	if k+1 != was.suffixLen {
		behind.suffix, behind.suffixLen = was.suffix+k, was.suffixLen-k
	}
	if class(c) != 0 {
		if d, err = x.add(e, c); err != nil {
			return err
		}
	}
	x.now, x.matched, x.gathering, x.rest = d, 0, true, x.rest[:0]
	return nil
}

// endWord notes the line for the word that c ends.
func (x *Index) endWord(c byte) error {
	if x.matched > 0 {
		if err := x.split(c); err != nil {
			return err
		}
	}
	e := &x.nodes[x.now]
	if x.gathering && len(x.rest) > 0 {
		e.suffix, e.suffixLen = uint32(len(x.text)), uint32(len(x.rest)+1)
		if len(x.text)+len(x.rest)+1 > math.MaxUint32 {
			return errTooLarge
		}
		x.text = append(append(x.text, e.c), x.rest...)
	}
	x.gathering = false
	if x.now == 0 {
		return nil
	}
	if e.refs == 0 {
		x.refs = append(x.refs, refs{owner: x.now})
		e.refs = uint32(len(x.refs))
	}
	r := &x.refs[e.refs-1]
	r.lines = appendVLI(r.lines, x.line)
	r.total++
	e.instances++
	x.now = 0
	return nil
}

// endInput writes the end of the line table, and the lines of all words in it: the last
// word that was new first.
func (x *Index) endInput() error {
	if err := x.endWord(0); err != nil { // of a text without a newline at its end
		return err
	}
	out := make([]byte, 8)
	for i := len(x.refs) - 1; i >= 0; i-- {
		r := &x.refs[i]
		owner := &x.nodes[r.owner]
		before := owner.lastRefs
		if x.at+int64(len(out)) > math.MaxUint32 {
			return errTooLarge
		}
		owner.lastRefs, owner.refs = uint32(x.at+int64(len(out))), 0
		out = appendVLI(out, before)
		out = appendVLI(out, uint32(x.input))
		out = appendVLI(out, r.total)
		out = append(out, r.lines...)
		if len(out) > 1<<16 {
			if err := x.write(out); err != nil {
				return err
			}
			out = out[:0]
		}
	}
	x.refs = x.refs[:0]
	return x.write(out)
}

// Finish writes the trie. Then the index can be searched.
func (x *Index) Finish() error {
	end := uint32(x.at) // of the line table of a text that never came
	if err := x.endInput(); err != nil {
		return err
	}
	if err := x.sum(0, 0); err != nil {
		return err
	}
	var out []byte
	at := make([]uint32, len(x.inputs))
	for i := len(x.inputs) - 1; i >= 0; i-- {
		in := &x.inputs[i]
		if !in.filled {
			in.lineTable = end
		}
		at[i] = uint32(x.at) + uint32(len(out))
		out = appendVLI(out, in.lineTable)
		out = appendVLI(out, in.lines)
		out = appendVLI(out, uint32(len(in.path)))
		out = append(out, in.path...)
	}
	if err := x.write(out); err != nil {
		return err
	}
	if err := x.patch(12, uint32(x.at), uint32(len(x.inputs))); err != nil {
		return err
	}
	out = out[:0]
	for _, a := range at {
		out = binary.BigEndian.AppendUint32(out, a)
	}
	if err := x.write(out); err != nil {
		return err
	}
	out, err := x.trie(0, out[:0])
	if err != nil {
		return err
	}
	if err = x.write(out); err != nil {
		return err
	}
	return x.patch(4, x.nodes[0].at, uint32(x.at))
}

// sum counts what is below each node.
func (x *Index) sum(e uint32, depth int) error {
	if depth >= maxDepth {
		return errTooDeep
	}
	n := &x.nodes[e]
	n.below, n.belowChildren = n.instances, n.children
	for c := n.child; c != 0; c = x.nodes[c].sibling {
		if err := x.sum(c, depth+1); err != nil {
			return err
		}
		n.below += x.nodes[c].below
		n.belowChildren += x.nodes[c].belowChildren
	}
	return nil
}

// trie appends a node behind its children.
func (x *Index) trie(e uint32, out []byte) ([]byte, error) {
	var children []uint32
	var err error
	for c := x.nodes[e].child; c != 0; c = x.nodes[c].sibling {
		if out, err = x.trie(c, out); err != nil {
			return nil, err
		}
		children = append(children, c)
	}
	// Those with the most below them first.
	slices.SortStableFunc(children, func(a, b uint32) int {
		return int(int64(x.nodes[b].below) - int64(x.nodes[a].below))
	})
	if len(out) > 1<<16 {
		if err := x.write(out); err != nil {
			return nil, err
		}
		out = out[:0]
	}
	n := &x.nodes[e]
	if x.at+int64(len(out)) > math.MaxUint32 {
		return nil, errTooLarge
	}
	n.at = uint32(x.at) + uint32(len(out))
	for _, v := range []uint32{n.lastRefs, n.children, n.instances, n.below} {
		out = appendVLI(out, v)
	}
	for _, c := range children {
		k := &x.nodes[c]
		for _, v := range []uint32{k.at, k.instances, k.below, k.belowChildren} {
			out = appendVLI(out, v)
		}
		if k.suffix == 0 {
			out = append(out, 1, k.c)
			continue
		}
		out = appendVLI(out, k.suffixLen)
		out = append(out, x.text[k.suffix:k.suffix+k.suffixLen]...)
	}
	return out, nil
}

// Size is the file's length so far.
func (x *Index) Size() int64 { return x.at }

// Memory is about how much the trie takes, and the lines of the text at hand.
func (x *Index) Memory() (trie, lines int64) {
	for i := range x.refs {
		lines += int64(cap(x.refs[i].lines))
	}
	lines += int64(cap(x.refs)) * int64(unsafe.Sizeof(refs{}))
	return int64(cap(x.nodes))*int64(unsafe.Sizeof(node{})) + int64(cap(x.text)), lines
}
