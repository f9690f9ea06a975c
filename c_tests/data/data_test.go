// SPDX-License-Identifier: MIT

// Package data drives JSON to structs and back (lws_struct) and full text search
// (lws_fts). The referee is the original with these built in (tools/full-reference).
package data

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 4) }

// library is one that programs are compiled for and run on.
type library struct{ harness.Side }

var (
	original = library{harness.Original}
	ours     = []library{{harness.So19}, {harness.So17}}
)

// program compiles one of prog/ for the library.
func (l library) program(t testing.TB, name string, more ...string) string {
	t.Helper()
	return l.Program(t, append(slices.Clone(more), "prog/"+name+".c")...)
}

// run is a program's standard output and, behind it, its log.
func (l library) run(t testing.TB, exe, dir string, stdin []byte, args ...string) (out, log string) {
	t.Helper()
	out, log, err := l.try(t, exe, dir, stdin, args...)
	if err != nil {
		t.Fatalf("%s: %s %q: %v\n%s%s", l.Name, exe, args, err, out, log)
	}
	return out, log
}

// start is run for a program that may fail: that is part of what it says.
func (l library) start(t testing.TB, exe, dir string, args ...string) (out, log string) {
	t.Helper()
	out, log, err := l.try(t, exe, dir, nil, args...)
	return out + fmt.Sprintln(err), log
}

func (l library) try(t testing.TB, exe, dir string, stdin []byte, args ...string) (out, log string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	lib := l.Ref.Lib(t)
	if l.Ours {
		lib = harness.Lib(t)
	}
	argv, env := l.Ref.Run(t, l.Ref.Root(t), lib, exe, args...)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Stdin, cmd.Env = dir, bytes.NewReader(stdin), append(os.Environ(), env...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err = cmd.Run()
	return o.String(), e.String(), err
}

// differ tells of the first lines that are not the same.
func differ(t *testing.T, what, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	w, g := bytes.Split([]byte(want), []byte{'\n'}), bytes.Split([]byte(got), []byte{'\n'})
	for i := range max(len(w), len(g)) {
		var a, b []byte
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s: line %d:\noriginal %.600s\nours     %.600s", what, i+1, a, b)
			return
		}
	}
}
