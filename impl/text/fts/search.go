// SPDX-License-Identifier: MIT

package fts

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"libwebsockets/impl/text/purify"
)

// Flags of a search (LWSFTS_F_QUERY_).
const (
	Autocomplete = 1 << iota
	Files
	FileLines
	QuoteLine
)

// MaxNeedle is the longest word that can be looked for.
const MaxNeedle = 30

// maxResult are bytes of what a search finds.
const maxResult = 1 << 28

var errMuch = errors.New("more than 256 MiB are found")

// ErrNeedle is of one that is longer.
var ErrNeedle = errors.New("what is looked for is too long")

// Params are what is looked for.
type Params struct {
	Needle          string
	OnlyPath        string // if Only
	Only            bool
	Flags           int
	MaxAutocomplete int
}

// Result is what was found.
type Result struct {
	Completions []Completion
	Paths       []Path
	Duration    time.Duration
}

// Completion is a word that begins like the needle.
type Completion struct {
	Text             string
	Instances, Below int32
	More, Elided     bool // longer ones exist; and some of them are not among these
}

// Path is an input that has the word.
type Path struct {
	Path           string
	Matches, Lines uint32
	Found          []Line // with FileLines
}

// Line is one that has it. Where the index does not say at what offset, or the file cannot
// be read there, these are 0 and empty.
type Line struct {
	Number, Offset uint32
	Quote          string // as JSON has it
}

// Search looks for the needle. What was found before an error comes with it.
func (r *Reader) Search(p *Params) (*Result, error) {
	if len(p.Needle) > MaxNeedle {
		return nil, ErrNeedle
	}
	begin := time.Now()
	s := &search{Reader: r, budget: 8*int64(r.size) + 1<<16, matches: int64(r.size)}
	out := &Result{}
	needle := []byte(p.Needle)
	for i, c := range needle { // bytes, not letters
		if class(c) == 2 {
			needle[i] = c + 'a' - 'A'
		}
	}
	w, err := s.find(needle)
	if err != nil || w == nil {
		return out, err
	}
	if w.pos == len(needle) && w.refs != 0 {
		out.Duration = time.Since(begin)
		if p.Flags&Files != 0 {
			if err := s.paths(p, w.refs, out); err != nil {
				return out, err
			}
		}
	}
	if p.Flags&Autocomplete == 0 {
		return out, nil
	}
	return out, s.complete(p, needle, w, out)
}

// where is the node that a search leads to: pos letters of the needle lead there, and
// the others may go on into some of its children.
type where struct {
	entry
	at  uint32
	pos int
}

// find is nil if nothing begins with the needle.
func (s *search) find(needle []byte) (*where, error) {
	w := &where{at: s.root}
	for {
		c := s.from(w.at)
		w.entry = c.entry()
		if c.err != nil || w.pos == len(needle) {
			return w, c.err
		}
		left := needle[w.pos:]
		credible, next := false, child{}
		for range w.children {
			k := c.child()
			text := c.text(nil, k.length, uint32(len(left)))
			if c.err != nil {
				return nil, c.err
			}
			if int(k.length) > len(left) {
				credible = credible || bytes.Equal(text, left)
			} else if k.length > 0 && bytes.Equal(text, left[:len(text)]) {
				next = k
				break
			}
		}
		switch {
		case next.length > 0:
			if next.at >= w.at { // children lie in front of their parents
				return nil, errBroken
			}
			w.at = next.at
			w.pos += int(next.length)
		case credible:
			return w, nil
		default:
			return nil, nil
		}
	}
}

// paths are the inputs that have the word, and its lines.
func (s *search) paths(p *Params, at uint32, out *Result) error {
	err := s.chain(p, at, out)
	slices.Reverse(out.Paths)
	if err != nil {
		return err
	}
	// Those with the most on their lines first; one without lines stays where it is.
	density := func(f *Path) int64 { return int64(f.Matches) * 1000 / int64(f.Lines) }
	for rest := out.Paths; len(rest) > 0; {
		n := slices.IndexFunc(rest, func(f Path) bool { return f.Lines == 0 })
		if n < 0 {
			n = len(rest)
		}
		slices.SortStableFunc(rest[:n], func(a, b Path) int { return cmp.Compare(density(&b), density(&a)) })
		rest = rest[min(n+1, len(rest)):]
	}
	return nil
}

// chain goes from the last input with the word to the first.
func (s *search) chain(p *Params, at uint32, out *Result) error {
	for at != 0 {
		c := s.from(at)
		before, n, total := c.vli(), c.vli(), c.vli()
		if c.err == nil && before >= at {
			c.fail(errBroken)
		}
		if c.err != nil {
			return c.err
		}
		at = before
		path, table, lines, err := s.path(n)
		if err != nil {
			return err
		}
		if p.Only && path != p.OnlyPath {
			continue
		}
		f := Path{Path: path, Matches: total, Lines: lines}
		if err := s.keep(int64(total), int64(len(path)+64)); err != nil {
			return err
		}
		if err := s.found(p, c, &f, table); err != nil {
			return err
		}
		out.Paths = append(out.Paths, f)
		if p.Only {
			break
		}
	}
	return nil
}

// keep is asked before something is kept.
func (s *search) keep(matches, size int64) error {
	if s.matches -= matches; s.matches < 0 {
		return errBroken
	}
	if s.kept += size; s.kept > maxResult {
		return errMuch
	}
	return nil
}

// found are a word's lines in one input.
func (s *search) found(p *Params, c *cursor, f *Path, table uint32) error {
	var file *os.File
	if p.Flags&QuoteLine != 0 {
		var err error
		if file, err = os.Open(f.Path); err != nil {
			return err
		}
		defer file.Close()
	}
	if p.Flags&FileLines == 0 {
		return nil
	}
	starts, err := s.lines(table)
	if err != nil {
		return err
	}
	for range f.Matches {
		l := Line{Number: c.vli()}
		if c.err != nil {
			return c.err
		}
		if n := int64(l.Number) - 1; n >= 0 && n < int64(len(starts)) {
			l.Offset = starts[n]
			if file != nil {
				l.Quote = quote(file, int64(l.Offset))
			}
		}
		if err := s.keep(0, int64(32+len(l.Quote))); err != nil {
			return err
		}
		f.Found = append(f.Found, l)
	}
	return nil
}

// quote is a line of a file, up to 255 bytes of it.
func quote(file io.ReaderAt, at int64) string {
	var line [255]byte
	n, _ := file.ReadAt(line[:], at)
	text := line[:n]
	if i := bytes.IndexAny(text, "\n\r\x00"); i >= 0 {
		text = text[:i]
	}
	var out [383]byte
	k, _ := purify.JSON(out[:], text)
	return string(out[:k])
}
