// SPDX-License-Identifier: MIT

package guide

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

var (
	quoted = regexp.MustCompile("(?ms)^```c\n(.*?)^```$")
	linked = regexp.MustCompile(`\]\(([^)#\s]+)(?:#[^)]*)?\)`)
)

// TestPages: what a page quotes stands in a program that it links to, what is linked to
// is there, each page is in the index, and each program on a page.
//
// Seen to fail with a changed letter in a quotation, a page without a link, a wrong name.
func TestPages(t *testing.T) {
	dir := filepath.Dir(programs())
	pages, err := filepath.Glob(filepath.Join(dir, "*.md"))
	must(t, err)
	index, err := os.ReadFile(filepath.Join(dir, "README.md"))
	must(t, err)
	seen := map[string]bool{}
	for _, page := range pages {
		b, err := os.ReadFile(page)
		must(t, err)
		name := filepath.Base(page)
		if name != "README.md" && !strings.Contains(string(index), "("+name+")") {
			t.Errorf("%s is not in the index", name)
		}
		var sources []string
		for _, m := range linked.FindAllStringSubmatch(string(b), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			file := filepath.Join(dir, m[1])
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
				continue
			}
			if filepath.Dir(file) == programs() {
				text, err := os.ReadFile(file)
				must(t, err)
				sources = append(sources, string(text))
				seen[filepath.Base(file)] = true
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(string(b), -1) {
			if !slices.ContainsFunc(sources, func(s string) bool { return stands(s, m[1]) }) {
				t.Errorf("%s quotes what none of its programs has:\n%s", name, m[1])
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(programs(), "*"))
	must(t, err)
	for _, f := range files {
		if !seen[filepath.Base(f)] {
			t.Errorf("no page links to %s", filepath.Base(f))
		}
	}
}

// stands tells whether lines stand in a source, with the tabs in front that all of them
// have there.
func stands(source, lines string) bool {
	for depth := range 4 {
		in := strings.Repeat("\t", depth)
		deep := regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(lines, in+"$1")
		if strings.Contains("\n"+source, "\n"+deep) {
			return true
		}
	}
	return false
}

// TestDocuments: what the other documents link to is there.
func TestDocuments(t *testing.T) {
	var list []string
	for _, p := range []string{"*.md", "docs/*.md", "docs/generations/*.md", "capi/*.md"} {
		f, err := filepath.Glob(filepath.Join(harness.Top(), p))
		must(t, err)
		list = append(list, f...)
	}
	for _, page := range list {
		b, err := os.ReadFile(page)
		must(t, err)
		for _, m := range linked.FindAllStringSubmatch(string(b), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", filepath.Base(page), m[1])
			}
		}
	}
}
