// SPDX-License-Identifier: MIT

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each link of each document leads to a file that is there, and to a heading in it. Seen
// to fail with a page renamed, and with a heading changed.
func TestLinks(t *testing.T) {
	documents := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "build" || d.Name() != "." && d.Name() != ".." && strings.HasPrefix(d.Name(), ".")) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".md") {
			b, err := os.ReadFile(path)
			documents[filepath.Clean(path)] = string(b)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	headings := map[string]map[string]bool{}
	for path, text := range documents {
		headings[path] = map[string]bool{}
		for _, s := range sections(text) {
			for _, m := range heading.FindAllStringSubmatch(s.text, -1) {
				if !s.code {
					headings[path][slug(m[2])] = true
				}
			}
		}
	}
	seen := 0
	for path, text := range documents {
		for _, s := range sections(text) {
			for _, m := range link.FindAllStringSubmatchIndex(s.text, -1) {
				target := s.text[m[6]:m[7]]
				if s.code || strings.Contains(target, "://") || strings.Count(s.text[:m[0]], "`")%2 == 1 {
					continue
				}
				seen++
				file, anchor, _ := strings.Cut(target, "#")
				to := filepath.Join(filepath.Dir(path), file)
				if file == "" {
					to = path
				}
				if _, err := os.Stat(to); err != nil {
					t.Errorf("%s: (%s) is not there", path, target)
				} else if anchor != "" && headings[to] != nil && !headings[to][anchor] {
					t.Errorf("%s: (%s): there is no such heading", path, target)
				}
			}
		}
	}
	if len(documents) < 50 || seen < 200 {
		t.Errorf("%d documents, %d links", len(documents), seen)
	}
}
