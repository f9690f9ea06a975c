// SPDX-License-Identifier: MIT

package harness

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var (
	portsMu   sync.Mutex
	portsSeen = map[int]bool{}
	// portsFile has a byte for each port: who has locked it has been given the port, or
	// looks at it. The kernel takes the locks of a process that ends.
	portsFile = sync.OnceValues(func() (*os.File, error) {
		f, err := os.OpenFile(filepath.Join(os.TempDir(), "lws-test-ports"), os.O_RDWR|os.O_CREATE, 0o666)
		if err == nil {
			_ = f.Chmod(0o666) // for other users' tests; theirs it may be
		}
		return f, err
	})
)

// FreePort is a port that nobody uses, for TCP and UDP, and neither is the next
// one: for programs that have to be told. It is below those that the system
// gives away of its own accord, and no two calls get the same, of one process or of
// tests that run beside each other.
func FreePort(t testing.TB) int {
	t.Helper()
	below := 32768
	if b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		_, _ = fmt.Sscan(string(b), &below)
	}
	const from = 10000
	if below < from+1000 {
		t.Fatalf("the system's own ports begin at %d", below)
	}
	portsMu.Lock()
	defer portsMu.Unlock()
	for range 1000 {
		port := from + 2*rand.IntN((below-from)/2)
		if !portsSeen[port] && own(t, port) && unused(port) && unused(port+1) {
			portsSeen[port] = true
			return port
		}
	}
	t.Fatal("no two free ports side by side")
	return 0
}

// Listen is a listener that ends with the test, if not before: on its port nobody else of
// the tests listens then.
func Listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", FreePort(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// own takes a port and the next from all other processes, unless one has them.
func own(t testing.TB, port int) bool {
	f, err := portsFile()
	if err != nil {
		t.Fatal(err)
	}
	return unix.FcntlFlock(f.Fd(), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Start: int64(port), Len: 2}) == nil
}

func unused(port int) bool {
	where := fmt.Sprintf(":%d", port)
	tcp, err := net.Listen("tcp", where)
	if err != nil {
		return false
	}
	tcp.Close()
	udp, err := net.ListenPacket("udp", where)
	if err != nil {
		return false
	}
	udp.Close()
	return true
}

// Listening waits until the program, or a child that it leaves behind, listens on
// the ports. It does not connect: some programs take the first for their peer.
func (p *Proc) Listening(ports ...int) {
	p.t.Helper()
	for _, port := range ports {
		if !p.Listens(port) {
			p.t.Fatalf("nobody listens on port %d; %s runs: %v; log:\n%s", port, p.name, p.Running(), p.Log())
		}
	}
}

// Listens is Listening for a program of which it is not certain.
func (p *Proc) Listens(port int) bool {
	for end := time.Now().Add(40 * time.Second); !listening(port); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) || !p.Running() && p.err != nil {
			return false
		}
	}
	return true
}

// listening tells whether anybody listens on a TCP port.
func listening(port int) bool {
	want := fmt.Sprintf(":%04X", port)
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, _ := os.ReadFile(file)
		for line := range strings.Lines(string(b)) {
			const listen = "0A"
			if f := strings.Fields(line); len(f) > 3 && f[3] == listen && strings.HasSuffix(f[1], want) {
				return true
			}
		}
	}
	return false
}
