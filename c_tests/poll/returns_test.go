// SPDX-License-Identifier: MIT

package poll

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	h "libwebsockets/c_tests/harness"
)

// TestReturns: when lws_service comes back, and what callbacks were told before,
// is the same with the reference: at first, and after timers, wake-ups, adoption,
// requests of WRITEABLE, data, connects and failures.
//
// Seen to fail: the first call did not come back as long as the context's creation
// did not end with lws_cancel_service.
func TestReturns(t *testing.T) {
	ref := h.Debian(t)
	exe := h.Program(t, slices.Concat(h.Strict, []string{"-I" + ref.Include, "prog/returns.c", ref.File(), "-lpthread"})...)
	scenarios := []string{"created", "sul", "sul-now", "cancel", "cancel-thread", "adopt", "timer", "timeout", "kill",
		"writeable", "writeable-again", "writeable-all", "data", "flow-on", "peer-closes", "connect", "refused"}
	got := make([][2]string, len(scenarios))
	var all sync.WaitGroup
	for i, s := range scenarios { // they sleep nearly all the time
		for j, lib := range []string{ref.Lib, h.Lib(t)} {
			all.Go(func() { got[i][j] = output(lib, exe, s) })
		}
	}
	all.Wait()
	for i, s := range scenarios {
		if want, ours := got[i][0], got[i][1]; ours != want || !strings.HasPrefix(want, "returned, ") {
			t.Errorf("%s, the reference:\n%sours:\n%s", s, want, ours)
		}
	}
}

// TestFirstTurn: a context's first turn tells EVENT_WAIT_CANCELLED behind
// PROTOCOL_INIT, whoever waits for it: lws_service, a loop or a poll of the program's.
//
// Seen to fail: all, before TestReturns held.
func TestFirstTurn(t *testing.T) {
	exe := h.Build(t, "prog/first.c")
	for _, how := range []string{"service", "fd", "uv", "ev", "glib", "event"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			p := h.Start(t, exe, how)
			p.WaitLine("PROTOCOL_INIT", soon)
			p.WaitLine("EVENT_WAIT_CANCELLED", soon)
		})
	}
}

// TestStandIn: callbacks without a connection that make further ones keep the
// protocol that they were called for.
//
// Seen to fail: with one stand-in for all calls of a vhost.
func TestStandIn(t *testing.T) {
	p := h.Start(t, h.Build(t, "prog/standin.c"))
	p.WaitLine("DONE", soon)
}

// output is what the program prints with a library, but its port.
func output(lib, exe string, args ...string) string {
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+lib)
	b, err := cmd.Output()
	if err != nil {
		return err.Error() + "\n"
	}
	var kept strings.Builder
	for l := range strings.Lines(string(b)) {
		if !strings.HasPrefix(l, "PORT ") {
			kept.WriteString(l)
		}
	}
	return kept.String()
}
