// SPDX-License-Identifier: MIT

// Package proxy drives what stands between clients and other servers: mounts that lead
// to one, and raw proxies. The referee is the original with these built in
// (tools/full-reference).
package proxy

import (
	"path/filepath"
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
type library struct {
	name string
	ref  harness.Ref
	ours bool
}

// libraries: the first is the referee.
var libraries = []library{
	{"original", harness.RefFull, false},
	{"so.19", harness.Ref19, true},
	{"so.17", harness.Ref17, true},
}

// each runs a test on every library.
func each(t *testing.T, test func(t *testing.T, l library)) {
	if testing.Short() {
		t.Skip("runs servers")
	}
	harness.RefFull.Root(t) // all is compared with it
	for _, l := range libraries {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			test(t, l)
		})
	}
}

// start compiles a program of prog/ for the library and starts it.
func (l library) start(t *testing.T, name string, args ...string) *harness.Proc {
	t.Helper()
	flags := append(slices.Clone(harness.Strict), "prog/"+name+".c", "-isystem"+harness.Ref19.Source(t, "plugins", "raw-proxy"))
	if !l.ours {
		exe := harness.Program(t, append(flags, l.ref.Link(t)...)...)
		return l.ref.Start(t, nil, l.ref.Root(t), l.ref.Lib(t), exe, args...)
	}
	dir := l.ref.Ours(t)
	flags = append(flags, "-DLWS_ABI="+map[bool]string{true: "19", false: "17"}[l.ref.ABI == 19],
		"-I"+filepath.Join(harness.Top(), "include"), "-L"+harness.Lib(t), "-l:"+l.ref.Soname())
	return harness.StartEnv(t, []string{"LD_LIBRARY_PATH=" + dir}, harness.Program(t, flags...), args...)
}

// same compares what the libraries were seen to do with what the first did.
func same(t *testing.T, got map[string][]string) {
	t.Helper()
	want := got[libraries[0].name]
	for _, l := range libraries[1:] {
		if g, ok := got[l.name]; ok && !slices.Equal(g, want) {
			t.Errorf("%s:\n%s\noriginal:\n%s", l.name, strings.Join(g, "\n"), strings.Join(want, "\n"))
		}
	}
}
