// SPDX-License-Identifier: MIT

package apps

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

const sigusr1 = syscall.SIGUSR1

func eventually(t testing.TB, within time.Duration, what string, ok func() bool) {
	t.Helper()
	if !harness.Eventually(t, within, what, ok) {
		t.FailNow()
	}
}

// startServer starts the test server without waiting for its port.
func startServer(t testing.TB, l library, args ...string) *harness.Proc {
	t.Helper()
	return harness.StartEnv(t, l.env(), original(t, debian(t), "test-server"), args...)
}

// upgrade is a WebSocket request; extra are whole header lines.
func upgrade(path, protocol, extra string) string {
	if protocol != "" {
		extra += "Sec-WebSocket-Protocol: " + protocol + "\r\n"
	}
	return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" + extra + "\r\n"
}

// wsOn upgrades a connection to WebSocket; it lives for at most 20 s.
func wsOn(t testing.TB, c net.Conn, path, protocol string) *harness.Raw {
	t.Helper()
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(c, upgrade(path, protocol, "")); err != nil {
		t.Fatal(err)
	}
	r := &harness.Raw{Conn: c, R: bufio.NewReader(c), Client: true}
	resp, err := http.ReadResponse(r.R, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 101 || resp.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Fatalf("the upgrade is answered with %s %v", resp.Status, resp.Header)
	}
	if p := resp.Header.Get("Sec-WebSocket-Protocol"); p != protocol {
		t.Fatalf("protocol %q, not %q", p, protocol)
	}
	return r
}

func wsDial(t testing.TB, addr, path, protocol string) *harness.Raw {
	t.Helper()
	c, err := net.DialTimeout("tcp", addr, 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return wsOn(t, c, path, protocol)
}

// message reads one message and fails the test if none comes.
func message(t testing.TB, r *harness.Raw) string {
	t.Helper()
	_, p, err := r.ReceiveMessage()
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

// number reads one message of the dumb increment protocol.
func number(t testing.TB, r *harness.Raw) int {
	t.Helper()
	m := message(t, r)
	n, err := strconv.Atoi(m)
	if err != nil {
		t.Fatalf("not a number: %q", m)
	}
	return n
}

func send(t testing.TB, r *harness.Raw, text string) {
	t.Helper()
	if err := r.SendMessage(harness.Text, []byte(text)); err != nil {
		t.Fatal(err)
	}
}

// driveIncrement: numbers count up from 0, start again after "reset", and
// "closeme" is answered with a close frame.
func driveIncrement(t testing.TB, r *harness.Raw) {
	t.Helper()
	for want := range 4 {
		if n := number(t, r); n != want {
			t.Fatalf("number %d, not %d", n, want)
		}
	}
	send(t, r, "reset\n")
	n := number(t, r)
	for n != 0 {
		if n > 8 {
			t.Fatalf("still counting after the reset: %d", n)
		}
		n = number(t, r)
	}
	send(t, r, "closeme\n")
	for {
		f, err := r.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if f.Op == harness.Text {
			continue
		}
		if f.Op != harness.Close || len(f.Payload) < 2 || binary.BigEndian.Uint16(f.Payload) != 1001 || string(f.Payload[2:]) != "seeya" {
			t.Fatalf("after closeme: %v", f)
		}
		break
	}
	if err := r.Send(harness.Frame{Fin: true, Op: harness.Close, Payload: harness.ClosePayload(1001, "")}); err != nil {
		t.Fatal(err)
	}
	for { // a number may be on its way yet
		f, err := r.Receive()
		if err == io.EOF {
			return
		}
		if err != nil || f.Op != harness.Text {
			t.Fatalf("after the close frames: %v, %v", f, err)
		}
	}
}

// driveMirror: what one sends comes to everybody of the same mirror, in order.
func driveMirror(t testing.TB, dial func(path string) *harness.Raw) {
	t.Helper()
	a, b, other := dial("/?mirror=x"), dial("/?mirror=x"), dial("/?mirror=y")
	var sent strings.Builder
	for i := range 40 {
		stroke := fmt.Sprintf("d #%06x %d %d %d %d;", i*1000, i, i+1, i+2, i+3)
		send(t, a, stroke)
		sent.WriteString(stroke)
		if i%8 == 7 {
			for _, r := range []*harness.Raw{a, b} {
				got := ""
				for len(got) < sent.Len() {
					got += message(t, r)
				}
				if got != sent.String() {
					t.Fatalf("sent %q, mirrored %q", sent.String(), got)
				}
			}
			sent.Reset()
		}
	}
	send(t, other, "c #ffffff 1 2 3;")
	if got := message(t, other); got != "c #ffffff 1 2 3;" {
		t.Errorf("the other mirror has %q", got)
	}
	if err := b.CloseCleanly(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

// driveStatus: a JSON list of those who are connected, sent again when it changes.
func driveStatus(t testing.TB, dial func(path string) *harness.Raw) {
	t.Helper()
	type status struct {
		Version, Hostname string
		Conns             []struct{ Peer, Time, Ua string }
	}
	read := func(r *harness.Raw, conns int) {
		t.Helper()
		for {
			m := message(t, r)
			var s status
			if err := json.Unmarshal([]byte(strings.TrimLeft(m, "\x00 ")), &s); err != nil {
				t.Fatalf("%v in %q", err, m)
			}
			if s.Version == "" || s.Hostname == "" || len(s.Conns) == 0 {
				t.Fatalf("status without its parts: %q", m)
			}
			if len(s.Conns) == conns {
				return
			}
		}
	}
	a := dial("/")
	read(a, 1)
	b := dial("/")
	read(a, 2)
	read(b, 2)
	b.Close()
	read(a, 1)
}

// drive runs all protocols of the test server.
func drive(t *testing.T, addr string) {
	t.Helper()
	t.Run("increment", func(t *testing.T) { driveIncrement(t, wsDial(t, addr, "/", "dumb-increment-protocol")) })
	t.Run("mirror", func(t *testing.T) {
		driveMirror(t, func(path string) *harness.Raw { return wsDial(t, addr, path, "lws-mirror-protocol") })
	})
	t.Run("status", func(t *testing.T) {
		driveStatus(t, func(path string) *harness.Raw { return wsDial(t, addr, path, "lws-status") })
	})
}

// No number follows the close frame, though the program goes on asking to write.
// The original does send some.
func TestNothingAfterClose(t *testing.T) {
	s := testServer(t, ours(t))
	for range 6 { // their timers ask for all connections of the protocol
		wsDial(t, s.addr(), "/", "dumb-increment-protocol")
	}
	for range 10 {
		r := wsDial(t, s.addr(), "/", "dumb-increment-protocol")
		number(t, r)
		send(t, r, "closeme\n")
		f, err := r.Receive()
		for ; err == nil && f.Op == harness.Text; f, err = r.Receive() {
		}
		if err != nil || f.Op != harness.Close {
			t.Fatalf("instead of a close frame: %v, %v", f, err)
		}
		time.Sleep(60 * time.Millisecond) // longer than the timers' period
		if err := r.Send(harness.Frame{Fin: true, Op: harness.Close, Payload: f.Payload}); err != nil {
			t.Fatal(err)
		}
		if err := r.End(); err != nil {
			t.Errorf("after the close frame: %v", err)
		}
	}
}

// The test server's protocols work, frame by frame.
func TestServerProtocols(t *testing.T) {
	both(t, func(t *testing.T, l library) {
		s := testServer(t, l)
		drive(t, s.addr())
		interrupt(t, s.Proc)
	})
}
