// SPDX-License-Identifier: MIT

package work

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// of416 is what 4.1.6's lws-dsh.c prints, compiled with the same program: its heaps lend
// each other, and their heads are smaller. The referee is 4.3.5.
var of416 = map[string]string{
	"random": "61c5c0680949ed184bd62fc5a1bae835532dff1cfacbb5fb541289444bd8abea",
	"lend":   "7079ffd0ae0833ca21f891e044870d39a307b416c9a8bb89f378cde550b884d7",
}

// TestHeaps: what fits into heaps of all sizes, filled and emptied at random, and what
// comes out again.
//
// Seen to fail on a library that takes the first piece that is large enough, and on one
// whose heads are a word larger.
func TestHeaps(t *testing.T) {
	harness.RefFull.Root(t)
	for mode, sum := range of416 {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			want := original.output(t, "dsh", mode)
			each(t, func(t *testing.T, l library) {
				got := l.output(t, "dsh", mode)
				if l.Ref.ABI == 19 {
					differ(t, want, got)
				} else if is := fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(got, "\n")))); is != sum {
					t.Errorf("the output's sum is %s", is)
				}
			})
		})
	}
}

// TestLentPieces: what a heap that goes has lent moves, in its place of the queue, as far
// as there is room: the original follows a pointer to what it has freed. 4.3.5 lends nothing.
func TestLentPieces(t *testing.T) {
	want := map[int]string{
		17: "lent: 0|lent: 0|6 first.|800 xxxxxx|306 second|6 third.|lent: 0|lws_dsh_destroy: failed to migrate object|900 xxxxxx|done",
		19: "_lws_dsh_alloc_tail: no buffer has space|lent: 1|_lws_dsh_alloc_tail: no buffer has space|lent: 1|6 first.|800 xxxxxx|" +
			"_lws_dsh_alloc_tail: no buffer has space|lent: 1|900 xxxxxx|done",
	}
	each(t, func(t *testing.T, l library) {
		differ(t, strings.Split(want[l.Ref.ABI], "|"), l.output(t, "dsh", "moves"))
	})
}

// TestBadHeaps: a wrong call has a line in the log, and fails. The program runs under
// AddressSanitizer.
func TestBadHeaps(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		out := l.sanitized(t, "dsh", "bad")
		if n := strings.Count(out, "\nlws_dsh_"); n < 20 {
			t.Errorf("%d lines of the library:\n%s", n, out)
		}
	})
}
