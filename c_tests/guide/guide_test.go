// SPDX-License-Identifier: MIT

// Package guide compiles and drives the programs of docs/guide, and compares what its
// pages quote with them.
package guide

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 6) }

// programs is where they are.
func programs() string { return filepath.Join(harness.Top(), "docs/guide/programs") }

// build is one way to compile a program.
type build struct {
	abi      int
	compiler string
	flags    []string
}

// Each program is driven as C with so.17, and as C++ with so.19, with the address
// sanitizer, which also tells what is not freed.
var builds = []build{
	{17, "gcc", []string{"-std=c99"}},
	{19, "g++", []string{"-std=c++11", "-fsanitize=address", "-fno-omit-frame-pointer"}},
}

func (b build) soname() string { return fmt.Sprintf("libwebsockets.so.%d", b.abi) }

func (b build) program(t *testing.T, name string, more ...string) string {
	t.Helper()
	include := filepath.Join(harness.Top(), "include")
	if d := os.Getenv("LWS_INCLUDE"); d != "" { // to see what the original does: with LWS_LIB and -run /17
		include = d
	}
	args := slices.Concat(b.flags, []string{"-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-Werror", fmt.Sprintf("-DLWS_ABI=%d", b.abi),
		"-I" + include, filepath.Join(programs(), name),
		"-L" + harness.Lib(t), "-l:" + b.soname(), "-Wl,--allow-shlib-undefined", "-lpthread"}, more)
	kept := strings.TrimSuffix(name, ".c") + "-" + fmt.Sprint(b.abi)
	return harness.CC{Compiler: b.compiler, Name: kept}.Program(t, args...)
}

// run is one program that is driven.
type run struct {
	*testing.T
	build
	exe  string
	port int
	dir  string
}

// start runs the program in a folder of its own.
func (r *run) start(args ...string) *harness.Proc {
	r.Helper()
	return r.startEnv(nil, args...)
}

func (r *run) startEnv(env []string, args ...string) *harness.Proc {
	r.Helper()
	return harness.StartEnv(r, append([]string{"ASAN_OPTIONS=detect_leaks=1"}, env...), r.exe, args...)
}

// serve starts a server, which has the port as its first argument.
func (r *run) serve(args ...string) *harness.Proc {
	r.Helper()
	p := r.start(append([]string{fmt.Sprint(r.port)}, args...)...)
	p.Listening(r.port)
	return p
}

// dial opens a WebSocket to the server.
func (r *run) dial(protocol string) *websocket.Conn {
	r.Helper()
	d := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: 20 * time.Second}
	c, _, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", r.port), nil)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { c.Close() })
	_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
	return c
}

// say sends a text and hear receives one.
func (r *run) say(c *websocket.Conn, text string) {
	r.Helper()
	if err := c.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		r.Fatal(err)
	}
}

func (r *run) hear(c *websocket.Conn) string {
	r.Helper()
	_, b, err := c.ReadMessage()
	if err != nil {
		r.Fatal(err)
	}
	return string(b)
}

func (r *run) hears(c *websocket.Conn, want string) {
	r.Helper()
	if have := r.hear(c); have != want {
		r.Fatalf("%.80q came, not %.80q", have, want)
	}
}

// closed tells with which code and reason the server ends a connection.
func (r *run) closed(c *websocket.Conn, code int, reason string) {
	r.Helper()
	_, _, err := c.ReadMessage()
	if e, ok := err.(*websocket.CloseError); !ok || e.Code != code || e.Text != reason {
		r.Errorf("the connection ended with %v, not %d %q", err, code, reason)
	}
}

// ended waits for the end of a program that ends by itself, well.
func (r *run) ended(p *harness.Proc) {
	r.Helper()
	if err := p.Wait(30 * time.Second); err != nil {
		r.Errorf("%v; log:\n%s", err, p.Log())
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// links are what a program needs beside the library.
var links = map[string][]string{}

// TestPrograms: each program of the guide has a drive, and does what its page says.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(programs(), "*.c*"))
	must(t, err)
	for _, f := range files {
		name := filepath.Base(f)
		drive := drives[strings.TrimSuffix(strings.TrimSuffix(name, ".cc"), ".c")]
		if drive == nil {
			t.Errorf("nothing drives %s", name)
			continue
		}
		for _, b := range builds {
			if filepath.Ext(name) == ".cc" && b.compiler != "g++" {
				b = build{b.abi, "g++", []string{"-std=c++11"}}
			}
			t.Run(fmt.Sprintf("%s/%d", strings.TrimSuffix(name, filepath.Ext(name)), b.abi), func(t *testing.T) {
				t.Parallel()
				r := &run{T: t, build: b, port: harness.FreePort(t), dir: t.TempDir()}
				r.exe = b.program(t, name, links[name]...)
				drive(r)
			})
		}
	}
	if len(files) != len(drives) {
		t.Errorf("%d programs, %d drives", len(files), len(drives))
	}
}

func put(t testing.TB, file, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(t, os.WriteFile(file, []byte(text), 0o644))
}
