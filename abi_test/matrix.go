// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// SymbolTable makes the text of docs/symbols.md: every public symbol with the
// header that declares it, whether the library built in build/lib has it, and
// the tests that prove it. root is the checkout.
func SymbolTable(root string) (string, error) {
	names, err := ReadExportMap(filepath.Join(root, "capi/abi/17/exports.map"))
	if err != nil {
		return "", err
	}
	ext, err := LoadExtensions(filepath.Join(root, "abi_test/extensions.txt"), "17")
	if err != nil {
		return "", err
	}
	lib, err := ReadLibrary(filepath.Join(root, "build/lib/libwebsockets.so.17"))
	if err != nil {
		return "", fmt.Errorf("%w (run `make lib`)", err)
	}
	facts, err := ParseUnit(Unit{
		Dir:    filepath.Join(root, "include"),
		Source: "#define LWS_ABI 17\n#include <libwebsockets.h>\n#include <libwebsockets/lws-mqtt.h>\n",
	})
	if err != nil {
		return "", err
	}
	tests, err := FindProofs(root)
	if err != nil {
		return "", err
	}
	slices.Sort(names)
	return renderTable(names, ext, lib, facts, tests), nil
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
	if len(h) != 6 || len(w) != 6 || !slices.Equal(h[:4], w[:4]) {
		return false
	}
	name := strings.Trim(strings.TrimSuffix(strings.TrimSpace(h[1]), " (ext)"), "`")
	cited := strings.TrimSuffix(strings.TrimSpace(h[4]), " and more")
	if cited == "" || strings.TrimSpace(w[4]) == "" {
		return false
	}
	for _, t := range strings.Split(cited, ", ") {
		if !slices.Contains(tests[name], t) {
			return false
		}
	}
	return true
}

func renderTable(names []string, ext *Extensions, lib *Library, facts *Facts, tests Proofs) string {
	built := 0
	for _, n := range names {
		if _, ok := lib.Symbols[n]; ok {
			built++
		}
	}
	var b strings.Builder
	b.WriteString("# Public symbols\n\n" +
		"Made by `go run ./tools/symbols` from the headers, the built library and the test sources;\n" +
		"`go test ./abi_test/` fails when it is wrong. A symbol that is not built is not in the library:\n" +
		"a program that needs it fails to link or to load, by name. Symbols without a header are\n" +
		"exported by the original too, but not declared in public. The last column names the tests\n" +
		"that prove it: \"unit F\" is `go test ./c_tests/unit/check -run /F`, \"trace S\" is\n" +
		"`go test ./c_tests/trace -run /S$`, \"AREA P\" is the program P of `go test ./c_tests/AREA`.\n\n")
	fmt.Fprintf(&b, "%d of %d symbols are built. (ext) = not in Debian's library.\n\n", built, len(names))
	b.WriteString("| symbol | header | state | proved by |\n|---|---|---|---|\n")
	for _, n := range names {
		header, state, mark := "–", "not built", ""
		if d, ok := facts.Functions[n]; ok {
			header = filepath.Base(d.File)
		} else if d, ok := facts.Variables[n]; ok {
			header = filepath.Base(d.File)
		}
		if _, ok := lib.Symbols[n]; ok {
			state = "built"
		}
		if slices.Contains(ext.Symbols(), n) {
			mark = " (ext)"
		}
		fmt.Fprintf(&b, "| `%s`%s | %s | %s | %s |\n", n, mark, header, state, cite(tests[n]))
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
