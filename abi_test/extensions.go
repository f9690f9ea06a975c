// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Extensions is the list of what our headers and library have beyond
// Debian's (extensions.txt).
type Extensions struct {
	entries []extension
	met     map[extension]bool
}

type extension struct{ kind, name string }

var extensionKinds = []string{"symbol", "member", "enum", "macro", "typedef", "type", "header"}

// LoadExtensions reads the part of a list that is an ABI's: one extension a line, its
// kind, its name and the reason for it, separated by blanks; '#' begins a comment
// line. What follows "abi 17" is that one's, what follows "abi" everyone's.
func LoadExtensions(path, abi string) (*Extensions, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseExtensions(path, string(text), abi)
}

func parseExtensions(path, text, abi string) (*Extensions, error) {
	e := &Extensions{met: map[extension]bool{}}
	n, others := 0, false
	for line := range strings.Lines(text) {
		n++
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if f[0] == "abi" {
			others = len(f) > 1 && !slices.Contains(f[1:], abi)
			continue
		}
		if len(f) < 3 || !slices.Contains(extensionKinds, f[0]) {
			return nil, fmt.Errorf("%s:%d: want KIND NAME REASON, where KIND is one of %s",
				path, n, strings.Join(extensionKinds, ", "))
		}
		if others {
			continue
		}
		name := f[1]
		if f[0] == "type" { // "struct lws_map_info"
			name += " " + f[2]
		}
		e.entries = append(e.entries, extension{f[0], name})
	}
	return e, nil
}

// Has reports whether an extension is listed. A member's name is
// "tag.member".
func (e *Extensions) Has(kind, name string) bool {
	x := extension{kind, name}
	found := slices.Contains(e.entries, x)
	if found {
		e.met[x] = true
	}
	return found
}

// Unmet returns the listed extensions that no comparison has met.
func (e *Extensions) Unmet() []string {
	var out []string
	for _, x := range e.entries {
		if !e.met[x] {
			out = append(out, x.kind+" "+x.name)
		}
	}
	return out
}

// Symbols returns the listed functions and data.
func (e *Extensions) Symbols() []string {
	var out []string
	for _, x := range e.entries {
		if x.kind == "symbol" {
			out = append(out, x.name)
		}
	}
	return out
}

// extends reports whether a layout (as named in Facts.Layouts) may have grown.
func (e *Extensions) extends(layout string) bool {
	return slices.ContainsFunc(e.entries, func(x extension) bool {
		tag, _, _ := strings.Cut(x.name, ".")
		return x.kind == "member" && tag == plainName(layout)
	})
}

// plainName is a layout's name without "struct" or "union".
func plainName(layout string) string {
	if _, tag, ok := strings.Cut(layout, " "); ok {
		return tag
	}
	return layout
}
