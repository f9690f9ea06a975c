// SPDX-License-Identifier: MIT

package main

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// doxygen has nothing to complain about: no name without a comment, no link that leads
// nowhere. A reader finds lws_write by its name, and what it says: meaning, ownership,
// result, RFC, library, programs. All links of the pages lead somewhere. Seen to fail
// with a member whose comment was taken away, with a link to a heading that is not there,
// with @param of a name that is none, and with links to programs that end in .htm.
func TestHTML(t *testing.T) {
	if _, err := exec.LookPath("doxygen"); err != nil {
		t.Skip("there is no doxygen: tools/deps installs it")
	}
	dir := t.TempDir()
	tool := filepath.Join(dir, "apiref")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(tool, "html", dir)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v\n%s", err, out)
	}
	page := htmlFile(t, dir, "group__g__write.html")
	_, lwsWrite, _ := strings.Cut(page, `class="memtitle"><span class="permalink"><a href="#ga`+anchorOf(t, dir, "lws_write")+`">`)
	lwsWrite, _, _ = strings.Cut(lwsWrite, `class="memtitle"`)
	for _, want := range []string{"Send from a WRITEABLE callback", "LWS_PRE", "the caller's again on return", "Returns", "-1 if the connection is dead",
		"RFC 6455 section 5.6", "so.17, so.19", `href="server_8c-example.html`} {
		if !strings.Contains(lwsWrite, want) {
			t.Errorf("lws_write's part of the page does not say %q", want)
		}
	}
	if main := htmlFile(t, dir, "index.html"); !strings.Contains(main, `href="page_docs_guide_README.html"`) {
		t.Error("the main page does not lead to the guide")
	}
	if left := regexp.MustCompile(`\\[@*#%]|\\&[lg]t;`).FindString(page); left != "" {
		t.Errorf("%q is left over", left)
	}
	checkLinks(t, filepath.Join(dir, "html"))
}

func htmlFile(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "html", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// anchorOf is where the index of names says that a function is.
func anchorOf(t *testing.T, dir, name string) string {
	m := regexp.MustCompile(`<li>` + name + `\(\)(?:&#160;|[:\s])*<a[^>]*href="[^"#]*#ga(\w+)"`).FindStringSubmatch(htmlFile(t, dir, "globals_func_l.html"))
	if m == nil {
		t.Fatal(name + " is not in the index")
	}
	return m[1]
}

var (
	href   = regexp.MustCompile(`href="([^"]+)"`)
	anchor = regexp.MustCompile(`\b(?:id|name)="([^"]+)"`)
)

// checkLinks follows each link from one page to another.
func checkLinks(t *testing.T, dir string) {
	files, _ := filepath.Glob(dir + "/*.html")
	texts, anchors := map[string]string{}, map[string]map[string]bool{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(f)
		texts[name], anchors[name] = string(b), map[string]bool{}
		for _, m := range anchor.FindAllStringSubmatch(texts[name], -1) {
			anchors[name][m[1]] = true
		}
	}
	seen := 0
	for name, text := range texts {
		for _, m := range href.FindAllStringSubmatch(text, -1) {
			u, err := url.Parse(m[1])
			if err != nil || u.Scheme != "" || strings.HasPrefix(m[1], "$") {
				continue
			}
			to := u.Path
			if to == "" {
				to = name
			}
			seen++
			if _, err := os.Stat(filepath.Join(dir, to)); err != nil {
				t.Errorf("%s: %s is not there", name, m[1])
			} else if u.Fragment != "" && anchors[to] != nil && !anchors[to][u.Fragment] {
				t.Errorf("%s: %s has no such place", name, m[1])
			}
		}
	}
	if len(files) < 300 || seen < 10000 {
		t.Errorf("%d pages, %d links", len(files), seen)
	}
}
