// SPDX-License-Identifier: MIT

package loops

import (
	"encoding/json"
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

// Event loops that a program brings along (info.event_lib_custom of v4.3).

var ref19 = harness.Ref19

// customRun is what a program printed, with a library and this machine's loader or the
// reference's.
func customRun(t *testing.T, env []string, lib, exe string, args ...string) (out, log string) {
	t.Helper()
	argv, more := ref19.Run(t, ref19.Root(t), lib, exe, args...)
	cmd := exec.Command("timeout", append([]string{"60"}, argv...)...)
	cmd.Env = append(append(os.Environ(), more...), env...)
	var o, e strings.Builder
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil {
		fmt.Fprintf(&o, "-- %v\n%s", err, e.String())
	}
	return o.String(), e.String()
}

// customScenarios are prog/custom.c's.
var customScenarios = []string{"ws", "tls", "http", "redirect", "timers", "cancel", "no-foreign", "bare", "no-destroy-wsi", "run-pt",
	"refuse-context", "refuse-pt", "refuse-server", "refuse-client", "refuse-connect"}

// TestCustomLoop: the loop's functions are told the same by both libraries, of each
// connection in the same order, and what they refuse has the same consequences.
//
// Seen to fail: with a loop that is not told of a connection's end, or whose timers
// lws_service_adjust_timeout does not run.
func TestCustomLoop(t *testing.T) {
	exe := harness.Program(t, append(append([]string{"prog/custom.c"}, harness.Strict...), append(ref19.Link(t), "-lpthread")...)...)
	id := harness.SelfSigned(t)
	for _, name := range customScenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := fmt.Sprint(harness.FreePort(t))
			want, _ := customRun(t, nil, ref19.Lib(t), exe, name, port, id.CertFile, id.KeyFile)
			have, _ := customRun(t, nil, harness.Lib(t), exe, name, port, id.CertFile, id.KeyFile)
			if strings.Contains(want, "BAD") || !strings.Contains(want, "\n") {
				t.Fatalf("the reference: %s", want)
			}
			if want != have {
				t.Errorf("- the reference, + ours\n%s", diff(t, want, have))
			}
		})
	}
	t.Run("refused", func(t *testing.T) { // quirk 181
		port := fmt.Sprint(harness.FreePort(t))
		want, _ := customRun(t, nil, ref19.Lib(t), exe, "refused", port)
		have, _ := customRun(t, nil, harness.Lib(t), exe, "refused", port)
		const left = "left in the loop"
		if !strings.Contains(want, left) {
			t.Errorf("the reference no longer leaves the socket in the loop: %s", want)
		}
		if !strings.Contains(have, "client: connection error\n") || strings.Contains(have, left) {
			t.Errorf("got %s", have)
		}
	})
	t.Run("fork", func(t *testing.T) { // the child's loop is told of its own listener, which is another wsi
		have, _ := customRun(t, nil, harness.Lib(t), exe, "fork", fmt.Sprint(harness.FreePort(t)))
		const listens = "init_vhost_listen_wsi\nio on\n"
		for _, s := range []string{"-- listen 1\n" + listens, "RECEIVE c\n", "-- the parent, child 0\n"} {
			if !strings.Contains(have, s) {
				t.Errorf("not there: %q in\n%s", s, have)
			}
		}
		if strings.Contains(have, "BAD") || strings.Contains(have, "left in the loop") || strings.Contains(have, "again") {
			t.Errorf("got %s", have)
		}
	})
	t.Run("plugin", func(t *testing.T) { // Debian's plugins reach into structs that only Debian's library has
		dir, file := t.TempDir(), harness.Plugin("uv")
		harness.CopyFile(t, filepath.Join(harness.Lib(t), ref19.Soname()), filepath.Join(dir, ref19.Soname()))
		harness.CopyFile(t, filepath.Join(ref19.Lib(t), file), filepath.Join(dir, file))
		out, log := customRun(t, []string{"LOG=7"}, dir, exe, "plugin", fmt.Sprint(harness.FreePort(t)))
		if !strings.Contains(out, "no context\n") || !strings.Contains(log, file+" is made for another build") {
			t.Errorf("got %s\nlog %s", out, log)
		}
	})
}

// insideCustom tells the second process what to run: arguments, folder and file.
const insideCustom = "LWS_LOOPS_INSIDE_CUSTOM"

// TestInsideCustom is the second process: see TestInside.
func TestInsideCustom(t *testing.T) {
	var spec struct {
		Argv   []string
		Folder string
		File   string
	}
	if json.Unmarshal([]byte(os.Getenv(insideCustom)), &spec) != nil {
		t.Skip("run by TestCustomExample")
	}
	if err := harness.LoopbackUp(); err != nil {
		t.Fatal(err)
	}
	p := exec.Command(spec.Argv[0], spec.Argv[1:]...)
	p.Dir = spec.Folder
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	defer p.Process.Kill()
	if err := awaitPort(); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, path := range []string{"/", "/index.html", "/libwebsockets.org-logo.svg", "/nowhere", "/index.html"} {
		fmt.Fprintln(&b, get(path))
	}
	if err := p.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "server: %v\n", p.Wait())
	if err := os.WriteFile(spec.File, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestCustomExample: the original's example with a loop of its own, compiled unchanged,
// answers the same with both libraries and ends well. (Its client connection, to a host
// of the original's, is refused in the network that the test has.)
func TestCustomExample(t *testing.T) {
	try := isolated()
	try.Env = append(os.Environ(), inside+"=try")
	if out, err := try.CombinedOutput(); err != nil {
		t.Skipf("no network of our own here (the example has a fixed port): %v\n%s", err, out)
	}
	folder := ref19.Source(t, "minimal-examples/http-server/minimal-http-server-eventlib-custom")
	exe := harness.Program(t, append([]string{"-w", filepath.Join(folder, "minimal-http-server.c")}, ref19.Link(t)...)...)
	got := map[string]string{}
	for _, lib := range []string{ref19.Lib(t), harness.Lib(t)} {
		argv, _ := ref19.Run(t, ref19.Root(t), lib, exe)
		file := filepath.Join(t.TempDir(), "drive")
		spec, err := json.Marshal(map[string]any{"Argv": argv, "Folder": folder, "File": file})
		if err != nil {
			t.Fatal(err)
		}
		cmd := isolated()
		cmd.Args[1] = "-test.run=^TestInsideCustom$"
		cmd.Env = append(os.Environ(), insideCustom+"="+string(spec))
		cmd.WaitDelay = 2 * time.Second
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", lib, err, out)
		}
		b, _ := os.ReadFile(file)
		got[lib] = string(b)
	}
	want, have := got[ref19.Lib(t)], got[harness.Lib(t)]
	if !strings.Contains(have, "/ 200 OK") || !strings.Contains(have, "server: <nil>") {
		t.Errorf("it did not serve, or did not end well:\n%s", have)
	}
	if want != have {
		t.Errorf("- the reference, + ours\n%s", diff(t, want, have))
	}
}
