// SPDX-License-Identifier: MIT

package abitest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Proofs tell which tests call a symbol, found from the C sources of c_tests:
// the function that names it, what leads to that function, and so on up to a
// family of the unit tests ("unit address"), a scenario of the traces ("trace
// udp-bound"), or the program of another test ("faults hammer").
type Proofs map[string][]string

var (
	cFunction = regexp.MustCompile(`(?ms)^([A-Za-z_][^;{}()#\n]*\n?)?\b([A-Za-z_]\w*)\(([^;{}]*?)\)\s*\{([^\n]*\}$|.*?^\})`)
	cScenario = regexp.MustCompile(`\{"([\w.-]+)",\s*(\w+)\}`)
	cMacro    = regexp.MustCompile(`(?m)^#\s*define\s+(\w+)\([^)]*\)((?:.*\\\n)*.*)$`)
	// a declaration outside of functions calls nothing
	cPrototype = regexp.MustCompile(`(?m)^[^\n={}]*\([^;{}=]*\);`)
	cStatic    = regexp.MustCompile(`\bstatic\b`)
)

// source is one function, or what of a file is outside of functions.
type source struct {
	file, name string
	static     bool
	words      []string
	tests      []string // tests that begin here
}

// FindProofs reads the sources below root.
func FindProofs(root string) (Proofs, error) {
	programs := map[string][]string{} // folder → its C files
	err := filepath.WalkDir(filepath.Join(root, "c_tests"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && !d.IsDir() && slices.Contains([]string{".c", ".h", ".cc"}, filepath.Ext(path)) {
			dir := filepath.Dir(path)
			programs[dir] = append(programs[dir], path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p := Proofs{}
	for dir, files := range programs {
		if err := p.add(root, dir, files); err != nil {
			return nil, err
		}
	}
	for n := range p {
		slices.Sort(p[n])
		p[n] = slices.Compact(p[n])
	}
	return p, nil
}

// add finds the proofs of one folder, whose files make one program, or one each.
func (p Proofs) add(root, dir string, files []string) error {
	rel, err := filepath.Rel(filepath.Join(root, "c_tests"), dir)
	if err != nil {
		return err
	}
	area, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	var all []*source
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		all = append(all, functions(f, area, code(string(b)))...)
	}
	reach(all)
	for _, s := range all {
		for _, w := range s.words {
			p[w] = append(p[w], s.tests...)
		}
	}
	return nil
}

// functions takes a file apart.
func functions(file, area, text string) []*source {
	var all []*source
	for _, m := range cFunction.FindAllStringSubmatch(text, -1) {
		s := &source{file: file, name: m[2], static: cStatic.MatchString(m[1]), words: names(m[3] + " " + m[4])}
		if family, ok := strings.CutPrefix(s.name, "unit_"); ok && area == "unit" && family != "nulls" { // which proves little
			s.tests = []string{"unit " + family}
		}
		all = append(all, s)
	}
	for _, m := range cMacro.FindAllStringSubmatch(text, -1) { // as good as a function
		all = append(all, &source{file: file, name: m[1], static: filepath.Ext(file) != ".h", words: names(m[2])})
	}
	outside := cPrototype.ReplaceAllString(cScenario.ReplaceAllString(cFunction.ReplaceAllString(text, " "), " "), " ")
	rest := &source{file: file, static: true, words: names(outside)}
	switch area {
	case "unit":
	case "trace":
		for _, m := range cScenario.FindAllStringSubmatch(text, -1) {
			for _, s := range all {
				if s.name == m[2] {
					s.tests = append(s.tests, "trace "+m[1])
				}
			}
		}
	default: // each program is one test, as a whole
		name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
		for _, s := range append(all, rest) {
			s.tests = []string{area + " " + name}
		}
	}
	return append(all, rest)
}

func names(text string) []string {
	l := word.FindAllString(text, -1)
	slices.Sort(l)
	return slices.Compact(l)
}

// reach hands each function the tests of the functions that name it.
func reach(all []*source) {
	find := func(from *source, name string) *source {
		var global *source
		for _, s := range all {
			if s.name != name || s.name == "" {
				continue
			}
			if s.file == from.file {
				return s
			}
			if !s.static {
				global = s
			}
		}
		return global
	}
	calls := map[*source][]*source{}
	for _, s := range all {
		for _, w := range s.words {
			if t := find(s, w); t != nil && t != s {
				calls[s] = append(calls[s], t)
			}
		}
	}
	// What is outside of functions, such as tables of callbacks, belongs to all
	// functions of its file.
	for _, rest := range all {
		for _, s := range all {
			if rest.name == "" && s.name != "" && s.file == rest.file {
				calls[s] = append(calls[s], rest)
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for s, l := range calls {
			for _, t := range l {
				n := len(t.tests)
				t.tests = append(t.tests, s.tests...)
				slices.Sort(t.tests)
				t.tests = slices.Compact(t.tests)
				changed = changed || len(t.tests) > n
			}
		}
	}
}
