// SPDX-License-Identifier: MIT

package faults

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	h "libwebsockets/c_tests/harness"
)

// script is what one side of a session sends, piece by piece.
type script [][]byte

func lines(pieces ...string) (s script) {
	for _, p := range pieces {
		s = append(s, []byte(p))
	}
	return s
}

// mutate is the script as some broken peer has it: cut, changed, repeated, left
// out, or in another order. Some stay as they are.
func (s script) mutate(rnd *rand.Rand) script {
	s = slices.Clone(s)
	i := rnd.IntN(len(s))
	switch rnd.IntN(7) {
	case 0:
		return s[:i]
	case 1:
		s[i] = s[i][:rnd.IntN(len(s[i])+1)]
		return s[:i+1]
	case 2:
		s[i] = bytes.Clone(s[i])
		for range 1 + rnd.IntN(3) {
			if n := len(s[i]); n > 0 {
				s[i][rnd.IntN(n)] ^= 1 << rnd.IntN(8)
			}
		}
	case 3:
		s = slices.Insert(s, i, s[i])
	case 4:
		s = slices.Delete(s, i, i+1)
	case 5:
		j := rnd.IntN(len(s))
		s[i], s[j] = s[j], s[i]
	}
	return s
}

// play sends the script and ends the connection in one of the ways in which
// connections end; now and then it hears what the other side says.
func (s script) play(c net.Conn, under *net.TCPConn, rnd *rand.Rand) {
	b := make([]byte, 32<<10)
	listen := func(most time.Duration) {
		_ = c.SetReadDeadline(time.Now().Add(most))
		_, _ = c.Read(b)
	}
	for _, p := range s {
		_ = c.SetWriteDeadline(time.Now().Add(2 * time.Second))
		if _, err := c.Write(p); err != nil {
			break
		}
		if rnd.IntN(2) == 0 {
			listen(4 * time.Millisecond)
		}
	}
	switch rnd.IntN(4) {
	case 0:
		_ = under.SetLinger(0)
	case 1:
		_ = under.CloseWrite()
		listen(20 * time.Millisecond)
	case 2:
		listen(10 * time.Millisecond)
		_ = c.Close() // a TLS peer says goodbye
	}
	_ = under.Close()
}

const (
	get  = "GET /x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
	post = "POST /x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n\r\n"
	h2c  = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n"
)

// frames are HTTP/2 frames, one a piece; a server begins without preface.
func frames(client bool, write func(f *http2.Framer, block func(kv ...string) []byte)) (s script) {
	var out, packed bytes.Buffer
	enc := hpack.NewEncoder(&packed)
	if client {
		s = append(s, []byte(http2.ClientPreface))
	}
	f := http2.NewFramer(writerFunc(func(p []byte) (int, error) {
		s = append(s, bytes.Clone(p))
		return len(p), nil
	}), &out)
	f.AllowIllegalWrites = true
	_ = f.WriteSettings()
	write(f, func(kv ...string) []byte {
		packed.Reset()
		for i := 0; i < len(kv); i += 2 {
			_ = enc.WriteField(hpack.HeaderField{Name: kv[i], Value: kv[i+1]})
		}
		return bytes.Clone(packed.Bytes())
	})
	return s
}

type writerFunc func([]byte) (int, error)

func (w writerFunc) Write(p []byte) (int, error) { return w(p) }

func headers(f *http2.Framer, id uint32, end bool, block []byte) {
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: block, EndStream: end, EndHeaders: true})
}

// h2Requests are requests, a body, a WebSocket, a header section in two parts, a reset.
func h2Requests() script {
	return frames(true, func(f *http2.Framer, block func(...string) []byte) {
		_ = f.WriteSettingsAck()
		headers(f, 1, true, block(":method", "GET", ":scheme", "http", ":path", "/big"))
		headers(f, 3, false, block(":method", "POST", ":scheme", "http", ":path", "/", "content-length", "5"))
		_ = f.WriteData(3, true, []byte("hello"))
		headers(f, 5, false, block(":method", "CONNECT", ":protocol", "websocket", ":scheme", "http", ":path", "/", "sec-websocket-version", "13", "sec-websocket-protocol", "echo"))
		_ = f.WriteData(5, false, h.Frame{Fin: true, Op: h.Text, Masked: true, Payload: []byte("hello")}.Append(nil))
		b := block(":method", "GET", ":scheme", "http", ":path", "/y", "x-one", "1")
		_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: 7, BlockFragment: b[:3], EndStream: true})
		_ = f.WriteContinuation(7, true, b[3:])
		_ = f.WriteWindowUpdate(0, 100000)
		headers(f, 9, false, block(":method", "POST", ":scheme", "http", ":path", "/z"))
		_ = f.WriteRSTStream(1, http2.ErrCodeCancel)
		_ = f.WritePing(false, [8]byte{1})
		_ = f.WriteGoAway(0, http2.ErrCodeNo, []byte("bye"))
	})
}

// h2Answers answer a client's first requests.
func h2Answers() script {
	return frames(false, func(f *http2.Framer, block func(...string) []byte) {
		_ = f.WriteSettingsAck()
		headers(f, 3, false, block(":status", "200", "content-length", "10"))
		_ = f.WriteData(3, false, []byte("hello"))
		_ = f.WriteWindowUpdate(0, 1000)
		_ = f.WriteData(3, true, []byte("world"))
		_ = f.WriteGoAway(3, http2.ErrCodeNo, nil)
	})
}

// wsFrames are frames of a peer, masked or not.
func wsFrames(masked bool) (s script) {
	for _, f := range []h.Frame{
		{Fin: true, Op: h.Text, Payload: []byte("hello")},
		{Op: h.Text, Payload: bytes.Repeat([]byte("part "), 300)},
		{Fin: true, Op: h.Ping, Payload: []byte("p")},
		{Fin: true, Op: h.Cont, Payload: []byte("end")},
		{Fin: true, Rsv: 4, Op: h.Text, Payload: deflated},
		{Fin: true, Op: h.Close, Payload: []byte{3, 232}},
	} {
		f.Masked = masked
		s = append(s, f.Append(nil))
	}
	return s
}

// requests are what peers say to a server, by its port's place in PORTS.
var requests = []struct {
	port int
	alpn string
	say  script
}{
	{0, "", lines(get, get[:20], get[20:], strings.Replace(get, "/x", "/big", 1))},
	{0, "", lines(post, "he", "llo", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "0\r\n\r\n")},
	{0, "", append(lines(h.RequestText("Sec-WebSocket-Extensions: permessage-deflate\r\n")), wsFrames(true)...)},
	{0, "", append(lines(h2c), h2Requests()...)},
	{0, "", lines(h2c)},
	{0, "", lines("SSH-2.0-x\r\n", "more", "and more")},
	{0, "", lines("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "tunnelled")},
	{1, "http/1.1", lines(get, post, "hello")},
	{1, "http/1.1", append(lines(h.RequestText("")), wsFrames(true)...)},
	{1, "h2", h2Requests()},
	{1, "", hello()},
	{2, "", h2Requests()},
	{3, "", lines("some", "bytes", strings.Repeat("x", 5000))},
}

// hello is the first flight of a TLS client, in two pieces.
func hello() script {
	near, far := net.Pipe()
	defer far.Close()
	go func() { _ = tls.Client(near, &tls.Config{ServerName: "localhost"}).Handshake() }()
	b := make([]byte, 4096)
	n, _ := far.Read(b)
	return script{b[:n/2], b[n/2 : n]}
}

// visit has one mutated session with a server.
func visit(ports []string, rnd *rand.Rand) error {
	q := requests[rnd.IntN(len(requests))]
	c, err := net.Dial("tcp", "127.0.0.1:"+ports[q.port])
	if err != nil {
		return err
	}
	under := c.(*net.TCPConn)
	if q.alpn != "" {
		_ = c.SetDeadline(wait())
		t := tls.Client(c, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{q.alpn}})
		if err := t.Handshake(); err != nil {
			_ = c.Close()
			return fmt.Errorf("handshake: %w", err)
		}
		c = t
	}
	q.say.mutate(rnd).play(c, under, rnd)
	return nil
}
