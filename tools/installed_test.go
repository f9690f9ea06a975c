// SPDX-License-Identifier: MIT

package tools

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestInstalled: what tools/installed has added it takes away, and leaves what was there
// before: other people's files in the same folders, empty folders, the modes of folders, a
// folder that is a link; also when a second and a third time other files were added.
//
// Seen to fail with a list of all folders, with a list of the last time alone, and where
// folders were unpacked like files.
func TestInstalled(t *testing.T) {
	dest, list := t.TempDir(), "/usr/local/share/lws/installed"
	put(t, dest+"/srv/doc/theirs", dest+"/usr/local/lib/liblws.a", dest+"/usr/local/include/lws/others.h")
	for _, d := range []string{"/usr/local/lib/pkgconfig", "/usr/local/share/man"} {
		if err := os.MkdirAll(dest+d, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../../../srv/doc", dest+"/usr/local/share/doc"); err != nil {
		t.Fatal(err)
	}
	before := everything(t, dest)
	for i, names := range [][]string{
		{"lib/lws.so.17", "lib/pkgconfig/lws.pc", "include/lws/lws.h", "include/lws/compat/1.3/lws.h", "share/doc/lws/sbom", "share/man/man8/lwsws.8"},
		{"lib/lws.so.19", "lib/pkgconfig/lws.pc", "include/lws/lws.h", "include/lws/compat/4.3/lws.h"},
		{"lib/lws.so.17", "a file with spaces"},
	} {
		staged := t.TempDir()
		for _, name := range names {
			put(t, filepath.Join(staged, "usr/local", name))
		}
		if err := os.Symlink(filepath.Base(names[0]), staged+"/usr/local/lib/lws.so"); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("./installed", "-d", dest, "-l", list, "add", staged).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, name := range append(names, "../../"+list) {
			if b, err := os.ReadFile(filepath.Join(dest, "usr/local", name)); err != nil || len(b) == 0 {
				t.Errorf("%d: %v", i, err)
			}
		}
		if to, err := os.Readlink(dest + "/usr/local/lib/lws.so"); err != nil || to != filepath.Base(names[0]) {
			t.Errorf("%d: lws.so is %s, %v", i, to, err)
		}
	}
	if out, err := exec.Command("./installed", "-d", dest, "-l", list, "remove").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := everything(t, dest); !slices.Equal(got, before) {
		t.Errorf("before and after:\n%s\n\n%s", strings.Join(before, "\n"), strings.Join(got, "\n"))
	}
	out, err := exec.Command("./installed", "-d", dest, "-l", list, "remove").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "nothing was installed") {
		t.Errorf("taken away twice: %v\n%s", err, out)
	}
}

// A list that somebody else has written leads nowhere else. Seen to fail without the look
// at its lines.
func TestInstalledList(t *testing.T) {
	dest := t.TempDir()
	put(t, dest+"/elsewhere", dest+"/in/kept")
	for _, line := range []string{"../elsewhere", "x/../../elsewhere", dest + "/elsewhere"} {
		if err := os.WriteFile(dest+"/in/list", []byte("kept\n"+line+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("./installed", "-d", dest+"/in", "-l", "/list", "remove").CombinedOutput(); err == nil {
			t.Errorf("%s is taken: %s", line, out)
		}
		for _, f := range []string{"/elsewhere", "/in/kept"} {
			if _, err := os.Stat(dest + f); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}

// put makes files, and their folders.
func put(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// everything is each file and folder below one, with its mode and what is in it.
func everything(t *testing.T, dir string) (l []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		what := ""
		if d.Type()&fs.ModeSymlink != 0 {
			what, err = os.Readlink(path)
		} else if info.Size() < 100 && !d.IsDir() {
			var b []byte
			b, err = os.ReadFile(path)
			what = string(b)
		}
		l = append(l, fmt.Sprintf("%s %v %s", strings.TrimPrefix(path, dir), info.Mode(), what))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}
