// SPDX-License-Identifier: MIT

package abitest

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

const fetchTool = root + "/tools/fetch-reference"

// fetchPrograms are the programs that tools/fetch-reference -p names.
func fetchPrograms(t *testing.T) []string {
	text, err := os.ReadFile(fetchTool)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?s)\nprograms=\((.*?)\)`).FindSubmatch(text)
	if m == nil {
		t.Fatal("the list of programs is no longer found")
	}
	return strings.Fields(string(m[1]))
}

// debianMirror makes a small Debian 12: each program needs libdep and the essential
// package's libc6. It returns apt's configuration for it, which names the machine's own
// release, and a package database in which all of it is installed.
func debianMirror(t *testing.T, programs []string) (aptConfig, installed string) {
	dir := t.TempDir()
	main := filepath.Join(dir, "mirror/dists/bookworm/main")
	pool := filepath.Join(dir, "mirror/pool")
	files := map[string]string{}
	put := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(pool, 0o755); err != nil {
		t.Fatal(err)
	}
	var packages, status strings.Builder
	add := func(name, more string) {
		control := fmt.Sprintf("Package: %s\nVersion: 1\nArchitecture: amd64\nMaintainer: nobody\n%sDescription: of a test\n", name, more)
		tree := filepath.Join(dir, "tree", name)
		put(filepath.Join(tree, "DEBIAN/control"), control)
		put(filepath.Join(tree, "usr/lib", name), "")
		deb := filepath.Join(pool, name+".deb")
		run(t, nil, "dpkg-deb", "--root-owner-group", "-b", tree, deb)
		b, err := os.ReadFile(deb)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&packages, "%sFilename: pool/%s.deb\nSize: %d\nSHA256: %x\n\n", control, name, len(b), sha256.Sum256(b))
		fmt.Fprintf(&status, "%s\n", strings.Replace(control, "\n", "\nStatus: install ok installed\n", 1))
	}
	add("base-files", "Essential: yes\nPriority: required\nDepends: libc6\n")
	add("libc6", "Priority: optional\n")
	add("libdep", "Priority: optional\nDepends: libc6\n")
	for _, p := range programs {
		add(p, "Priority: optional\nDepends: libdep, libc6\n")
	}
	files["binary-amd64/Packages"] = packages.String()
	files["source/Sources"] = ""
	release := "Suite: stable\nCodename: bookworm\nArchitectures: amd64\nComponents: main\nSHA256:\n"
	for name, text := range files {
		put(filepath.Join(main, name), text)
		release += fmt.Sprintf(" %x %d main/%s\n", sha256.Sum256([]byte(text)), len(text), name)
	}
	put(filepath.Join(filepath.Dir(main), "Release"), release)
	own, err := exec.Command("sh", "-c", `. /etc/os-release; test "$ID" = debian && echo $VERSION_CODENAME`).Output()
	if err != nil {
		t.Skip("this is no Debian: ", err)
	}
	put(filepath.Join(dir, "parts/debian.list"), fmt.Sprintf("deb [trusted=yes] copy://%s %s main\n", filepath.Join(dir, "mirror"), strings.TrimSpace(string(own))))
	aptConfig = filepath.Join(dir, "apt.conf")
	put(aptConfig, fmt.Sprintf("Dir::Etc::sourcelist \"/dev/null\";\nDir::Etc::sourceparts \"%s/parts\";\n", dir))
	installed = filepath.Join(dir, "status")
	put(installed, status.String())
	return aptConfig, installed
}

// fetched is what tools/fetch-reference -p unpacks on a machine with that
// package database.
func fetched(t *testing.T, aptConfig, database string) []string {
	place := t.TempDir()
	tool := filepath.Join(place, "tools/fetch-reference")
	if err := os.MkdirAll(filepath.Dir(tool), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"fetch-reference", "apt-aside"} {
		script, err := os.ReadFile(filepath.Join(filepath.Dir(fetchTool), name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(filepath.Dir(tool), name), script, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	harness.CopyFile(t, filepath.Join(filepath.Dir(fetchTool), "ticking"), filepath.Join(place, "tools/ticking"))
	inNamespace := []string{"-m"}
	if os.Getuid() != 0 {
		inNamespace = []string{"-r", "-m"}
	}
	if err := exec.Command("unshare", append(inNamespace, "true")...).Run(); err != nil {
		t.Skipf("no namespace of mounts here: %v", err)
	}
	args := append(inNamespace, "sh", "-ec", `mount --bind "$1" /var/lib/dpkg/status; exec "$2" -p`, "sh", database, tool)
	run(t, []string{"APT_CONFIG=" + aptConfig}, "unshare", args...)
	var files []string
	lib := filepath.Join(place, "build/reference/programs/usr/lib")
	err := filepath.WalkDir(lib, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// What the machine has installed does not matter for what the tests' programs
// come with, and what each Debian has is not unpacked beside them. Seen to fail
// when the script began with the machine's own package database.
func TestFetchIsTheSameEverywhere(t *testing.T) {
	programs := fetchPrograms(t)
	aptConfig, everything := debianMirror(t, programs)
	nothing := filepath.Join(t.TempDir(), "status")
	if err := os.WriteFile(nothing, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	want := append([]string{"libdep"}, programs...)
	slices.Sort(want)
	for name, database := range map[string]string{"nothing": nothing, "everything": everything} {
		if got := fetched(t, aptConfig, database); !slices.Equal(got, want) {
			t.Errorf("with %s installed: %q, want %q", name, got, want)
		}
	}
}
