// SPDX-License-Identifier: MIT

// Package admin drives what Debian's build leaves out and who runs a server asks for:
// limits for peers, the access log, the status. The referee is the original with these
// built in (tools/full-reference).
package admin

import (
	"path/filepath"
	"slices"
	"testing"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 4) }

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

// start compiles a program of prog/ for the library and starts it.
func (l library) start(t *testing.T, name string, args ...string) *harness.Proc {
	t.Helper()
	flags := append(slices.Clone(harness.Strict), "prog/"+name+".c")
	if !l.ours {
		exe := harness.Program(t, append(flags, l.ref.Link(t)...)...)
		return l.ref.Start(t, nil, l.ref.Root(t), l.ref.Lib(t), exe, args...)
	}
	dir := l.ref.Ours(t)
	flags = append(flags, "-DWITH_STATUS", "-DLWS_ABI="+map[bool]string{true: "19", false: "17"}[l.ref.ABI == 19],
		"-I"+filepath.Join(harness.Top(), "include"), "-L"+harness.Lib(t), "-l:"+l.ref.Soname())
	return harness.StartEnv(t, []string{"LD_LIBRARY_PATH=" + dir}, harness.Program(t, flags...), args...)
}
