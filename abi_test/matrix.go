// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// side is what the table says of one library.
type side struct {
	abi     string
	names   []string // of its exports map
	ext     *Extensions
	library *Library
	facts   *Facts
}

// SymbolTable makes the text of docs/symbols.md: every public symbol with the
// header that declares it, whether each library built in build/lib has it, and
// the tests that prove it. root is the checkout.
func SymbolTable(root string) (string, error) {
	var sides []side
	for _, abi := range []string{"17", "19"} {
		s := side{abi: abi}
		var err error
		if s.names, err = ReadExportMap(filepath.Join(root, "capi/abi", abi, "exports.map")); err != nil {
			return "", err
		}
		if s.ext, err = LoadExtensions(filepath.Join(root, "abi_test/extensions.txt"), abi); err != nil {
			return "", err
		}
		if s.library, err = ReadLibrary(filepath.Join(root, "build/lib/libwebsockets.so."+abi)); err != nil {
			return "", fmt.Errorf("%w (run `make lib`)", err)
		}
		s.facts, err = ParseUnit(Unit{
			Dir:    filepath.Join(root, "include"),
			Source: "#define LWS_ABI " + abi + "\n#include <libwebsockets.h>\n#include <libwebsockets/lws-mqtt.h>\n",
		})
		if err != nil {
			return "", err
		}
		sides = append(sides, s)
	}
	tests, err := FindProofs(root)
	if err != nil {
		return "", err
	}
	return renderTable(sides, tests), nil
}

// state is a symbol's in one library.
func (s side) state(name string) string {
	_, built := s.library.Symbols[name]
	switch {
	case !slices.Contains(s.names, name):
		return ""
	case !built:
		return "not built"
	case slices.Contains(s.ext.Symbols(), name):
		return "(ext)"
	}
	return "yes"
}

func (s side) header(name string) string {
	if d, ok := s.facts.Functions[name]; ok {
		return filepath.Base(d.File)
	}
	if d, ok := s.facts.Variables[name]; ok {
		return filepath.Base(d.File)
	}
	return ""
}

// Stale tells in which lines a written table is no longer true. It may name other
// tests than a new one would, as long as they prove the symbol: who adds a test
// need not write the table anew.
func Stale(have, want string, tests Proofs) (lines []string) {
	a, b := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y && !sameButTests(x, y, tests) {
			lines = append(lines, fmt.Sprintf("%d: %q should be %q", i+1, x, y))
		}
	}
	return lines
}

func sameButTests(have, want string, tests Proofs) bool {
	h, w := strings.Split(have, "|"), strings.Split(want, "|")
	if len(h) != 7 || len(w) != 7 || !slices.Equal(h[:5], w[:5]) {
		return false
	}
	name := strings.Trim(strings.TrimSpace(h[1]), "`")
	cited := strings.TrimSuffix(strings.TrimSpace(h[5]), " and more")
	if cited == "" || strings.TrimSpace(w[5]) == "" {
		return false
	}
	for _, t := range strings.Split(cited, ", ") {
		if !slices.Contains(tests[name], t) {
			return false
		}
	}
	return true
}

func renderTable(sides []side, tests Proofs) string {
	var b strings.Builder
	b.WriteString("# Public symbols\n\n" +
		"Made by `go run ./tools/symbols` from the headers, the built libraries and the test sources;\n" +
		"`go test ./abi_test/` fails when it is wrong. A column for each library says whether it has the symbol: *yes*;\n" +
		"*(ext)*: it has, but Debian's has not; *not built*: Debian's has it, and ours has not. Such a one is not in the library:\n" +
		"a program that needs it fails to link or to load, by name. Symbols without a header are\n" +
		"exported by the original too, but not declared in public. The last column names the tests\n" +
		"that prove it: \"unit F\" is `go test ./c_tests/unit/check -run /F`, \"trace S\" is\n" +
		"`go test ./c_tests/trace -run /S$`, \"AREA P\" is the program P of `go test ./c_tests/AREA`.\n\n")
	var all []string
	head, line := "| symbol | header |", "|---|---|"
	for _, s := range sides {
		all = append(all, s.names...)
		n := map[string]int{}
		proved := 0
		for _, name := range s.names {
			n[s.state(name)]++
			if s.state(name) == "yes" && len(tests[name]) > 0 {
				proved++
			}
		}
		fmt.Fprintf(&b, "- libwebsockets.so.%s: %d of Debian's %d, %d of these with tests that are named here; and %d (ext).\n",
			s.abi, n["yes"], n["yes"]+n["not built"], proved, n["(ext)"])
		head += " so." + s.abi + " |"
		line += "---|"
	}
	fmt.Fprintf(&b, "\n%s proved by |\n%s---|\n", head, line)
	slices.Sort(all)
	for _, n := range slices.Compact(all) {
		header, states := "–", ""
		for _, s := range sides {
			if h := s.header(n); h != "" {
				header = h
			}
			states += " " + s.state(n) + " |"
		}
		fmt.Fprintf(&b, "| `%s` | %s |%s %s |\n", n, header, states, cite(tests[n]))
	}
	return b.String()
}

// cite names up to three tests, unit tests first: they try more inputs. It does
// not count the rest: the table would change with every test.
func cite(tests []string) string {
	l := slices.Clone(tests)
	slices.SortStableFunc(l, func(a, b string) int {
		return rank(a) - rank(b)
	})
	if len(l) > 3 {
		return strings.Join(l[:3], ", ") + " and more"
	}
	return strings.Join(l, ", ")
}

func rank(test string) int {
	switch {
	case strings.HasPrefix(test, "unit "):
		return 0
	case strings.HasPrefix(test, "trace "):
		return 1
	}
	return 2
}

var (
	word = regexp.MustCompile(`[A-Za-z_]\w*`)
	// what is no code, and texts, in which there may be signs of comments
	notCode = regexp.MustCompile(`(?s)"(?:\\.|[^"\\])*"|/\*.*?\*/|//[^\n]*|#\s*include[^\n]*`)
	plain   = regexp.MustCompile(`^"[\w.-]*"$`)
)

// code is a C source without comments and without what texts say.
func code(text string) string {
	return notCode.ReplaceAllStringFunc(text, func(m string) string {
		if plain.MatchString(m) {
			return m
		}
		return " "
	})
}
