// SPDX-License-Identifier: MIT

package faults

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// These drive prog/files.c: the library holds on to the descriptors of what it
// has served lately (impl/httpd/plain.go), and nobody may notice that.

type fileServer struct {
	*h.Proc
	t   *testing.T
	dir string
}

// startFiles has a shell start the server: how is "exec ", with what goes before it.
func startFiles(t *testing.T, how string) *fileServer {
	t.Helper()
	dir := t.TempDir()
	exe := h.Build(t, prog("files.c"))
	return &fileServer{h.Start(t, "/bin/sh", "-c", how+`"$0" "$1"`, exe, dir).Ready(), t, dir}
}

func (s *fileServer) path(name string) string { return filepath.Join(s.dir, name) }

// put makes or rewrites a file in place.
func (s *fileServer) put(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// replace has the name lead to another file.
func (s *fileServer) replace(name, text string) {
	s.t.Helper()
	s.put(name+".new", text)
	if err := os.Rename(s.path(name+".new"), s.path(name)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *fileServer) open(name string) *http.Response {
	s.t.Helper()
	r, err := http.Get("http://" + s.Addr() + "/" + name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { r.Body.Close() })
	return r
}

func (s *fileServer) get(name, want string) {
	s.t.Helper()
	r := s.open(name)
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 || string(b) != want {
		s.t.Errorf("%s: status %d, %.40q (%d bytes), %v; want %.40q (%d bytes)", name, r.StatusCode, b, len(b), err, want, len(want))
	}
}

// kept is how many files of the folder, or how often one of them, a process has open.
func (s *fileServer) kept(pid int, names ...string) (n int) {
	links, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && strings.HasPrefix(to, s.dir) {
			if len(names) > 0 && strings.TrimSuffix(to, " (deleted)") != s.path(names[0]) {
				continue
			}
			n++
		}
	}
	return n
}

func (s *fileServer) stop() {
	s.t.Helper()
	s.Signal(syscall.SIGTERM)
	if n := s.WaitLine(`^OPEN (-?\d+)$`, 10*time.Second)[1]; n != "0" {
		s.t.Errorf("%s descriptors are open when the context has gone", n)
	}
	s.Stop()
}

// TestFilesChange: what is served is what the name leads to at that time, in
// whatever way that changes. Seen to fail: when the kernel's new answer is not
// compared with the old one.
func TestFilesChange(t *testing.T) {
	t.Parallel()
	s := startFiles(t, "exec ")
	for i := range 3 {
		s.put("a.txt", "first")
		s.get("a.txt", "first")
		s.get("a.txt", "first")
		s.put("a.txt", "again") // the same length, perhaps within the same tick of the file system's clock
		s.get("a.txt", "again")
		s.put("a.txt", "a good deal longer")
		s.get("a.txt", "a good deal longer")
		s.put("a.txt", "")
		s.get("a.txt", "")
		s.replace("a.txt", "first")
		s.get("a.txt", "first")
		s.replace("a.txt", "other")
		s.get("a.txt", "other")
		old := s.open("a.txt").Header.Get("ETag")
		if err := os.Chtimes(s.path("a.txt"), time.Time{}, time.Now().Add(-time.Hour*time.Duration(i+1))); err != nil {
			t.Fatal(err)
		}
		if tag := s.open("a.txt").Header.Get("ETag"); tag == old {
			t.Errorf("ETag %s is that of another time", tag)
		}
		if err := os.Remove(s.path("a.txt")); err != nil {
			t.Fatal(err)
		}
		if r := s.open("a.txt"); r.StatusCode != 404 {
			t.Errorf("a file that is gone: status %d", r.StatusCode)
		}
		if s.kept(s.Pid(), "a.txt") != 0 {
			t.Error("a file that is gone is held open")
		}
		if err := os.Mkdir(s.path("a.txt"), 0o755); err != nil {
			t.Fatal(err)
		}
		s.put("a.txt/index.html", "in a folder")
		s.get("a.txt/", "in a folder")
		if err := os.RemoveAll(s.path("a.txt")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("b.txt", s.path("a.txt")); err != nil {
			t.Fatal(err)
		}
		s.put("b.txt", "behind a link")
		s.get("a.txt", "behind a link")
		s.replace("b.txt", "another behind a link")
		s.get("a.txt", "another behind a link")
		if err := os.Remove(s.path("a.txt")); err != nil {
			t.Fatal(err)
		}
	}
	s.stop()
}

// TestFilesForbidden: rights that are taken away count at once.
func TestFilesForbidden(t *testing.T) {
	t.Parallel()
	how := "exec "
	if os.Getuid() == 0 { // may read everything, unless it gives that up
		how = "exec setpriv --bounding-set=-all "
		if out, err := exec.Command("sh", "-c", how+"true").CombinedOutput(); err != nil {
			t.Skipf("root may read everything: %v %s", err, out)
		}
	}
	s := startFiles(t, how)
	s.put("a.txt", "text")
	s.get("a.txt", "text")
	if err := os.Chmod(s.path("a.txt"), 0); err != nil {
		t.Fatal(err)
	}
	if r := s.open("a.txt"); r.StatusCode != 404 {
		t.Errorf("a file without rights: status %d", r.StatusCode)
	}
	if err := os.Chmod(s.path("a.txt"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.get("a.txt", "text")
	s.stop()
}

// TestFilesKept: few descriptors are kept, and none for long; none where they are
// short. Seen to fail: with a timer that is not set anew.
func TestFilesKept(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, how string
		most      int
	}{{"many", "exec ", 8}, {"few", "ulimit -n 20 && exec ", 3}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := startFiles(t, tc.how)
			for range 3 {
				for i := range 20 {
					name := strconv.Itoa(i) + ".txt"
					s.put(name, name)
					s.get(name, name)
					s.get(name, name)
				}
			}
			n := s.kept(s.Pid())
			t.Logf("%d are kept", n)
			if n > tc.most || n == 0 && tc.name == "many" && isLocal(s.dir) {
				t.Errorf("%d descriptors are kept, at most %d may be", n, tc.most)
			}
			h.Eventually(t, 5*time.Second, "unused descriptors are closed", func() bool { return s.kept(s.Pid()) == 0 })
			s.Idle(time.Second, 100*time.Millisecond)
			s.get("1.txt", "1.txt")
			s.stop()
		})
	}
}

// isLocal tells whether descriptors of files in dir may be kept.
func isLocal(dir string) bool {
	var st syscall.Statfs_t
	const ext4, xfs, btrfs, tmpfs, overlay = 0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630
	if syscall.Statfs(dir, &st) != nil {
		return false
	}
	switch st.Type {
	case ext4, xfs, btrfs, tmpfs, overlay:
		return true
	}
	return false
}

// TestFilesUnderWay: a file that is replaced while it is being sent is sent to its
// end; several that read it at the same time do not disturb each other.
func TestFilesUnderWay(t *testing.T) {
	t.Parallel()
	s := startFiles(t, "exec ")
	old, next := string(noise(8<<20)), string(noise(4<<20))
	s.put("big.jpg", old)
	s.get("big.jpg", old)
	var under []*http.Response
	var got [4]bytes.Buffer
	for i := range got {
		r := s.open("big.jpg")
		if _, err := io.CopyN(&got[i], r.Body, int64(1000*(i+1))); err != nil {
			t.Fatal(err)
		}
		under = append(under, r)
	}
	s.replace("big.jpg", next)
	s.get("big.jpg", next)
	for i := range got {
		if _, err := io.Copy(&got[i], under[i].Body); err != nil || got[i].String() != old {
			t.Errorf("reader %d: %d bytes, %v", i, got[i].Len(), err)
		}
	}
	s.get("big.jpg", next)
	h.Eventually(t, 5*time.Second, "unused descriptors are closed", func() bool { return s.kept(s.Pid()) == 0 })
	s.stop()
}

// TestFilesFork: a child has none of its parent's, and both serve. Seen to fail:
// without FilesAgain.
func TestFilesFork(t *testing.T) {
	t.Parallel()
	s := startFiles(t, "exec ")
	s.put("a.txt", "text")
	s.get("a.txt", "text")
	s.Signal(syscall.SIGUSR1)
	child, _ := strconv.Atoi(s.WaitLine(`^CHILD (\d+)$`, 10*time.Second)[1])
	defer func() { _ = syscall.Kill(child, syscall.SIGKILL) }()
	h.Eventually(t, 5*time.Second, "the child closes the parent's files", func() bool { return s.kept(child) == 0 })
	for range 20 {
		s.get("a.txt", "text")
	}
	_ = syscall.Kill(child, syscall.SIGKILL)
	s.get("a.txt", "text")
	s.stop()
}
