// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
)

// Two test processes at a time: what one has been given, the other is not, though nobody
// listens yet. Seen to fail without the locks.
func TestPortsOfTwo(t *testing.T) {
	if given := os.Getenv("LWS_TEST_PORT"); given != "" { // the other
		port, _ := strconv.Atoi(given)
		if own(t, port) {
			t.Errorf("port %d is given twice", port)
		}
		if !own(t, port+2) {
			t.Skip("somebody has that one as well")
		}
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestPortsOfTwo$")
	cmd.Env = append(os.Environ(), fmt.Sprint("LWS_TEST_PORT=", FreePort(t)))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// Fails when ports are given twice, or one is given that somebody listens on.
func TestFreePort(t *testing.T) {
	var mu sync.Mutex
	seen := map[int]bool{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				p := FreePort(t)
				mu.Lock()
				if seen[p] || seen[p+1] || seen[p-1] {
					t.Errorf("port %d overlaps another", p)
				}
				seen[p] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
	port := FreePort(t)
	if listening(port) || !unused(port) {
		t.Errorf("port %d is not free", port)
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !listening(port) || unused(port) {
		t.Errorf("port %d is not seen to be taken", port)
	}
	// The parent ends well, somebody else listens: no failure.
	StartCmd(t, exec.Command("/bin/true")).Listening(port)
}
