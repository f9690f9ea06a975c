// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"regexp"
	"slices"
)

// A mirror is a Go struct that lies on the memory of one of C's.
type mirror struct {
	goType, c  string            // "engine.Face", "struct lws"
	from, upto string            // the part of C's: from a member up to another; empty: all
	names      map[string]string // of Go's fields that have others in C
}

// differing tells where the two are not the same. Each member of the part is a
// field of that name, place and size, or lies in fields without a name.
func (m *mirror) differing(g *GoCode, layouts map[string]Layout) []string {
	fields, size, err := g.Struct(m.goType)
	if err != nil {
		return []string{err.Error()}
	}
	l, ok := layouts[m.c]
	if !ok {
		return []string{"there is no " + m.c}
	}
	var out []string
	say := func(format string, args ...any) {
		out = append(out, m.goType+": "+fmt.Sprintf(format, args...))
	}
	first, last := 0, len(l.Members)
	for _, edge := range []struct {
		name string
		at   *int
	}{{m.from, &first}, {m.upto, &last}} {
		if edge.name == "" {
			continue
		}
		if *edge.at = slices.IndexFunc(l.Members, func(x Member) bool { return x.Name == edge.name }); *edge.at < 0 {
			return []string{m.c + " has no " + edge.name}
		}
	}
	begin, end := l.Members[first].BitOffset/8, l.Size
	if last < len(l.Members) {
		end = l.Members[last].BitOffset / 8
	}
	// What is behind a part may begin in what would be its padding.
	if room := end - begin; size > room || m.upto == "" && m.from == "" && size != room {
		say("%d bytes, in C %d", size, room)
	}
	members := l.Members[first:last]
	for _, f := range fields {
		if f.Name == "_" {
			continue
		}
		name := m.names[f.Name]
		if name == "" {
			name = f.Name
		}
		i := slices.IndexFunc(members, func(x Member) bool { return fold(x.Name) == fold(name) })
		if i < 0 {
			say("%s.%s is not in %s", m.goType, f.Name, m.c)
		} else if x := members[i]; x.BitField || x.BitOffset != 8*(begin+f.At) || x.BitSize != 8*f.Size {
			say("%s is %d bytes at %d, in C %d at %d", f.Name, f.Size, f.At, x.BitSize/8, x.BitOffset/8-begin)
		}
	}
	for _, x := range members {
		at, to := x.BitOffset/8-begin, (x.BitOffset+x.BitSize+7)/8-begin
		for i := range fields {
			f := &fields[i]
			if at >= to || at < f.At || at >= f.At+f.Size {
				continue
			}
			if f.Name != "_" && (at != f.At || to != at+f.Size) {
				break
			}
			at = f.At + f.Size // fields without a name may share a member
		}
		if at < to {
			say("no field has %s", x.Name)
		}
	}
	for n := range m.names {
		if !slices.ContainsFunc(fields, func(f GoField) bool { return f.Name == n }) {
			say("%s is named, but not there", n)
		}
	}
	return out
}

var mirrorDoc = regexp.MustCompile(`\b(?:is|has the layout of)(?: the)?(?: head of)? (?:struct \w|lws_\w+_t\b)|\(struct \w+\)`)

// claims tells whether a type's comment says that it is a struct of C's.
func claims(doc string) bool { return mirrorDoc.MatchString(doc) }
