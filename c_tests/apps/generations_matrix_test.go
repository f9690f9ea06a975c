// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"libwebsockets/c_tests/harness"
)

// generation is a release whose test programs docs/generations.md speaks of,
// and the header that they are compiled with.
type generation struct{ name, tag, compat string }

var releases = []generation{
	{"v1.2", "v1.2-chrome26-firefox18", "1.3"},
	{"v1.3", "v1.3-chrome37-firefox30", "1.3"},
	{"v1.4", "v1.4-chrome43-firefox-36", "1.3"},
	{"v1.5", "v1.5-chrome47-firefox41", "1.3"},
	{"v1.5.1", "v1.5.1", "1.3"},
	{"v1.6.3", "v1.6.3", "1.6"},
	{"v1.7.9", "v1.7.9", "1.6"},
	{"v2.0.3", "v2.0.3", "2.0"},
	{"v2.2.2", "v2.2.2", "2.2"},
	{"v2.4.2", "v2.4.2", "2.2"},
	{"v3.0.1", "v3.0.1", ""},
	{"v3.2.3", "v3.2.3", ""},
	{"v4.0.21", "v4.0.21", ""},
	{"v4.1.6", "v4.1.6", ""},
	{"v4.3.5", "v4.3.5", "4.3"},
}

// A column of the table: a program and what it must do. One that a release
// does not have is a dash there. What the drive says goes with the "yes": the
// number of a note, or nothing.
type column struct {
	title string
	file  []string // where it is, one of them
	drive func(t *testing.T, g generation) (note int)
}

var columns = []column{
	{"test-server", testApp("test-server"), driveOldServer},
	{"test-client", testApp("test-client"), func(t *testing.T, g generation) int {
		s := dynamicProgram(t, ours(t), "test-server").serve(t)
		oldClient(t, g.program(t, "test-client"), s)
		interrupt(t, s.Proc)
		return 0
	}},
	{"test-fraggle", append(testApp("test-fraggle"), example("ws-server/minimal-ws-server-pmd-bulk")), driveFraggle},
	{"test-echo", append(testApp("test-echo"), example("ws-server/minimal-ws-server-echo")), driveEcho},
	{"test-ping", testApp("test-ping"), func(t *testing.T, g generation) int {
		s := g.program(t, "test-server").serve(t)
		pingThousands(t, g, s)
		interrupt(t, s.Proc)
		return 0
	}},
	{"fuzxy", testApp("fuzxy"), driveFuzxy},
	{"dumb-increment", testApp("test-server-dumb-increment"), func(*testing.T, generation) int { return noteDumb }},
	{"pthreads", testApp("test-server-pthreads"), func(t *testing.T, g generation) int {
		s := g.program(t, "test-server-pthreads").serve(t)
		oldPage(t, g, s)
		oldIncrement(t, s)
		oldMirror(t, s)
		interrupt(t, s.Proc)
		return 0
	}},
	{"libuv", testApp("test-server-libuv"), func(t *testing.T, g generation) int {
		loopServer(t, g, "test-server-libuv", g.tag != "v1.7.9", "-DLWS_USE_LIBUV", "-luv")
		if g.tag == "v1.7.9" {
			return noteSignal
		}
		return 0
	}},
	{"libev", testApp("test-server-libev"), func(t *testing.T, g generation) int {
		loopServer(t, g, "test-server-libev", true, "-DLWS_USE_LIBEV", "-lev")
		return 0
	}},
	{"libevent", testApp("test-server-libevent"), func(t *testing.T, g generation) int {
		loopServer(t, g, "test-server-libevent", true, "-DLWS_USE_LIBEVENT", "-levent_core")
		return 0
	}},
	{"test-server-v2.0", testApp("test-server-v2.0"), drivePluginServer},
	{"test-lejp", testApp("test-lejp"), func(t *testing.T, g generation) int {
		parses(t, g.program(t, "test-lejp"), `{"a":[1,2]}`, "LEJPCB_COMPLETE", "okay", "'2'")
		return 0
	}},
	{"test-lecp", testApp("test-lecp"), func(t *testing.T, g generation) int {
		parses(t, g.program(t, "test-lecp"), "\xa1\x61a\x02", "okay (0)", "value 'a'", "value 2")
		return noteLecp
	}},
}

const (
	noteRandom = iota + 1
	noteEcho
	noteMinimalEcho
	noteMinimalBulk
	noteDumb
	noteSignal
	noteFuzxy
	noteDaemonize
	noteLecp
)

var notes = []string{
	noteRandom: "upstream's program takes `number % 8000` of a random int, which may be negative, for a length. Unchanged, but linked with a " +
		"`lws_get_random()` that gives no negative ints (c_tests/apps/prog/positive_random.c), it passes.",
	noteEcho: "run as `test-echo -e`: without, it names its protocol \"\", and then the client does not send, with Debian's 4.1.6 neither. That of v1.7 and v2.0 " +
		"asserts that memory which is cleared holds -1, so it is compiled with `-DNDEBUG`, as upstream's default build was.",
	noteMinimalEcho: "the release has no test-echo: minimal-ws-server-echo and minimal-ws-client-echo, which took its place.",
	noteMinimalBulk: "the release has no test-fraggle: minimal-ws-server-pmd-bulk and minimal-ws-client-pmd-bulk, which took its place.",
	noteDumb:        "a part of the servers, which are driven with it.",
	noteSignal:      "but Ctrl-C crashes it: upstream's signal callback has three arguments, libuv calls it with two.",
	noteFuzxy:       "the request is cut, bytes are put into it; the server refuses that and serves the next.",
	noteDaemonize:   "`-DLWS_NO_DAEMONIZE`, as the release was configured by default: without, it uses a variable that it does not declare.",
	noteLecp:        "fed with a map; at the elements of an array upstream's program reads behind its own table of names.",
}

func testApp(name string) []string {
	return []string{"test-server/" + name + ".c", "test-apps/" + name + ".c"}
}

func example(folder string) string {
	return "minimal-examples/" + folder + "/" + filepath.Base(folder) + ".c"
}

// has is the column's program in that release, "" if there is none.
func (g generation) has(t *testing.T, c column) string {
	for _, f := range c.file {
		if exists(filepath.Join(upstream(t, g.tag), f)) {
			return f
		}
	}
	return ""
}

// flags are the compiler's arguments in front of the libraries: the header of
// the generation, and what releases were configured with by default.
func (g generation) flags(t *testing.T) []string {
	include := ours(t).include
	flags := []string{"-w", "-Werror=implicit-function-declaration", "-DLWS_NO_DAEMONIZE", "-DLWS_ABI=17"}
	if g.compat != "" {
		flags = append(flags, "-I"+filepath.Join(include, "compat", g.compat))
	}
	return append(flags, "-I"+include)
}

func link(l library) []string {
	return []string{"-L" + l.dir, "-l:" + l.ref.Soname(), "-lpthread", "-lssl", "-lcrypto"}
}

// program compiles one of the release's test programs, unchanged.
func (g generation) program(t *testing.T, name string, more ...string) program {
	t.Helper()
	for _, f := range testApp(name) {
		file := filepath.Join(upstream(t, g.tag), f)
		if !exists(file) {
			continue
		}
		args := append(g.flags(t), dataDir(t))
		if strings.HasPrefix(name, "test-server") && name != "test-server-v2.0" {
			for _, part := range []string{"http", "dumb-increment", "mirror", "status", "echogen", "lws-status"} {
				if f := filepath.Join(filepath.Dir(file), "test-server-"+part+".c"); exists(f) {
					args = append(args, f)
				}
			}
		}
		l := ours(t)
		return program{"ours", compile(t, "gcc", file, append(append(args, more...), link(l)...)...), l}
	}
	t.Fatalf("%s has no %s", g.tag, name)
	return program{}
}

// example compiles one of the release's minimal examples, unchanged.
func (g generation) example(t *testing.T, folder string) program {
	t.Helper()
	file := filepath.Join(upstream(t, g.tag), example(folder))
	l := ours(t)
	return program{"ours", compile(t, "gcc", file, append(g.flags(t), link(l)...)...), l}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// Every test program of every release does its work, and the table in
// docs/generations.md says so.
//
// Seen to fail with a library that has no lws_timed_callback_vh_protocol: the
// examples of v3.0 to v4.0 do not link; and with a "no" written into the table.
func TestUpstreamReleases(t *testing.T) {
	var mu sync.Mutex
	cells := map[[2]string]string{}
	t.Run("all", func(t *testing.T) {
		for _, g := range releases {
			t.Run(g.name, func(t *testing.T) {
				upstream(t, g.tag)
				t.Parallel()
				for _, c := range columns {
					cell := "–"
					if g.has(t, c) != "" {
						cell = ""
						t.Run(c.title, func(t *testing.T) {
							cell = "yes"
							if n := c.drive(t, g); n > 0 {
								cell = fmt.Sprintf("yes (%d)", n)
							}
						})
					}
					if cell != "" {
						mu.Lock()
						cells[[2]string{g.name, c.title}] = cell
						mu.Unlock()
					}
				}
			})
		}
	})
	if !t.Failed() && len(cells) == len(releases)*len(columns) { // all of them were run
		checkTable(t, cells)
	}
}

const (
	tableBegin = "<!-- made by TestUpstreamReleases, LWS_UPSTREAM=... UPDATE_DOCS=1 go test ./c_tests/apps -run UpstreamReleases -->\n"
	tableEnd   = "<!-- made until here -->\n"
)

// checkTable compares the table in docs/generations.md with what was found.
func checkTable(t *testing.T, cells map[[2]string]string) {
	var b strings.Builder
	b.WriteString("\n| release | header |")
	for _, c := range columns {
		b.WriteString(" " + c.title + " |")
	}
	b.WriteString("\n|" + strings.Repeat("---|", len(columns)+2) + "\n")
	for _, g := range releases {
		header := g.compat
		if header == "" {
			header = "today's"
		}
		fmt.Fprintf(&b, "| %s | %s |", g.name, header)
		for _, c := range columns {
			b.WriteString(" " + cells[[2]string{g.name, c.title}] + " |")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for n, note := range notes[1:] {
		fmt.Fprintf(&b, "%d. %s\n", n+1, note)
	}
	b.WriteString("\n")
	file := filepath.Join(harness.Top(), "docs", "generations.md")
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(old), tableBegin)
	table, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the table", file)
	}
	if os.Getenv("UPDATE_DOCS") != "" {
		if err := os.WriteFile(file, []byte(before+tableBegin+b.String()+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if table != b.String() {
		t.Errorf("docs/generations.md is not up to date: UPDATE_DOCS=1 writes it. It should say\n%s", b.String())
	}
}
