// SPDX-License-Identifier: MIT

package poll

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// mixAnswers is how often prog/mix.c answers a message of each kind; mixAtOnce are those
// that it answers in RECEIVE.
var mixAnswers = map[byte]int{'e': 1, 'n': 1, 'd': 2, 'p': 3, 'l': 1, 'b': 1, 't': 1, 'c': 1, 'a': 1, 'o': 1, 's': 1, 'f': 1}

const mixAtOnce = "ndpl"

// TestMixes: whatever the program does in the callback of a message, what came behind it
// in the same read, cut anywhere, is handed out, and each message is answered as
// often as the program does, in its order.
//
// Seen to fail, in the C half: with what was read dropped when a callback entered Go, with what was
// gathered, with the rest of what a full socket did not take, with OpenSSL's pending bytes
// forgotten; with messages handed out while the program does not receive, or in longer pieces;
// with answers of callbacks not heeded; with WRITEABLE asked for again and not told to who polls,
// or waited for; without the NUL behind, the kind, the first and the last piece.
func TestMixes(t *testing.T) {
	exe := h.Build(t, "prog/mix.c", "-lpthread")
	each(t, []string{"poll", "events", "service", "uv", "ev", "glib", "event"}, func(t *testing.T, _ string, args []string, kind string, secure bool) {
		if kind != "ws" {
			t.Skip("messages of WebSockets")
		}
		for _, cancels := range []bool{false, true} {
			t.Run(fmt.Sprintf("cancels=%v", cancels), func(t *testing.T) { mixes(t, exe, args, secure, cancels) })
		}
	})
}

func mixes(t *testing.T, exe string, args []string, secure, cancels bool) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	letters := "eeeeeennnnddpplbttf"
	if args[0] != "events" { // nothing of these has a descriptor
		letters += "oos"
	}
	var env []string
	if cancels { // which would also hide that somebody was forgotten who asked for WRITEABLE
		letters += "ca"
		env = []string{"CANCELS=1"}
	}
	p := h.StartEnv(t, env, exe, args...).Ready()
	done := make(chan error)
	const peers = 6
	for i := range uint64(peers) {
		c, b := dial(t, p, secure, "")
		kinds["ws"].open(t, c)
		if i == 0 {
			if err := mixAlone(c, b); err != nil {
				t.Fatalf("alone: %v\n%s", err, p.Log())
			}
		}
		go func() { done <- mixPeer(c, rand.New(rand.NewPCG(seed, i)), letters) }()
	}
	for range peers {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(soon):
			t.Fatalf("answers do not come\n%s", p.Log())
		}
	}
	if !p.Running() {
		t.Errorf("the program has ended\n%s", p.Log())
	}
	if strings.Contains(strings.Join(p.All(), "\n"), "BAD") {
		t.Errorf("%q", p.All())
	}
}

// mixAlone is one peer while there is no other.
func mixAlone(c io.ReadWriter, b *bundle) error {
	text := func(letter string, n int) []byte {
		return h.Frame{Fin: true, Op: h.Text, Masked: true, Payload: bytes.Repeat([]byte(letter), n)}.Append(nil)
	}
	answered := func(n int) error {
		if op, p, err := mixFrame(c); op != h.Text || len(p) != n || err != nil {
			return fmt.Errorf("op %d, %d bytes, want %d, %v", op, len(p), n, err)
		}
		return nil
	}
	// a little longer than a piece; then some that come at once, in records of their own
	for _, sizes := range [][]int{{1004}, {5, 5}, {5, 5, 5}, {1000, 900}} {
		b.hold = true
		for _, n := range sizes {
			if _, err := c.Write(text("e", n)); err != nil {
				return err
			}
		}
		if err := b.release(); err != nil {
			return err
		}
		for _, n := range sizes {
			if err := answered(n); err != nil {
				return err
			}
		}
	}
	// more answers than the sockets take while nobody reads, to messages that come one by one
	const flood, each = 2000, 900
	for range flood {
		if _, err := c.Write(text("n", each)); err != nil {
			return err
		}
		time.Sleep(20 * time.Microsecond)
	}
	for i := range flood {
		if err := answered(each); err != nil {
			return fmt.Errorf("flood, %d: %w", i, err)
		}
	}
	return nil
}

// mixPeer sends messages as they come, and checks the answers.
func mixPeer(c io.ReadWriter, rnd *rand.Rand, letters string) error {
	const messages = 400
	var sent []string
	var out []byte
	for i := range messages {
		k := letters[rnd.IntN(len(letters))]
		m := fmt.Sprintf("%c%05d", k, i) + strings.Repeat("x", []int{0, 0, 0, 50, 118, 120, 130, 300, 998, 3000}[rnd.IntN(10)])
		sent = append(sent, m)
		out = mixFrames(out, m, rnd)
	}
	pauses := rand.New(rand.NewPCG(rnd.Uint64(), 0))
	failed := make(chan error, 1)
	go func() {
		for len(out) > 0 {
			n := min(len(out), []int{1, 5, 20, 100, 1000, 10000}[rnd.IntN(6)])
			if _, err := c.Write(out[:n]); err != nil {
				failed <- err
				return
			}
			out = out[n:]
			if rnd.IntN(3) == 0 {
				time.Sleep(time.Duration(rnd.IntN(300)) * time.Microsecond)
			}
		}
		failed <- nil
	}()
	var atOnce, later []string // what is awaited
	for _, m := range sent {
		for range mixAnswers[m[0]] {
			if strings.IndexByte(mixAtOnce, m[0]) >= 0 {
				atOnce = append(atOnce, m)
			} else {
				later = append(later, m)
			}
		}
	}
	for len(atOnce)+len(later) > 0 {
		if pauses.IntN(100) == 0 { // the server's socket fills
			time.Sleep(time.Duration(pauses.IntN(20)) * time.Millisecond)
		}
		op, p, err := mixFrame(c)
		if err != nil {
			return fmt.Errorf("%d and %d answers are missing: %w", len(atOnce), len(later), err)
		}
		if op == h.Pong {
			continue
		}
		list := &later
		if len(p) > 0 && strings.IndexByte(mixAtOnce, p[0]) >= 0 {
			list = &atOnce
		}
		if len(*list) == 0 {
			return fmt.Errorf("%.20q comes, nothing of the kind is awaited", p)
		}
		want := []byte((*list)[0])
		if strings.IndexByte("lb", want[0]) >= 0 {
			want = append(want, bytes.Repeat([]byte("."), 20000-len(want))...)
		}
		if op != mixKind(want) || !bytes.Equal(p, want) {
			return fmt.Errorf("op %d, %.20q (%d bytes), want %.20q (%d)", op, p, len(p), want, len(want))
		}
		*list = (*list)[1:]
	}
	if err := <-failed; err != nil {
		return err
	}
	// what ends the connection, with more behind it
	end := []string{"q", "Q", "W"}[rnd.IntN(3)]
	last := h.Frame{Fin: true, Op: h.Text, Masked: true, Payload: []byte(end)}.Append(nil)
	if end == "W" { // what is behind it would be answered before
		_, err := c.Write(last)
		if err != nil {
			return err
		}
		return mixEnd(c)
	}
	last = mixFrames(last, "nthing", rnd)
	if end == "Q" {
		if _, err := c.Write(last); err != nil {
			return err
		}
		return mixEnd(c)
	}
	last = h.Frame{Fin: true, Op: h.Close, Masked: true, Payload: []byte("\x0b\xb8q")}.Append(last)
	if _, err := c.Write(last); err != nil {
		return err
	}
	for {
		op, p, err := mixFrame(c)
		switch {
		case err != nil:
			return fmt.Errorf("no close frame: %w", err)
		case op == h.Pong:
			continue
		case op != h.Close || string(p) != "\x0b\xb8q":
			return fmt.Errorf("op %d, %.20q, want the close frame", op, p)
		}
		return mixEnd(c)
	}
}

// mixEnd is where nothing more comes but a pong that had to wait.
func mixEnd(c io.Reader) error {
	for {
		op, p, err := mixFrame(c)
		if err == io.EOF {
			return nil
		}
		if err != nil || op != h.Pong {
			return fmt.Errorf("behind the end: op %d, %.40q, %v", op, p, err)
		}
	}
}

// mixFrames puts a message behind b, whole or in fragments, a ping before it or not.
func mixFrames(b []byte, m string, rnd *rand.Rand) []byte {
	f := func(op byte, fin bool, p string) {
		x := h.Frame{Fin: fin, Op: op, Masked: true, Payload: []byte(p)}
		binary.NativeEndian.PutUint32(x.Key[:], rnd.Uint32())
		b = x.Append(b)
	}
	switch n := rnd.IntN(20); {
	case n == 0:
		f(h.Ping, true, "?")
	case n <= 2:
		cut := rnd.IntN(len(m))
		f(mixKind([]byte(m)), false, m[:cut])
		if n == 1 {
			f(h.Ping, true, "?")
		}
		f(h.Cont, true, m[cut:])
		return b
	}
	f(mixKind([]byte(m)), true, m)
	return b
}

// mixKind is what a message is sent as: a third of them is text.
func mixKind(m []byte) byte {
	if m[min(5, len(m)-1)]%3 == 0 {
		return h.Text
	}
	return h.Binary
}

// mixFrame reads one frame.
func mixFrame(c io.Reader) (op byte, p []byte, err error) {
	var b [10]byte
	if _, err = io.ReadFull(c, b[:2]); err != nil {
		return 0, nil, err
	}
	op = b[0] & 15
	n := int(b[1])
	if n == 126 {
		if _, err = io.ReadFull(c, b[2:4]); err != nil {
			return 0, nil, err
		}
		n = int(binary.BigEndian.Uint16(b[2:]))
	}
	if b[0]&0xf0 != 0x80 || n > 1<<16 || b[1]&0x80 != 0 || b[1] == 127 {
		return 0, nil, fmt.Errorf("a frame that begins with %x", b[:2])
	}
	p = make([]byte, n)
	_, err = io.ReadFull(c, p)
	return op, p, err
}
