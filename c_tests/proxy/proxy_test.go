// SPDX-License-Identifier: MIT

// Package proxy drives what stands between clients and other servers: mounts that lead
// to one, and raw proxies. The referee is the original with these built in
// (tools/full-reference).
package proxy

import (
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 4) }

// soon is how long an event may take that is due at once.
const soon = 10 * time.Second

// library is one that programs are compiled for and run on.
type library struct{ harness.Side }

// libraries: the first is the referee.
var libraries = []library{{harness.Original}, {harness.So19}, {harness.So17}}

// each runs a test on every library.
func each(t *testing.T, test func(t *testing.T, l library)) {
	if testing.Short() {
		t.Skip("runs servers")
	}
	harness.RefFull.Root(t) // all is compared with it
	for _, l := range libraries {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			test(t, l)
		})
	}
}

// start compiles a program of prog/ for the library and starts it.
func (l library) start(t *testing.T, name string, args ...string) *harness.Proc {
	t.Helper()
	return l.Start(t, nil, l.Program(t, "prog/"+name+".c", "-isystem"+harness.Ref19.Source(t, "plugins", "raw-proxy")), args...)
}

// same compares what the libraries were seen to do with what the first did.
func same(t *testing.T, got map[string][]string) {
	t.Helper()
	want := got[libraries[0].Name]
	for _, l := range libraries[1:] {
		if g, ok := got[l.Name]; ok && !slices.Equal(g, want) {
			t.Errorf("%s:\n%s\noriginal:\n%s", l.Name, strings.Join(g, "\n"), strings.Join(want, "\n"))
		}
	}
}
