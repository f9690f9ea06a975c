// SPDX-License-Identifier: MIT

package harness

import (
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// Side is a library that programs are compiled for and run on: one side of a comparison.
type Side struct {
	Name    string
	Ref     Ref // whose place it takes, or is
	Ours    bool
	Plugins []string // event loops whose plugins lie beside ours
}

// What is compared where Debian's build lacks it: the original with all that its guides
// describe (tools/full-reference), and ours.
var (
	Original   = Side{Name: "original", Ref: RefFull}
	Original17 = Side{Name: "original of 4.1.6", Ref: RefFull17}
	So19       = Side{Name: "so.19", Ref: Ref19, Ours: true}
	So17       = Side{Name: "so.17", Ref: Ref17, Ours: true}
)

// Headers are a compiler's arguments for what runs on the library.
func (s Side) Headers(t testing.TB) []string {
	t.Helper()
	if !s.Ours {
		return []string{"-I" + s.Ref.Headers(t)}
	}
	return []string{"-DOURS", "-DLWS_ABI=" + strconv.Itoa(s.Ref.ABI), "-I" + filepath.Join(Top(), "include")}
}

// Program compiles a program for the library, without a warning.
func (s Side) Program(t testing.TB, args ...string) string {
	t.Helper()
	args = slices.Concat(Strict, args)
	if !s.Ours {
		return Program(t, append(args, s.Ref.Link(t)...)...)
	}
	return Program(t, slices.Concat(args, s.Headers(t), []string{"-L" + Lib(t), "-l:" + s.Ref.Soname()})...)
}

// Start starts a program with the library.
func (s Side) Start(t testing.TB, env []string, exe string, args ...string) *Proc {
	t.Helper()
	if !s.Ours {
		return s.Ref.Start(t, env, s.Ref.Root(t), s.Ref.Lib(t), exe, args...)
	}
	return StartEnv(t, append([]string{"LD_LIBRARY_PATH=" + s.Ref.Ours(t, s.Plugins...)}, env...), exe, args...)
}
