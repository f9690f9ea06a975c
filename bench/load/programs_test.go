// SPDX-License-Identifier: MIT

package load

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

// served is a server's unmasked frame.
func served(op byte, p []byte) []byte {
	if len(p) < 126 {
		return append([]byte{0x80 | op, byte(len(p))}, p...)
	}
	return append([]byte{0x80 | op, 126, byte(len(p) >> 8), byte(len(p))}, p...)
}

// TestProgramsVerified: what programs answer is compared byte by byte, however it is cut.
//
// Seen to fail: without each of the comparisons, without those that find answers too
// many, and where a ping is taken for data.
func TestProgramsVerified(t *testing.T) {
	var lines []byte
	for i := 1; i <= 2000; i++ {
		lines = fmt.Appendf(lines, "%d\r\n", i)
	}
	info := func(i int) []byte {
		return served(opText, fmt.Appendf(nil, `{"janus":"server_info","transaction":"client 3, request %d","name":"J"}`, i%variants))
	}
	broker := newMQTT(newMessages(&Job{Size: 1024}), 3, false)
	for _, c := range []struct {
		name   string
		stream func() stream
		answer func() []byte // to as many requests as are asked for
		asked  int
		done   int
	}{
		{"mqtt", func() stream { s := *broker; return &s }, func() (b []byte) {
			for i := range variants { // a packet in two messages, too
				p := broker.packet[i%variants]
				b = append(append(b, served(opBinary, p[:i*100])...), served(opBinary, p[i*100:])...)
			}
			return b
		}, variants, variants},
		{"janus", func() stream { return newJanus(3) }, func() (b []byte) {
			for i := range variants {
				b = append(b, info(i)...)
			}
			return b
		}, variants, variants},
		{"tty", func() stream { return new(ttyStream) }, func() []byte {
			b := served(opBinary, []byte("1a title"))
			for p := lines; len(p) > 0; {
				n := min(len(p), 1000)
				b = append(b, served(opBinary, append([]byte("0"), p[:n]...))...)
				p = p[n:]
			}
			return b
		}, 0, len(lines) / 1024},
	} {
		feed := func(b []byte, piece int) (done int, err error) {
			s := c.stream()
			for range c.asked {
				s.next()
			}
			for len(b) > 0 && err == nil {
				n, d := min(piece, len(b)), 0
				d, err = s.feed(b[:n])
				b, done = b[n:], done+d
			}
			return done, err
		}
		good := c.answer()
		for _, piece := range []int{1, 7, 1000, len(good)} {
			if done, err := feed(good, piece); done != c.done || err != nil {
				t.Errorf("%s, %d bytes at a time: %d operations, %v", c.name, piece, done, err)
			}
		}
		for _, at := range []int{40, len(good) / 2, len(good) - 1} {
			bad := bytes.Clone(good)
			bad[at] ^= 1
			if _, err := feed(bad, 1000); err == nil {
				t.Errorf("%s: nobody minds that byte %d is another", c.name, at)
			}
		}
		if _, err := feed(append(served(9, []byte("ping")), good...), 1000); err == nil {
			t.Errorf("%s: nobody minds a ping", c.name)
		}
		if c.asked > 0 {
			if _, err := feed(append(good, good...), 1000); !errors.Is(err, errMore) {
				t.Errorf("%s: answers that nobody asked for: %v", c.name, err)
			}
		}
	}
}
