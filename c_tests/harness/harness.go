// SPDX-License-Identifier: MIT

// Package harness compiles the C test programs, runs them with the library
// under test, and watches them from outside.
//
// The library is build/lib, or the folder that LWS_LIB names; programs are
// compiled against our headers, or those that LWS_INCLUDE names (the
// reference's, to see that a test can fail).
package harness

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Main runs the tests of a package, so many parallel ones at a time unless -parallel
// says how many: those of a program's runs mostly wait.
func Main(m *testing.M, parallel int) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "test.parallel" })
	if !given {
		_ = flag.Set("test.parallel", strconv.Itoa(parallel))
	}
	os.Exit(m.Run())
}

// Ours tells whether the library under test is the project's own: it starts
// the Go runtime, the reference does not.
func Ours(t testing.TB) bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Lib(t), Soname))
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

// Build compiles a C source and links it with the library under test; more
// are further arguments of gcc. A name without a folder is one of this
// package's programs.
func Build(t testing.TB, source string, more ...string) string {
	t.Helper()
	if !strings.Contains(source, "/") {
		source = filepath.Join(Top(), "c_tests", "harness", "prog", source)
	}
	args := slices.Concat(Strict, []string{"-DLWS_ABI=17", "-I" + include(), source}, slices.DeleteFunc(slices.Clone(more), func(a string) bool { return a == NoLink }))
	if !slices.Contains(more, NoLink) {
		args = append(args, "-L"+Lib(t), "-l:"+Soname)
	}
	return Program(t, append(args, "-lpthread", "-ldl")...)
}

// NoLink as an argument of Build leaves the library out, for programs that
// load it themselves.
const NoLink = "-no-library"
