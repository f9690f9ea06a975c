// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// A dialect is a compiler and the language it is to assume.
type dialect struct{ compiler, std, language string }

var dialects = []dialect{
	{"gcc", "c99", "c"}, {"gcc", "gnu99", "c"}, {"gcc", "c11", "c"},
	{"g++", "c++11", "c++"}, {"g++", "c++17", "c++"},
}

// compile type-checks a source against the headers in dir with all warnings
// on, and returns what the compiler said if it did not like it.
func compile(t *testing.T, d dialect, dir, source string, more ...string) string {
	t.Helper()
	args := []string{"-x", d.language, "-std=" + d.std, "-Wall", "-Wextra", "-Werror", "-fmax-errors=20", "-I", dir, "-idirafter", "testdata"}
	out, ok := harness.CC{Compiler: d.compiler}.Checks(source, append(args, more...)...)
	if ok {
		return ""
	}
	return "it does not compile:\n" + out
}

func TestHeadersCompileCleanly(t *testing.T) {
	usage, err := os.ReadFile("testdata/usage.c")
	if err != nil {
		t.Fatal(err)
	}
	units := map[string]string{"usage": string(usage)}
	for _, s := range shapes {
		units[s.name] = s.source
	}
	for _, a := range abis {
		for _, d := range dialects {
			t.Run(a.name+" "+d.compiler+" "+d.std, func(t *testing.T) {
				for _, name := range slices.Sorted(maps.Keys(units)) {
					if msg := compile(t, d, ourInclude, units[name], "-D"+a.define); msg != "" {
						t.Errorf("%s: %s", name, msg)
					}
				}
			})
		}
	}
}

// layoutAsserts makes a unit that compiles only where sizes, offsets and enum
// values are those in f. Sizes of extended structs are left out.
func layoutAsserts(f *Facts, include string, ext *Extensions) string {
	var b strings.Builder
	b.WriteString("#ifdef __cplusplus\n#define _Static_assert static_assert\n#endif\n" + include + "#include <stddef.h>\n")
	assert := func(cond string) { fmt.Fprintf(&b, "_Static_assert(%s, %q);\n", cond, cond) }
	for _, name := range slices.Sorted(maps.Keys(f.Layouts)) {
		l := f.Layouts[name]
		if !ext.extends(name) {
			assert(fmt.Sprintf("sizeof(%s) == %d", name, l.Size))
		}
		for _, m := range l.Members {
			if !m.BitField {
				assert(fmt.Sprintf("offsetof(%s, %s) == %d", name, m.Name, m.BitOffset/8))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.Enums)) {
		assert(fmt.Sprintf("%s == %d", name, f.Enums[name].Value))
	}
	return b.String()
}

// The C compiler's word on the same: Debian's layouts as the parser computed
// them hold in Debian's headers and in ours, in C and in C++.
func TestLayoutsWithCompiler(t *testing.T) {
	include := "#include <libwebsockets.h>\n#include <libwebsockets/lws-mqtt.h>\n"
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			a.needReference(t)
			source := layoutAsserts(a.theirs(t, include), include, a.extensions(t))
			if n := strings.Count(source, "_Static_assert"); n < 1500 {
				t.Fatalf("only %d assertions", n)
			}
			for _, d := range []dialect{{"gcc", "gnu11", "c"}, {"g++", "gnu++11", "c++"}} {
				for _, dir := range []string{a.debianHeader(), ourInclude} {
					if msg := compile(t, d, dir, source, "-D"+a.define); msg != "" {
						t.Errorf("%s -I %s: %s", d.compiler, dir, msg)
					}
				}
			}
		})
	}
}

// The parser does not know __attribute__((packed)); the compiler does.
func TestLayoutAssertsNotice(t *testing.T) {
	source := layoutAsserts(demoFacts(t, demo), "#include <demo.h>\n", &Extensions{})
	packed := "} __attribute__((packed));\nextern const"
	for _, c := range []struct {
		name, from, to string
		ok             bool
	}{
		{"nothing", "", "", true},
		{"packed", "};\nextern const", packed, false},
		{"enum value", "DEMO_B = 5", "DEMO_B = 6", false},
	} {
		dir := t.TempDir()
		header := "struct demo;\n" + strings.Replace(demo, c.from, c.to, 1)
		if err := os.WriteFile(filepath.Join(dir, "demo.h"), []byte(header), 0o644); err != nil {
			t.Fatal(err)
		}
		if msg := compile(t, dialects[2], dir, source); (msg == "") != c.ok {
			t.Errorf("%s: %s", c.name, msg)
		}
	}
}
