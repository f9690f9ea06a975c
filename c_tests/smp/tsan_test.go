// SPDX-License-Identifier: MIT

package smp

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"libwebsockets/c_tests/harness"
)

// checked has the libraries built whose C half tells ThreadSanitizer of what it reads and writes.
var checked = sync.OnceValues(func() (string, error) {
	cmd := exec.Command("make", "-s", "-C", harness.Top(), "lib", "TSAN=1", "ABI=")
	// Not what make test was given: a PART, an ABI.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "MAKE") || strings.HasPrefix(v, "MFLAGS=") })
	out, err := cmd.CombinedOutput()
	return string(out), err
})

// startChecked starts a program that is built for ThreadSanitizer on the library that is.
func (l library) startChecked(t *testing.T, name string, args ...string) *harness.Proc {
	t.Helper()
	if out, err := checked(); err != nil {
		t.Fatalf("make lib TSAN=1: %v\n%s", err, out)
	}
	lib := filepath.Join(harness.Top(), "build/tsan/lib")
	exe := harness.Program(t, slices.Concat(harness.Strict, []string{"prog/" + name + ".c", "-pthread", "-fsanitize=thread"},
		l.Headers(t), []string{"-L" + lib, "-l:" + l.Ref.Soname()})...)
	unseen, err := filepath.Abs("prog/tsan.supp")
	if err != nil {
		t.Fatal(err)
	}
	return harness.StartEnv(t, []string{"LD_LIBRARY_PATH=" + lib, "TSAN_OPTIONS=suppressions=" + unseen}, exe, args...)
}

// TestRaces: the C half, and what it shares with the engine, under ThreadSanitizer. That cannot see
// into Go; of what happens there before something else it is told by the engine's locks alone
// (impl/engine/lock_tsan.go). A race ends the program with exit status 66.
//
// Seen to fail: two threads told of the context's last state, and gave back a context that both had
// destroyed; a message was freed while another thread's callback read it (lws_smd_unregister); the
// number of messages, attached work and timers was read without a lock.
func TestRaces(t *testing.T) {
	id := harness.SelfSigned(t)
	for i, l := range libraries[1:] {
		run := func(args ...string) { // what is C's is compiled for each; the engine's is one
			t.Run(l.Name+"/"+strings.Join(args, " "), func(t *testing.T) {
				if args[0] == "shared" {
					args = append(args, t.TempDir())
				}
				switch p := l.startChecked(t, args[0], args[1:]...); args[0] {
				case "storm", "shared":
					finished(t, p)
				case "words":
					messages(t, p.Ready(), "ws")
				default: // other tests look at what these say
					if got := lines(t, p); len(got) == 0 || strings.Contains(fmt.Sprint(got), "BAD") {
						t.Errorf("%q", got)
					}
				}
			})
		}
		run("words", "1", "2")
		run("shared", "3", "2000")
		run("storm", "3", "1")
		if i == 0 {
			run("words", "3", "1")
			run("storm", "3", "1", "uv")
			run("storm", "3", "1", "ev")
			run("tasks", "3", "30")
		} else {
			run("shared", "1", "1000")
			run("storm", "3", "1", "glib")
			run("storm", "3", "1", "event")
			run("extern", "3", "30", "100")
			run("forked", "3")
		}
		t.Run(l.Name+"/over TLS", func(t *testing.T) {
			messages(t, l.startChecked(t, "storm", "3", "1", "", id.CertFile, id.KeyFile).Ready(), "wss")
		})
	}
}
