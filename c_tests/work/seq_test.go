// SPDX-License-Identifier: MIT

package work

import (
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestSequencer: what sequencers get, one event at a time, and how they end.
func TestSequencer(t *testing.T) {
	harness.RefFull.Root(t)
	want := original.output(t, "seq", "events")
	each(t, func(t *testing.T, l library) {
		w := want
		if l.Ref.ABI == 17 { // its sequencers end before its protocols do
			w = slices.Clone(want)
			i := slices.Index(w, "protocol destroyed")
			w = slices.Insert(slices.Delete(w, i, i+1), len(w)-2, "protocol destroyed")
		}
		differ(t, w, l.output(t, "seq", "events"))
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
