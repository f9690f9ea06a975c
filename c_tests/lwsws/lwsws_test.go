// SPDX-License-Identifier: MIT

// Package lwsws drives the web server lwsws: beside the original's, which is built with
// what its guides describe (tools/full-reference), through reloads, and with
// configurations that are none.
package lwsws

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 4) }

const within = 20 * time.Second

// library is one that lwsws runs on.
type library struct{ harness.Side }

// libraries: the first is the referee, with its own lwsws.
var libraries = []library{{harness.Original}, {harness.So19}, {harness.So17}}

var ours = libraries[1:]

// start starts lwsws.
func (l library) start(t *testing.T, args ...string) *harness.Proc {
	t.Helper()
	exe := filepath.Join(l.Ref.Root(t), "usr/bin/lwsws")
	if l.Ours {
		exe = l.lwsws(t)
	}
	return l.Start(t, nil, exe, args...)
}

// lwsws compiles ours.
func (l library) lwsws(t *testing.T) string {
	t.Helper()
	src, err := filepath.Glob(filepath.Join(harness.Top(), "lwsws", "*.c"))
	if err != nil || len(src) == 0 {
		t.Fatal("no lwsws", err)
	}
	flags := slices.Concat([]string{"-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", `-DINSTALL_DATADIR="/nonexistent"`},
		l.Headers(t), src, []string{"-L" + harness.Lib(t), "-l:" + l.Ref.Soname(), "-lpthread"})
	return harness.CC{Name: "lwsws"}.Program(t, flags...)
}

// source is the reference that has the source.
func (l library) source() harness.Ref {
	if l.Ref == harness.RefFull {
		return harness.Ref19
	}
	return l.Ref
}

// plugins makes a folder of plugins for the library: of the test's own, and stock ones.
func (l library) plugins(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, n := range names {
		src := filepath.Join("prog", n+".c")
		if _, err := os.Stat(src); err != nil {
			src = l.source().Source(t, "plugins", "protocol_"+n+".c")
		}
		file := "libprotocol_" + n + ".so"
		if n == "echo" {
			file = "libprotocol_test_echo.so"
		}
		flags := append([]string{"-shared", "-fPIC", "-O1", "-g", "-w"}, append(l.Headers(t), src)...)
		harness.CopyFile(t, harness.CC{}.Program(t, flags...), filepath.Join(dir, file))
	}
	return dir
}

// site is a folder of configuration.
type site struct {
	t   *testing.T
	dir string
}

func newSite(t *testing.T) site {
	t.Helper()
	s := site{t, t.TempDir()}
	s.write("www/index.html", "the page")
	return s
}

// write writes a file of the site; DIR in it is the site's folder.
func (s site) write(name, format string, args ...any) {
	s.t.Helper()
	file := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		s.t.Fatal(err)
	}
	text := strings.ReplaceAll(fmt.Sprintf(format, args...), "DIR", s.dir)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// get asks with a connection of its own.
func get(port int, path string) (*http.Response, string, error) {
	c := http.Client{Timeout: within, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.Get(fmt.Sprintf("http://127.0.0.1:%d%s", port, path))
	if err != nil {
		return nil, "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return r, string(b), err
}

// logs waits for a text in the program's log.
func logs(t *testing.T, p *harness.Proc, text string, times int) {
	t.Helper()
	if !harness.Eventually(t, within, "the log has "+text, func() bool { return strings.Count(p.Log(), text) >= times }) {
		t.Fatalf("the log:\n%s", p.Log())
	}
}

// children are the process ids of a process's children.
func children(pid int) []string {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	return strings.Fields(string(b))
}

// up waits until somebody listens.
func up(t *testing.T, p *harness.Proc, port int) {
	t.Helper()
	harness.Eventually(t, within, fmt.Sprintf("lwsws listens on %d", port), func() bool {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			c.Close()
		}
		return err == nil || !p.Running()
	})
	if !p.Running() {
		t.Fatalf("lwsws has ended:\n%s", p.Log())
	}
}
