// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestReferences: a program that is compiled here with a reference's headers runs on that
// reference, with nothing of this machine's where that is the older Debian, and echoes;
// and so on a copy that looks for its plugins elsewhere.
//
// Seen to fail: with LD_LIBRARY_PATH instead of the root's loader (this machine's does not
// know the root's libc), with that loader and the library's folder alone (so.19 meets this
// machine's libc), with the other reference's headers, with the root's own library before
// the copy.
func TestReferences(t *testing.T) {
	for _, r := range []Ref{Ref17, Ref19} {
		t.Run(r.Soname(), func(t *testing.T) {
			exe := CC{Name: "echo_server-" + r.Version}.Program(t, slices.Concat(House, Strict, []string{"prog/echo_server.c"}, r.Link(t))...)
			for name, lib := range map[string]string{"as it is": r.Lib(t), "with plugins": r.WithPlugins(t, "uv")} {
				t.Run(name, func(t *testing.T) {
					p := r.Start(t, nil, r.Root(t), lib, exe, "-v")
					version := p.WaitLine(`^VERSION (\S*) HEADERS (\S*)$`, 15*time.Second)
					if !strings.HasPrefix(version[1], r.Version+"-") || version[2] != version[1] {
						t.Errorf("not the library and headers of %s: %q", r.Version, version)
					}
					ws := MustDial(t, p.Ready().Addr(), "")
					for i := range 10 {
						want := strings.Repeat(fmt.Sprint(i), 1+i*i*100)
						if err := ws.SendMessage(Text, []byte(want)); err != nil {
							t.Fatal(err)
						}
						if _, got, err := ws.ReceiveMessage(); err != nil || string(got) != want {
							t.Fatalf("message %d came back as %q (%v)", i, got, err)
						}
					}
					checkMaps(t, r, lib, p)
					if err := ws.CloseCleanly(); err != nil {
						t.Error(err)
					}
					p.Stop()
				})
			}
		})
	}
}

// checkMaps looks at where a program's libraries are from.
func checkMaps(t *testing.T, r Ref, lib string, p *Proc) {
	t.Helper()
	real := func(name string) string {
		name, err := filepath.EvalSymlinks(name)
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", p.Pid()))
	if err != nil {
		t.Fatal(err)
	}
	root, want, seen := real(r.Root(t))+"/", real(filepath.Join(lib, r.Soname())), 0
	own := exists(filepath.Join(root, "lib64/ld-linux-x86-64.so.2"))
	for line := range strings.Lines(string(maps)) {
		f := strings.Fields(line)
		switch file := f[len(f)-1]; {
		case file == want:
			seen++
		case strings.Contains(file, "libwebsockets.so"):
			t.Errorf("another libwebsockets is mapped: %s", file)
		case own && strings.Contains(file, ".so") && !strings.HasPrefix(file, root):
			t.Errorf("%s is not of the reference's root", file)
		}
	}
	if seen == 0 {
		t.Errorf("%s is not mapped", want)
	}
}
