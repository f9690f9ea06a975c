// SPDX-License-Identifier: MIT

// Package generations compiles one small program for each generation of
// libwebsockets' interface, with that generation's pkg-config name, and drives
// every one against every other: old clients with new servers and the reverse.
package generations

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// programs are in prog/, each with the pkg-config name of its time.
// They are linked with the event loops of g22, too.
var programs = []struct{ name, pkg string }{
	{"g12", "libwebsockets-1.3"},
	{"g13", "libwebsockets-1.3"},
	{"g15", "libwebsockets-1.5"},
	{"g16", "libwebsockets-1.6"},
	{"g20", "libwebsockets-2.0"},
	{"g22", "libwebsockets-2.2"},
	{"g24", "libwebsockets-2.2"},
	{"g30", "libwebsockets"},
	{"g41", "libwebsockets"},
	{"g43", "libwebsockets"},
}

const messages = 90 // ten of each size

var stage string // of the installed copies and the programs

// installed is a copy of the library of one ABI.
type installed struct{ abi int }

func (l installed) dir() string { return fmt.Sprintf("%s/%d", stage, l.abi) }

var copies = []installed{{17}, {19}}

// onEach runs a test with both.
func onEach(t *testing.T, f func(*testing.T, installed)) {
	for _, l := range copies {
		t.Run(fmt.Sprint("so.", l.abi), func(t *testing.T) { f(t, l) })
	}
}

func TestMain(m *testing.M) {
	var err error
	if stage, err = os.MkdirTemp("", "generations"); err != nil {
		panic(err)
	}
	for _, l := range copies {
		out, err := exec.Command("make", "-s", "-C", "../..", "install", fmt.Sprint("ABI=", l.abi), "DESTDIR="+l.dir(), "PREFIX=/usr").CombinedOutput()
		if err != nil {
			fmt.Fprintf(os.Stderr, "make install: %v\n%s", err, out)
			os.Exit(1)
		}
	}
	code := m.Run()
	os.RemoveAll(stage)
	os.Exit(code)
}

// build compiles a program as its user would: no flags but pkg-config's.
func (l installed) build(t *testing.T, name, pkg string, compiler ...string) string {
	t.Helper()
	cmd := exec.Command("pkg-config", "--cflags", "--libs", pkg)
	cmd.Env = append(os.Environ(), "PKG_CONFIG_PATH="+l.dir()+"/usr/lib/pkgconfig", "PKG_CONFIG_SYSROOT_DIR="+l.dir())
	flags, err := cmd.Output()
	if err != nil {
		t.Fatalf("pkg-config %s: %v", pkg, err)
	}
	args := slices.Concat(compiler[1:], []string{"-Wall", "-Wextra", "-Werror", "prog/" + name + ".c"}, strings.Fields(string(flags)), []string{"-lpthread", "-luv", "-lev"})
	return harness.CC{Compiler: compiler[0], Kept: stage}.Program(t, args...)
}

// command runs a program with the library that it asks for.
func command(exe string, args ...string) *exec.Cmd {
	cmd := exec.Command(exe, args...)
	path := os.Getenv("LWS_LIB") // another build
	for _, l := range copies {
		path += ":" + l.dir() + "/usr/lib"
	}
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+strings.TrimPrefix(path, ":"))
	return cmd
}

// serve starts a program's server and waits until it answers.
func serve(t *testing.T, exe, file string) (port string) {
	t.Helper()
	port = strconv.Itoa(harness.FreePort(t))
	cmd := command(exe, "server", port, file)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil || said.Len() > 0 {
			t.Errorf("server %s: %v\n%s", filepath.Base(exe), err, said.Bytes())
		}
	})
	for range 1000 {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			c.Close()
			return port
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("server %s does not listen", filepath.Base(exe))
	return ""
}

func fetch(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	q, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-Gen", "custom")
	r, err := (&http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

// Seen to fail with the trampolines of two protocols exchanged
// (capi/c/generations.c).
func TestGenerations(t *testing.T) { onEach(t, testGenerations) }

func testGenerations(t *testing.T, in installed) {
	file := filepath.Join(stage, "page.txt")
	text := strings.Repeat("every byte of it\n", 200)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	exes := map[string]string{}
	for _, p := range programs {
		exes[p.name] = in.build(t, p.name, p.pkg, "gcc", "-std=gnu99")
		in.build(t, p.name, p.pkg, "gcc", "-std=gnu11")
	}
	for _, s := range programs {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			port := serve(t, exes[s.name], file)
			if _, body := fetch(t, "http://127.0.0.1:"+port+"/"); body != text {
				t.Errorf("the file came as %d bytes, not %d", len(body), len(text))
			}
			for _, c := range programs {
				out, err := command(exes[c.name], "client", port, fmt.Sprint(messages)).CombinedOutput()
				if want := fmt.Sprintf("%d of %d echoed\n", messages, messages); err != nil || string(out) != want {
					t.Errorf("client %s: %v: %s", c.name, err, out)
				}
			}
		})
	}
}

// What the functions of a time add to an answer.
func TestAnswersOfTheTime(t *testing.T) { onEach(t, testAnswersOfTheTime) }

func testAnswersOfTheTime(t *testing.T, in installed) {
	file := filepath.Join(stage, "answer.txt")
	text := strings.Repeat("line\n", 100)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ program, pkg, path, header, value string }{
		{"g13", "libwebsockets-1.3", "/v2", "X-Gen", ""},
		{"g13", "libwebsockets-1.3", "/v3", "X-Gen", "3"},
		{"g13", "libwebsockets-1.3", "/v4", "X-Gen", "4"},
		{"g13", "libwebsockets-1.3", "/hand", "X-Gen", "hand"},
		{"g15", "libwebsockets-1.5", "/hand", "X-Gen", "5"},
		{"g16", "libwebsockets-1.6", "/hand", "Content-Type", "text/plain"},
		{"g20", "libwebsockets-2.0", "/typed/answer.txt", "Content-Type", "text/gen"},
		{"g43", "libwebsockets", "/?a=xyz&b=1", "Content-Type", "text/plain"},
	} {
		t.Run(c.program+c.path, func(t *testing.T) {
			port := serve(t, in.build(t, c.program, c.pkg, "gcc", "-std=gnu17"), file)
			r, body := fetch(t, "http://127.0.0.1:"+port+c.path)
			if r.StatusCode != 200 || r.Header.Get(c.header) != c.value || body != text {
				t.Errorf("%s, %s %q, %d bytes", r.Status, c.header, r.Header.Get(c.header), len(body))
			}
		})
	}
	for _, p := range []struct{ program, pkg string }{{"g13", "libwebsockets-1.3"}, {"g15", "libwebsockets-1.5"}} {
		port := serve(t, in.build(t, p.program, p.pkg, "gcc", "-std=gnu17"), file)
		if r, body := fetch(t, "http://127.0.0.1:"+port+"/status"); r.StatusCode != 403 || !strings.Contains(body, "<p>no</p>") {
			t.Errorf("%s: %s %q", p.program, r.Status, body)
		}
	}
}

// The headers of older generations in C++ too.
func TestHeadersInCXX(t *testing.T) { onEach(t, testHeadersInCXX) }

func testHeadersInCXX(t *testing.T, in installed) {
	for _, g := range []string{"1.3", "1.5", "1.6", "2.0", "2.2", "4.3"} {
		for _, std := range []string{"c++11", "c++20"} {
			out, ok := harness.CC{Compiler: "g++"}.Checks("#include <libwebsockets.h>\nint main() { return 0; }\n", "-std="+std, "-Wall", "-Wextra", "-Werror",
				"-x", "c++", "-I"+in.dir()+"/usr/include/libwebsockets/compat/"+g, "-I"+in.dir()+"/usr/include")
			if !ok {
				t.Errorf("%s, %s: %s", g, std, out)
			}
		}
	}
}
