// SPDX-License-Identifier: MIT

package conformance

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	coder "github.com/coder/websocket"
	"github.com/gorilla/websocket"

	h "libwebsockets/c_tests/harness"
)

// upgraded reads a 101 and makes c a WebSocket.
func upgraded(t *testing.T, c net.Conn) *h.Raw {
	t.Helper()
	r := &h.Raw{Conn: c, R: bufio.NewReader(c), Client: true}
	resp, err := http.ReadResponse(r.R, nil)
	if err != nil || resp.StatusCode != 101 {
		t.Fatalf("upgrade: %v %v", resp, err)
	}
	r.Header = resp.Header
	return r
}

// peerSizes are the messages that other people's libraries exchange with ours.
var peerSizes = []int{0, 1, 2, 125, 126, 127, 1000, 4095, 4096, 4097, 32767, 32768, 65535, 65536, 100000, 1 << 20, 0, 5}

// talk is a connection of another library: send writes a message in pieces of
// at most part bytes (0: whole), receive reads one.
type talk struct {
	send    func(binary bool, p []byte, part int) error
	receive func() (binary bool, p []byte, err error)
	close   func() error
}

// exchange sends every size as text and binary, whole and fragmented.
func exchange(c talk) error {
	for i, n := range peerSizes {
		for _, binary := range []bool{false, true} {
			p := prose(n)
			if binary {
				p = bytes.Map(func(r rune) rune { return r + 100 }, p)
			}
			for _, part := range []int{0, 1 + n/3} {
				sent := make(chan error, 1)
				go func() { sent <- c.send(binary, p, part) }()
				b, got, err := c.receive()
				if err != nil {
					return fmt.Errorf("message %d, %d bytes in pieces of %d: %w", i, len(p), part, err)
				}
				if b != binary || !bytes.Equal(got, p) {
					return fmt.Errorf("message %d, %d bytes in pieces of %d: binary %v and %d bytes came", i, len(p), part, b, len(got))
				}
				if err := <-sent; err != nil {
					return err
				}
			}
		}
	}
	return c.close()
}

func writePieces(p []byte, part int, w io.Writer) error {
	for {
		n := len(p)
		if part > 0 {
			n = min(n, part)
		}
		if _, err := w.Write(p[:n]); err != nil {
			return err
		}
		if p = p[n:]; len(p) == 0 {
			return nil
		}
	}
}

func gorilla(c *websocket.Conn) talk {
	return talk{
		send: func(binary bool, p []byte, part int) error {
			op := websocket.TextMessage
			if binary {
				op = websocket.BinaryMessage
			}
			if part == 0 {
				return c.WriteMessage(op, p)
			}
			w, err := c.NextWriter(op)
			if err != nil {
				return err
			}
			if err := writePieces(p, part, w); err != nil {
				return err
			}
			return w.Close()
		},
		receive: func() (bool, []byte, error) {
			op, p, err := c.ReadMessage()
			return op == websocket.BinaryMessage, p, err
		},
		close: func() error {
			bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye")
			if err := c.WriteControl(websocket.CloseMessage, bye, time.Now().Add(5*time.Second)); err != nil {
				return err
			}
			_, _, err := c.ReadMessage()
			if x, ok := err.(*websocket.CloseError); !ok || x.Code != 1000 || x.Text != "bye" {
				return fmt.Errorf("at the end: %v", err)
			}
			return c.Close()
		},
	}
}

func coderTalk(ctx context.Context, c *coder.Conn) talk {
	c.SetReadLimit(4 << 20)
	return talk{
		send: func(binary bool, p []byte, part int) error {
			op := coder.MessageText
			if binary {
				op = coder.MessageBinary
			}
			if part == 0 {
				return c.Write(ctx, op, p)
			}
			w, err := c.Writer(ctx, op)
			if err != nil {
				return err
			}
			if err := writePieces(p, part, w); err != nil {
				return err
			}
			return w.Close()
		},
		receive: func() (bool, []byte, error) {
			op, p, err := c.Read(ctx)
			return op == coder.MessageBinary, p, err
		},
		close: func() error { return c.Close(coder.StatusNormalClosure, "bye") },
	}
}

var coderModes = map[string]coder.CompressionMode{
	"no compression": coder.CompressionDisabled, "context takeover": coder.CompressionContextTakeover,
	"no context takeover": coder.CompressionNoContextTakeover,
}

// serverArgs are the echo programs' ways to answer: whole, or in fragments.
var serverArgs = [][]string{{"-x", "-u"}, {"-x", "-c", "3000"}, {"-x", "-u", "-r", "1000"}}

// TestPeersAsClients: other people's clients at our server. Seen to fail with
// the reference's library (it crashes on the empty message, quirk 3).
func TestPeersAsClients(t *testing.T) {
	for _, args := range serverArgs {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			p := h.Start(t, h.Build(t, "echo_server.c"), args...).Ready()
			ctx, stop := context.WithTimeout(t.Context(), 40*time.Second)
			defer stop()
			url := "ws://" + p.Addr() + "/"
			for _, compress := range []bool{false, true} {
				d := websocket.Dialer{EnableCompression: compress, Subprotocols: []string{"echo"}}
				c, resp, err := d.DialContext(ctx, url, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := resp.Header.Get("Sec-WebSocket-Extensions") != ""; got != compress {
					t.Errorf("gorilla: compression is %v", got)
				}
				_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
				if err := exchange(gorilla(c)); err != nil {
					t.Errorf("gorilla, compression %v: %v", compress, err)
				}
			}
			for name, mode := range coderModes {
				c, _, err := coder.Dial(ctx, url, &coder.DialOptions{
					CompressionMode: mode, CompressionThreshold: 1, Subprotocols: []string{"echo"}})
				if err != nil {
					t.Fatal(err)
				}
				if err := exchange(coderTalk(ctx, c)); err != nil {
					t.Errorf("coder, %s: %v", name, err)
				}
			}
			p.Stop()
		})
	}
}

// TestPeersAsServers: our client at other people's servers.
func TestPeersAsServers(t *testing.T) {
	type server struct {
		name   string
		handle func(w http.ResponseWriter, r *http.Request) error
	}
	var servers []server
	for _, compress := range []bool{false, true} {
		servers = append(servers, server{fmt.Sprintf("gorilla, compression %v", compress), func(w http.ResponseWriter, r *http.Request) error {
			u := websocket.Upgrader{EnableCompression: compress, Subprotocols: []string{"echo"}}
			c, err := u.Upgrade(w, r, nil)
			if err != nil {
				return err
			}
			_ = c.SetReadDeadline(time.Now().Add(30 * time.Second))
			return exchange(gorilla(c))
		}})
	}
	for name, mode := range coderModes {
		servers = append(servers, server{"coder, " + name, func(w http.ResponseWriter, r *http.Request) error {
			c, err := coder.Accept(w, r, &coder.AcceptOptions{
				CompressionMode: mode, CompressionThreshold: 1, Subprotocols: []string{"echo"}, InsecureSkipVerify: true})
			if err != nil {
				return err
			}
			return exchange(coderTalk(r.Context(), c))
		}})
	}
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			var served atomic.Int32
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := s.handle(w, r); err != nil {
					t.Errorf("%v", err)
				}
				served.Add(1)
			}))
			defer srv.Close()
			_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
			for _, args := range serverArgs {
				p := h.Start(t, h.Build(t, "echo_client.c"), append(args, "-p", port)...)
				if err := p.Wait(40 * time.Second); err != nil {
					t.Errorf("%v: %v\n%s", args, err, p.Log())
				}
				if all := strings.Join(p.All(), "\n"); all != "DONE" {
					t.Errorf("%v: the client printed %q", args, all)
				}
			}
			// A handler may still be returning when its client has gone.
			want := int32(len(serverArgs))
			for end := time.Now().Add(20 * time.Second); served.Load() < want && time.Now().Before(end); {
				time.Sleep(10 * time.Millisecond)
			}
			if n := served.Load(); n != want {
				t.Errorf("%d connections came, want %d", n, want)
			}
		})
	}
}
