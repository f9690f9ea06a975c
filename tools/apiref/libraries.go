// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
	"regexp"
)

// Libraries tells which functions the two libraries have: symbol, then so.17 and so.19
// as docs/symbols.md has it.
type Libraries map[string][2]string

var row = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| [^|]* \\| ([^|]*) \\| ([^|]*) \\|")

// ReadLibraries reads docs/symbols.md.
func ReadLibraries(root string) (Libraries, error) {
	text, err := os.ReadFile(filepath.Join(root, "docs/symbols.md"))
	in := Libraries{}
	for _, m := range row.FindAllSubmatch(text, -1) {
		in[string(m[1])] = [2]string{string(m[2]), string(m[3])}
	}
	return in, err
}

// Of says in words which library has a function.
func (in Libraries) Of(name string) string {
	is, there := in[name]
	if !there {
		return "declared for source compatibility; in neither library"
	}
	text := ""
	for i, so := range []string{"so.17", "so.19"} {
		if is[i] == "yes" || is[i] == "(ext)" {
			if text != "" {
				text += ", "
			}
			text += so
		}
		if is[i] == "(ext)" {
			text += " (an extension: the original's lacks it)"
		}
	}
	if text == "" {
		return "in neither library"
	}
	return text
}
