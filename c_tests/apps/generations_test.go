// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// Test programs of older generations, compiled unchanged against our headers.
// Nothing of them is kept here: LWS_UPSTREAM names the original's git
// repository (bare or not), or a folder that has a folder for each tag.

// upstream unpacks the test programs of a tag, with a lib/libwebsockets.h in
// its place that leads to the installed header.
func upstream(t *testing.T, tag string) string {
	t.Helper()
	from := os.Getenv("LWS_UPSTREAM")
	if from == "" {
		t.Skip("LWS_UPSTREAM is not set: it names a git repository of the original, for its old test programs")
	}
	dir := filepath.Join(tmp, tag)
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if err := os.MkdirAll(dir+"/lib", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/lib/libwebsockets.h", []byte("#include <libwebsockets.h>\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"test-apps", "test-server", "plugins", "minimal-examples"} {
		source := filepath.Join(from, tag, part)
		if _, err := os.Stat(filepath.Join(from, tag)); err == nil {
			if _, err := os.Stat(source); err == nil {
				run(t, "", nil, "cp", "-r", source, dir)
			}
			continue
		}
		git := []string{"-C", from, "-c", "safe.directory=*"}
		if exec.Command("git", append(git, "cat-file", "-e", tag+":"+part)...).Run() == nil {
			run(t, "", nil, "sh", "-c", `git -C "$1" -c safe.directory='*' archive "$2" "$3" | tar -x -C "$4"`, "sh", from, tag, part, dir)
		}
	}
	if l, _ := filepath.Glob(dir + "/test-*/test-client.c"); len(l) != 1 {
		t.Fatalf("%s has no test programs of %s", from, tag)
	}
	return dir
}

// old builds a program of an old generation against a library's headers, from
// one source file or more.
func old(t *testing.T, l library, tag string, sources ...string) program {
	t.Helper()
	dir := upstream(t, tag)
	args := []string{"-w", dataDir(t)}
	for _, s := range sources[1:] {
		args = append(args, filepath.Join(dir, s))
	}
	exe := compile(t, "gcc", filepath.Join(dir, sources[0]), append(append(args, l.link()...), "-lssl", "-lcrypto")...)
	return program{l.name, exe, l}
}

// The test server of v2.4.2: its page and protocols. Debian's headers of 4.1.6
// do not compile it: they lack old names that ours still have.
func TestGeneration24Server(t *testing.T) {
	l := ours(t)
	s := old(t, l, "v2.4.2", "test-apps/test-server.c", "test-apps/test-server-http.c", "test-apps/test-server-dumb-increment.c").serve(t)
	checkLoaded(t, l, s.Pid())
	for path, file := range map[string]string{"/": "test.html", "/test.html": "test.html", "/leaf.jpg": "leaf.jpg", "/favicon.ico": "favicon.ico"} {
		want, err := os.ReadFile(harness.Reference(t, "root", "usr", "share", "libwebsockets-test-server", file))
		if err != nil {
			t.Fatal(err)
		}
		a := ask(t, "tcp", s.addr(), get(path))
		head, body, _ := strings.Cut(a.text, "\r\n\r\n")
		if !strings.HasPrefix(head, "HTTP/1.1 200 OK") || body != string(want) {
			t.Errorf("%s: %s", path, a.shown())
		}
	}
	// It looks at the name before the file: one without a known suffix is 415.
	if a := ask(t, "tcp", s.addr(), get("/absent")); !strings.HasPrefix(a.text, "HTTP/1.1 415") {
		t.Errorf("an absent file: %s", a.shown())
	}
	drive(t, s.addr())
	runClient(t, staticProgram(t, "test-client"), fmt.Sprintf("ws://127.0.0.1:%d/", s.port))
	interrupt(t, s.Proc)
}

// The test client of v2.4.2 with the original's server of 4.1.6, and with ours.
func TestGeneration24Client(t *testing.T) {
	p := old(t, ours(t), "v2.4.2", "test-apps/test-client.c")
	for _, srv := range []program{staticProgram(t, "test-server"), dynamicProgram(t, ours(t), "test-server")} {
		t.Run(srv.name+" server", func(t *testing.T) {
			s := srv.serve(t)
			runClient(t, p, fmt.Sprintf("ws://127.0.0.1:%d/", s.port))
			interrupt(t, s.Proc)
		})
	}
}

// test-fraggle of each generation: every message is received correctly.
func TestGenerationsFraggle(t *testing.T) {
	for tag, folder := range map[string]string{"v1.7.9": "test-server", "v2.0.3": "test-server", "v2.2.2": "test-server", "v2.4.2": "test-apps"} {
		t.Run(tag, func(t *testing.T) {
			upstream(t, tag)
			d, o := old(t, debian(t), tag, folder+"/test-fraggle.c"), old(t, ours(t), tag, folder+"/test-fraggle.c")
			for _, x := range []struct{ srv, cli program }{{d, d}, {o, o}, {o, d}, {d, o}} {
				t.Run(x.srv.name+" server, "+x.cli.name+" client", func(t *testing.T) { oldFraggle(t, x.srv, x.cli) })
			}
		})
	}
}

func oldFraggle(t *testing.T, srv, cli program) {
	port := harness.FreePort(t)
	s := srv.start(t, "-p", fmt.Sprint(port))
	s.Listening(port)
	// It never ends of its own accord.
	c := harness.StartEnv(t, cli.lib.env(), "/bin/sh", "-c", `timeout 30 "$@" & trap "kill $!; exit 0" TERM; wait`,
		"sh", cli.exe, "-p", fmt.Sprint(port), "-c", "127.0.0.1")
	eventually(t, 25*time.Second, "60 messages", func() bool { return strings.Count(c.Log(), "EOM received ") >= 60 })
	c.Signal(syscall.SIGTERM)
	_ = c.Wait(10 * time.Second)
	if err := s.Wait(10 * time.Second); err != nil {
		t.Errorf("server: %v\n%s", err, tail(s))
	}
	good := strings.Count(c.Log(), "EOM received ")
	if good < 50 || good != strings.Count(c.Log(), " correctly ") || strings.Contains(c.Log(), "ERROR") {
		t.Errorf("%d messages received:\n%s", good, tail(c))
	}
	t.Logf("%d messages", good)
}
