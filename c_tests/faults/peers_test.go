// SPDX-License-Identifier: MIT

package faults

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// noise is n bytes that repeat nowhere.
func noise(n int) []byte {
	b := make([]byte, n)
	for i := 0; i+8 <= n; i += 8 {
		binary.LittleEndian.PutUint64(b[i:], rand.Uint64())
	}
	return b
}

// TestSingleBytes: a peer that writes byte by byte and reads byte by byte from
// a tiny receive buffer. Fails when a short send is taken for a whole one.
func TestSingleBytes(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_server.c")).Ready()
	r, err := h.DialBuf(p.Addr(), "", 30*time.Second, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, n := range []int{0, 1, 125, 126, 5000, 20000} {
		msg := noise(n)
		f := h.Frame{Fin: true, Op: h.Binary, Masked: true, Key: [4]byte{9, 8, 7, 6}, Payload: msg}
		go func() {
			for _, b := range f.Append(nil) {
				if _, err := r.Write([]byte{b}); err != nil {
					return
				}
			}
		}()
		r.R.Reset(oneByte{r.Conn})
		_, got, err := r.ReceiveMessage()
		if err != nil || !bytes.Equal(got, msg) {
			t.Fatalf("%d bytes: %d came back, %v", n, len(got), err)
		}
	}
	p.Stop()
}

// oneByte reads single bytes.
type oneByte struct{ c net.Conn }

func (o oneByte) Read(b []byte) (int, error) { return o.c.Read(b[:1]) }

// TestSlowReader: much is sent to a reader with a small buffer that pauses:
// nothing is lost or out of order, and others are served meanwhile. Fails when
// the queue behind a short send is left out.
func TestSlowReader(t *testing.T) {
	for _, tc := range []struct{ name, chunk, offer string }{
		{"whole", "0", ""}, {"in fragments", "10000", ""}, {"compressed", "0", "Sec-WebSocket-Extensions: permessage-deflate\r\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := h.Start(t, h.Build(t, "echo_server.c"), "-x", "-c", tc.chunk).Ready()
			r, err := h.DialBuf(p.Addr(), tc.offer, 40*time.Second, 4096)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			msgs := [][]byte{noise(3 << 20), noise(100), noise(1 << 20), noise(1)}
			go func() {
				for _, m := range msgs {
					if r.SendMessage(h.Binary, m) != nil {
						return
					}
				}
			}()
			time.Sleep(500 * time.Millisecond) // the socket is full now
			if err := loadFor(p.Addr(), 2, 300*time.Millisecond, 50); err != nil {
				t.Error("others: ", err)
			}
			r.R.Reset(&pausing{c: r.Conn})
			if tc.offer != "" {
				slowDeflated(t, r, msgs)
				p.Stop()
				return
			}
			for i, m := range msgs {
				if _, got, err := r.ReceiveMessage(); err != nil || !bytes.Equal(got, m) {
					t.Fatalf("message %d: %d bytes came, %v", i, len(got), err)
				}
			}
			if err := r.CloseCleanly(); err != nil {
				t.Error(err)
			}
			p.Stop()
		})
	}
}

// slowDeflated takes the frames of noise, which the compressor stores.
func slowDeflated(t *testing.T, r *h.Raw, msgs [][]byte) {
	total := 0
	for _, m := range msgs {
		total += len(m)
	}
	got := 0
	for n := 0; n < len(msgs); {
		f, err := r.Receive()
		if err != nil {
			t.Fatalf("after %d messages: %v", n, err)
		}
		got += len(f.Payload)
		if f.Fin {
			n++
		}
	}
	if got < total {
		t.Errorf("%d bytes came for %d of noise", got, total)
	}
}

// pausing reads with a pause after each 256 KiB.
type pausing struct {
	c net.Conn
	n int
}

func (p *pausing) Read(b []byte) (int, error) {
	n, err := p.c.Read(b[:min(len(b), 1000)])
	if p.n += n; p.n > 256<<10 {
		p.n = 0
		time.Sleep(20 * time.Millisecond)
	}
	return n, err
}

// TestFlowControl: while the program does not receive, the sender's window
// fills, no RECEIVE comes, and no byte is lost. Seen to fail with an engine
// that went on reading.
func TestFlowControl(t *testing.T) {
	for _, tc := range []struct {
		rx      string // rx_buffer_size
		message int
		level   int // of compression
	}{
		{"0", 60000, none}, {"0", 300, none}, {"100", 5000, none}, {"5000", 1 << 20, none},
		{"33000", 1 << 20, none}, {"40000", 50000, none}, {"70000", 200000, none},
		{"0", 60000, 0}, {"700", 5000, 0}, {"0", 100000, 6},
	} {
		name := fmt.Sprintf("rx_buffer_size %s, messages of %d, compression %d", tc.rx, tc.message, tc.level)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := h.Start(t, h.Build(t, prog("flow.c")), tc.rx, "deflate").Ready()
			extra := ""
			if tc.level != none {
				extra = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
			}
			const total = 16 << 20
			wire := stream(total, tc.message, tc.level)
			r := h.MustDial(t, p.Addr(), extra)
			_ = r.SetWriteDeadline(time.Now().Add(600 * time.Millisecond))
			sent, err := r.Write(wire)
			if err == nil && tc.level < 6 {
				t.Fatalf("all %d bytes were taken while receiving was off", len(wire))
			}
			p.Idle(150*time.Millisecond, 20*time.Millisecond)
			_ = r.SetWriteDeadline(time.Now().Add(30 * time.Second))
			if _, err := r.Write(wire[sent:]); err != nil {
				t.Fatalf("behind %d bytes: %v", sent, err)
			}
			if err := r.CloseCleanly(); err != nil {
				t.Error(err)
			}
			if got := p.WaitLine(`^TOTAL (\d+)$`, 10*time.Second)[1]; got != fmt.Sprint(total) {
				t.Errorf("%s bytes came of %d", got, total)
			}
			p.Stop()
		})
	}
}

// TestEarlyAnswer: what a program writes before it has all of a message that came
// at once may wait for its other answers in the kernel, but not when there are none:
// there it would stay for 200 ms.
func TestEarlyAnswer(t *testing.T) {
	p := h.Start(t, h.Build(t, prog("early.c"))).Ready()
	r := h.MustDial(t, p.Addr(), "")
	msg := noise(64 << 10)
	quick := 0
	for range 10 {
		began := time.Now()
		if err := r.SendMessage(h.Binary, msg); err != nil {
			t.Fatal(err)
		}
		if _, got, err := r.ReceiveMessage(); err != nil || len(got) != 60000 {
			t.Fatalf("%d bytes came, %v", len(got), err)
		}
		if time.Since(began) < 100*time.Millisecond {
			quick++
		}
	}
	if quick < 8 {
		t.Errorf("only %d of 10 answers came within 100 ms", quick)
	}
	p.Stop()
}

// TestSlowProgram: what a slow program answers to the first of many messages that
// came at once does not wait until it has looked at all of them, and neither do
// others.
func TestSlowProgram(t *testing.T) {
	t.Parallel()
	p := h.Start(t, h.Build(t, prog("early.c")), "3").Ready()
	r, other := h.MustDial(t, p.Addr(), ""), h.MustDial(t, p.Addr(), "")
	began := time.Now()
	if _, err := r.Write(stream(60000, 100, none)); err != nil {
		t.Fatal(err)
	}
	answered := func(c *h.Raw) time.Duration {
		if _, got, err := c.ReceiveMessage(); err != nil || len(got) != 1 {
			t.Fatalf("%d bytes came, %v", len(got), err)
		}
		return time.Since(began)
	}
	first := answered(r)
	if err := other.SendMessage(h.Binary, []byte("x")); err != nil {
		t.Fatal(err)
	}
	others := answered(other)
	if err := r.SendMessage(h.Close, h.ClosePayload(1000, "")); err != nil {
		t.Fatal(err)
	}
	for f := (h.Frame{}); f.Op != h.Close; { // comes when the last has been looked at
		var err error
		if f, err = r.Receive(); err != nil {
			t.Fatal(err)
		}
	}
	last := time.Since(began)
	if first > last/2 || others > last*3/4 {
		t.Errorf("the first answer came after %v, another's after %v, the last after %v", first, others, last)
	}
	p.Stop()
}

// none as a level: not compressed at all.
const none = -5

// stream is total bytes, counting, in masked messages.
func stream(total, message, level int) (wire []byte) {
	b := counting(total)
	for len(b) > 0 {
		n := min(message, len(b))
		f := h.Frame{Fin: true, Op: h.Binary, Masked: true, Key: [4]byte{1, 2, 3, 4}, Payload: b[:n]}
		if level != none {
			f.Rsv, f.Payload = 4, h.Deflate(f.Payload, level)
		}
		wire = f.Append(wire)
		b = b[n:]
	}
	return wire
}

func counting(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i % 251)
	}
	return b
}

// TestFewDescriptors: with 64 descriptors and 200 clients accepting pauses,
// without using the processor, and everybody is served in the end. Without
// the pause the listener's event repeats at once.
func TestFewDescriptors(t *testing.T) {
	exe := h.Build(t, "echo_server.c")
	p := h.Start(t, "/bin/sh", "-c", "ulimit -n 64 && exec "+exe).Ready()
	const clients = 200
	leave := make(chan struct{})
	served := make(chan error, clients)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			r, err := h.Dial(p.Addr(), "", 50*time.Second)
			if err != nil {
				served <- err
				return
			}
			defer r.Close()
			if err = r.SendMessage(h.Text, []byte("hi")); err == nil {
				_, _, err = r.ReceiveMessage()
			}
			served <- err
			<-leave
			if err == nil {
				_ = r.CloseCleanly()
			}
		})
	}
	got := 0
	for quiet := 15 * time.Second; quiet > 0; {
		select {
		case err := <-served:
			if err != nil {
				t.Fatal(err)
			}
			if got++; got >= 30 {
				quiet = time.Second
			}
		case <-time.After(quiet):
			quiet = 0
		}
	}
	if got < 30 || got > 64 {
		t.Errorf("%d clients were served with 64 descriptors", got)
	}
	p.Idle(time.Second, 100*time.Millisecond)
	close(leave)
	for ; got < clients; got++ {
		select {
		case err := <-served:
			if err != nil {
				t.Fatalf("client %d: %v", got, err)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("only %d of %d clients were served\n%s", got, clients, p.Log())
		}
	}
	all.Wait()
	p.Stop()
}

// TestSilence: connections that say nothing, or stop in the middle, are ended
// by the library's timeouts and cost no processor time.
func TestSilence(t *testing.T) {
	t.Parallel()
	p := h.Start(t, h.Build(t, "echo_server.c")).Ready()
	var conns []net.Conn
	for _, s := range []string{"", "G", "GET / HTTP/1.1\r\nHost: x", "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"} {
		c, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = io.WriteString(c, s)
		conns = append(conns, c)
	}
	before := p.CPU()
	for i, c := range conns {
		_ = c.SetReadDeadline(time.Now().Add(25 * time.Second))
		if _, err := io.Copy(io.Discard, c); err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Errorf("connection %d was left open", i)
			}
		}
	}
	if used := p.CPU() - before; used > 500*time.Millisecond {
		t.Errorf("%v of processor time for silent connections", used)
	}
	p.Stop()
}

// smallBuffers gives accepted sockets a small receive buffer.
func smallBuffers(_, _ string, rc syscall.RawConn) error {
	var err error
	_ = rc.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
	})
	return err
}
