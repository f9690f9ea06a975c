// SPDX-License-Identifier: MIT

// Package tools has the test of tools/deps.
package tools

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// everywhere is for what any Debian has, or a test makes itself.
const everywhere = ""

// commands are what the Go code of tests and benchmarks runs, and the packages they are in.
var commands = map[string]string{
	"addr2line": "gcc", "readelf": "gcc", // binutils come with it
	"chromium": "chromium", "cmake": "cmake", "curl": "curl", "fakeroot": "fakeroot", "g++": "g++", "gcc": "gcc", "gdb": "gdb",
	"git": "git", "h2load": "nghttp2-client", "janus": "janus", "make": "make", "nghttp": "nghttp2-client", "nginx": "nginx-light",
	"node": "nodejs", "openssl": "openssl", "pkg-config": "pkg-config", "taskset": "util-linux", "unshare": "util-linux",
	"lintian": "lintian", "nsenter": "util-linux",
	"perf": "linux-perf", "valgrind": "valgrind", "redis-server": "redis-server",
	"doxygen": "doxygen", "man": "man-db",
	"bash": everywhere, "systemd-analyze": everywhere,
	"diff": everywhere, "dpkg": everywhere, "go": everywhere, "h2spec": everywhere, "nproc": everywhere, "sh": everywhere,
	"timeout": everywhere,
}

// headers are what C code includes, by how their names begin; others are libc's.
var headers = map[string]string{
	"openssl/": "libssl-dev", "uv.h": "libuv1-dev", "ev.h": "libev-dev", "event2/": "libevent-dev", "glib": "libglib2.0-dev",
	"hiredis/":         "libhiredis-dev",
	"sys/capability.h": "libcap-dev", "libwebsockets": everywhere,
	"stdarg.h": "gcc", "stdatomic.h": "gcc", "stdbool.h": "gcc", "stddef.h": "gcc", "unwind.h": "gcc",
}

// TestDeps: tools/deps names the package of each command that tests run and of each
// header that their programs include, and this file knows them. Seen to fail: git and
// valgrind were not named.
func TestDeps(t *testing.T) {
	text, err := os.ReadFile("deps")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{everywhere: true}
	for _, m := range regexp.MustCompile(`[\w./+-]+:([a-z][a-z0-9.+-]+)`).FindAllStringSubmatch(string(text), -1) {
		named[m[1]] = true
	}
	libc := map[string]bool{}
	out, err := exec.Command("dpkg", "-L", "libc6-dev", "linux-libc-dev").Output()
	if err != nil {
		t.Skip("this is no Debian: ", err)
	}
	for _, l := range strings.Fields(string(out)) {
		if _, name, ok := strings.Cut(l, "/usr/include/"); ok {
			libc[name], libc[name[strings.IndexByte(name, '/')+1:]] = true, true // the second is below the machine's name
		}
	}
	seen := 0
	check := func(where, what, pkg string, known bool) {
		seen++
		if !known {
			t.Errorf("%s: %s is not in the tables of this test", where, what)
		} else if !named[pkg] {
			t.Errorf("%s: %s needs %s, which tools/deps does not name", where, what, pkg)
		}
	}
	for _, top := range []string{"../c_tests", "../bench", "../abi_test", "../examples", "../impl", "../capi", "."} {
		err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			switch filepath.Ext(path) {
			case ".go":
				for _, c := range ran(t, path) {
					pkg, known := commands[c]
					check(path, c, pkg, known)
				}
			case ".c", ".h":
				for _, h := range included(t, path) {
					pkg, known := packageOf(h)
					check(path, h, pkg, known || libc[h])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 500 {
		t.Errorf("only %d commands and headers were found", seen)
	}
}

func packageOf(header string) (string, bool) {
	for prefix, pkg := range headers {
		if strings.HasPrefix(header, prefix) {
			return pkg, true
		}
	}
	return everywhere, false
}

var include = regexp.MustCompile(`(?m)^\s*#\s*include\s*<([^>]+)>`)

func included(t *testing.T, path string) (l []string) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range include.FindAllStringSubmatch(string(b), -1) {
		l = append(l, m[1])
	}
	return l
}

// ran are the commands that a Go file runs by names of their own.
func ran(t *testing.T, path string) (l []string) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		at := -1 // of the command among the arguments
		switch fn := call.Fun.(type) {
		case *ast.SelectorExpr:
			x, ok := fn.X.(*ast.Ident)
			name, runs := map[string]int{"Command": 0, "LookPath": 0, "CommandContext": 1}[fn.Sel.Name]
			if ok && x.Name == "exec" && runs {
				at = name
			}
		case *ast.Ident:
			if fn.Name == "outcome" || fn.Name == "outcomeLog" {
				at = 2
			}
		}
		if at < 0 || at >= len(call.Args) {
			return true
		}
		if s, ok := call.Args[at].(*ast.BasicLit); ok {
			if name, err := strconv.Unquote(s.Value); err == nil && !strings.Contains(name, "/") {
				l = append(l, name)
			}
		}
		return true
	})
	return l
}
