// SPDX-License-Identifier: MIT

// Package unit compares the functions of the public API that need no
// connection with the reference library's: one C program, run with either.
package unit

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

const program = ".." // the C program; Go allows no C files next to its own

// families are compared; each has a thousand inputs or more where there are
// that many. That the comparison can fail was seen with a library in which
// one constant of each family was changed.
var families = []string{
	"log", "log_tty", "strings", "cmdline", "serialize", "dll2", "ring",
	"buflist", "lwsac", "cached_file", "dir", "vfs", "daemon", "purify",
	"base64", "tokenize", "strexp", "address", "uri", "lejp", "null", "fork",
	"headers", "spa", "context", "auth", "peer", "timers", "retry", "state", "ext_options", "allocator",
}

// oursAlone the reference cannot do: it deadlocks in log_signal and needs a
// context for random. They print "done".
var oursAlone = []string{"log_signal", "random"}

// newer are the families of functions that so.17 does not have. LECP and what Debian leaves
// out of its so.19 too have no reference (c_tests/generations).
var newer = []string{"log_cx", "cache", "xos", "wildcard", "hex", "on_net", "sorted", "buflist_use", "map", "date"}

// newerAlone the reference gets wrong.
var newerAlone = []string{"wildcards", "dates"}

// abis runs a test for each ABI with its reference.
func abis(t *testing.T, f func(t *testing.T, ref harness.Ref)) {
	for _, ref := range []harness.Ref{harness.Ref17, harness.Ref19} {
		t.Run(ref.Soname(), func(t *testing.T) {
			t.Parallel()
			f(t, ref)
		})
	}
}

// build compiles it with a reference's headers and library.
func build(t *testing.T, ref harness.Ref, more ...string) string {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join(program, "*.c"))
	if err != nil {
		t.Fatal(err)
	}
	args := slices.Concat([]string{"-std=gnu11", "-O1", "-g", "-Wall", "-Wextra"}, sources, more, ref.Link(t))
	return harness.CC{Name: "unit"}.Program(t, args...)
}

// What differs from run to run: times and the names of temporary folders.
var masks = regexp.MustCompile(`\[\d{4}/\d\d/\d\d [\d:]+\]|unit_files_\w{6}|unit_cached_\w{6}`)

func run(t *testing.T, ref harness.Ref, bin, lib, family string, env ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	argv, more := ref.Run(t, ref.Root(t), lib, bin, family)
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env = slices.Concat(os.Environ(), []string{"LC_ALL=C"}, more, env)
	// a daemon that was left behind must not keep us waiting for its pipe
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s with %s: %v\n%s", family, lib, err, errs.Bytes())
	}
	return masks.ReplaceAll(out.Bytes(), []byte("*"))
}

// differ tells of the first lines that are not the same.
func differ(t *testing.T, want, got []byte) {
	t.Helper()
	w, g := bytes.Split(want, []byte{'\n'}), bytes.Split(got, []byte{'\n'})
	shown := 0
	for i := 0; i < max(len(w), len(g)) && shown < 3; i++ {
		var a, b []byte
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if !bytes.Equal(a, b) {
			t.Errorf("line %d:\nreference %.400s\nours      %.400s", i+1, a, b)
			shown++
		}
	}
}

func TestAgainstReference(t *testing.T) {
	abis(t, func(t *testing.T, ref harness.Ref) {
		our, debian := ref.Ours(t), ref.Lib(t)
		bin := build(t, ref)
		list := families
		if ref == harness.Ref19 {
			list = slices.Concat(list, newer)
		}
		for _, f := range list {
			t.Run(f, func(t *testing.T) {
				t.Parallel()
				want, got := run(t, ref, bin, debian, f), run(t, ref, bin, our, f)
				// On a busy machine the original's daemon is not there, now and then.
				for range 3 {
					if !bytes.Contains(want, []byte("lock gone 0")) {
						break
					}
					want = run(t, ref, bin, debian, f)
				}
				if len(want) == 0 {
					t.Fatal("the reference printed nothing")
				}
				if !bytes.Equal(want, got) {
					differ(t, want, got)
				}
			})
		}
	})
}

// Each pointer argument NULL: what the reference survives, ours does, with the
// same answer. Seen to fail with a library whose lwsac_info follows the pointer.
func TestNullPointers(t *testing.T) {
	abis(t, func(t *testing.T, ref harness.Ref) {
		bin := build(t, ref)
		want := bytes.Split(run(t, ref, bin, ref.Lib(t), "nulls"), []byte{'\n'})
		survived := make([]byte, len(want))
		count := 0
		for i, line := range want {
			survived[i] = 'x'
			if !bytes.HasSuffix(line, []byte(": died")) {
				survived[i] = '.'
				count++
			}
		}
		if count < 50 {
			t.Errorf("the reference survives only %d calls", count)
		}
		got := bytes.Split(run(t, ref, bin, ref.Ours(t), "nulls", "UNIT_SURVIVED="+string(survived)), []byte{'\n'})
		if len(got) != len(want) {
			t.Fatalf("%d lines, not %d", len(got), len(want))
		}
		for i := range want {
			if survived[i] == '.' && !bytes.Equal(want[i], got[i]) {
				t.Errorf("reference %s\nours      %s", want[i], got[i])
			}
		}
	})
}

// The same tables with the program under AddressSanitizer: neither the functions
// that are C nor those that are Go touch memory that is not theirs, or leak.
func TestSanitized(t *testing.T) {
	t.Parallel()
	our := harness.Lib(t)
	bin := build(t, harness.Ref17, "-fsanitize=address", "-w")
	for _, f := range []string{
		"strings", "serialize", "dll2", "ring", "buflist", "lwsac", "purify", "base64", "tokenize", "strexp", "address",
		"uri", "lejp", "headers", "spa", "context", "auth", "timers", "state", "ext_options",
	} {
		run(t, harness.Ref17, bin, our, f)
	}
}

func TestOursAlone(t *testing.T) {
	abis(t, func(t *testing.T, ref harness.Ref) {
		bin, our := build(t, ref), ref.Ours(t)
		list := oursAlone
		if ref == harness.Ref19 {
			list = slices.Concat(list, newerAlone)
		}
		for _, f := range list {
			t.Run(f, func(t *testing.T) {
				t.Parallel()
				if got := run(t, ref, bin, our, f); string(got) != "done\n" {
					t.Errorf("%q", got)
				}
			})
		}
	})
}
