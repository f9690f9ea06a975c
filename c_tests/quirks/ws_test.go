// SPDX-License-Identifier: MIT

package quirks

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// open is a WebSocket to the server.
func open(t *testing.T, p *harness.Proc, extra string) *harness.Raw {
	t.Helper()
	r, err := harness.Dial(p.Addr(), extra, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// asked sends a message, and gives what comes.
func asked(r *harness.Raw, text string) string {
	_ = r.SendMessage(harness.Text, []byte(text))
	f, err := r.Receive()
	if err != nil {
		return ending(err)
	}
	if f.Op == harness.Close && len(f.Payload) > 1 {
		return fmt.Sprint("close ", binary.BigEndian.Uint16(f.Payload))
	}
	return fmt.Sprintf("op %d rsv %d %q", f.Op, f.Rsv, f.Payload)
}

// text is the message of n bytes that the server sends.
func text(n int) []byte {
	b, x := make([]byte, n), uint32(1)
	for i := range b {
		x = x*1103515245 + 12345
		b[i] = byte('a' + x/65536%26)
	}
	return b
}

// accepted takes a client's WebSocket.
func accepted(t *testing.T, s side, extensions string, args ...string) (*harness.Raw, *harness.Proc) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := s.start(t, "connect", append([]string{"method=", fmt.Sprint("port=", l.Addr().(*net.TCPAddr).Port)}, args...)...)
	r, err := harness.Accept(l, extensions, 2*patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r, p
}

const deflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n"

func init() {
	add(map[int]func(t *testing.T, s side) string{
		3: func(t *testing.T, s side) string {
			p := s.serve(t, "deflate=1")
			r := open(t, p, deflate)
			for range 3 {
				if got := asked(r, "empty"); !strings.HasPrefix(got, "op 1 ") {
					return got
				}
			}
			return ""
		},
		14: func(t *testing.T, s side) string {
			r, _ := accepted(t, s, "", "interval=100")
			return pinged(r)
		},
		15: func(t *testing.T, s side) string {
			p := s.serve(t, "deflate=1")
			r := open(t, p, deflate)
			const n = 100000
			_ = r.SendMessage(harness.Text, fmt.Appendf(nil, "large %d", n))
			var whole []byte
			for {
				f, err := r.Receive()
				if err != nil {
					return ending(err)
				}
				whole = append(whole, f.Payload...)
				if f.Fin {
					break
				}
			}
			got, err := io.ReadAll(flate.NewReader(bytes.NewReader(append(whole, "\x00\x00\xff\xff\x01\x00\x00\xff\xff"...))))
			if err != nil {
				return err.Error()
			}
			if !bytes.Equal(got, text(n)) {
				return "another message"
			}
			return ""
		},
		16: func(t *testing.T, s side) string {
			r := open(t, s.serve(t), "")
			var all []byte
			for i := range 3 {
				all = harness.Frame{Fin: true, Op: harness.Ping, Masked: true, Payload: []byte{byte('1' + i)}}.Append(all)
			}
			_, _ = r.Write(all)
			got := asked(r, "done")
			for range 5 {
				f, err := r.Receive()
				if err != nil || f.Op == harness.Text {
					break
				}
				got += fmt.Sprintf(", op %d %q", f.Op, f.Payload)
			}
			return differs(got, `op 10 rsv 0 "1", op 10 "2", op 10 "3"`)
		},
		18: func(t *testing.T, s side) string {
			p := s.serve(t)
			for range 20 {
				r := open(t, p, "")
				go func() {
					_ = r.Send(harness.Frame{Fin: true, Op: 3})
					_, _ = r.Write(make([]byte, 1<<20))
				}()
				time.Sleep(20 * time.Millisecond) // the kernel needs luck
				f, err := r.Receive()
				if err != nil {
					return "no close frame: " + ending(err)
				}
				if f.Op == harness.Close {
					if err := r.End(); err != nil {
						return err.Error()
					}
				}
			}
			return ""
		},
		36: func(t *testing.T, s side) string {
			p := s.serve(t, "buffer=4096")
			r := open(t, p, "")
			go func() { _, _ = io.Copy(io.Discard, r) }()
			_ = r.SendMessage(harness.Text, []byte("large 100000"))
			if !prints(p, "WROTE") {
				t.Fatal("no message")
			}
			if count(p, "WROTE 100000 partial 0") == 0 {
				return fmt.Sprint(p.All())
			}
			return ""
		},
		85: func(t *testing.T, s side) string {
			r, p := accepted(t, s, "permessage-deflate; server_no_context_takeover; client_no_context_takeover", "deflate=1")
			_ = r.SendMessage(harness.Text, []byte("plain"))
			if !prints(p, "MESSAGE plain") {
				return "not delivered"
			}
			_ = r.CloseCleanly()
			ends(p)
			if n := count(p, "MESSAGE plain"); n != 1 {
				return "more than once"
			}
			return ""
		},
		170: func(t *testing.T, s side) string {
			p := s.serve(t)
			var got []string
			for _, code := range []int{1005, 1006, 1015} {
				got = append(got, asked(open(t, p, ""), fmt.Sprint("code ", code)), asked(open(t, p, ""), fmt.Sprint("close ", code)))
			}
			if s := strings.Join(got, ", "); strings.Contains(s, "close") {
				return s
			}
			return ""
		},
		171: func(t *testing.T, s side) string {
			p := s.serve(t)
			if got := asked(open(t, p, ""), "twice"); got != `op 1 rsv 0 "twice"` {
				t.Fatal(got)
			}
			p.Signal(syscall.SIGTERM)
			ends(p)
			if !strings.Contains(p.Log(), "Illegal back-to-back write") {
				return "no line"
			}
			return ""
		},
		180: func(t *testing.T, s side) string {
			r, _ := accepted(t, s, "", "ping=0", "hangup=2")
			for n := 0; ; n++ {
				f, err := r.Receive()
				if errors.Is(err, io.EOF) && n == 0 {
					return ""
				}
				if err != nil {
					return fmt.Sprintf("%d PINGs, then %s", n, ending(err))
				}
				if f.Op == harness.Ping && n < 100 {
					_ = r.SendMessage(harness.Pong, f.Payload)
				} else if f.Op == harness.Ping {
					return "PINGs without a pause"
				} else {
					return "" // it hangs up
				}
			}
		},
	})
}

// pinged waits for PINGs of a client.
func pinged(r *harness.Raw) string {
	for range 20 {
		f, err := r.Receive()
		if err != nil {
			return ending(err)
		}
		if f.Op != harness.Ping {
			return f.String()
		}
		_ = r.SendMessage(harness.Pong, f.Payload)
	}
	return ""
}

func init() {
	add(map[int]func(t *testing.T, s side) string{
		182: func(t *testing.T, s side) string {
			p := s.serve(t)
			r := open(t, p, "")
			_ = r.SendMessage(harness.Text, []byte("off"))
			prints(p, "RECEIVE 3")
			_ = r.SendMessage(harness.Text, []byte("late"))
			r.Reset()
			body(t, p, "/on")
			if !prints(p, "RECEIVE 4") {
				return "lost"
			}
			return ""
		},
		183: func(t *testing.T, s side) string {
			p := s.serve(t, "pipe=1")
			body(t, p, "/on")
			prints(p, "CLOSED file")
			if count(p, "FILE kept") == 0 {
				return "lost"
			}
			return ""
		},
	})
}
