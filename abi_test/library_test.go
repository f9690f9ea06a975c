// SPDX-License-Identifier: MIT

package abitest

import (
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

func readLibrary(t *testing.T, path string) *Library {
	t.Helper()
	l, err := ReadLibrary(path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// The version script names Debian's symbols and our extensions.
func TestExportMap(t *testing.T) {
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			a.needReference(t)
			names, err := ReadExportMap(a.exportMap())
			if err != nil {
				t.Fatal(err)
			}
			want := slices.Collect(maps.Keys(readLibrary(t, a.debianLib()).Symbols))
			if len(want) != a.symbols {
				t.Errorf("Debian's library has %d symbols, not %d: is it %s?", len(want), a.symbols, a.version)
			}
			want = append(want, a.extensions(t).Symbols()...)
			for _, n := range want {
				if !slices.Contains(names, n) {
					t.Errorf("%s lacks %s", a.exportMap(), n)
				}
			}
			for i, n := range names {
				if !slices.Contains(want, n) {
					t.Errorf("%s has %s, which is neither Debian's nor a listed extension", a.exportMap(), n)
				}
				if slices.Contains(names[:i], n) {
					t.Errorf("%s lists %s twice", a.exportMap(), n)
				}
			}
		})
	}
}

func TestLibraryAgreesWithDebian(t *testing.T) {
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			a.needReference(t)
			a.needLibrary(t)
			diffs := compareLibraries(readLibrary(t, a.debianLib()), readLibrary(t, a.library()), a.extensions(t).Symbols())
			if len(diffs) > 0 {
				t.Errorf("%d differences:\n  %s", len(diffs), strings.Join(diffs, "\n  "))
			}
		})
	}
}

// compareLibraries tells what ours shows that a program linked against want
// could stumble over. What ours does not have is no difference here: such a
// program fails to load, by name, and docs/symbols.md says which they are.
func compareLibraries(want, ours *Library, extra []string) []string {
	var out []string
	if want.Soname != ours.Soname {
		out = append(out, "SONAME is "+ours.Soname+", must be "+want.Soname)
	}
	for name, o := range ours.Symbols {
		w, ok := want.Symbols[name]
		switch {
		case !ok && !slices.Contains(extra, name):
			out = append(out, name+" is exported, but not by Debian's library, and not listed in extensions.txt")
		case ok && (o.Data != w.Data || o.Size != w.Size):
			out = append(out, name+" is of another kind or size than Debian's")
		case o.Version != w.Version:
			out = append(out, name+" has the version "+o.Version)
		}
	}
	slices.Sort(out)
	return out
}

func TestCompareLibrariesNotices(t *testing.T) {
	want := &Library{"libdemo.so.1", map[string]Symbol{"demo_f": {}, "demo_d": {Data: true, Size: 8}}}
	for _, c := range []struct {
		name string
		ours *Library
		want string
	}{
		{"same", want, ""},
		{"not built", &Library{"libdemo.so.1", map[string]Symbol{}}, ""},
		{"soname", &Library{"libdemo.so.2", nil}, "SONAME is libdemo.so.2"},
		{"extra", &Library{"libdemo.so.1", map[string]Symbol{"demo_g": {}}}, "demo_g is exported"},
		{"listed", &Library{"libdemo.so.1", map[string]Symbol{"demo_x": {}}}, ""},
		{"size", &Library{"libdemo.so.1", map[string]Symbol{"demo_d": {Data: true, Size: 16}}}, "demo_d is of another"},
		{"kind", &Library{"libdemo.so.1", map[string]Symbol{"demo_f": {Data: true, Size: 8}}}, "demo_f is of another"},
		{"version", &Library{"libdemo.so.1", map[string]Symbol{"demo_f": {Version: "V1"}}}, "demo_f has the version V1"},
	} {
		got := strings.Join(compareLibraries(want, c.ours, []string{"demo_x"}), "\n")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: want %q, got %q", c.name, c.want, got)
		}
	}
}

func TestExportMapErrors(t *testing.T) {
	for _, text := range []string{"{ global:\n", "V1 {\n", "{\n global:\n  demo_*;\n", "{\n demo_f;\n"} {
		file := filepath.Join(t.TempDir(), "map")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadExportMap(file); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// The committed table tells the state of the library as it is built now.
func TestSymbolTableIsCurrent(t *testing.T) {
	for _, a := range abis {
		a.needLibrary(t)
	}
	want, err := SymbolTable(root)
	if err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile(root + "/docs/symbols.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, err := FindProofs(root)
	if err != nil {
		t.Fatal(err)
	}
	if l := Stale(string(have), want, tests); len(l) > 0 {
		t.Errorf("docs/symbols.md is stale: run `go run ./tools/symbols`\n%s", strings.Join(l, "\n"))
	}
}

// A table is stale when a symbol's state or a test that it names has gone, not
// when there is one more test.
func TestStale(t *testing.T) {
	tests := Proofs{"lws_a": {"unit a", "trace b", "trace c"}, "lws_b": nil}
	const want = "| `lws_a` | a.h | yes | yes | unit a, trace b |\n| `lws_b` | – | (ext) |  |  |"
	for _, tc := range []struct {
		have string
		n    int
	}{
		{want, 0},
		{"| `lws_a` | a.h | yes | yes | trace c and more |\n| `lws_b` | – | (ext) |  |  |", 0},
		{"| `lws_a` | a.h | yes | not built | unit a, trace b |\n| `lws_b` | – | (ext) |  |  |", 1},
		{"| `lws_a` | a.h | yes | yes | unit gone |\n| `lws_b` | – | (ext) |  | unit a |", 2},
		{"| `lws_a` | a.h | yes | yes |  |", 2},
	} {
		if l := Stale(tc.have, want, tests); len(l) != tc.n {
			t.Errorf("%q: %q, want %d", tc.have, l, tc.n)
		}
	}
}

// tools/check-app finds what a library lacks of what a program imports.
func TestCheckApp(t *testing.T) {
	abi17.needReference(t)
	plugin := abi17.debian + "/lib/x86_64-linux-gnu/libwebsockets-evlib_glib.so"
	out, err := exec.Command(root+"/tools/check-app", "-l", abi17.debianLib(), plugin).CombinedOutput()
	if err != nil || strings.Contains(string(out), "MISSING") || !strings.Contains(string(out), "ok      lws_now_usecs\n") {
		t.Errorf("against Debian's library: %v\n%s", err, out)
	}
	source := filepath.Join(t.TempDir(), "empty.c")
	if err := os.WriteFile(source, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	empty := harness.CC{Name: "empty.so"}.Program(t, "-shared", source)
	out, err = exec.Command(root+"/tools/check-app", "-l", empty, plugin).CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 ||
		!strings.Contains(string(out), "MISSING lws_now_usecs\n") {
		t.Errorf("against an empty library: %v\n%s", err, out)
	}
}

// Each of Debian's symbols that the library has is called by a test that can
// fail: docs/symbols.md names it. Seen to fail with lws_h2_update_peer_txcredit,
// before a test called it.
func TestEverySymbolIsProved(t *testing.T) {
	proofs, err := FindProofs(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range abis {
		a.needReference(t)
		a.needLibrary(t)
		ours := readLibrary(t, a.library())
		for n := range readLibrary(t, a.debianLib()).Symbols {
			if _, built := ours.Symbols[n]; built && len(proofs[n]) == 0 {
				t.Errorf("%s: no test calls %s: write one", a.soname(), n)
			}
		}
	}
}

func TestProofs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"unit/t_x.c": "static int used(void) { return demo_a(\"/* no comment\"); }\n" +
			"static void\nunused(void)\n{\n\tdemo_b();\n}\nint demo_c(void);\n" +
			"/* demo_d() */\nvoid\nunit_x(void)\n{\n\tused();\n}\n",
		"trace/prog/sc_y.c": "static int hook(void) { return demo_e(); }\nstatic const struct t table[] = { hook };\n" +
			"static void one(void) { with(table); }\nstatic void two(void) { demo_f(); }\n" +
			"static const scenario l[] = {\n    {\"y-one\", one},\n    {\"y-two\", two},\n};\n",
		"trace/prog/sc_w.c": "static void three(void) { LATE(1); }\nstatic const scenario l[] = {\n    {\"w-one\", three},\n};\n",
		"trace/prog/y.h":    "#if A\n#define LATE(a) demo_h(a)\n#else\n#define LATE(a) \\\n\tdemo_i(a)\n#endif\n",
		"faults/prog/z.c":   "int main(void) { demo_g(); }\n",
	} {
		file := filepath.Join(dir, "c_tests", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p, err := FindProofs(dir)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[string]string{
		"demo_a": "unit x", "demo_b": "", "demo_c": "", "demo_d": "", "demo_e": "trace y-one trace y-two",
		"demo_f": "trace y-two", "demo_g": "faults z", "demo_h": "trace w-one", "demo_i": "trace w-one",
	} {
		if got := strings.Join(p[n], " "); got != want {
			t.Errorf("%s: %q, want %q", n, got, want)
		}
	}
}
