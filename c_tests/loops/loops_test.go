// SPDX-License-Identifier: MIT

// Package loops runs contexts in event loops: the reference with its plugins,
// ours with ours.
//
// Seen to fail on purpose: plugins that do not set the timer again, that leave
// out the idle call while there is more to do, or that leave a handle in the
// program's loop; a library whose lws_cancel_service does not wake the loop, or whose
// lws_callback_on_writable writes to a descriptor to wake the loop whose thread calls, or does
// not tell that loop of a connection that C has been lent.
package loops

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

const (
	source  = "../../build/reference/src/libwebsockets-4.1.6"
	longest = 50 * time.Second
)

// loop is an event loop library, with what a program needs to use it.
type loop struct {
	name, pkg, option string
	// judge is the loop whose trace by the reference is expected: the
	// reference is not packaged for libevent.
	judge string
}

var all = []loop{
	{"uv", "libuv", "--uv", "uv"},
	{"ev", "", "--ev", "ev"},
	{"glib", "glib-2.0", "--glib", "glib"},
	{"event", "libevent_core", "--event", "ev"},
}

// flags are gcc's for the loop.
func (l loop) flags(t *testing.T) []string {
	if l.pkg == "" { // libev has no pkg-config file
		return []string{"-l" + l.name}
	}
	out, err := harness.PkgConfig("--cflags", "--libs", l.pkg).Output()
	if err != nil {
		t.Fatalf("pkg-config %s: %v", l.pkg, err)
	}
	return strings.Fields(string(out))
}

// scenarios compiles prog/ for a loop, with the reference's headers, or ours where there
// is no reference.
func scenarios(t *testing.T, l loop, more ...string) string {
	var debian harness.Place
	if harness.Foreign() {
		debian = harness.Place{Include: harness.Top() + "/include", Lib: harness.Lib(t)}
		more = append(more, "-DLWS_ABI=17")
	} else {
		debian = harness.Debian(t)
	}
	args := slices.Concat(harness.Strict, more, []string{"-I" + debian.Include, "prog/main.c", "prog/rig.c", "prog/" + l.name + ".c"}, l.flags(t))
	return harness.CC{Name: l.name}.Program(t, slices.Concat(harness.House, args, []string{debian.File(), "-lpthread"})...)
}

// run is one run of one scenario: what it printed, and its log.
func run(lib string, args ...string) (out, log string) {
	return runEnv([]string{"LD_LIBRARY_PATH=" + lib}, args...)
}

func runEnv(env []string, args ...string) (out, log string) {
	ctx, stop := context.WithTimeout(context.Background(), longest)
	defer stop()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cert := source + "/minimal-examples/http-server/minimal-http-server-eventlib-foreign/localhost-100y."
	cmd.Env = append(append(os.Environ(), env...), "LOOPS_CERT="+cert+"cert", "LOOPS_KEY="+cert+"key")
	cmd.WaitDelay = time.Second
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := harness.Emulated(cmd).Run(); err != nil {
		fmt.Fprintf(&o, "-- %v\n%s", err, e.String())
	}
	return o.String(), e.String()
}

// edit is an allowed difference: the reference's lines, ours, and the row of
// docs/quirks.md that it is for.
type edit struct {
	quirk     int
	ref, ours string
}

// judge is a reference, and how far our traces are its.
type judge struct {
	ref     harness.Ref
	allowed map[string]map[string][]edit
	late    map[string]string // the trace is that of another scenario
	crashes map[string]string // the trace is the one that it gives in another loop
	hangs   map[string]int    // it has no trace, by the row of docs/quirks.md: ours is the same in each loop
	// ends are waited for: with Debian 13's libuv the reference's second context in a loop
	// hears nothing more, now and then.
	ends map[string]string
}

var (
	goodbye = edit{107, "server 78\n", "server 38\nserver 78\n"}
	// The program leaves lws_service, and ends the rest of the context by its second call.
	half  = edit{105, "left lws_service\nclient 28\nfinalized client\n", "client 28\nfinalized client\nleft lws_service\n"}
	twice = edit{107, "server 66 x2\n", "server 66\n"}
	first = edit{107, "client 76\nclient 1 text\n", "client 1 text\nclient 76\n"}

	judge17 = judge{
		ref: harness.Ref17,
		allowed: map[string]map[string][]edit{"uv": {
			"foreign-out": {goodbye}, "foreign-in": {goodbye}, "foreign-callback": {goodbye}, "foreign-service": {goodbye},
			"foreign-twice": {goodbye}, "foreign-two": {goodbye}, "own-callback": {goodbye}, "own-sigint": {goodbye},
			"own-signal-cb": {goodbye}, "own-fork": {goodbye}, "cancel-threads": {goodbye}, "tls": {goodbye},
			"adopt": {twice}, "refused": {first},
			"port-in-use": {{108, "port in use: context\n", "port in use: none\n"}},
		}},
		late: map[string]string{"kill-async": "kill-sync"}, // half a minute (quirk 5)
		// Quirk 108; in other scenarios on glib now and then.
		crashes: map[string]string{"glib foreign-callback": "ev", "glib port-in-use": "ev", "glib foreign-live": "ev"},
		ends:    map[string]string{"uv foreign-twice": "echoed 40\n"},
	}
	judge19 = judge{
		ref: harness.Ref19,
		allowed: map[string]map[string][]edit{"uv": {
			"foreign-out": {goodbye}, "foreign-in": {goodbye}, "foreign-callback": {goodbye}, "foreign-service": {goodbye},
			"foreign-twice": {goodbye}, "foreign-two": {goodbye}, "own-callback": {half, goodbye}, "own-sigint": {half, goodbye},
			"own-signal-cb": {half, goodbye}, "own-fork": {half, goodbye}, "cancel-threads": {goodbye}, "tls": {goodbye},
			"adopt": {twice}, "refused": {first},
		}},
		crashes: map[string]string{"glib foreign-callback": "ev", "glib own-callback": "ev", "glib own-fork": "ev"}, // quirks 108 and 211
		hangs:   map[string]int{"own-sul": 211},
		ends:    map[string]string{"uv foreign-twice": "echoed 40\n"},
	}
)

// TestTraces compares what callbacks saw with 4.1.6, Test19 with 4.3.5.
//
// Seen to fail: 4.3.5's without one of the allowed differences.
func TestTraces(t *testing.T) { traces(t, judge17) }

func Test19(t *testing.T) {
	if harness.Foreign() {
		t.Skip("the reference is not for this machine")
	}
	traces(t, judge19)
}

func traces(t *testing.T, j judge) {
	ref := j.ref.WithPlugins(t, "uv", "ev", "glib")
	lib := j.ref.Ours(t, "uv", "ev", "glib", "event")
	exes := map[string]string{}
	for _, l := range all {
		exes[l.name] = j.scenarios(t, l)
	}
	list, _ := run(lib, exes["uv"])
	names := strings.Fields(list)
	if len(names) < 20 {
		t.Fatalf("only %d scenarios", len(names))
	}
	type key struct{ where, loop, name string }
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		got   = map[key]string{}
		slots = make(chan struct{}, 6) // most of them wait
	)
	start := func(where, loop, name string) {
		wg.Add(1)
		slots <- struct{}{}
		go func() {
			defer wg.Done()
			once := func() string {
				if where == "ref" {
					return j.run(t, ref, exes[loop], name)
				}
				out, _ := run(lib, exes[loop], name)
				return out
			}
			out := once()
			for n := 0; where == "ref" && n < 5 && !strings.Contains(out, j.ends[loop+" "+name]); n++ {
				out = once()
			}
			mu.Lock()
			got[key{where, loop, name}] = out
			mu.Unlock()
			<-slots
		}()
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "no-plugin" || n == "push-thread" })
	for _, l := range all {
		for _, n := range names {
			if l.judge == l.name && j.crashes[l.name+" "+n] == "" && j.late[n] == "" && j.hangs[n] == 0 {
				start("ref", l.name, n)
			}
			start("ours", l.name, n)
		}
	}
	wg.Wait()
	for _, l := range all {
		for _, n := range names {
			t.Run(l.name+"/"+n, func(t *testing.T) {
				where, by := "ref", l.judge
				if other := j.crashes[l.name+" "+n]; other != "" {
					by = other
				}
				if j.hangs[n] != 0 {
					where, by = "ours", "ev"
				}
				of := n
				if s := j.late[n]; s != "" {
					of = s
				}
				want, have := got[key{where, by, of}], got[key{"ours", l.name, n}]
				if l.name == "glib" && strings.Contains(want, "-- signal: ") {
					want = got[key{"ref", "ev", of}]
				}
				for _, e := range j.allowed[l.name][n] {
					if !strings.Contains(want, e.ref) || strings.Contains(want, e.ours) {
						t.Fatalf("quirk %d: the reference no longer prints %q:\n%s", e.quirk, e.ref, want)
					}
					want = strings.ReplaceAll(want, e.ref, e.ours)
				}
				if want != have || !strings.Contains(have, "-- program\n") {
					t.Errorf("- the reference, with what is allowed; + ours\n%s", diff(t, want, have))
				}
			})
		}
	}
}

// scenarios compiles prog/ for a loop with the reference's headers.
func (j judge) scenarios(t *testing.T, l loop) string {
	if j.ref == harness.Ref17 {
		return scenarios(t, l)
	}
	args := slices.Concat(harness.Strict, []string{"prog/main.c", "prog/rig.c", "prog/" + l.name + ".c"}, l.flags(t), j.ref.Link(t), []string{"-lpthread"})
	return harness.CC{Name: l.name}.Program(t, slices.Concat(harness.House, args)...)
}

// run is one run with the reference, in its surroundings.
func (j judge) run(t *testing.T, lib, exe, name string) string {
	argv, env := j.ref.Run(t, j.ref.Root(t), lib, exe, name)
	out, _ := runEnv(env, argv...)
	return out
}

// diff is what diff(1) says.
func diff(t *testing.T, want, have string) string {
	dir := t.TempDir()
	for name, text := range map[string]string{"want": want, "have": have} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, _ := exec.Command("diff", "-u", dir+"/want", dir+"/have").Output() // its status: they differ
	return string(out)
}

// TestNoPlugin: a plugin that is not there, or that is made for another
// library, is no context and a line that says why; the program then goes on
// without a loop, as with the reference.
func TestNoPlugin(t *testing.T) {
	empty, lib := harness.Ref17.WithPlugins(t), harness.LibCopy(t)
	foreign := harness.LibCopy(t)
	wrong := harness.Ref17.WithPlugins(t)
	for _, l := range all {
		exe := scenarios(t, l)
		file := harness.Plugin(l.name)
		want, _ := run(empty, exe, "no-plugin")
		if !strings.Contains(want, "no context\nwithout a loop: context\n") {
			t.Fatalf("%s: the reference: %s", l.name, want)
		}
		have, log := run(lib, exe, "no-plugin")
		if have != want {
			t.Errorf("%s: got %s\nwant %s", l.name, have, want)
		}
		for _, s := range []string{lib + "/" + file + ": cannot open shared object file", "unable to load evlib plugin evlib_" + l.name} {
			if !strings.Contains(log, s) {
				t.Errorf("%s: the log does not say %q:\n%s", l.name, s, log)
			}
		}
		if err := os.WriteFile(lib+"/"+file, []byte("no library"), 0o755); err != nil {
			t.Fatal(err)
		}
		if have, log = run(lib, exe, "no-plugin"); have != want || !strings.Contains(log, file+": file too short") {
			t.Errorf("%s: no ELF file: got %s\nlog %s", l.name, have, log)
		}
		if l.judge != l.name {
			continue
		}
		harness.CopyFile(t, harness.Debian(t).Lib+"/"+file, foreign+"/"+file)
		have, log = run(foreign, exe, "no-plugin")
		// It may need what only the reference has, or be recognised.
		said := strings.Contains(log, file+" is made for another build") || strings.Contains(log, file+": undefined symbol")
		if have != want || !said {
			t.Errorf("%s: the reference's plugin: got %s\nlog %s", l.name, have, log)
		}
		harness.CopyFile(t, harness.Lib(t)+"/"+file, wrong+"/"+file)
		if have, log = run(wrong, exe, "no-plugin"); have != want {
			t.Errorf("%s: our plugin in the reference: got %s\nlog %s", l.name, have, log)
		}
	}
}

// TestPushThread: lws_callback_on_writable from another thread wakes the loop,
// which is an extension of ours.
func TestPushThread(t *testing.T) {
	lib := harness.LibCopy(t, "uv", "ev", "glib", "event")
	for _, l := range all {
		out, _ := run(lib, scenarios(t, l), "push-thread")
		if !strings.Contains(out, "pushed 10 x") || !strings.Contains(out, "loop end 0") || strings.Contains(out, "LIMIT") {
			t.Errorf("%s: %s", l.name, out)
		}
	}
}

// TestAddressSanitizer: nothing is used after a destroy, nothing is leaked.
func TestAddressSanitizer(t *testing.T) {
	lib := harness.LibCopy(t, "uv", "ev", "glib", "event")
	for _, l := range all {
		exe := scenarios(t, l, "-fsanitize=address", "-fno-omit-frame-pointer")
		for _, n := range []string{"foreign-out", "foreign-in", "foreign-callback", "foreign-live", "foreign-two", "own-callback", "own-sigint", "own-signal-cb", "own-sul", "adopt", "port-in-use"} {
			out, log := run(lib, exe, n)
			if strings.Contains(out, "-- exit") || strings.Contains(out, "-- signal") || strings.Contains(log, "Sanitizer") {
				t.Errorf("%s %s: %s\n%s", l.name, n, out, log)
			}
		}
	}
}
