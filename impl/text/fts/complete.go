// SPDX-License-Identifier: MIT

package fts

import (
	"bytes"
	"slices"
)

const (
	maxLevels  = 128 // of the trie, below where it begins
	maxChoices = 8   // children of a node that are looked at
	maxName    = 63  // bytes of a child's letters
)

// choice is a child that can be taken.
type choice struct {
	at                   uint32
	name                 []byte
	instances, left      int32 // left: of what is below, what has not been taken
	descendants, matched int32 // matched: letters of the needle in front of it and in it
}

// stage is one level of the walk.
type stage struct {
	choices []choice
	next    int  // the choice behind the one that was taken
	inside  bool // its children are looked at
}

// walk collects completions.
type walk struct {
	s      *search
	needle []byte
	prefix []byte // what leads to where the walk begins
	stages []stage
	out    *Result
}

// complete walks down from w, to the children with the most below them first, until there
// are enough. Where a sibling of one above has more than is left of that one, it goes on there.
func (s *search) complete(p *Params, needle []byte, w *where, out *Result) error {
	k := &walk{s: s, needle: needle, prefix: needle[:min(w.pos, maxName)], out: out}
	k.stages = []stage{{choices: []choice{{matched: int32(len(k.prefix))}}, next: 1}}
	if w.pos == len(needle) {
		k.record(&choice{instances: int32(w.instances), left: int32(w.below), descendants: int32(w.children)})
	}
	at := w.at
	budget := p.MaxAutocomplete
	for visits := int64(s.size); len(k.stages) > 0 && budget != 0; visits-- {
		if visits <= 0 {
			return errBroken
		}
		top := len(k.stages) - 1
		here := &k.stages[top]
		c := s.from(at)
		e := c.entry()
		if c.err != nil {
			return c.err
		}
		taken := &here.choices[here.next-1]
		if top > 0 && int(taken.matched)+len(taken.name) >= len(needle) && taken.instances != 0 && e.refs != 0 {
			if err := s.keep(0, int64(maxName*top+64)); err != nil {
				return err
			}
			k.record(taken)
			if budget--; budget == 0 {
				break
			}
		}
		if !here.inside && e.children > 0 {
			here.inside = true
			if len(k.stages) == maxLevels {
				return errTooDeep
			}
			below, err := k.choices(c, e, at, taken.matched)
			if err != nil {
				return err
			}
			k.stages = append(k.stages, stage{choices: below})
		}
		at = k.onward()
	}
	slices.SortStableFunc(out.Completions, func(a, b Completion) int { return int(int64(b.Instances) - int64(a.Instances)) })
	return nil
}

// choices are a node's children that the needle allows.
func (k *walk) choices(c *cursor, e entry, at uint32, done int32) (list []choice, err error) {
	for range e.children {
		if len(list) == maxChoices {
			break
		}
		x := c.child()
		name := c.text(nil, x.length, maxName)
		if c.err != nil {
			return nil, c.err
		}
		if x.at >= at {
			return nil, errBroken
		}
		m := min(len(k.needle)-int(done), len(name))
		if m > 0 && !bytes.Equal(k.needle[done:int(done)+m], name[:m]) {
			continue
		}
		list = append(list, choice{x.at, name, int32(x.instances), int32(x.below), int32(x.descendants), done + int32(max(m, 0))})
	}
	return list, nil
}

// onward is where the walk goes next; when there is nothing left there are no stages.
func (k *walk) onward() (at uint32) {
	for len(k.stages) > 0 {
		last := &k.stages[len(k.stages)-1]
		if last.next < len(last.choices) {
			break
		}
		last.inside = false
		k.stages = k.stages[:len(k.stages)-1]
	}
	jumped := false
	for n := len(k.stages) - 2; n >= 0; n-- {
		s := &k.stages[n]
		if s.next >= len(s.choices) || s.choices[s.next-1].left >= s.choices[s.next].left {
			continue
		}
		if i := len(k.out.Completions); i > 0 {
			k.out.Completions[i-1].Elided = true
		}
		k.stages = k.stages[:n+1]
		s.inside = false
		at = s.choices[s.next].at
		s.next++
		jumped = true
	}
	if jumped || len(k.stages) == 0 {
		return at
	}
	s := &k.stages[len(k.stages)-1]
	s.next++
	return s.choices[s.next-1].at
}

// record notes the word that the stages lead to, if it or longer ones are there.
func (k *walk) record(c *choice) {
	if c.instances == 0 && c.left == 0 {
		return
	}
	text := slices.Clone(k.prefix)
	for i := range k.stages[1:] {
		s := &k.stages[i+1]
		text = append(text, s.choices[s.next-1].name...)
	}
	k.out.Completions = append(k.out.Completions, Completion{Text: string(text), Instances: c.instances, Below: c.left, More: c.descendants != 0})
	for i := range k.stages {
		s := &k.stages[i]
		s.choices[s.next-1].left -= c.instances
	}
}
