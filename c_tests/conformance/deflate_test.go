// SPDX-License-Identifier: MIT

package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/flate"

	h "libwebsockets/c_tests/harness"
)

// params are the parameters of permessage-deflate; bits 0: not given.
type params struct {
	serverBits, clientBits             int
	serverNoTakeover, clientNoTakeover bool
	clientBitsBare                     bool // client_max_window_bits without a value (offers only)
}

func (p params) String() string {
	s := "permessage-deflate"
	if p.serverNoTakeover {
		s += "; server_no_context_takeover"
	}
	if p.clientNoTakeover {
		s += "; client_no_context_takeover"
	}
	if p.serverBits != 0 {
		s += fmt.Sprintf("; server_max_window_bits=%d", p.serverBits)
	}
	if p.clientBitsBare {
		s += "; client_max_window_bits"
	} else if p.clientBits != 0 {
		s += fmt.Sprintf("; client_max_window_bits=%d", p.clientBits)
	}
	return s
}

func parseParams(header string) (p params, err error) {
	parts := strings.Split(header, ";")
	if strings.TrimSpace(parts[0]) != "permessage-deflate" {
		return p, fmt.Errorf("extension %q", header)
	}
	seen := map[string]bool{}
	for _, s := range parts[1:] {
		name, val, has := strings.Cut(strings.TrimSpace(s), "=")
		if seen[name] {
			return p, fmt.Errorf("%s twice", name)
		}
		seen[name] = true
		n := 0
		if has {
			if _, err := fmt.Sscanf(strings.Trim(val, `"`), "%d", &n); err != nil || n < 8 || n > 15 {
				return p, fmt.Errorf("%s=%s", name, val)
			}
		}
		switch {
		case name == "server_no_context_takeover" && !has:
			p.serverNoTakeover = true
		case name == "client_no_context_takeover" && !has:
			p.clientNoTakeover = true
		case name == "server_max_window_bits" && has:
			p.serverBits = n
		case name == "client_max_window_bits" && has:
			p.clientBits = n
		case name == "client_max_window_bits":
			p.clientBitsBare = true
		default:
			return p, fmt.Errorf("parameter %q", s)
		}
	}
	return p, nil
}

// legalAnswer tells what is wrong with the answer to an offer (RFC 7692 §7.1).
func legalAnswer(offer, answer params) error {
	switch {
	case answer.clientBitsBare:
		return errors.New("client_max_window_bits without a value in an answer")
	case offer.serverNoTakeover && !answer.serverNoTakeover:
		return errors.New("server_no_context_takeover was asked for")
	case offer.serverBits != 0 && (answer.serverBits == 0 || answer.serverBits > offer.serverBits):
		return fmt.Errorf("server_max_window_bits=%d was asked for", offer.serverBits)
	case answer.clientBits != 0 && offer.clientBits == 0 && !offer.clientBitsBare:
		return errors.New("client_max_window_bits was not offered")
	}
	return nil
}

func window(bits int) int {
	if bits == 0 {
		bits = 15
	}
	return 1 << bits
}

// endpoint is the other end of a compressed connection.
type endpoint struct {
	*h.Raw
	in      inflater
	out     *flate.Writer
	buf     bytes.Buffer
	resetTx bool
	resetRx bool
	frames  int // of the last message received
}

// newEndpoint makes the state for the answer p; the peer is a client or a server as r is.
func newEndpoint(r *h.Raw, p params) *endpoint {
	e := &endpoint{Raw: r}
	tx, rx := p.serverBits, p.clientBits
	e.resetTx, e.resetRx = p.serverNoTakeover, p.clientNoTakeover
	if r.Client {
		tx, rx = rx, tx
		e.resetTx, e.resetRx = e.resetRx, e.resetTx
	}
	e.in.window = window(rx)
	var err error
	if e.out, err = flate.NewWriterWindow(&e.buf, window(tx)); err != nil {
		panic(err)
	}
	return e
}

func (e *endpoint) deflate(p []byte) []byte {
	e.buf.Reset()
	if e.resetTx {
		e.out.Reset(&e.buf)
	}
	_, _ = e.out.Write(p)
	_ = e.out.Flush()
	return bytes.TrimSuffix(append([]byte(nil), e.buf.Bytes()...), []byte{0, 0, 0xff, 0xff})
}

// send compresses a message and sends it in n frames, with a ping after the first.
func (e *endpoint) send(op byte, p []byte, n int) error {
	b := e.deflate(p)
	f := h.Frame{Rsv: 4, Op: op}
	for ; n > 1; n-- {
		k := rand.IntN(len(b) + 1)
		f.Payload = b[:k]
		if err := e.Send(f); err != nil {
			return err
		}
		if f.Op != h.Cont {
			if err := e.SendMessage(h.Ping, []byte("between")); err != nil {
				return err
			}
		}
		b, f = b[k:], h.Frame{Op: h.Cont}
	}
	f.Payload, f.Fin = b, true
	return e.Send(f)
}

// receive takes a message, compressed or not.
func (e *endpoint) receive() (op byte, p []byte, err error) {
	e.frames = 0
	compressed := false
	for {
		f, err := e.Receive()
		switch {
		case err != nil:
			return 0, nil, err
		case f.Op == h.Pong && string(f.Payload) == "between":
			continue
		case f.Op == h.Close:
			return 0, nil, fmt.Errorf("closed: %x", f.Payload)
		case f.Op >= 8 || (f.Op == h.Cont) == (e.frames == 0):
			return 0, nil, fmt.Errorf("unexpected %v", f)
		case f.Rsv&3 != 0 || f.Rsv != 0 && f.Op == h.Cont:
			return 0, nil, fmt.Errorf("reserved bits of %v", f)
		}
		if e.frames == 0 {
			op, compressed = f.Op, f.Rsv == 4
		}
		e.frames++
		p = append(p, f.Payload...)
		if !f.Fin {
			continue
		}
		if !compressed {
			return op, p, nil
		}
		if e.resetRx {
			e.in.history = nil
		}
		if p, err = e.in.message(p); err != nil {
			err = fmt.Errorf("inflating: %w", err)
		}
		return op, p, err
	}
}

// echo sends messages and checks what comes back.
func (e *endpoint) echo(msgs [][]byte) error {
	for i, m := range msgs {
		op := byte(h.Text)
		if i%2 == 1 {
			op = h.Binary
		}
		sent := make(chan error, 1)
		go func() { sent <- e.send(op, m, 1+i%3) }()
		gotOp, got, err := e.receive()
		if err != nil {
			return fmt.Errorf("message %d of %d bytes: %w", i, len(m), err)
		}
		if gotOp != op || !bytes.Equal(got, m) {
			return fmt.Errorf("message %d of %d bytes: opcode %d and %d bytes came", i, len(m), gotOp, len(got))
		}
		if err := <-sent; err != nil {
			return err
		}
	}
	return e.CloseCleanly()
}

// prose is n bytes of text that refers back to itself at all distances.
func prose(n int) []byte {
	var b []byte
	for len(b) < n {
		if len(b) > 100 && rand.IntN(3) > 0 {
			at := rand.IntN(len(b) - 50)
			b = append(b, b[at:at+4+rand.IntN(46)]...)
			continue
		}
		b = fmt.Appendf(b, "%x ", rand.Uint32())
	}
	return b[:n]
}

// someSizes are the messages of each combination; two in a row are equal, so
// that the second refers to the first where it may.
func someSizes(big bool) (msgs [][]byte) {
	same := prose(30000)
	for _, n := range []int{0, 1, 0, 125, 126, 700, 5000} {
		msgs = append(msgs, prose(n))
	}
	msgs = append(msgs, same, same, prose(65535), prose(65536), same, nil)
	if big {
		msgs = append(msgs, prose(1<<20), prose(1<<20-1))
	}
	return msgs
}

// combinations are all parameters with all windows.
func combinations() (l []params) {
	for _, sn := range []bool{false, true} {
		for _, cn := range []bool{false, true} {
			for sb := 7; sb <= 15; sb++ {
				for cb := 6; cb <= 15; cb++ {
					p := params{serverNoTakeover: sn, clientNoTakeover: cn}
					if sb > 7 {
						p.serverBits = sb
					}
					if cb > 7 {
						p.clientBits = cb
					}
					p.clientBitsBare = cb == 7
					l = append(l, p)
				}
			}
		}
	}
	return l
}

// TestDeflateServer offers every combination. Seen to fail: the reference
// crashes on the empty message (quirk 3); our compressor made to ignore its
// window fails in the judge of this package.
func TestDeflateServer(t *testing.T) {
	for _, args := range [][]string{{"-x", "-u"}, {"-x", "-c", "1500"}} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			p := h.Start(t, h.Build(t, "echo_server.c"), args...).Ready()
			offers := combinations()
			if h.Foreign() { // all of them take minutes
				var some []params
				for i := 0; i < len(offers); i += 16 {
					some = append(some, offers[i])
				}
				offers = some
			}
			inParallel(t, offers, func(offer params) error {
				r, err := h.Dial(p.Addr(), "Sec-WebSocket-Extensions: "+offer.String()+"\r\n", 30*time.Second)
				if err != nil {
					return err
				}
				defer r.Close()
				answer, err := parseParams(r.Header.Get("Sec-WebSocket-Extensions"))
				if err != nil {
					return fmt.Errorf("the answer: %w", err)
				}
				if err := legalAnswer(offer, answer); err != nil {
					return fmt.Errorf("the answer %q: %w", answer, err)
				}
				return newEndpoint(r, answer).echo(someSizes(offer.serverBits == offer.clientBits && !offer.clientBitsBare))
			})
			p.Stop()
		})
	}
}

// inParallel plays all of l, some at a time, and reports the first failures.
func inParallel(t *testing.T, l []params, play func(params) error) {
	t.Helper()
	slots := make(chan struct{}, 4)
	var all sync.WaitGroup
	var mu sync.Mutex
	failed := 0
	for _, p := range l {
		slots <- struct{}{}
		mu.Lock()
		stop := failed > 20
		mu.Unlock()
		if stop {
			break
		}
		all.Go(func() {
			defer func() { <-slots }()
			if err := play(p); err != nil {
				mu.Lock()
				defer mu.Unlock()
				if failed++; failed <= 10 {
					t.Errorf("%s: %v", p, err)
				}
			}
		})
	}
	all.Wait()
}

// TestDeflateOffers are offers beyond the plain ones: several at once, unknown
// and malformed ones, which a server declines (RFC 7692 §7.1).
func TestDeflateOffers(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_server.c"), "-x").Ready()
	for _, c := range []struct {
		offer string
		taken bool
	}{
		{"permessage-deflate", true},
		{"unknown, permessage-deflate", true},
		{"unknown; x=1, permessage-deflate; client_max_window_bits, permessage-deflate", true},
		{"permessage-deflate; unknown_parameter, permessage-deflate", true},
		{"permessage-deflate; server_max_window_bits=7, permessage-deflate; server_max_window_bits=9", true},
		{`permessage-deflate; server_max_window_bits="10"`, true},
		{"permessage-deflate;server_no_context_takeover ; client_max_window_bits=12", true},
		{"unknown", false},
		{"permessage-deflate; unknown_parameter", false},
		{"permessage-deflate; server_max_window_bits", false},
		{"permessage-deflate; server_max_window_bits=7", false},
		{"permessage-deflate; server_max_window_bits=16", false},
		{"permessage-deflate; server_max_window_bits=010", false},
		{"permessage-deflate; client_max_window_bits=x", false},
		{"permessage-deflate; server_no_context_takeover=1", false},
		{"permessage-deflate; server_no_context_takeover; server_no_context_takeover", false},
	} {
		r := h.MustDial(t, p.Addr(), "Sec-WebSocket-Extensions: "+c.offer+"\r\n")
		got := r.Header.Get("Sec-WebSocket-Extensions")
		if (got != "") != c.taken {
			t.Errorf("offer %q was answered with %q", c.offer, got)
		}
		if got != "" {
			if _, err := parseParams(got); err != nil {
				t.Errorf("offer %q was answered with %q: %v", c.offer, got, err)
			}
		} else if err := r.Send(h.Frame{Fin: true, Rsv: 4, Op: h.Text, Payload: h.Deflate([]byte("x"), 1)}); err == nil {
			if f, err := r.Receive(); err != nil || f.Op != h.Close || !bytes.HasPrefix(f.Payload, []byte{3, 234}) {
				t.Errorf("offer %q: a compressed message was answered with %v, %v", c.offer, f, err)
			}
		}
		r.Close()
	}
	p.Stop()
}

// TestDeflateRubbish: what does not inflate, or inflates to bad text, fails the
// connection with 1007; a bomb costs no memory that is not given out.
func TestDeflateRubbish(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_server.c"), "-x", "-u").Ready()
	for name, b := range map[string][]byte{
		"reserved block type": {0x07, 0, 0},
		"stored length":       {0x00, 1, 0, 1, 0, 0},
		"distance too far":    {0x4b, 0x04, 0x12, 0x00},
		"cut off":             {0x04, 0xc0},
		"bad text":            h.Deflate([]byte("good \xff bad"), 6),
		"cut off text":        h.Deflate([]byte("good \xe1\x80"), 6),
	} {
		for _, n := range []int{1, 2} {
			r := h.MustDial(t, p.Addr(), deflateOffer)
			if n == 1 {
				_ = r.Send(h.Frame{Fin: true, Rsv: 4, Op: h.Text, Payload: b})
			} else {
				_ = r.Send(h.Frame{Rsv: 4, Op: h.Text, Payload: b[:1]})
				_ = r.Send(h.Frame{Fin: true, Op: h.Cont, Payload: b[1:]})
			}
			f, err := r.Receive()
			if err != nil || f.Op != h.Close || !bytes.HasPrefix(f.Payload, []byte{3, 239}) {
				t.Errorf("%s in %d frames: %v, %v", name, n, f, err)
			} else if err := r.End(); err != nil {
				t.Errorf("%s in %d frames: %v", name, n, err)
			}
		}
	}
	p.Stop()
}

// clientOffers are what the client is made to offer, and with it which answers
// a server may give.
var clientOffers = []params{
	{}, {clientBitsBare: true}, {clientBits: 10}, {serverBits: 9, clientBitsBare: true}, {clientNoTakeover: true},
	{serverNoTakeover: true}, {serverBits: 15, clientBits: 15}, {serverBits: 8, clientBits: 8, serverNoTakeover: true, clientNoTakeover: true},
}

// TestDeflateClient gives every legal answer to each of the offers.
func TestDeflateClient(t *testing.T) {
	for _, offer := range clientOffers {
		t.Run(offer.String(), func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			p := h.Start(t, h.Build(t, "echo_client.c"), "-u", "-o", offer.String(), "-n", "100000", "-k", "4",
				"-p", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
			var answers []params
			for _, a := range combinations() {
				if !a.clientBitsBare && legalAnswer(offer, a) == nil && (offer.clientBits == 0 || a.clientBits <= offer.clientBits) {
					answers = append(answers, a)
				}
			}
			rand.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
			inParallel(t, answers[:min(len(answers), 60)], func(answer params) error {
				r, err := h.Accept(l, answer.String(), 30*time.Second)
				if err != nil {
					return err
				}
				defer r.Close()
				if got := r.Header.Get("Sec-WebSocket-Extensions"); got != offer.String() {
					return fmt.Errorf("the offer is %q", got)
				}
				if answer.clientBits == 0 && offer.clientBits != 0 {
					answer.clientBits = offer.clientBits // the client may keep to its own hint, or not
					e := newEndpoint(r, answer)
					e.in.window = 1 << 15
					return e.echo(someSizes(false))
				}
				return newEndpoint(r, answer).echo(someSizes(false))
			})
			p.Stop()
		})
	}
}

// TestDeflateBadAnswers: an answer that the offer does not allow fails the
// client's connection (RFC 7692 §7.1).
func TestDeflateBadAnswers(t *testing.T) {
	for _, c := range []struct{ offer, answer string }{
		{"permessage-deflate", "permessage-deflate; client_max_window_bits=10"},
		{"permessage-deflate", "permessage-deflate; unknown"},
		{"permessage-deflate", "permessage-deflate; server_max_window_bits=7"},
		{"permessage-deflate", "permessage-deflate; server_max_window_bits=16"},
		{"permessage-deflate", "permessage-deflate; server_max_window_bits"},
		{"permessage-deflate", "permessage-deflate; server_no_context_takeover=1"},
		{"permessage-deflate", "permessage-deflate, permessage-deflate"},
		{"permessage-deflate", "x-unknown"},
		{"permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits"},
		{"permessage-deflate; client_max_window_bits", "permessage-deflate; client_max_window_bits=10; client_max_window_bits=10"},
		{"permessage-deflate; server_max_window_bits=10", "permessage-deflate; server_max_window_bits=11"},
	} {
		t.Run(c.answer, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			p := h.Start(t, h.Build(t, "echo_client.c"), "-v", "-l", "0", "-o", c.offer, "-p", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
			r, err := h.Accept(l, c.answer, 10*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if f, err := r.Receive(); err == nil && f.Op != h.Close {
				t.Errorf("the client sent %v", f)
			}
			r.Close()
			if err := p.Wait(10 * time.Second); err != nil {
				t.Error(err)
			}
			if all := strings.Join(p.All(), "\n"); strings.Contains(all, "OPEN") || !strings.Contains(all, "ERROR") {
				t.Errorf("the client printed %q", all)
			}
		})
	}
}
