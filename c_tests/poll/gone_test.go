// SPDX-License-Identifier: MIT

package poll

import (
	"net"
	"syscall"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// TestGoneWhileOff: a peer goes, with a reset or not, while the program does not receive.
// However it polls, the program sleeps as long as it does not want more, and then
// gets every byte.
//
// Seen to fail behind a reset: with a library that closed at once ninety bytes were lost,
// and with the descriptor left in the poll nobody slept.
func TestGoneWhileOff(t *testing.T) {
	exe := h.Build(t, "prog/gone.c")
	for _, reset := range []bool{false, true} {
		end := "fin"
		if reset {
			end = "reset"
		}
		t.Run(end, func(t *testing.T) {
			each(t, []string{"poll", "service", "uv", "ev", "glib", "event"}, func(t *testing.T, _ string, args []string, kind string, secure bool) {
				if kind == "h2" {
					t.Skip("streams do not stop receiving")
				}
				p := h.Start(t, exe, args...).Ready()
				k := kinds[kind]
				c, b := dial(t, p, secure, k.alpn)
				k.open(t, c)
				ten := []byte("0123456789")
				must(t, k.send(c, ten))
				p.WaitLine("^OFF$", soon)
				for range 9 {
					must(t, k.send(c, ten))
				}
				if reset {
					must(t, b.Conn.(*net.TCPConn).SetLinger(0))
				}
				must(t, b.Conn.Close())
				h.Eventually(t, soon, "a program that sleeps", func() bool {
					before := runs(t, p)
					time.Sleep(200 * time.Millisecond)
					return runs(t, p) == before
				})
				p.Signal(syscall.SIGUSR1)
				if got := p.WaitLine(`^GOT (\d+)$`, soon)[1]; got != "100" {
					t.Errorf("got %s bytes, want 100", got)
				}
			})
		})
	}
}
