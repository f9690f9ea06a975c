// SPDX-License-Identifier: MIT

package faults

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// A program has no leak when one of some batches of rounds leaves its memory
// as it was: before the garbage collector's first run, with 4 MB of garbage, it grows, later not.
const (
	rounds  = 1000
	batches = 12
	// growth is what a batch may add, in kB: much less than a struct lws a round.
	growth = 100
)

// steady plays batches until one of them leaves the resident memory as it was.
func steady(t *testing.T, p *h.Proc, once func() error, settled func()) {
	t.Helper()
	var seen []int
	for range batches + 1 {
		for i := range rounds {
			if err := once(); err != nil {
				t.Fatalf("round %d: %v", i, err)
			}
		}
		settled()
		seen = append(seen, p.Status("VmRSS"))
		if n := len(seen); n > 1 && seen[n-1] <= seen[n-2]+growth {
			return
		}
	}
	t.Errorf("the resident memory grows with each %d rounds: %v kB", rounds, seen)
}

func wait() time.Time { return time.Now().Add(10 * time.Second) }

var deflated = h.Deflate(counting(9000), 6)

// serverRounds are the ways in which connections to a server come and go.
var serverRounds = []struct {
	name string
	once func(addr string) error
}{
	{"closed cleanly", func(addr string) error {
		r, err := h.Dial(addr, "", 10*time.Second)
		if err != nil {
			return err
		}
		if err := r.SendMessage(h.Text, []byte("hello")); err != nil {
			return err
		}
		if _, _, err := r.ReceiveMessage(); err != nil {
			return err
		}
		return r.CloseCleanly()
	}},
	{"closed by the server", func(addr string) error {
		r, err := h.Dial(addr, "", 10*time.Second)
		if err != nil {
			return err
		}
		defer r.Close()
		if err := r.SendMessage(h.Text, []byte("!close 3000 x")); err != nil {
			return err
		}
		f, err := r.Receive()
		if err != nil || f.Op != h.Close {
			return fmt.Errorf("%v, %v", f, err)
		}
		if err := r.Send(f); err != nil {
			return err
		}
		return r.End()
	}},
	{"compressed", func(addr string) error {
		r, err := h.Dial(addr, "Sec-WebSocket-Extensions: permessage-deflate\r\n", 10*time.Second)
		if err != nil {
			return err
		}
		if err := r.Send(h.Frame{Fin: true, Rsv: 4, Op: h.Text, Payload: deflated}); err != nil {
			return err
		}
		if f, err := r.Receive(); err != nil || f.Rsv != 4 {
			return fmt.Errorf("%v, %v", f, err)
		}
		return r.CloseCleanly()
	}},
	{"reset", func(addr string) error {
		r, err := h.Dial(addr, "", 10*time.Second)
		if err != nil {
			return err
		}
		err = r.SendMessage(h.Text, []byte("hello"))
		r.Reset()
		return err
	}},
	{"reset inside a message", func(addr string) error {
		r, err := h.Dial(addr, "Sec-WebSocket-Extensions: permessage-deflate\r\n", 10*time.Second)
		if err != nil {
			return err
		}
		err = r.Send(h.Frame{Rsv: 4, Op: h.Text, Payload: deflated})
		_ = r.Send(h.Frame{Op: h.Cont, Payload: []byte("xx"), Declared: 4000})
		r.Reset()
		return err
	}},
	{"broken rules", func(addr string) error {
		r, err := h.Dial(addr, "", 10*time.Second)
		if err != nil {
			return err
		}
		defer r.Close()
		if err := r.Send(h.Frame{Fin: true, Op: 3}); err != nil {
			return err
		}
		if f, err := r.Receive(); err != nil || f.Op != h.Close {
			return fmt.Errorf("%v, %v", f, err)
		}
		return r.End()
	}},
	{"half-closed", func(addr string) error {
		r, err := h.Dial(addr, "", 10*time.Second)
		if err != nil {
			return err
		}
		defer r.Close()
		_ = r.Conn.(*net.TCPConn).CloseWrite()
		return r.End()
	}},
	{"http keep-alive", func(addr string) error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		defer c.Close()
		_ = c.SetDeadline(wait())
		b := bufio.NewReader(c)
		for range 3 {
			fmt.Fprint(c, "GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
			resp, err := http.ReadResponse(b, nil)
			if err != nil {
				return err
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			if resp.StatusCode != 403 {
				return errors.New(resp.Status)
			}
		}
		return nil
	}},
	{"refused upgrade", func(addr string) error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		defer c.Close()
		_ = c.SetDeadline(wait())
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: unknown\r\n\r\n")
		b, err := io.ReadAll(c)
		if len(b) > 12 && string(b[9:12]) == "101" {
			return fmt.Errorf("upgraded: %q", b)
		}
		return err
	}},
	{"reset inside the request", func(addr string) error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\nUpgr")
		_ = c.(*net.TCPConn).SetLinger(0)
		return c.Close()
	}},
	{"opened and closed", func(addr string) error {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return err
		}
		return c.Close()
	}},
}

// TestServerRounds: connections of each kind leave no descriptor and no
// memory behind. Seen to fail with a build that kept lingering sockets, and
// with one that did not give a struct lws back.
func TestServerRounds(t *testing.T) {
	for _, k := range serverRounds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			p := h.Start(t, h.Build(t, "echo_server.c"), "-x", "-l", "0").Ready()
			idle := p.FDs()
			steady(t, p, func() error { return k.once(p.Addr()) }, func() { settle(t, p, idle) })
			p.Stop()
		})
	}
}

// runtimeFDs is how many descriptors the Go runtime opens some time after its
// start (its own epoll and eventfd).
const runtimeFDs = 2

// settle waits until the program has as many descriptors as when idle.
func settle(t *testing.T, p *h.Proc, idle int) {
	t.Helper()
	if !h.Eventually(t, 20*time.Second, "the descriptors are closed", func() bool { return p.FDs() <= idle+runtimeFDs }) {
		t.Fatalf("%d descriptors, %d when idle", p.FDs(), idle)
	}
}
