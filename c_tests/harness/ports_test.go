// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"net"
	"os/exec"
	"sync"
	"testing"
)

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
