// SPDX-License-Identifier: MIT

// Package work drives what Debian's build leaves out and programs organise their work
// with: thread pools, sequencers, shared heaps, disk caches. The referee is the original
// with these built in (tools/full-reference).
package work

import (
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 4) }

// library is one that programs are compiled for and run on.
type library struct{ harness.Side }

var (
	original = library{harness.Original}
	of17     = library{harness.Original17}
	ours     = []library{{harness.So19}, {harness.So17}}
)

// start compiles a program of prog/ for the library and starts it.
func (l library) start(t *testing.T, name string, args ...string) *harness.Proc {
	t.Helper()
	return l.startWith(t, name, nil, args...)
}

func (l library) startWith(t *testing.T, name string, more []string, args ...string) *harness.Proc {
	t.Helper()
	return l.Start(t, nil, l.Program(t, append([]string{"prog/" + name + ".c", "-lpthread"}, more...)...), args...)
}

// output is all that a program prints.
func (l library) output(t *testing.T, name string, args ...string) []string {
	t.Helper()
	p := l.start(t, name, args...)
	if err := p.Wait(time.Minute); err != nil {
		t.Fatalf("%s with %s: %v\n%s", name, l.Name, err, p.Log())
	}
	return p.All()
}

// sanitized is what a program prints that is compiled with AddressSanitizer.
func (l library) sanitized(t *testing.T, name string, args ...string) string {
	t.Helper()
	p := l.startWith(t, name, []string{"-fsanitize=address,undefined"}, args...)
	if err := p.Wait(time.Minute); err != nil {
		t.Fatalf("%s with %s: %v\n%s", name, l.Name, err, p.Log())
	}
	return "\n" + strings.Join(p.All(), "\n") + "\n"
}

// each runs a test with each of our libraries.
func each(t *testing.T, f func(t *testing.T, l library)) {
	for _, l := range ours {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			f(t, l)
		})
	}
}

// differ tells of the first lines that are not the same.
func differ(t *testing.T, want, got []string) {
	t.Helper()
	for i := range max(len(want), len(got)) {
		var w, g string
		if i < len(want) {
			w = want[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			t.Errorf("line %d:\noriginal %s\nours     %s\nall of ours:\n%s", i+1, w, g, strings.Join(got, "\n"))
			return
		}
	}
}
