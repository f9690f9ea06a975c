// SPDX-License-Identifier: MIT

package examples

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"libwebsockets/c_tests/harness"
)

// library is one of the two of an ABI: its name in test names, its folder, its headers.
type library struct {
	name, dir, include string
}

// program is one folder with a CMakeLists.txt below minimal-examples.
type program struct {
	ref     harness.Ref
	folder  string // "ws-server/minimal-ws-server"
	sources []string
	// unmet are the options that it requires and that Debian's build has not.
	unmet []string
	// foreign tells why it is no program for this machine at all.
	foreign string

	once sync.Once
	exe  map[string]string // by library name, what built
	err  map[string]string // the compiler's or linker's first complaint
}

var (
	required  = regexp.MustCompile(`require_lws_config\((\w+) (\d) requirements\)`)
	sourceSet = regexp.MustCompile(`set\(SRCS ([^)]*)\)`)
	added     = regexp.MustCompile(`add_executable\(\S+ ([^)]*)\)`)
	option    = regexp.MustCompile(`(?m)^#define (\w+)`)
	appended  = regexp.MustCompile(`(?ms)^if \(LWS_WITH_(\w+)\)(.*?)^endif\(\)`)
	oneMore   = regexp.MustCompile(`list\(APPEND SRCS (\w+\.c)\)`)
)

// programs reads what there is from the CMake files of the source package.
func programs(t testing.TB, ref harness.Ref) []*program {
	t.Helper()
	has := map[string]bool{}
	for _, m := range option.FindAllStringSubmatch(read(t, filepath.Join(ref.Headers(t), "lws_config.h")), -1) {
		has[m[1]] = true
	}
	top := ref.Source(t, "minimal-examples")
	files, err := filepath.Glob(top + "/*/*/CMakeLists.txt")
	must(t, err)
	deeper, err := filepath.Glob(top + "/*/*/*/CMakeLists.txt")
	must(t, err)
	var list []*program
	for _, f := range slices.Sorted(slices.Values(append(files, deeper...))) {
		folder, _ := filepath.Rel(top, filepath.Dir(f))
		p := &program{ref: ref, folder: folder}
		text := read(t, f)
		for _, m := range required.FindAllStringSubmatch(text, -1) {
			if has[m[1]] != (m[2] == "1") {
				p.unmet = append(p.unmet, m[1])
			}
		}
		switch s := sourceSet.FindStringSubmatch(text); {
		case s != nil:
			p.sources = strings.Fields(s[1])
		case added.MatchString(text):
			p.sources = strings.Fields(added.FindStringSubmatch(text)[1])
		default:
			p.foreign = "a project of Espressif's ESP-IDF"
		}
		for _, block := range appended.FindAllStringSubmatch(text, -1) {
			for _, m := range oneMore.FindAllStringSubmatch(block[2], -1) {
				if has["LWS_WITH_"+block[1]] {
					p.sources = append(p.sources, m[1])
				}
			}
		}
		list = append(list, p)
	}
	if len(list) < 80 {
		t.Fatalf("only %d programs found below %s", len(list), top)
	}
	return list
}

// include are the folders that the original's own build has in the path: the
// library's headers, where "../plugins" leads to the plugins, and those of the
// loops.
func (p *program) include(t testing.TB, l library) []string {
	t.Helper()
	return []string{fmt.Sprintf("-DLWS_ABI=%d", p.ref.ABI), "-I" + l.include, "-I" + p.ref.Source(t, "plugins"),
		"-I/usr/include/glib-2.0", "-I/usr/lib/x86_64-linux-gnu/glib-2.0/include"}
}

var links = []string{"-Wl,--as-needed", "-Wl,--allow-shlib-undefined", "-luv", "-lev", "-lglib-2.0", "-lssl", "-lcrypto", "-lpthread", "-lm"}

// build compiles with the headers of each library and links with it, once.
func (p *program) build(t testing.TB, libs []library) {
	t.Helper()
	p.once.Do(func() {
		p.exe, p.err = map[string]string{}, map[string]string{}
		if p.foreign != "" {
			return
		}
		cc := harness.CC{Dir: p.ref.Source(t, "minimal-examples", p.folder), Name: strings.ReplaceAll(p.folder, "/", "+")}
		for _, l := range libs {
			args := slices.Concat([]string{"-std=gnu11", "-O1", "-w"}, p.include(t, l), p.sources, []string{"-L" + l.dir, "-l:" + p.ref.Soname()}, links)
			exe, err := cc.Try(t, args...)
			if err != nil {
				p.err[l.name] = complaint(err.Error())
			}
			p.exe[l.name] = exe
		}
	})
}

var grumble = regexp.MustCompile(`(?:error: |undefined reference to )(.*)`)

func complaint(out string) string {
	if m := grumble.FindStringSubmatch(out); m != nil {
		return m[1]
	}
	return out
}

// reason is why a program is not among those that are driven.
func (p *program) reason() string {
	switch {
	case slices.ContainsFunc(drives, func(e drive) bool { return e.folder == p.folder && e.of(p.ref) }):
		return ""
	case p.foreign != "":
		return p.foreign
	case p.exe["debian"] == "" && len(p.unmet) > 0:
		return "needs " + strings.Join(p.unmet, ", ")
	case p.exe["debian"] == "":
		return fmt.Sprintf("does not build with Debian's library either: %s", p.err["debian"])
	}
	return ""
}
