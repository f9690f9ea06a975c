// SPDX-License-Identifier: MIT

package poll

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// TestQuiet: what a program that polls was told to wait for is what the library
// waits for, from wherever it was asked for something: when all is done, poll()
// has nothing to report.
//
// Seen to fail: as long as POLLOUT was not taken back behind a WRITEABLE that was
// asked for outside of a service call, poll() returned at once for ever.
func TestQuiet(t *testing.T) {
	each(t, []string{"poll"}, func(t *testing.T, exe string, args []string, kind string, secure bool) {
		p := h.Start(t, exe, args...).Ready()
		talk(t, p, kind, secure)
		p.WaitLine("DONE", soon)
	})
}

// TestIdleLoops: a context with nothing to do does not wake its loop, whichever it is.
//
// Seen to fail: with a program that asks for the next wake-up in each
// EVENT_WAIT_CANCELLED. Processor time would not tell on a loaded machine: how often
// the thread has run does.
func TestIdleLoops(t *testing.T) {
	each(t, []string{"service", "uv", "ev", "glib", "event"}, func(t *testing.T, exe string, args []string, kind string, secure bool) {
		if kind != "ws" {
			t.Skip("loops do not know what is spoken")
		}
		p := h.Start(t, exe, args...).Ready()
		talk(t, p, kind, secure)
		p.WaitLine("QUIET", soon)
		h.Eventually(t, soon, "a loop that sleeps", func() bool {
			before := runs(t, p)
			time.Sleep(900 * time.Millisecond)
			return runs(t, p) == before
		})
	})
}

// each runs fn for every way to poll, kind of peer, plain and over TLS.
func each(t *testing.T, hows []string, fn func(t *testing.T, exe string, args []string, kind string, secure bool)) {
	id := h.SelfSigned(t)
	exe := h.Build(t, "prog/idle.c")
	for _, how := range hows {
		for kind := range kinds {
			for _, secure := range []bool{false, true} {
				args := []string{how, kind}
				if secure {
					args = append(args, id.CertFile, id.KeyFile)
				}
				t.Run(fmt.Sprintf("%s/%s/tls=%v", how, kind, secure), func(t *testing.T) {
					t.Parallel()
					fn(t, exe, args, kind, secure)
				})
			}
		}
	}
}

// talk is a peer that sends a little and reads whatever comes.
func talk(t *testing.T, p *h.Proc, kind string, secure bool) {
	k := kinds[kind]
	c, _ := dial(t, p, secure, k.alpn)
	k.open(t, c)
	must(t, k.send(c, []byte("0123456789")))
	go func() { _, _ = io.Copy(io.Discard, c) }()
}

// runs is how often the program's first thread has been given a processor.
func runs(t *testing.T, p *h.Proc) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/schedstat", p.Pid(), p.Pid()))
	must(t, err)
	return strings.Fields(string(b))[2]
}
