// SPDX-License-Identifier: MIT

package conformance

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/tls"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// mixed makes the frames of a message: random where it can be compressed, whether
// it is, and where it is cut.
func mixed(rnd *rand.Rand, p []byte, deflated bool) (out []h.Frame) {
	f := h.Frame{Op: h.Binary}
	if deflated && rnd.IntN(8) > 0 {
		p, f.Rsv = h.Deflate(p, rnd.IntN(10)), 4
	}
	most := []int{len(p), len(p), 30, 1000, 20000}[rnd.IntN(5)]
	for {
		n := min(len(p), most)
		f.Payload, f.Fin = p[:n], n == len(p)
		out = append(out, f)
		if f.Fin {
			return out
		}
		p, f.Op, f.Rsv = p[n:], h.Cont, 0
		if rnd.IntN(10) == 0 {
			out = append(out, pong("?"))
		}
	}
}

// randomMessage can be compressed in some way.
func randomMessage(rnd *rand.Rand) []byte {
	b := make([]byte, []int{0, 1, 100, 3000, 3000, 70000, 200000}[rnd.IntN(7)])
	kind := rnd.IntN(3)
	for i := range b {
		if kind == 0 || kind == 1 && rnd.IntN(40) == 0 {
			b[i] = byte(rnd.IntN(256))
		}
	}
	return b
}

// inflated undoes permessage-deflate of a message that stands on its own.
func inflated(p []byte) ([]byte, error) {
	z := flate.NewReader(io.MultiReader(bytes.NewReader(p), bytes.NewReader([]byte{0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff})))
	return io.ReadAll(z)
}

// echoes sends messages one after the other, each cut into writes by chance, and
// compares what comes back.
func echoes(r *h.Raw, rnd *rand.Rand, deflated bool) error {
	_ = r.SetDeadline(time.Now().Add(60 * time.Second))
	for i := range 12 {
		want := randomMessage(rnd)
		var out []byte
		for _, f := range mixed(rnd, want, deflated) {
			if f.Masked = r.Client; r.Client {
				f.Key = [4]byte{1, 2, 3, 4}
			}
			out = f.Append(out)
		}
		sent := make(chan error, 1)
		most := []int{700, 1500, 20000, 1 << 20}[rnd.IntN(4)]
		go func() { sent <- writePieces(out, most, r.Conn) }()
		first, err := r.Receive()
		got := first.Payload
		for f := first; err == nil && !f.Fin; got = append(got, f.Payload...) {
			f, err = r.Receive()
		}
		if err == nil && first.Rsv != 0 {
			got, err = inflated(got)
		}
		if err != nil || first.Op != h.Binary || !bytes.Equal(got, want) {
			return fmt.Errorf("message %d of %d bytes in %d on the wire: %d came, opcode %d: %v", i, len(want), len(out), len(got), first.Op, err)
		}
		if err := <-sent; err != nil {
			return err
		}
	}
	return r.CloseCleanly()
}

// TestFlowMixes: a program switches receiving off and on between pieces of what
// comes, in every mix of buffer size, fragments and compression, plain and over TLS.
// Every byte comes back. Seen to fail (client) when what was still compressed at a
// pause was forgotten.
func TestFlowMixes(t *testing.T) {
	id := h.SelfSigned(t)
	config := &tls.Config{Certificates: []tls.Certificate{id.TLS}, NextProtos: []string{"http/1.1"}}
	seed := rand.Uint64()
	for i, rx := range []string{"0", "128", "1000", "9000"} {
		for _, secure := range []bool{false, true} {
			for _, client := range []bool{true, false} {
				name := fmt.Sprintf("seed %d, rx_buffer_size %s, TLS %v, client %v", seed, rx, secure, client)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					args := []string{"-x", "-r", rx, "-f", fmt.Sprint(1 + i)}
					for k := range uint64(1) {
						rnd := rand.New(rand.NewPCG(seed, uint64(i)<<8|k))
						if client {
							flowClient(t, rnd, args, secure, config)
						} else {
							flowServer(t, rnd, args, secure, id)
						}
					}
				})
			}
		}
	}
}

func flowServer(t *testing.T, rnd *rand.Rand, args []string, secure bool, id *h.Identity) {
	if secure {
		args = append(args, "-C", id.CertFile, "-K", id.KeyFile)
	}
	p := h.Start(t, h.Build(t, "echo_server.c"), args...).Ready()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	if secure {
		c = tls.Client(c, &tls.Config{InsecureSkipVerify: true})
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(longestWait))
	fmt.Fprint(c, h.RequestText("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n"))
	if err := echoes(upgraded(t, c), rnd, true); err != nil {
		t.Error(err)
	}
	p.Stop()
}

func flowClient(t *testing.T, rnd *rand.Rand, args []string, secure bool, config *tls.Config) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	args = append(args, "-p", fmt.Sprint(l.Addr().(*net.TCPAddr).Port))
	if secure {
		args = append(args, "-T")
	}
	p := h.Start(t, h.Build(t, "echo_client.c"), args...)
	_ = l.(*net.TCPListener).SetDeadline(time.Now().Add(longestWait))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if secure {
		c = tls.Server(c, config)
	}
	_ = c.SetDeadline(time.Now().Add(longestWait))
	r := &h.Raw{Conn: c, R: bufio.NewReader(c)}
	req, err := http.ReadRequest(r.R)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(c, h.Grant(req, "permessage-deflate; client_no_context_takeover"))
	if err := echoes(r, rnd, true); err != nil {
		t.Error(err)
	}
	p.Stop()
}
