// SPDX-License-Identifier: MIT

package pathmatch

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// match is Match with Go's strings.
func match(path, pattern string, room int) (wild []uint16, ok bool) {
	c := append([]byte(pattern), 0)
	wild = make([]uint16, room)
	used, ok := Match([]byte(path), unsafe.Pointer(&c[0]), wild)
	return wild[:used], ok
}

// latin1 makes a rune of each byte.
func latin1(s string) string {
	r := make([]rune, len(s))
	for i := range r {
		r[i] = rune(s[i])
	}
	return string(r)
}

// expression is pattern as a regular expression that is anchored at both ends:
// '*' takes all that it can, up to the next '.', at the end everything.
func expression(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i, r := range pattern {
		switch {
		case r != '*':
			b.WriteString(regexp.QuoteMeta(string(r)))
		case i == len(pattern)-1:
			b.WriteString(`.*`)
		default:
			b.WriteString(`[^.]*`)
		}
	}
	return regexp.MustCompile(b.String() + `\z`)
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		path, pattern string
		ok            bool
		wild          []uint16
	}{
		{"", "", true, nil},
		{"a.b", "a.b", true, nil},
		{"a.b", "a.c", false, nil},
		{"a.b", "a", false, nil},
		{"a", "a.b", false, nil},
		{"a.bc.d", "a.*.d", true, []uint16{2}},
		{"a.b.c.d", "a.*.d", false, []uint16{2}},
		{"a.b.c.d", "a.*", true, []uint16{2}},
		{"x.y.z", "*.*.*", true, []uint16{0, 2, 4}},
		{"a\x00b", "a", true, nil},
		{"a[]", "*[]", false, []uint16{0}}, // a '*' in the middle stops at a '.' only
		{"ab", "*", true, []uint16{0}},
		{"", "*", false, nil}, // an empty path has nothing that it could stand for
	} {
		wild, ok := match(c.path, c.pattern, 8)
		if ok != c.ok || !slices.Equal(wild, c.wild) {
			t.Errorf("%q with %q: %v %v, want %v %v", c.path, c.pattern, ok, wild, c.ok, c.wild)
		}
	}
	if wild, ok := match("a.b.c", "*.*.*", 2); !ok || !slices.Equal(wild, []uint16{0, 2}) {
		t.Errorf("with room for two: %v %v", ok, wild)
	}
}

// A match is one by the expression, too, and the offsets lie in the path, in
// order, as many as there are '*' and room.
func FuzzMatch(f *testing.F) {
	for _, s := range []string{"a.b", "a.*", "*.b[]", "x[].y", "**", ""} {
		f.Add(s, "a.b.c[]", uint8(3))
		f.Add("a.*.c[]", s, uint8(1))
	}
	f.Fuzz(func(t *testing.T, pattern, path string, room uint8) {
		pattern, _, _ = strings.Cut(pattern, "\x00")
		path, _, _ = strings.Cut(path, "\x00")
		if len(path) > 1<<12 || len(pattern) > 64 {
			return
		}
		wild, ok := match(path, pattern, int(room))
		if ok && !expression(latin1(pattern)).MatchString(latin1(path)) {
			t.Errorf("%q matches %q, which it should not", pattern, path)
		}
		if n := min(strings.Count(pattern, "*"), int(room)); ok && len(wild) != n {
			t.Errorf("%q with %q: %d offsets, want %d", path, pattern, len(wild), n)
		}
		last := 0
		for _, w := range wild {
			if int(w) < last || int(w) > len(path) {
				t.Errorf("%q with %q: the offsets are %v", path, pattern, wild)
			}
			last = int(w)
		}
	})
}
