// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	abitest "libwebsockets/abi_test"
)

func manualPages(t *testing.T) map[string]string {
	t.Helper()
	m, err := newManual(root)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := m.pages(root)
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

var fonts = strings.NewReplacer(`\fB`, "", `\fR`, "", `\fI`, "", `\-`, "-", `\e`, `\`, `\(aq`, "'", `\&`, "", `\(ti`, "~")

// between is a section of a page as plain text.
func between(page, from, to string) string {
	_, rest, _ := strings.Cut(page, ".SH "+from+"\n")
	text, _, _ := strings.Cut(rest, ".SH "+to)
	return fonts.Replace(regexp.MustCompile(`(?m)^\.\w.*\n`).ReplaceAllString(text, ""))
}

// What a page's synopsis says is what C programs that include the header see, so.17's
// as well as so.19's; macros have as many arguments. Seen to fail with a const of
// lws_write()'s that the header does not have, and with macros of three arguments.
func TestSynopsis(t *testing.T) {
	functions, macros := map[string]string{}, map[string]string{}
	pages := manualPages(t)
	for name, page := range pages {
		if !strings.HasSuffix(name, ".3") || strings.HasPrefix(page, ".so ") {
			continue
		}
		for _, d := range strings.SplitAfter(between(page, "SYNOPSIS", "DESCRIPTION"), ";\n") {
			for strings.HasPrefix(strings.TrimSpace(d), "#") {
				line, rest, _ := strings.Cut(strings.TrimSpace(d), "\n")
				if m := define.FindStringSubmatch(line); m != nil {
					macro, args, _ := strings.Cut(m[1], "(")
					macros[macro] = strings.TrimSuffix(args, ")")
				}
				d = rest
			}
			if m := called.FindStringSubmatch(d); m != nil {
				functions[m[1]] = d
			}
		}
	}
	for _, call := range append(Calls(), reasonsPage) {
		if functions[call] == "" && macros[call] == "" && pages[call+".3"] == "" {
			t.Errorf("there is no declaration of %s on any page", call)
		}
	}
	if len(functions) < 40 || len(macros) < 10 {
		t.Fatalf("%d functions, %d macros are on the pages", len(functions), len(macros))
	}
	var text strings.Builder
	for name, d := range functions { // by other names: what is declared already would hide a difference
		text.WriteString(regexp.MustCompile(`\b`+name+`\b`).ReplaceAllString(d, "page_"+name))
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "synopsis.h"), []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, abi := range []string{"17", "19"} {
		ours := declared(t, abi)
		theirs, err := abitest.ParseUnit(abitest.Unit{Dir: dir, Extra: []string{filepath.Join(root, "include")},
			Source: unit(abi) + "#include <synopsis.h>\n"})
		if err != nil {
			t.Fatal(err)
		}
		for name := range functions {
			want, is := ours.Functions[name]
			got := theirs.Functions["page_"+name].Type
			if name == reasonsPage {
				want, is = ours.Typedefs[name]
				got = theirs.Typedefs["page_"+name].Type
			}
			if !is || strings.TrimPrefix(want.Type, "static ") != strings.TrimPrefix(got, "static ") {
				t.Errorf("so.%s: %s is %q on its page, %q in the headers", abi, name, got, want.Type)
			}
		}
		for name, args := range macros {
			m, is := ours.Macros[name]
			n := len(strings.Split(args, ","))
			if !is || !m.FnLike || m.Params+map[bool]int{true: 1}[m.Variadic] != n && m.Params != n {
				t.Errorf("so.%s: %s(%s) is not the headers' macro: %+v", abi, name, args, m)
			}
		}
	}
}

// Each page has what readers look for, each page that is named is there, and so are the
// 60. Seen to fail with SEE ALSO left out, and with a page that others name not written.
func TestPagesAreWhole(t *testing.T) {
	pages := manualPages(t)
	calls := Calls()
	if len(calls) != wanted {
		t.Errorf("%d calls", len(calls))
	}
	for _, name := range append(calls, reasonsPage) {
		if pages[name+".3"] == "" {
			t.Errorf("%s has no page", name)
		}
	}
	named := regexp.MustCompile(`\\fB(\w+)\\fR\((\d)\)`)
	returning := 0
	for file, page := range pages {
		if to, is := strings.CutPrefix(page, ".so man3/"); is {
			if at := strings.TrimSuffix(to, "\n"); !strings.Contains(pages[at], strings.TrimSuffix(file, ".3")+",") && !strings.Contains(pages[at], strings.TrimSuffix(file, ".3")+` \-`) {
				t.Errorf("%s says %s, which does not name it", file, to)
			}
			continue
		}
		for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO"} {
			if strings.TrimSpace(between(page, section, "")) == "" {
				t.Errorf("%s has no %s", file, section)
			}
		}
		if strings.Contains(page, ".SH RETURN VALUE") {
			returning++
		}
		if left := regexp.MustCompile(`\\[p@]\b|@return|@param|` + "`").FindString(page); left != "" {
			t.Errorf("%s: %q is left over", file, left)
		}
		for _, m := range named.FindAllStringSubmatch(page, -1) {
			if pages[m[1]+"."+m[2]] == "" && m[0] != `\fBlwsws\fR(8)` {
				t.Errorf("%s names %s(%s), which is not there", file, m[1], m[2])
			}
		}
	}
	if returning < 20 {
		t.Errorf("only %d pages say what is returned", returning)
	}
}

// man formats each page without a warning. Seen to fail with a macro that there is not.
func TestFormatted(t *testing.T) {
	if _, err := exec.LookPath("man"); err != nil {
		t.Skip("there is no man: tools/deps installs it")
	}
	dir := t.TempDir()
	if err := Manual(root, dir); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(dir + "/man*/*")
	lwsws, err := filepath.Abs(root + "/lwsws/lwsws.8")
	if err != nil || len(files) < wanted {
		t.Fatal(err, len(files))
	}
	var texts []string
	for _, f := range append(files, lwsws) {
		if b, err := os.ReadFile(f); err != nil || !strings.HasPrefix(string(b), ".so ") {
			texts = append(texts, f)
		}
	}
	cmd := exec.Command("man", append([]string{"--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"}, texts...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANROFFSEQ=", "MANWIDTH=80")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil || said.Len() > 0 || len(out) < 20000 {
		t.Errorf("%v, %d bytes\n%s", err, len(out), said.String())
	}
}

// The calls that have pages are those that programs use most. Seen to fail with a line
// of calls.txt left out.
func TestCalls(t *testing.T) {
	for _, dir := range append(slices.Clone(ownPrograms), debians...) {
		if _, err := os.Stat(filepath.Join(root, dir)); err != nil {
			t.Skip("not fetched: ", dir)
		}
	}
	want, err := Count(root)
	if err != nil {
		t.Fatal(err)
	}
	if want != callList {
		t.Errorf("calls.txt is not what build/apiref count says:\n%s", want)
	}
}
