// SPDX-License-Identifier: MIT

package scale

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	h "libwebsockets/c_tests/harness"
)

// TestIdleServer: what a start takes, and what it gives back of it. Seen to fail: with a stack that is grown by
// touching it (faults), without unmapFile (kB), and with one that unmaps whatever is there (code).
func TestIdleServer(t *testing.T) {
	lib := h.LibCopy(t)
	asInstalled(t, filepath.Join(lib, h.Soname))
	p := h.StartEnv(t, []string{"LD_LIBRARY_PATH=" + lib}, h.Build(t, "prog/idle.c"))
	said := func(re string) []int {
		var n []int
		for _, s := range p.WaitLine(re, 90*time.Second)[1:] {
			v, err := strconv.Atoi(s)
			if err != nil {
				t.Fatal(err)
			}
			n = append(n, v)
		}
		return n
	}
	faults := said(`^faults (\d+)$`)[0]
	kB := said(`^kB (\d+) to (\d+)$`)
	threads := said(`^threads (\d+)$`)[0]
	code := p.WaitLine(`^code (..)$`, time.Second)[1]
	t.Logf("%d page faults in lws_create_context; %d kB, then %d; %d threads", faults, kB[0], kB[1], threads)
	if faults > 500 {
		t.Errorf("lws_create_context: %d page faults", faults)
	}
	if kB[0]-kB[1] < 512 {
		t.Errorf("nothing is given back: %d kB, then %d", kB[0], kB[1])
	}
	if threads > 5+runtime.NumCPU() {
		t.Errorf("%d threads", threads)
	}
	if code != "cc" {
		t.Errorf("what was written into the library's code is %s now", code)
	}
}

// asInstalled has the kernel forget a file that was just written. It keeps such a one in pieces of up to 2 MB, and maps
// the whole of each that is touched.
func asInstalled(t *testing.T, file string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		t.Fatal(err)
	}
}
