// SPDX-License-Identifier: MIT

package main

import (
	"cmp"
	"debug/elf"
	_ "embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// How many calls have pages, and what a program of Debian's counts beside one of the
// original's own, of which there are many more.
const (
	wanted = 60
	weight = 3
)

//go:embed calls.txt
var callList string

// Calls are the names that have pages.
func Calls() (names []string) {
	for _, l := range strings.Split(callList, "\n") {
		if f := strings.Fields(l); len(f) > 0 && f[0] != "#" {
			names = append(names, f[0])
		}
	}
	return names
}

var (
	ownPrograms = []string{"build/reference/src/libwebsockets-4.1.6", "build/reference/19/src/libwebsockets-4.3.5"}
	debians     = []string{"build/reference/programs", "build/reference/19/programs", "build/reference/19/later"}
	aCall       = regexp.MustCompile(`\b(\w+)\s*\(`)
)

// Count is the text of calls.txt: those that programs use most, of what the headers
// declare and a library has, or a macro is.
func Count(root string) (string, error) {
	in, err := ReadLibraries(root)
	if err != nil {
		return "", err
	}
	headers, err := Headers(root)
	if err != nil {
		return "", err
	}
	known := map[string]bool{}
	for _, h := range headers {
		for _, e := range h.Entities {
			_, built := in[e.Name]
			if e.Kind == Function && (built || e.Inline) || e.Kind == Macro && strings.HasPrefix(e.Name, "lws") && strings.Contains(e.Decl, "(") {
				known[e.Name] = true
			}
		}
	}
	own, deb := map[string]int{}, map[string]int{}
	for _, dir := range ownPrograms {
		for _, part := range []string{"minimal-examples", "test-apps"} {
			err := filepath.WalkDir(filepath.Join(root, dir, part), func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || !slices.Contains([]string{".c", ".cxx", ".h"}, filepath.Ext(path)) {
					return err
				}
				text, err := os.ReadFile(path)
				seen := map[string]bool{}
				for _, m := range aCall.FindAllSubmatch(text, -1) {
					seen[string(m[1])] = true
				}
				for name := range seen {
					own[name]++
				}
				return err
			})
			if err != nil {
				return "", err
			}
		}
	}
	for _, dir := range debians {
		if err := imports(filepath.Join(root, dir), deb); err != nil {
			return "", err
		}
	}
	var names []string
	for name := range known {
		if own[name]+deb[name] > 0 {
			names = append(names, name)
		}
	}
	points := func(name string) int { return own[name] + weight*deb[name] }
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(points(b)-points(a), strings.Compare(a, b)) })
	var b strings.Builder
	b.WriteString("# Made by apiref count: the calls that have pages, how many of the original's programs\n# name them, how many of Debian's import them.\n")
	for _, name := range names[:min(wanted, len(names))] {
		fmt.Fprintf(&b, "%-40s %3d %3d\n", name, own[name], deb[name])
	}
	return b.String(), nil
}

// imports counts, for each function, the programs and plugins below dir that ask a
// libwebsockets for it.
func imports(dir string, count map[string]int) error {
	seen := map[string]bool{} // some are unpacked twice
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || seen[d.Name()] || strings.HasPrefix(d.Name(), "libwebsockets") {
			return err
		}
		f, err := elf.Open(path)
		if err != nil {
			return nil // not a program
		}
		defer f.Close()
		needed, _ := f.ImportedLibraries()
		if !slices.ContainsFunc(needed, func(l string) bool { return strings.HasPrefix(l, "libwebsockets.so") }) {
			return nil
		}
		seen[d.Name()] = true
		symbols, _ := f.ImportedSymbols()
		for _, s := range symbols {
			count[s.Name]++
		}
		return nil
	})
}
