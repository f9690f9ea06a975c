// SPDX-License-Identifier: MIT

package apps

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// bothDebians are what packages are made for.
var bothDebians = []debs{{Ref: harness.Ref17, own: "libwebsockets17"}, {Ref: harness.Ref19, own: "libwebsockets19t64"}}

// TestLintian: Debian's checker of packages has nothing to say about ours, down to what it
// calls pedantic, and whatever it is told not to say has a reason.
//
// What was made for another Debian than this machine's may be said to lack an init script, or
// say so itself: the lintian of one knows of that, that of the other does not.
//
// Seen to fail with the maintainer's address at localhost, with the empty folders that moving
// files leaves, and without the override of lwsws.
func TestLintian(t *testing.T) {
	if _, err := exec.LookPath("lintian"); err != nil {
		t.Skip("there is no lintian: ", err)
	}
	machine := strings.TrimSpace(run(t, "", nil, filepath.Join(harness.Top(), "tools", "default-abi")))
	for _, d := range bothDebians {
		t.Run(d.own, func(t *testing.T) {
			args := append([]string{"--no-cfg", "--allow-root", "--tag-display-limit", "0", "--display-info", "--pedantic", "--fail-on", "pedantic"}, d.packages(t)...)
			out, err := exec.Command("lintian", args...).CombinedOutput()
			if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(out)) {
				if fmt.Sprint(d.ABI) == machine || !strings.Contains(line, " package-supports-alternative-init-but-no-init.d-script") {
					t.Errorf("%s", line)
				}
			}
			if err != nil && len(out) == 0 {
				t.Error(err)
			}
		})
	}
	files, _ := filepath.Glob(filepath.Join(harness.Top(), "packaging", "debian", "overrides-*"))
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || !strings.HasPrefix(string(b), "# ") {
			t.Errorf("%s: no reason, %v", f, err)
		}
	}
}

// TestDocPackage: libwebsockets-doc has the pages, the guide's programs, and no link that
// leads nowhere. Seen to fail with the pages as they are, which lead to source files.
func TestDocPackage(t *testing.T) {
	d, root := bothDebians[1], t.TempDir()
	for _, deb := range d.packages(t) {
		if strings.HasPrefix(filepath.Base(deb), "libwebsockets-doc_") {
			run(t, "", nil, "dpkg-deb", "-x", deb, root)
		}
	}
	top := filepath.Join(root, "usr", "share", "doc", "libwebsockets-doc")
	pages, links := 0, 0
	for _, name := range tree(t, top) {
		if filepath.Ext(name) != ".md" {
			continue
		}
		pages++
		b, err := os.ReadFile(top + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\]\(([^)\s#:]+)(#[^)]*)?\)`).FindAllStringSubmatch(string(b), -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(top+name), m[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	programs, _ := filepath.Glob(filepath.Join(top, "docs", "guide", "programs", "*.c"))
	if pages < 30 || links < 100 || len(programs) < 20 {
		t.Errorf("%d pages, %d links, %d programs", pages, links, len(programs))
	}
}

// TestDebsReproducible: the same source makes the same packages in another folder, at
// another time. (That the library is the same when it is built anew: abi_test.) Seen to fail
// with the time that gzip keeps.
func TestDebsReproducible(t *testing.T) {
	d := bothDebians[0]
	there, out := filepath.Join(t.TempDir(), "another-folder"), t.TempDir()
	if err := os.Mkdir(there, 0o755); err != nil {
		t.Fatal(err)
	}
	top := harness.Top()
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "build" && e.Name() != ".git" {
			run(t, "", nil, "cp", "-a", filepath.Join(top, e.Name()), there)
		}
	}
	if err := os.Mkdir(filepath.Join(there, "build"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, b := range []string{"lib", "obj", "docs", ".toolchain"} {
		if _, err := os.Stat(filepath.Join(top, "build", b)); err == nil {
			run(t, "", nil, "cp", "-a", filepath.Join(top, "build", b), filepath.Join(there, "build"))
		}
	}
	first := d.packages(t)
	epoch := strings.TrimSpace(run(t, top, nil, "git", "log", "-1", "--format=%ct"))
	makeDebs(t, there, d.ABI, out, "SOURCE_DATE_EPOCH="+epoch)
	for _, one := range first {
		a, err := os.ReadFile(one)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(out, filepath.Base(one))); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: %d and %d bytes, %v", filepath.Base(one), len(a), len(b), err)
		}
	}
	if other, _ := filepath.Glob(filepath.Join(out, "*.deb")); len(other) != len(first) {
		t.Errorf("%q and %q", first, other)
	}
}
