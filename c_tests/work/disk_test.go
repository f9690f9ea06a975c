// SPDX-License-Identifier: MIT

package work

import (
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestDiskCache: a cache's life, from its folders to the files that go.
//
// Seen to fail on a library whose folders have another mode, and on one that removes the
// newest files.
func TestDiskCache(t *testing.T) {
	harness.RefFull.Root(t)
	want := original.output(t, "disk", "use", filepath.Join(t.TempDir(), "cache"))
	each(t, func(t *testing.T, l library) {
		differ(t, want, l.output(t, "disk", "use", filepath.Join(t.TempDir(), "cache")))
	})
}

// TestBadDiskCache: NULLs, buffers of all small sizes, a path for a hash, a cache that has
// gone; and a child that goes on with its parent's. The program runs under AddressSanitizer.
func TestBadDiskCache(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		out := l.sanitized(t, "disk", "bad", filepath.Join(t.TempDir(), "cache"))
		if n := strings.Count(out, "\nlws_diskcache_"); n < 12 {
			t.Errorf("%d lines of the library:\n%s", n, out)
		}
		if strings.Contains(out, "it fits") {
			t.Errorf("a path is cut:\n%s", out)
		}
		for _, want := range []string{"\n0 -1\n", "cd34: 2, fd 0, size 7777 /c/d/cd34~\nchild 0\n", "\n-1 0\n"} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q:\n%s", want, out)
			}
		}
	})
}
