// SPDX-License-Identifier: MIT

package faults

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

var deflatedClose = h.Deflate([]byte("!close 3001 enough"), 5)

// clientRounds are the ways in which a server can treat a client.
var clientRounds = []struct {
	name  string
	serve func(l net.Listener) error
}{
	{"closed cleanly", func(l net.Listener) error {
		r, err := h.Accept(l, "", 10*time.Second)
		if err != nil {
			return err
		}
		defer r.Close()
		if err := r.SendMessage(h.Text, []byte("hello")); err != nil {
			return err
		}
		if _, got, err := r.ReceiveMessage(); err != nil || string(got) != "hello" {
			return fmt.Errorf("%q, %v", got, err)
		}
		return r.CloseCleanly()
	}},
	{"closed by the client", func(l net.Listener) error {
		r, err := h.Accept(l, "permessage-deflate", 10*time.Second)
		if err != nil {
			return err
		}
		defer r.Close()
		if err := r.Send(h.Frame{Fin: true, Rsv: 4, Op: h.Text, Payload: deflatedClose}); err != nil {
			return err
		}
		f, err := r.Receive()
		if err != nil || f.Op != h.Close || !bytes.Equal(f.Payload, h.ClosePayload(3001, "enough")) {
			return fmt.Errorf("%v, %v", f, err)
		}
		return r.Send(h.Frame{Fin: true, Op: h.Close, Payload: f.Payload})
	}},
	{"reset", func(l net.Listener) error {
		r, err := h.Accept(l, "", 10*time.Second)
		if err != nil {
			return err
		}
		err = r.SendMessage(h.Text, []byte("hello"))
		r.Reset()
		return err
	}},
	{"broken rules", func(l net.Listener) error {
		r, err := h.Accept(l, "", 10*time.Second)
		if err != nil {
			return err
		}
		defer r.Close()
		if err := r.Send(h.Frame{Fin: true, Rsv: 1, Op: h.Text}); err != nil {
			return err
		}
		if f, err := r.Receive(); err != nil || f.Op != h.Close {
			return fmt.Errorf("%v, %v", f, err)
		}
		return nil
	}},
	{"refused", func(l net.Listener) error {
		return answerWith(l, "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnone")
	}},
	{"wrong accept", func(l net.Listener) error {
		return answerWith(l, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n")
	}},
	{"rubbish", func(l net.Listener) error { return answerWith(l, "\x00\x01\x02 what?\r\n\r\n") }},
	{"silently closed", func(l net.Listener) error { return answerWith(l, "") }},
}

// answerWith reads a request and answers it with text.
func answerWith(l net.Listener, text string) error {
	_ = l.(*net.TCPListener).SetDeadline(wait())
	c, err := l.Accept()
	if err != nil {
		return err
	}
	defer c.Close()
	_ = c.SetDeadline(wait())
	if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
		return err
	}
	_, err = io.WriteString(c, text)
	return err
}

// TestClientRounds: a client's connections of each kind leave no descriptor
// and no memory behind.
func TestClientRounds(t *testing.T) {
	for _, k := range clientRounds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			l := h.Listen(t) // the client tries again until it is stopped
			p := h.Start(t, h.Build(t, "echo_client.c"), "-x", "-l", "0", "-n", "1000000",
				"-p", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
			if err := k.serve(l); err != nil {
				t.Fatal(err)
			}
			idle := p.FDs() + 2 // where one connection ends the next one begins
			steady(t, p, func() error { return k.serve(l) }, func() { settle(t, p, idle) })
			p.Stop()
		})
	}
}

// TestClientRefused: nobody listens. Every attempt is told to the program.
func TestClientRefused(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_client.c"), "-l", "0", "-n", "1000", "-k", "3", "-p", fmt.Sprint(h.FreePort(t)))
	if err := p.Wait(20 * time.Second); err != nil {
		t.Fatalf("%v\n%s", err, p.Log())
	}
	if n := strings.Count(strings.Join(p.All(), "\n"), "ERROR"); n != 1000 {
		t.Errorf("%d of 1000 failures were told: %q", n, p.All()[:min(len(p.All()), 5)])
	}
}

// TestClientAddressSanitizer is TestAddressSanitizer for a client.
func TestClientAddressSanitizer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := h.StartEnv(t, []string{"ASAN_OPTIONS=detect_leaks=1:exitcode=99"},
		h.Build(t, "echo_client.c", "-fsanitize=address", "-fno-omit-frame-pointer"), "-x", "-u", "-l", "0", "-n", "40",
		"-p", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	for i := range 40 {
		if err := clientRounds[i%len(clientRounds)].serve(l); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
	}
	if err := p.Wait(10 * time.Second); err != nil {
		t.Errorf("%v\n%s", err, p.Log())
	}
}

// TestClientSlowServer: a client sends much to a server that reads slowly;
// nothing is lost or out of order.
func TestClientSlowServer(t *testing.T) {
	lc := net.ListenConfig{Control: smallBuffers}
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := h.Start(t, h.Build(t, "echo_client.c"), "-p", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	r, err := h.Accept(l, "", 30*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	msgs := [][]byte{noise(3000), noise(2 << 20), noise(7), noise(1 << 20)}
	var sending sync.WaitGroup
	sending.Go(func() {
		for _, m := range msgs {
			if err := r.SendMessage(h.Binary, m); err != nil {
				t.Error(err)
				return
			}
		}
	})
	time.Sleep(300 * time.Millisecond)
	r.R.Reset(&pausing{c: r.Conn})
	for i, m := range msgs {
		if _, got, err := r.ReceiveMessage(); err != nil || !bytes.Equal(got, m) {
			t.Fatalf("message %d: %d bytes of %d, %v", i, len(got), len(m), err)
		}
	}
	sending.Wait()
	if err := r.CloseCleanly(); err != nil {
		t.Error(err)
	}
	if err := p.Wait(10 * time.Second); err != nil {
		t.Errorf("%v\n%s", err, p.Log())
	}
}
