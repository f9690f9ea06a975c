// SPDX-License-Identifier: MIT

package faults

import (
	"crypto/tls"
	"fmt"
	"io"
	rand2 "math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	h "libwebsockets/c_tests/harness"
)

// These drive prog/forks.c. With a library that does not start its runtime anew
// in a child (an in_child of boot.c that only refuses) all but "before" and
// "children" fail; LWS_LIB can name Debian's library, which passes what is not
// skipped.

// forking is a run of forks.c: the ports of its vhosts (plain, TLS, files).
type forking struct {
	*h.Proc
	port [3]int
}

func startForks(t *testing.T, mode string) *forking {
	t.Helper()
	id := h.SelfSigned(t)
	dir := filepath.Dir(id.CertFile)
	if err := os.WriteFile(filepath.Join(dir, "page.txt"), []byte("a page"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := &forking{Proc: h.Start(t, h.Build(t, prog("forks.c")), mode, id.CertFile, id.KeyFile, dir)}
	for i := range f.port {
		f.port[i], _ = strconv.Atoi(f.WaitLine(fmt.Sprintf(`^PORT%d (\d+)$`, i), 15*time.Second)[1])
	}
	return f
}

func (f *forking) pid(t *testing.T) int {
	t.Helper()
	n, _ := strconv.Atoi(f.WaitLine(`^PID (\d+)$`, 15*time.Second)[1])
	return n
}

// second is where the second context listens.
func (f *forking) second(t *testing.T) string {
	for _, l := range f.All() {
		if p, ok := strings.CutPrefix(l, "PORT "); ok {
			return "127.0.0.1:" + p
		}
	}
	t.Fatalf("no second context in %q", f.All())
	return ""
}

// dial opens a WebSocket to vhost 0 (plain) or 1 (TLS).
func (f *forking) dial(vhost int) (*websocket.Conn, error) {
	d := websocket.Dialer{HandshakeTimeout: 10 * time.Second, Subprotocols: []string{"echo"},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // the certificate is its own
	c, _, err := d.Dial(fmt.Sprintf("%s://127.0.0.1:%d/", []string{"ws", "wss"}[vhost], f.port[vhost]), nil)
	return c, err
}

func echo(c *websocket.Conn, n int) error {
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	for i := range n {
		want := fmt.Sprintf("message %d", i)
		if err := c.WriteMessage(websocket.TextMessage, []byte(want)); err != nil {
			return err
		}
		_, got, err := c.ReadMessage()
		if err != nil || string(got) != want {
			return fmt.Errorf("message %d came back as %q, %w", i, got, err)
		}
	}
	return nil
}

// drive uses all vhosts.
func (f *forking) drive(t *testing.T) {
	t.Helper()
	for vhost := range 2 {
		for range 3 {
			c, err := f.dial(vhost)
			if err != nil {
				t.Fatalf("vhost %d: %v\n%s", vhost, err, f.Log())
			}
			if err := echo(c, 20); err != nil {
				t.Errorf("vhost %d: %v\n%s", vhost, err, f.Log())
			}
			c.Close()
		}
	}
	client := http.Client{Timeout: 10 * time.Second}
	defer client.CloseIdleConnections()
	r, err := client.Get(fmt.Sprintf("http://127.0.0.1:%d/page.txt", f.port[2]))
	if err != nil {
		t.Fatalf("%v\n%s", err, f.Log())
	}
	defer r.Body.Close()
	if b, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || string(b) != "a page" {
		t.Errorf("a file: %d %q, %v\n%s", r.StatusCode, b, err, f.Log())
	}
}

// end stops the process that serves, and looks at what it has printed.
func (f *forking) end(t *testing.T, pid int, who string) {
	t.Helper()
	_ = syscall.Kill(pid, syscall.SIGTERM)
	f.WaitLine("^END "+who+" 3 inits 3 destroys$", 15*time.Second)
}

// TestForks: the child of a process goes on with the library, wherever the
// parent had got to. Contexts, vhosts, ports, TLS, private data of protocols
// and timers are as the parent had made them, and nothing is done twice.
func TestForks(t *testing.T) {
	for _, mode := range []string{"before", "pure", "context", "started", "daemon", "thread", "threads", "closed", "external"} {
		t.Run(mode, func(t *testing.T) {
			if !h.Ours(t) && (mode == "closed" || mode == "external") {
				t.Skip("the packaged build cannot")
			}
			f := startForks(t, mode)
			pid := f.pid(t)
			if pid == f.Pid() {
				t.Fatal("the parent serves")
			}
			f.drive(t)
			if mode == "threads" {
				if err := loadFor(f.second(t), 2, 200*time.Millisecond, 50); err != nil {
					t.Error("the second context: ", err)
				}
			}
			h.Eventually(t, 10*time.Second, "the timer", func() bool {
				return strings.Contains(strings.Join(f.All(), "\n"), "TIMER child")
			})
			f.end(t, pid, "child")
			all := strings.Join(f.All(), "\n")
			if n := strings.Count(all, "TIMER child"); n != 1 {
				t.Errorf("the timer came %d times: %q", n, all)
			}
			if mode == "daemon" && !strings.Contains(all, "PARSED child") {
				t.Errorf("nothing was parsed: %q", all)
			}
			if strings.Contains(f.Log(), "refused") || strings.Contains(f.Log(), "anew") != (mode == "closed") {
				t.Errorf("log:\n%s", f.Log())
			}
		})
	}
}

// TestForkBoth: parent and child serve the same sockets. The parent's
// connections stay the parent's, and the child says so.
func TestForkBoth(t *testing.T) {
	if !h.Ours(t) {
		t.Skip("of the reference, both read from the same connections")
	}
	f := startForks(t, "both")
	f.WaitLine("^WAIT$", 10*time.Second)
	var kept []*websocket.Conn
	for i := range 6 {
		c, err := f.dial(i % 2)
		if err == nil {
			err = echo(c, 5)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, f.Log())
		}
		defer c.Close()
		kept = append(kept, c)
	}
	_ = syscall.Kill(f.Pid(), syscall.SIGTERM)
	pids := map[string]int{}
	for range 2 {
		if p := f.pid(t); p == f.Pid() {
			pids["parent"] = p
		} else {
			pids["child"] = p
		}
	}
	for _, c := range kept {
		if err := echo(c, 20); err != nil {
			t.Errorf("a connection of the parent's: %v\n%s", err, f.Log())
		}
	}
	h.Eventually(t, 10*time.Second, "6 connections stay with the parent", func() bool {
		return strings.Contains(f.Log(), "6 connections stay with the parent")
	})
	for range 10 {
		f.drive(t) // whoever comes first
	}
	f.end(t, pids["child"], "child")
	for _, c := range kept {
		if err := echo(c, 20); err != nil {
			t.Errorf("after the child's end: %v\n%s", err, f.Log())
		}
	}
	f.drive(t)
	f.end(t, pids["parent"], "parent")
}

// TestForkChildren: a serving process has children that end at once, or exec.
func TestForkChildren(t *testing.T) {
	f := startForks(t, "children")
	pid := f.pid(t)
	c, err := f.dial(0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for range 10 {
		if err := echo(c, 50); err != nil {
			t.Fatalf("%v\n%s", err, f.Log())
		}
		f.drive(t)
	}
	f.WaitLine("^CHILDREN 40$", 15*time.Second)
	f.end(t, pid, "parent")
}

// TestForkBusy: a thread forks while another serves a load; each child uses
// the library, and its parent's context.
func TestForkBusy(t *testing.T) {
	if !h.Ours(t) {
		t.Skip("the reference is not safe to be used by two threads")
	}
	f := startForks(t, "busy")
	pid := f.pid(t)
	stop := make(chan struct{})
	var loads sync.WaitGroup
	for range 4 {
		loads.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				c, err := f.dial(rand2.IntN(2))
				if err != nil {
					continue // a child has accepted it, and ends
				}
				_ = echo(c, 50)
				c.Close()
			}
		})
	}
	f.WaitLine("^CHILDREN 40$", 40*time.Second)
	close(stop)
	loads.Wait()
	if n := strings.Count(strings.Join(f.All(), "\n"), "PARSED child"); n != 40 {
		t.Errorf("%d children have parsed", n)
	}
	f.drive(t)
	f.end(t, pid, "parent")
}

// TestForkInCallback: the child of a callback cannot call the library there,
// and is told; the parent does not notice.
func TestForkInCallback(t *testing.T) {
	if !h.Ours(t) {
		t.Skip("the reference has no such check")
	}
	f := startForks(t, "callback")
	pid := f.pid(t)
	c, err := f.dial(0)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.WriteMessage(websocket.TextMessage, []byte("fork")); err != nil {
		t.Fatal(err)
	}
	f.WaitLine("^STATUS 0$", 10*time.Second)
	if _, got, err := c.ReadMessage(); err != nil || string(got) != "fork" {
		t.Errorf("%q, %v", got, err)
	}
	h.Eventually(t, 10*time.Second, "forked inside a callback", func() bool {
		return strings.Contains(f.Log(), "forked inside a callback")
	})
	f.drive(t)
	f.end(t, pid, "parent")
}
