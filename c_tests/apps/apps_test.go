// SPDX-License-Identifier: MIT

// Package apps runs programs that were written for the original library, and
// its own peers: the test applications of 4.1.6 and of older generations,
// janus, node, a browser. Each drive is run with Debian's library too, which
// shows that it is right about the original.
//
// make lib, tools/deps and tools/fetch-reference come first (make test does
// all that). With LWS_LIB naming another folder than build/lib, that library
// is tested; Debian's own passes, a broken one must not.
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

const version = "4.1.6"

// tmp holds what the tests build; it goes away with them.
var tmp string

func TestMain(m *testing.M) {
	d, err := os.MkdirTemp("", "lws-apps-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	tmp = d
	code := m.Run()
	os.RemoveAll(d)
	os.Exit(code)
}

// source is a path in the source of 4.1.6.
func source(t testing.TB, elem ...string) string {
	t.Helper()
	return harness.Reference(t, append([]string{"src", "libwebsockets-" + version}, elem...)...)
}

// library is Debian's or ours, of one ABI: its name in test names, its folder, its headers.
type library struct {
	ref                harness.Ref
	name, dir, include string
}

// file is the library itself.
func (l library) file() string { return filepath.Join(l.dir, l.ref.Soname()) }

func ours(t testing.TB) library {
	return library{harness.Ref17, "ours", harness.Lib(t), filepath.Join(harness.Top(), "include")}
}

func debian(t testing.TB) library {
	return library{harness.Ref17, "debian", harness.Ref17.Lib(t), harness.Ref17.Headers(t)}
}

// env is the environment that makes a program run with the library.
func (l library) env() []string { return []string{"LD_LIBRARY_PATH=" + l.dir} }

// link are compiler arguments: the library's headers and the library.
func (l library) link() []string {
	return []string{fmt.Sprintf("-DLWS_ABI=%d", l.ref.ABI), "-I" + l.include, "-L" + l.dir, "-l:" + l.ref.Soname()}
}

// compile builds a program; args may have libraries among them.
func compile(t testing.TB, compiler, src string, args ...string) string {
	t.Helper()
	cc := harness.CC{Compiler: compiler}
	if strings.Contains(src+strings.Join(args, " "), tmp) { // it is here as long as the tests are
		cc.Kept = tmp
	}
	return cc.Program(t, append([]string{"-O1", "-g", src}, args...)...)
}

// original builds a test application of 4.1.6 unchanged, against a library's
// headers. It looks for its files in the unpacked Debian package.
func original(t testing.TB, l library, name string, args ...string) string {
	t.Helper()
	data := fmt.Sprintf(`-DINSTALL_DATADIR="%s"`, harness.Reference(t, "root", "usr", "share"))
	all := append([]string{"-w", data}, args...)
	return compile(t, "gcc", source(t, "test-apps", name+".c"), append(append(all, l.link()...), "-lssl", "-lcrypto")...)
}

// run runs a command to its end, at most four minutes, and gives what it printed.
func run(t testing.TB, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	stop := time.AfterFunc(4*time.Minute, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &out)
	}
	return out.String()
}

// server is a running program and where it listens.
type server struct {
	*harness.Proc
	port int
}

func (s server) addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// serve starts a program with the library and waits until it listens on the
// port, which its arguments must have said to it.
func serve(t testing.TB, l library, port int, exe string, args ...string) server {
	t.Helper()
	s := server{harness.StartEnv(t, l.env(), exe, args...), port}
	s.Listening(port)
	return s
}

// checkLoaded fails the test unless the process has mapped that library and
// no other of the same name.
func checkLoaded(t testing.TB, l library, pid int) {
	t.Helper()
	want, err := filepath.EvalSymlinks(l.file())
	if err != nil {
		t.Fatal(err)
	}
	if found := harness.Mapped(t, pid); len(found) != 1 || !found[want] {
		t.Errorf("process %d should have %s mapped, it has %v", pid, want, found)
	}
}

// interrupt ends a program as ctrl-C does and fails the test unless it ends well.
func interrupt(t testing.TB, p *harness.Proc) {
	t.Helper()
	p.Signal(syscall.SIGINT)
	if err := p.Wait(30 * time.Second); err != nil {
		t.Errorf("after SIGINT: %v\nlog:\n%s", err, p.Log())
	}
}

// both runs a test once for each library.
func both(t *testing.T, f func(t *testing.T, l library)) {
	t.Helper()
	for _, l := range []library{debian(t), ours(t)} {
		t.Run(l.name, func(t *testing.T) { f(t, l) })
	}
}
