// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const rights = "../../packaging/debian/copyright"

func libraries(t *testing.T) []string {
	t.Helper()
	l, _ := filepath.Glob("../../build/lib/libwebsockets.so.[0-9]*")
	if len(l) == 0 {
		t.Skip("make lib comes first")
	}
	return l
}

// What is written has what the library's build info and its dynamic section have, each
// reference leads to something, and the same library gives the same bytes.
//
// Seen to fail without the loop over the modules, with a clock's time in it, and where
// every module had the same SPDXID.
func TestDocument(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	for _, library := range libraries(t) {
		text, err := run(library, "name", "1.2", rights)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := run(library, "name", "1.2", rights); err != nil || !bytes.Equal(again, text) {
			t.Errorf("the second time it is another document: %v", err)
		}
		var d document
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		if d.Creation.Created != "2023-11-14T22:13:20Z" || d.Version != "SPDX-2.3" || d.License != "CC0-1.0" || !strings.HasPrefix(d.Namespace, "https://") {
			t.Errorf("%+v", d)
		}
		known, packages := map[string]bool{d.ID: true}, map[string]component{}
		for _, c := range d.Packages {
			if known[c.ID] || !regexp.MustCompile(`^SPDXRef-[A-Za-z0-9.-]+$`).MatchString(c.ID) || c.Download == "" || c.Declared == "" {
				t.Errorf("%+v", c)
			}
			known[c.ID], packages[c.Name] = true, c
		}
		seen := map[string]bool{}
		for _, r := range d.Relationships {
			if !known[r.From] || !known[r.To] {
				t.Errorf("%+v leads nowhere", r)
			}
			seen[r.From], seen[r.To] = true, true
		}
		info, err := buildinfo.ReadFile(library)
		if err != nil {
			t.Fatal(err)
		}
		if len(info.Deps) == 0 || "go"+packages["go"].Version != info.GoVersion {
			t.Errorf("Go is %+v", packages["go"])
		}
		for _, m := range info.Deps {
			c := packages[m.Path]
			if c.Version != m.Version || !strings.Contains(c.Comment, m.Sum) || len(c.Checksums) != 1 || len(c.Checksums[0].Value) != 64 || !seen[c.ID] {
				t.Errorf("%s %s is %+v", m.Path, m.Version, c)
			}
		}
		for _, name := range []string{"openssl", "glibc", "brotli"} {
			if !seen[packages[name].ID] {
				t.Errorf("%s is missing", name)
			}
		}
	}
}

// The copyright file of the packages has the licence of Go and of each module that is
// linked in, word for word. Seen to fail without the paragraph of golang.org/x/sys, and
// with a word of the licence's text changed.
func TestCopyright(t *testing.T) {
	text, err := os.ReadFile(rights)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, p := range strings.Split(string(text), "\n\n") {
		if rest, ok := strings.CutPrefix(p, "License: "); ok {
			name, body, _ := strings.Cut(rest, "\n")
			texts[name] = words(strings.ReplaceAll(body, "\n .\n", "\n"))
		}
	}
	check := func(what, dir string) {
		t.Helper()
		own, err := os.ReadFile(filepath.Join(dir, "LICENSE"))
		if err != nil {
			t.Fatal(err)
		}
		first, body, _ := strings.Cut(string(own), "\n")
		m := regexp.MustCompile(`(?m)^Files: ` + regexp.QuoteMeta(what) + `/\*\nCopyright: (.*)\nLicense: (.*)$`).FindStringSubmatch(string(text))
		if m == nil {
			t.Errorf("%s has no paragraph", what)
		} else if want := strings.TrimSuffix(strings.TrimPrefix(first, "Copyright "), "."); m[1] != want || texts[m[2]] != words(body) {
			t.Errorf("%s: copyright %q, not %q, or its licence is not the text of %s", what, m[1], want, m[2])
		}
	}
	check("go", output(t, "go", "env", "GOROOT"))
	for _, library := range libraries(t) {
		info, err := buildinfo.ReadFile(library)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range info.Deps {
			check(m.Path, output(t, "go", "list", "-m", "-f", "{{.Dir}}", m.Path))
		}
	}
}

// What nobody has looked at is an error. Seen to fail where such a module had NOASSERTION.
func TestUnknown(t *testing.T) {
	library, short := libraries(t)[0], filepath.Join(t.TempDir(), "copyright")
	if err := os.WriteFile(short, []byte("Files: go/*\nLicense: BSD-3-clause\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := run(library, "name", "1", short); err == nil || !strings.Contains(err.Error(), "no paragraph for golang.org/x/") {
		t.Errorf("a module without a licence: %v", err)
	}
	var d document
	if err := d.loaded([]string{"libc.so.6", "libnew.so.1", "ld-linux-x86-64.so.2"}); err == nil || !strings.Contains(err.Error(), "needs libnew.so.1,") {
		t.Errorf("a library that nobody knows: %v", err)
	}
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return strings.TrimSpace(string(out))
}
