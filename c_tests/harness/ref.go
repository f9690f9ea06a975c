// SPDX-License-Identifier: MIT

package harness

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Ref is a reference: Debian's library of one ABI, with its headers and source, and
// Debian's programs that use it, as tools/fetch-reference has put them in place.
type Ref struct {
	ABI     int
	Version string
	place   string
}

// The references: Debian 12's and Debian 13's.
var (
	Ref17 = Ref{17, "4.1.6", "build/reference"}
	Ref19 = Ref{19, "4.3.5", "build/reference/19"}
	// RefFull is 4.3.5 built with what Debian leaves out (tools/full-reference), for this
	// machine's libc. Its structs have members that Debian's do not have.
	RefFull = Ref{19, "4.3.5", "build/reference/full"}
	// RefFull17 is 4.1.6 built with the parts of it that so.17 is compared with.
	RefFull17 = Ref{17, "4.1.6", "build/reference/full17"}
)

// Soname is the library's file.
func (r Ref) Soname() string { return fmt.Sprintf("libwebsockets.so.%d", r.ABI) }

// Root is where the packages are unpacked, or / where they are installed.
func (r Ref) Root(t testing.TB) string {
	t.Helper()
	for _, root := range []string{filepath.Join(Top(), r.place, "root"), "/"} {
		if exists(filepath.Join(root, "usr/include/libwebsockets.h")) && exists(filepath.Join(root, debianLib, r.Soname())) {
			return root
		}
	}
	t.Skipf("no reference library %s in %s: run tools/fetch-reference -a %d, or tools/full-reference", r.Soname(), r.place, r.ABI)
	return ""
}

// Headers is where its headers are.
func (r Ref) Headers(t testing.TB) string {
	t.Helper()
	return filepath.Join(r.Root(t), "usr/include")
}

// Lib is the folder that has the library and its plugins.
func (r Ref) Lib(t testing.TB) string {
	t.Helper()
	return filepath.Join(r.Root(t), debianLib)
}

// Source is a path in its source.
func (r Ref) Source(t testing.TB, elem ...string) string {
	t.Helper()
	return r.fetched(t, "src/libwebsockets-"+r.Version, elem)
}

// Programs is a path among Debian's programs, which are unpacked without any libwebsockets.
func (r Ref) Programs(t testing.TB, elem ...string) string {
	t.Helper()
	return r.fetched(t, "programs", elem)
}

// HasPrograms tells whether there is such a path among them.
func (r Ref) HasPrograms(elem ...string) bool {
	return exists(filepath.Join(Top(), r.place, "programs", filepath.Join(elem...)))
}

// Later is a path in a root of programs that this Debian does not have and the next one
// has, with a libc of its own. They are not always to be had.
func (r Ref) Later(t testing.TB, elem ...string) string {
	t.Helper()
	p := filepath.Join(Top(), r.place, "later", filepath.Join(elem...))
	if !exists(p) {
		t.Skipf("%s is missing: run tools/fetch-reference -a %d -l, which fetches it where it can be had", p, r.ABI)
	}
	return p
}

func (r Ref) fetched(t testing.TB, part string, elem []string) string {
	t.Helper()
	p := filepath.Join(Top(), r.place, part, filepath.Join(elem...))
	if !exists(p) {
		t.Fatalf("%s is missing: run tools/fetch-reference -a %d [-p]", p, r.ABI)
	}
	return p
}

// Link are a compiler's arguments for a program with the reference's headers and
// library, whose own needs this machine may not have.
func (r Ref) Link(t testing.TB) []string {
	t.Helper()
	return []string{"-I" + r.Headers(t), "-L" + r.Lib(t), "-l:" + r.Soname(), "-Wl,--allow-shlib-undefined"}
}

// Ours is a folder with our library of that ABI and some of the plugins: a build that
// goes on elsewhere does not matter to it.
func (r Ref) Ours(t testing.TB, plugins ...string) string {
	t.Helper()
	dir := t.TempDir()
	CopyFile(t, filepath.Join(Lib(t), r.Soname()), filepath.Join(dir, r.Soname()))
	copyPlugins(t, Lib(t), dir, plugins)
	return dir
}

// Run is how a program is run in a root, which is Root's for one that is compiled here or
// Programs' for one of those, with the library in the folder lib: the arguments, itself
// the first, and what is added to the environment. lib can be several folders, with
// colons. A newer Debian's root has libc, and its loader runs the program; this machine's
// could not.
func (r Ref) Run(t testing.TB, root, lib, exe string, args ...string) (argv, env []string) {
	t.Helper()
	path := []string{filepath.Join(root, debianLib), filepath.Join(root, "lib/x86_64-linux-gnu")}
	for dir := range strings.SplitSeq(lib, ":") {
		if dir == r.Lib(t) { // has more than the library, maybe of another day
			path = append(path, dir)
		} else {
			path = append([]string{dir}, path...)
		}
	}
	dirs := strings.Join(path, ":")
	loader := filepath.Join(root, "lib64/ld-linux-x86-64.so.2")
	if root == "/" || !exists(loader) {
		return append([]string{exe}, args...), []string{"LD_LIBRARY_PATH=" + dirs}
	}
	return append([]string{loader, "--inhibit-cache", "--library-path", dirs, exe}, args...), nil
}

// openSSL is how libcrypto names itself.
var openSSL = regexp.MustCompile(`OpenSSL (\d+)\.(\d+)\.\d+ `)

// OpenSSL is the version that programs get which Run runs in Root, 305 for 3.5.
func (r Ref) OpenSSL(t testing.TB) int {
	t.Helper()
	file := filepath.Join(r.Root(t), debianLib, "libcrypto.so.3")
	if !exists(file) {
		file = filepath.Join(debianLib, "libcrypto.so.3")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := openSSL.FindSubmatch(data)
	if m == nil {
		t.Fatalf("%s does not say its version", file)
	}
	major, _ := strconv.Atoi(string(m[1]))
	minor, _ := strconv.Atoi(string(m[2]))
	return 100*major + minor
}

// Start starts a program as Run says, with additions to the environment.
func (r Ref) Start(t testing.TB, env []string, root, lib, exe string, args ...string) *Proc {
	t.Helper()
	return StartCmd(t, r.Command(t, env, root, lib, exe, args...))
}

// WithPlugins is a folder with the reference's library, made to look there for its
// plugins and not where they would be installed, and with some of these.
func (r Ref) WithPlugins(t testing.TB, plugins ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(r.Lib(t), r.Soname()))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("/tmp", "lw") // the name has to fit
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	was := []byte(debianLib + "\x00")
	if len(dir) > len(debianLib) || bytes.Count(data, was) != 1 {
		t.Fatalf("the plugins' folder of the reference cannot be made %s", dir)
	}
	is := append([]byte(dir), make([]byte, len(was)-len(dir))...)
	if err := os.WriteFile(filepath.Join(dir, r.Soname()), bytes.Replace(data, was, is, 1), 0o755); err != nil {
		t.Fatal(err)
	}
	copyPlugins(t, r.Lib(t), dir, plugins)
	return dir
}
