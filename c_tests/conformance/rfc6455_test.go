// SPDX-License-Identifier: MIT

// Package conformance drives the library with frames written byte by byte and
// with other people's WebSocket libraries, as server and as client.
//
// Seen to fail: with the reference's library (LWS_LIB, LWS_INCLUDE) the cases
// of quirks 2 (mask), 10 (UTF-8, close codes), 16 (pings), 18 (resets) and 19
// (close codes of the client) fail, and the deflate tests crash it (3).
package conformance

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	h "libwebsockets/c_tests/harness"
)

// pieces are the ways in which a case's bytes arrive.
type pieces int

const (
	whole    pieces = iota // in one segment
	segments               // a segment for each item
	single                 // byte by byte
)

func (p pieces) String() string { return [...]string{"whole", "segments", "bytes"}[p] }

// longestWait is how long an answer may take.
const longestWait = 20 * time.Second

// encode turns the items of a case up to an answer into bytes.
func encode(r *h.Raw, send []any) (out [][]byte, rest []any) {
	for i, s := range send {
		var f h.Frame
		masked := r.Client
		switch v := s.(type) {
		case []byte:
			out = append(out, v)
			continue
		case answer:
			return out, send[i:]
		case wrongMask:
			f, masked = h.Frame(v), !masked
		case h.Frame:
			f = v
		}
		if f.Masked = masked; masked {
			f.Key = [4]byte{0x37, 0xfa, byte(i), 0x3d}
		}
		out = append(out, f.Append(nil))
	}
	return out, nil
}

func transmit(r *h.Raw, b [][]byte, how pieces) {
	// An endpoint that has given up may refuse the rest: what it says is judged.
	switch how {
	case whole:
		_, _ = r.Write(bytes.Join(b, nil))
	case segments:
		for _, s := range b {
			if _, err := r.Write(s); err != nil {
				return
			}
			time.Sleep(500 * time.Microsecond)
		}
	case single:
		for _, s := range b {
			for i := range s {
				if _, err := r.Write(s[i : i+1]); err != nil {
					return
				}
			}
		}
	}
}

// runCase plays a case on a fresh connection and judges it.
func runCase(r *h.Raw, c *tcase, how pieces) error {
	_ = r.SetDeadline(time.Now().Add(longestWait))
	out, rest := encode(r, c.send)
	transmit(r, out, how)
	closed, err := receiveAll(r, c)
	if err != nil {
		return err
	}
	if r.NotMinimal {
		return errors.New("a frame's length is not encoded minimally (§5.2)")
	}
	if c.code <= 0 && c.closeWith == nil {
		return r.CloseCleanly()
	}
	if closed == nil {
		f, err := r.Receive()
		if err != nil {
			return fmt.Errorf("waiting for the close frame: %w", err)
		}
		closed = &f
	}
	if err := judgeClose(*closed, c); err != nil {
		return err
	}
	if len(rest) > 0 {
		_ = r.Send(closef(rest[0].(answer)))
	}
	if !r.Client { // the server closes first (§7.1.1)
		_ = r.Conn.(*net.TCPConn).CloseWrite()
	}
	return r.End()
}

func same(a, b h.Frame) bool {
	return a.Fin == b.Fin && a.Rsv == b.Rsv && a.Op == b.Op && bytes.Equal(a.Payload, b.Payload)
}

// receiveAll takes the expected frames: echoes of good messages come before the
// close frame also when a bad frame is in the same segment. Where the peer closes they may
// be left out: the close frame that came instead is returned.
func receiveAll(r *h.Raw, c *tcase) (*h.Frame, error) {
	want := append([]h.Frame(nil), c.want...)
	for len(want) > 0 {
		f, err := r.Receive()
		if err != nil {
			return nil, fmt.Errorf("waiting for %v: %w", want[0], err)
		}
		if f.Op == h.Close && c.code == maybeEcho {
			return &f, nil
		}
		at := 0
		if c.code == anyOrder {
			for at < len(want)-1 && want[at].Op != f.Op {
				at++
			}
		}
		if !same(f, want[at]) {
			return nil, fmt.Errorf("got %v, want %v", f, want[at])
		}
		want = append(want[:at:at], want[at+1:]...)
	}
	return nil, nil
}

func judgeClose(f h.Frame, c *tcase) error {
	if f.Op != h.Close || !f.Fin || f.Rsv != 0 {
		return fmt.Errorf("got %v, want a close frame", f)
	}
	if c.closeWith != nil {
		if !bytes.Equal(f.Payload, c.closeWith) {
			return fmt.Errorf("close frame %x, want %x", f.Payload, c.closeWith)
		}
		return nil
	}
	if len(f.Payload) < 2 {
		return fmt.Errorf("close frame without a code, want %d", c.code)
	}
	if got := int(binary.BigEndian.Uint16(f.Payload)); got != c.code {
		return fmt.Errorf("close code %d %q, want %d", got, f.Payload[2:], c.code)
	}
	if !utf8.Valid(f.Payload[2:]) || len(f.Payload) > 125 {
		return fmt.Errorf("close reason %q", f.Payload[2:])
	}
	return nil
}

// ways are the runs of a case.
func ways(c *tcase) []pieces {
	switch {
	case c.wholeOnly:
		return []pieces{whole}
	case len(c.send) == 1:
		return []pieces{whole, single}
	}
	return []pieces{whole, segments, single}
}

const deflateOffer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"

func TestServer(t *testing.T) {
	for _, rx := range []string{"0", "1", "128"} { // rx_buffer_size: how finely the program gets it
		t.Run("rx_buffer_size "+rx, func(t *testing.T) {
			t.Parallel()
			p := h.Start(t, h.Build(t, "echo_server.c"), "-u", "-x", "-r", rx).Ready()
			each(t, func(c *tcase, how pieces) error {
				extra := ""
				if c.deflate {
					extra = deflateOffer
				}
				r, err := h.Dial(p.Addr(), extra, longestWait)
				if err != nil {
					return err
				}
				defer r.Close()
				return runCase(r, c, how)
			}, 8)
			p.Stop()
		})
	}
}

// each plays all cases in all ways, some at a time, and reports by name.
func each(t *testing.T, play func(c *tcase, how pieces) error, atOnce int) {
	slots := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	var mu sync.Mutex
	failed := 0
	hopeless := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return failed > 60
	}
	cases := allCases()
	for i := range cases {
		c := &cases[i]
		for _, how := range ways(c) {
			if hopeless() {
				break
			}
			slots <- struct{}{}
			all.Go(func() {
				defer func() { <-slots }()
				if err := play(c, how); err != nil {
					mu.Lock()
					defer mu.Unlock()
					if failed++; failed <= 20 {
						t.Errorf("%s (%v): %v", c.name, how, err)
					}
				}
			})
		}
	}
	all.Wait()
	if failed > 20 {
		t.Errorf("%d cases failed", failed)
	}
}

func TestClient(t *testing.T) {
	for _, rx := range []string{"0", "1", "128"} {
		t.Run("rx_buffer_size "+rx, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			p := h.Start(t, h.Build(t, "echo_client.c"), "-u", "-x", "-r", rx, "-n", "1000000", "-k", "4",
				"-p", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
			each(t, func(c *tcase, how pieces) error {
				ext := ""
				if c.deflate {
					ext = "permessage-deflate"
				}
				r, err := h.Accept(l, ext, longestWait)
				if err != nil {
					return err
				}
				defer r.Close()
				return runCase(r, c, how)
			}, 4)
			p.Stop()
		})
	}
}

// TestWithTheHandshake sends frames in the segment of the handshake.
func TestWithTheHandshake(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_server.c"), "-u").Ready()
	var ahead []byte
	for _, f := range []h.Frame{text("early"), ping("p"), part(h.Text, false, "frag"), part(h.Cont, true, "ment")} {
		f.Masked = true
		ahead = f.Append(ahead)
	}
	for cut := 0; cut <= len(ahead); cut++ {
		c, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(longestWait))
		fmt.Fprintf(c, "%s%s", h.RequestText(""), ahead[:cut])
		r := upgraded(t, c)
		_, _ = c.Write(ahead[cut:])
		got := map[byte][]string{}
		for range 3 {
			f, err := r.Receive()
			if err != nil {
				t.Fatalf("%d bytes with the handshake: %v", cut, err)
			}
			got[f.Op] = append(got[f.Op], string(f.Payload))
		}
		if strings.Join(got[h.Text], "|") != "early|fragment" || strings.Join(got[h.Pong], "|") != "p" {
			t.Errorf("%d bytes with the handshake: got %q", cut, got)
		}
		if err := r.CloseCleanly(); err != nil {
			t.Errorf("%d bytes with the handshake: %v", cut, err)
		}
	}
	p.Stop()
}

// TestPingFlood sends pings to a server whose answers are read late and in
// bursts: its memory stays small, pongs keep their order, and the last ping is
// answered (§5.5.3). Fails when a pong that waited is sent behind a newer one.
func TestPingFlood(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_server.c")).Ready()
	before := p.Status("VmRSS")
	for range 4 {
		r, err := h.DialBuf(p.Addr(), "", 20*time.Second, 200<<10)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		const n = 400_000
		sent := make(chan error, 1)
		go func() { sent <- pings(r, n) }()
		last, read := -1, 0
		for last != n-1 {
			f, err := r.Receive()
			if err != nil {
				t.Fatalf("after pong %d: %v", last, err)
			}
			var i int
			if _, err := fmt.Sscanf(string(f.Payload), "%d", &i); err != nil || f.Op != h.Pong || i <= last {
				t.Fatalf("behind pong %d came number %d, %v", last, i, f)
			}
			if read++; read%4000 == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			last = i
		}
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		if grown := p.Status("VmRSS") - before; grown > 20_000 {
			t.Errorf("the server has grown by %d kB", grown)
		}
		if err := r.CloseCleanly(); err != nil {
			t.Error(err)
		}
	}
	p.Stop()
}

// pings sends n numbered pings.
func pings(r *h.Raw, n int) error {
	var b []byte
	for i := range n {
		f := ping(fmt.Sprintf("%0100d", i))
		f.Masked = true
		if b = f.Append(b); len(b) > 32<<10 || i == n-1 {
			if _, err := r.Write(b); err != nil {
				return err
			}
			b = b[:0]
		}
	}
	return nil
}

// TestUncheckedText: without LWS_SERVER_OPTION_VALIDATE_UTF8 text is the
// program's business.
func TestUncheckedText(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_server.c")).Ready()
	r := h.MustDial(t, p.Addr(), "")
	bad := []byte("\xff\xfe \xed\xa0\x80")
	if err := r.SendMessage(h.Text, bad); err != nil {
		t.Fatal(err)
	}
	if f, err := r.Receive(); err != nil || !bytes.Equal(f.Payload, bad) {
		t.Errorf("got %v, %v", f, err)
	}
	if err := r.CloseCleanly(); err != nil {
		t.Error(err)
	}
	p.Stop()
}
