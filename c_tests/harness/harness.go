// SPDX-License-Identifier: MIT

// Package harness compiles the C test programs, runs them with the library
// under test, and watches them from outside.
//
// The library is build/lib, or the folder that LWS_LIB names; programs are
// compiled against our headers, or those that LWS_INCLUDE names (the
// reference's, to see that a test can fail).
package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const soname = "libwebsockets.so.17"

// Lib is the folder of the library under test.
func Lib(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(Top(), "build", "lib")
	if d := os.Getenv("LWS_LIB"); d != "" {
		dir = d
	}
	if _, err := os.Stat(filepath.Join(dir, soname)); err != nil {
		t.Fatalf("no library in %s: run make lib first", dir)
	}
	return dir
}

// Ours tells whether the library under test is the project's own: it starts
// the Go runtime, the reference does not.
func Ours(t testing.TB) bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Lib(t), soname))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(b), "goinit")
}

func include() string {
	if d := os.Getenv("LWS_INCLUDE"); d != "" {
		return d
	}
	return filepath.Join(Top(), "include")
}

var (
	buildMu sync.Mutex
	built   = map[string]string{}
	binDir  string
)

// Main runs the tests of a package and removes what Build made.
func Main(m *testing.M) {
	code := m.Run()
	if binDir != "" {
		os.RemoveAll(binDir)
	}
	os.Exit(code)
}

// Build compiles a C source and links it with the library under test; more
// are further arguments of gcc. A name without a folder is one of this
// package's programs. The same program is built once.
func Build(t testing.TB, source string, more ...string) string {
	t.Helper()
	buildMu.Lock()
	defer buildMu.Unlock()
	if !strings.Contains(source, "/") {
		source = filepath.Join(Top(), "c_tests", "harness", "prog", source)
	}
	key := source + " " + strings.Join(more, " ")
	if exe := built[key]; exe != "" {
		return exe
	}
	if binDir == "" {
		d, err := os.MkdirTemp("", "lws-test-")
		if err != nil {
			t.Fatal(err)
		}
		binDir = d
	}
	name := strings.TrimSuffix(filepath.Base(source), ".c")
	exe := filepath.Join(binDir, fmt.Sprintf("%s-%d", name, len(built)))
	args := []string{"-std=gnu11", "-D_GNU_SOURCE", "-O1", "-g", "-Wall", "-Wextra", "-Werror",
		"-Wno-missing-field-initializers", "-I" + include(), "-o", exe, source}
	for _, a := range more {
		if a != NoLink {
			args = append(args, a)
		}
	}
	if !slices.Contains(more, NoLink) {
		args = append(args, "-L"+Lib(t), "-l:"+soname)
	}
	args = append(args, "-lpthread", "-ldl")
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc %s: %v\n%s", source, err, out)
	}
	built[key] = exe
	return exe
}

// NoLink as an argument of Build leaves the library out, for programs that
// load it themselves.
const NoLink = "-no-library"
