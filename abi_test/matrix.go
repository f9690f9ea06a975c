// SPDX-License-Identifier: MIT

package abitest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// SymbolTable makes the text of docs/symbols.md: every public symbol with the
// header that declares it, whether the library built in build/lib has it, and
// the tests that use it. root is the checkout.
func SymbolTable(root string) (string, error) {
	names, err := ReadExportMap(filepath.Join(root, "capi/exports.map"))
	if err != nil {
		return "", err
	}
	ext, err := LoadExtensions(filepath.Join(root, "abi_test/extensions.txt"))
	if err != nil {
		return "", err
	}
	lib, err := ReadLibrary(filepath.Join(root, "build/lib/libwebsockets.so.17"))
	if err != nil {
		return "", fmt.Errorf("%w (run `make lib`)", err)
	}
	facts, err := ParseUnit(Unit{
		Dir:    filepath.Join(root, "include"),
		Source: "#include <libwebsockets.h>\n#include <libwebsockets/lws-mqtt.h>\n",
	})
	if err != nil {
		return "", err
	}
	tests, err := testUses(root)
	if err != nil {
		return "", err
	}
	slices.Sort(names)
	return renderTable(names, ext, lib, facts, tests), nil
}

func renderTable(names []string, ext *Extensions, lib *Library, facts *Facts, tests map[string][]string) string {
	built := 0
	for _, n := range names {
		if _, ok := lib.Symbols[n]; ok {
			built++
		}
	}
	var b strings.Builder
	b.WriteString("# Public symbols\n\n" +
		"Made by `go run ./tools/symbols` from the headers, the built library and the test sources;\n" +
		"`go test ./abi_test/` fails when it is stale. A symbol that is not built is not in the library:\n" +
		"a program that needs it fails to link or to load, by name. Symbols without a header are\n" +
		"exported by the original too, but not declared in public.\n\n")
	fmt.Fprintf(&b, "%d of %d symbols are built. (ext) = not in Debian's library.\n\n", built, len(names))
	b.WriteString("| symbol | header | state | tests |\n|---|---|---|---|\n")
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

// cite names up to three test files.
func cite(files []string) string {
	if len(files) > 3 {
		return strings.Join(files[:3], ", ") + fmt.Sprintf(" and %d more", len(files)-3)
	}
	return strings.Join(files, ", ")
}

var (
	word    = regexp.MustCompile(`[A-Za-z_]\w*`)
	notCode = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*|#\s*include[^\n]*`)
)

// testUses tells which test files (paths below the checkout, sorted) use each
// word: the C programs of c_tests and the Go tests of abi_test, comments left
// out.
func testUses(root string) (map[string][]string, error) {
	uses := map[string][]string{}
	for dir, suffixes := range map[string][]string{
		"c_tests":  {".c", ".h", ".cc", "_test.go"},
		"abi_test": {"_test.go"},
	} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() || !slices.ContainsFunc(suffixes, func(s string) bool { return strings.HasSuffix(path, s) }) {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			words := word.FindAllString(notCode.ReplaceAllString(string(text), " "), -1)
			slices.Sort(words)
			for _, w := range slices.Compact(words) {
				uses[w] = append(uses[w], filepath.ToSlash(rel))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, files := range uses {
		slices.Sort(files)
	}
	return uses, nil
}
