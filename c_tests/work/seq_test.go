// SPDX-License-Identifier: MIT

package work

import (
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestSequencer: what sequencers get, one event at a time, and how they end.
func TestSequencer(t *testing.T) {
	harness.RefFull.Root(t)
	harness.RefFull17.Root(t)
	each(t, func(t *testing.T, l library) {
		referee := original
		if l.Ref.ABI == 17 {
			referee = of17
		}
		differ(t, referee.output(t, "seq", "events"), l.output(t, "seq", "events"))
	})
}

// TestBadSequencers: NULLs, sequencers that have gone, that end themselves in their
// callback, and in the one for their end. The program runs under AddressSanitizer.
func TestBadSequencers(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		out := l.sanitized(t, "seq", "bad")
		if n := strings.Count(out, "\nlws_seq_"); n < 15 {
			t.Errorf("%d lines of the library:\n%s", n, out)
		}
		for _, want := range []string{"wild: CREATED", "wild: DESTROYED\ntimeout 0", "stale: 1 1 1 0", "another: 0"} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q:\n%s", want, out)
			}
		}
		if strings.Contains(out, "TIMED_OUT") {
			t.Errorf("a timeout that was cancelled came:\n%s", out)
		}
	})
}

// TestFlood: events from four threads come in order, and none is lost. Several that wait
// come in as many turns: the original waits for the next heartbeat each time.
func TestFlood(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		if out := l.sanitized(t, "seq", "flood"); !strings.Contains(out, "4000 events, 0 out of order\n") {
			t.Error(out)
		}
		if out := l.sanitized(t, "seq", "burst"); !strings.Contains(out, "event 12\nevent 13\nsoon\n") ||
			strings.Count(out, "more than 10 events queued") != 4 {
			t.Error(out)
		}
	})
}
