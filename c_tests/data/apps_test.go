// SPDX-License-Identifier: MIT

package data

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// What differs from run to run, and long lines: the log cuts them elsewhere.
var masks = regexp.MustCompile(`(?m)^\[\d{4}/\d\d/\d\d [\d:]+\]|0x[0-9a-f]{6,}|cpu time .*$|target.name 'PYvtan.*$`)

// The original's own test programs, compiled unchanged, say the same.
func TestApps(t *testing.T) {
	source := harness.Ref19.Source(t, "minimal-examples", "api-tests")
	texts := filepath.Join(source, "api-test-fts")
	book := filepath.Join(texts, "the-picture-of-dorian-gray.txt")
	for _, app := range []struct {
		folder  string
		sources []string
		runs    [][]string
	}{
		{"api-test-lws_struct-json", []string{"main.c", "test2.c"}, [][]string{nil}},
		{"api-test-fts", []string{"main.c"}, [][]string{
			{"-c", "-i", "index", filepath.Join(texts, "canned-1.txt"), filepath.Join(texts, "canned-2.txt"), book},
			{"-i", "index", "hen", "b", "lobster", "zzz"}, {"-i", "index", "-f", "hen", "b", "lobster", "zzz"}, {"-i", "none", "b"},
			{"-c", "-i", "one", book}, {"-i", "one", "-l", "sibyl", "dorian", "b"},
		}},
	} {
		said := func(l library) (all string) {
			args := append([]string{"-w"}, app.sources...)
			if l.Ours {
				args = append(args, "-DLWS_ABI="+strconv.Itoa(l.Ref.ABI), "-I"+filepath.Join(harness.Top(), "include"), "-L"+harness.Lib(t), "-l:"+l.Ref.Soname())
			} else {
				args = append(args, l.Ref.Link(t)...)
			}
			exe := harness.CC{Dir: filepath.Join(source, app.folder), Name: app.folder}.Program(t, slices.Concat(harness.House, args)...)
			dir := t.TempDir()
			for _, run := range app.runs {
				out, log := l.start(t, exe, dir, run...)
				all += out + masks.ReplaceAllString(strings.ReplaceAll(log, ": no such file or directory", ""), "*") + "\n"
			}
			return all
		}
		want := said(original)
		for _, l := range ours {
			differ(t, app.folder+" "+l.Name, want, said(l))
		}
	}
}
