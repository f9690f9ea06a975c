// SPDX-License-Identifier: MIT

package abitest

import (
	"bufio"
	"debug/elf"
	"fmt"
	"os"
	"strings"
)

// Library is what the loader sees of a shared library.
type Library struct {
	Soname  string
	Symbols map[string]Symbol // defined and exported
}

// Symbol is an exported function or datum.
type Symbol struct {
	Data    bool
	Size    uint64 // of data; functions' sizes are nobody's business
	Version string // symbol version, empty if there is none
}

// ReadLibrary reads the dynamic symbol table: `nm -D --defined-only`.
func ReadLibrary(path string) (*Library, error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	l := &Library{Symbols: map[string]Symbol{}}
	names, err := f.DynString(elf.DT_SONAME)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	l.Soname = strings.Join(names, " ")
	syms, err := f.DynamicSymbols()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, s := range syms {
		if s.Section == elf.SHN_UNDEF || elf.ST_BIND(s.Info) == elf.STB_LOCAL {
			continue
		}
		x := Symbol{Version: s.Version}
		if t := elf.ST_TYPE(s.Info); t != elf.STT_FUNC && t != elf.STT_GNU_IFUNC {
			x.Data, x.Size = true, s.Size
		}
		l.Symbols[s.Name] = x
	}
	return l, nil
}

// ReadExportMap returns the names that a linker version script lists as
// global, in the file's order. It fails on a pattern or a named version: the
// library lists its names one by one and has no versions.
func ReadExportMap(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var names []string
	global, n := false, 0
	for sc := bufio.NewScanner(f); sc.Scan(); {
		n++
		line, _, _ := strings.Cut(sc.Text(), "#")
		switch line = strings.TrimSpace(line); {
		case line == "" || line == "{" || line == "};":
		case line == "global:":
			global = true
		case line == "local:":
			global = false
		case !global && line == "*;":
		case global && strings.HasSuffix(line, ";") && !strings.ContainsAny(line, "*?[ \t"):
			names = append(names, strings.TrimSuffix(line, ";"))
		default:
			return nil, fmt.Errorf("%s:%d: cannot read %q", path, n, line)
		}
	}
	return names, nil
}
