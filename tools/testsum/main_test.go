// SPDX-License-Identifier: MIT

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestSummary(t *testing.T) {
	const good = `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"quiet\n"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"no peer\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p","Elapsed":0.5}
`
	for _, c := range []struct {
		name, in                string
		passed, failed, skipped int
		shows, hides            []string
	}{
		{"passing", good, 2, 0, 1, []string{"no peer", "ok    p"}, []string{"quiet"}},
		{"one fails", good + `{"Action":"output","Package":"q","Test":"TestC","Output":"wrong\n"}
{"Action":"fail","Package":"q","Test":"TestC"}
{"Action":"output","Package":"q","Output":"FAIL\n"}
{"Action":"fail","Package":"q","Elapsed":1}
`, 2, 1, 1, []string{"wrong", "FAIL  q"}, nil},
		{"does not build", `{"ImportPath":"r","Action":"build-output","Output":"r.go:1: syntax\n"}
{"Action":"output","Package":"r","Output":"build failed\n"}
{"Action":"fail","Package":"r","Elapsed":0}
`, 0, 1, 0, []string{"r.go:1: syntax", "build failed", "FAIL  r"}, nil},
		{"cut off", `{"Action":"output","Package":"r","Test":"TestD","Output":"panic: too late\n"}
{"Action":"fail","Package":"r","Elapsed":0}
`, 0, 1, 0, []string{"panic: too late"}, nil},
		{"other lines", "go: no such module\n", 0, 0, 0, []string{"go: no such module"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			s := newSummary(&out)
			if err := s.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			if s.passed != c.passed || s.failed != c.failed || s.skipped != c.skipped {
				t.Errorf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
			}
			for _, w := range c.shows {
				if !strings.Contains(out.String(), w) {
					t.Errorf("%q is not shown:\n%s", w, &out)
				}
			}
			for _, w := range c.hides {
				if strings.Contains(out.String(), w) {
					t.Errorf("%q is shown:\n%s", w, &out)
				}
			}
		})
	}
}

func TestAddCheck(t *testing.T) {
	var out strings.Builder
	s := newSummary(&out)
	for _, c := range []string{"lint=0", "lint=1", "lint"} {
		s.addCheck(c)
	}
	if s.passed != 1 || s.failed != 2 || !strings.Contains(out.String(), "FAIL  lint") {
		t.Errorf("%d passed, %d failed: %s", s.passed, s.failed, &out)
	}
}

func TestAgain(t *testing.T) {
	fails := func(names ...string) string {
		var in strings.Builder
		for _, n := range names {
			in.WriteString(`{"Action":"fail","Package":"p","Test":"` + n + `"}` + "\n")
		}
		return in.String() + `{"Action":"fail","Package":"p","Elapsed":1}` + "\n"
	}
	for _, c := range []struct {
		name, in       string
		bad            string // what fails again
		ran            []string
		passed, failed int
	}{
		{"one", fails("TestA"), "", []string{"^TestA$", "^TestA$"}, 1, 0},
		{"a subtest and what it is in", fails("TestA/x (y)", "TestA"), "", []string{`^TestA$/^x \(y\)$`, `^TestA$/^x \(y\)$`}, 2, 0},
		{"one of two in a test", fails("TestA/x", "TestA/y", "TestA"), "^TestA$/^y$", []string{"^TestA$/^x$", "^TestA$/^x$", "^TestA$/^y$"}, 1, 2},
		{"fails again", fails("TestA"), "^TestA$", []string{"^TestA$"}, 0, 1},
		{"too many", fails("TestA", "TestB", "TestC", "TestD"), "", nil, 0, 4},
		{"a package", `{"Action":"fail","Package":"p","Elapsed":1}` + "\n", "", nil, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSummary(&strings.Builder{})
			if err := s.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			var ran []string
			s.again(func(k key) bool {
				ran = append(ran, k.pattern())
				return k.pattern() != c.bad
			})
			if !slices.Equal(ran, c.ran) || s.passed != c.passed || s.failed != c.failed {
				t.Errorf("ran %q: %d passed, %d failed", ran, s.passed, s.failed)
			}
		})
	}
}
