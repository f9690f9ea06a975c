// SPDX-License-Identifier: MIT

package load

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
)

// stream is what one connection says and expects: requests, answers to them
// in order.
type stream interface {
	// next is the next request. It stays valid.
	next() []byte
	// feed takes received bytes and tells how many answers they complete.
	feed(b []byte) (done int, err error)
}

// variants of a message follow each other, so that an answer in the wrong
// place is noticed.
const variants = 7

// asked counts the requests of a stream and the answers to them.
type asked struct {
	requests  *[variants][]byte // the variants follow each other
	sent, got int
}

func (a *asked) next() []byte {
	a.sent++
	return a.requests[(a.sent-1)%variants]
}

// window32 is how far back a compressed message may reach (RFC 1951).
const window32 = 32 << 10

// messages are the requests that all connections of a job send.
type messages struct {
	payload, frame [variants][]byte
}

func newMessages(j *Job) *messages {
	r := rand.New(rand.NewPCG(1, uint64(j.Size)))
	m := &messages{}
	for v := range variants {
		p := make([]byte, j.Size)
		for i := range p {
			p[i] = byte(r.Uint32())
		}
		if j.Text {
			p = jsonLike(r, j.Size)
		}
		m.payload[v] = p
		op, wire := byte(2), p
		if j.Text {
			op = 1
		}
		if j.Deflate {
			op |= 0x40
			wire = deflated(p)
		}
		m.frame[v] = maskedFrame(op, wire, r.Uint32())
	}
	return m
}

// jsonLike is text as services exchange it.
func jsonLike(r *rand.Rand, n int) []byte {
	words := []string{"temperature", "status", "ok", "room", "kitchen", "timestamp", "value", "sensor", "open", "closed"}
	b := []byte("[")
	for len(b) < n {
		b = fmt.Appendf(b, `{"id":%d,"%s":"%s","%s":%d.%02d},`, r.IntN(100000), words[r.IntN(10)], words[r.IntN(10)], words[r.IntN(10)], r.IntN(100), r.IntN(100))
	}
	return b[:n]
}

// deflated is a message as RFC 7692 has it, which refers to none before.
func deflated(p []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.DefaultCompression)
	_, _ = w.Write(p)
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte("\x00\x00\xff\xff"))
}

func maskedFrame(op byte, p []byte, key uint32) []byte {
	f := []byte{0x80 | op}
	switch {
	case len(p) < 126:
		f = append(f, 0x80|byte(len(p)))
	case len(p) < 1<<16:
		f = binary.BigEndian.AppendUint16(append(f, 0x80|126), uint16(len(p)))
	default:
		f = binary.BigEndian.AppendUint64(append(f, 0x80|127), uint64(len(p)))
	}
	f = binary.BigEndian.AppendUint32(f, key)
	k := f[len(f)-4:]
	for i, c := range p {
		f = append(f, c^k[i&3])
	}
	return f
}

// wsStream echoes messages. Frames of an answer may be cut anywhere.
type wsStream struct {
	m *messages
	asked
	frames
	off int // in the message
	// compressed messages
	deflate bool
	packed  []byte
	inflate io.ReadCloser
	out     []byte
	seen    [variants][]byte // packed, as it came last
}

func newWS(m *messages, deflate bool) *wsStream {
	return &wsStream{m: m, asked: asked{requests: &m.frame}, deflate: deflate}
}

var (
	errBytes = errors.New("the answer is not what was sent")
	errMore  = errors.New("more answers than requests")
)

func (s *wsStream) feed(b []byte) (done int, err error) {
	for {
		p, rest, ok := s.piece(b)
		if !ok {
			return done, nil
		}
		b = rest
		want := s.m.payload[s.got%variants]
		switch {
		case s.got >= s.sent:
			return done, errMore
		case s.deflate:
			s.packed = append(s.packed, p...)
		case s.off+len(p) > len(want) || !bytes.Equal(p, want[s.off:s.off+len(p)]):
			return done, errBytes
		}
		s.off += len(p)
		if !s.over() {
			continue
		}
		if s.deflate {
			if err := s.unpack(want); err != nil {
				return done, err
			}
		} else if s.off != len(want) {
			return done, errBytes
		}
		s.off = 0
		s.got++
		done++
	}
}

// unpack inflates one message and compares it. What was sent before is known, so once
// the window is full of that, the same bytes in the same place give the same message:
// they are inflated when they come first, for that takes longer than the server does.
func (s *wsStream) unpack(want []byte) error {
	v := s.got % variants
	full := s.got*len(want) >= window32
	if full && bytes.Equal(s.packed, s.seen[v]) {
		s.packed = s.packed[:0]
		return nil
	}
	var history []byte
	for i := max(0, s.got-window32/len(want)-1); i < s.got; i++ {
		history = append(history, s.m.payload[i%variants]...)
	}
	in := bytes.NewReader(append(s.packed, "\x00\x00\xff\xff\x01\x00\x00\xff\xff"...))
	if s.inflate == nil {
		s.inflate = flate.NewReader(in)
		s.out = make([]byte, len(want)+1)
	}
	if err := s.inflate.(flate.Resetter).Reset(in, history); err != nil {
		return err
	}
	n, err := io.ReadFull(s.inflate, s.out)
	if err != io.ErrUnexpectedEOF || !bytes.Equal(s.out[:n], want) {
		return fmt.Errorf("%w (%d bytes, %v)", errBytes, n, err)
	}
	if full {
		s.seen[v] = append(s.seen[v][:0], s.packed...)
	}
	s.packed = s.packed[:0]
	return nil
}

// rawStream has its bytes echoed as they are.
type rawStream struct {
	asked
	off int
}

func (s *rawStream) feed(b []byte) (done int, err error) {
	for len(b) > 0 {
		want := s.requests[s.got%variants][s.off:]
		n := min(len(b), len(want))
		if !bytes.Equal(b[:n], want[:n]) {
			return done, errBytes
		}
		b = b[n:]
		if s.off += n; n == len(want) {
			s.off = 0
			s.got++
			done++
		}
	}
	return done, nil
}

// httpStream asks for a file again and again.
type httpStream struct {
	request, file []byte
	head          []byte
	inBody        bool
	off           int
}

func newHTTP(j *Job) (*httpStream, error) {
	f, err := os.ReadFile(j.File)
	if err != nil {
		return nil, err
	}
	return &httpStream{request: []byte("GET " + j.Path + " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: load\r\nAccept: */*\r\n\r\n"), file: f}, nil
}

func (s *httpStream) next() []byte { return s.request }

func (s *httpStream) feed(b []byte) (done int, err error) {
	for len(b) > 0 {
		if !s.inBody {
			before := len(s.head)
			s.head = append(s.head, b...)
			end := bytes.Index(s.head, []byte("\r\n\r\n"))
			if end < 0 {
				return done, nil
			}
			if err := s.checkHead(s.head[:end+2]); err != nil {
				return done, err
			}
			b = b[end+4-before:]
			s.head, s.inBody, s.off = s.head[:0], true, 0
		}
		n := min(len(b), len(s.file)-s.off)
		if !bytes.Equal(b[:n], s.file[s.off:s.off+n]) {
			return done, errBytes
		}
		b = b[n:]
		if s.off += n; s.off == len(s.file) {
			s.inBody = false
			done++
		} else if n == 0 {
			break
		}
	}
	return done, nil
}

func (s *httpStream) checkHead(h []byte) error {
	if !bytes.HasPrefix(h, []byte("HTTP/1.1 200")) {
		return fmt.Errorf("answer: %q", h)
	}
	const name = "content-length:"
	at := bytes.Index(bytes.ToLower(h), []byte(name))
	if at < 0 {
		return fmt.Errorf("no content-length: %q", h)
	}
	v := h[at+len(name):]
	v = bytes.TrimSpace(v[:bytes.IndexByte(v, '\r')])
	if n, err := strconv.Atoi(string(v)); err != nil || n != len(s.file) {
		return fmt.Errorf("content-length %q, want %d", v, len(s.file))
	}
	return nil
}
