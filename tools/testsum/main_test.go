// SPDX-License-Identifier: MIT

package main

import (
	"slices"
	"strings"
	"testing"

	"libwebsockets/tools/progress"
)

var plain = repeater{module: "m"}

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
		{"passing", good, 2, 0, 1, []string{"p: 2 passed, 0 failed, 1 skipped"}, []string{"quiet"}},
		{"one fails", good + `{"Action":"output","Package":"q","Test":"TestC","Output":"wrong\n"}
{"Action":"fail","Package":"q","Test":"TestC"}
{"Action":"output","Package":"q","Output":"FAIL\n"}
{"Action":"fail","Package":"q","Elapsed":1}
`, 2, 1, 1, []string{"FAIL  q: TestC\nwrong\n      repeat it: go test -count=1 -run '^TestC$' q\n", "q: 0 passed, 1 failed"}, nil},
		{"does not build", `{"ImportPath":"r","Action":"build-output","Output":"r.go:1: syntax\n"}
{"Action":"output","Package":"r","Output":"build failed\n"}
{"Action":"fail","Package":"r","Elapsed":0}
`, 0, 1, 0, []string{"r.go:1: syntax", "build failed", "FAIL  r, not one of its tests\n      repeat it: go test -count=1 r\n"}, nil},
		{"cut off", `{"Action":"output","Package":"r","Test":"TestD","Output":"panic: too late\n"}
{"Action":"fail","Package":"r","Elapsed":0}
`, 0, 1, 0, []string{"panic: too late"}, nil},
		{"other lines", "go: no such module\n", 0, 0, 0, []string{"go: no such module"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			s := newSummary(progress.Plain(&out), plain)
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

func TestChecked(t *testing.T) {
	var out strings.Builder
	s := newSummary(progress.Plain(&out), plain)
	s.checked([]byte("noise\nlint: staticcheck SKIPPED: no proxy\n"), true)
	s.checked([]byte("x.go:1: wrong\n"), false)
	if want := "lint: staticcheck SKIPPED: no proxy\nlint: 1 passed, 0 failed, 0 s\n" + // with nothing planned no time is left
		"FAIL  lint\nx.go:1: wrong\n      repeat it: make lint\n"; s.passed != 1 || s.failed != 1 || !strings.HasPrefix(out.String(), want) {
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
			s := newSummary(progress.Plain(&strings.Builder{}), plain)
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
