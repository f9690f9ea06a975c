// SPDX-License-Identifier: MIT

package harness

import (
	"bufio"
	"bytes"
	"compress/flate"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Opcodes of RFC 6455 §11.8.
const (
	Cont, Text, Binary = 0, 1, 2
	Close, Ping, Pong  = 8, 9, 10
)

// Frame is one WebSocket frame as it is on the wire, payload unmasked.
type Frame struct {
	Fin     bool
	Rsv     byte // 4, 2, 1
	Op      byte
	Masked  bool
	Key     [4]byte
	Payload []byte
	// LenBytes forces the size of the extended length: 2 or 8; 0 is minimal.
	LenBytes int
	// Declared is the length in the header, if it is not the payload's.
	Declared uint64
}

func (f Frame) String() string {
	p := fmt.Sprintf("%x", f.Payload)
	if len(p) > 80 {
		p = fmt.Sprintf("%s... (%d bytes)", p[:80], len(f.Payload))
	}
	return fmt.Sprintf("{fin %v rsv %d op %d %s}", f.Fin, f.Rsv, f.Op, p)
}

// Append writes the frame behind b.
func (f Frame) Append(b []byte) []byte {
	first := f.Op | f.Rsv<<4
	if f.Fin {
		first |= 0x80
	}
	n, mask := uint64(len(f.Payload)), byte(0)
	if f.Declared != 0 {
		n = f.Declared
	}
	if f.Masked {
		mask = 0x80
	}
	size := f.LenBytes
	if size == 0 && n > 125 {
		size = 2
		if n > 0xffff {
			size = 8
		}
	}
	switch size {
	case 0:
		b = append(b, first, mask|byte(n))
	case 2:
		b = binary.BigEndian.AppendUint16(append(b, first, mask|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, first, mask|127), n)
	}
	if !f.Masked {
		return append(b, f.Payload...)
	}
	b = append(b, f.Key[:]...)
	for i, c := range f.Payload {
		b = append(b, c^f.Key[i&3])
	}
	return b
}

// Deflate is the payload of a permessage-deflate message (RFC 7692 §7.2.1)
// that refers to no earlier one.
func Deflate(p []byte, level int) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, level)
	if err != nil {
		panic(err)
	}
	_, _ = w.Write(p)
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte{0, 0, 0xff, 0xff})
}

// Raw is a peer that speaks WebSocket frame by frame.
type Raw struct {
	net.Conn
	R *bufio.Reader
	// Client tells that this side masks.
	Client bool
	// Header is the handshake of the other side.
	Header http.Header
	// NotMinimal is set when a frame's length was not encoded minimally.
	NotMinimal bool
}

// RequestText is an upgrade request; extra are further header lines, each ended by CRLF.
func RequestText(extra string) string {
	return "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Protocol: echo\r\n" + extra + "\r\n"
}

// Dial connects to addr and upgrades. wait bounds the connection's life.
func Dial(addr, extra string, wait time.Duration) (*Raw, error) {
	return DialBuf(addr, extra, wait, 0)
}

// DialBuf is Dial with a receive buffer of the given size (0: the system's).
func DialBuf(addr, extra string, wait time.Duration, rcvbuf int) (*Raw, error) {
	d := net.Dialer{Timeout: wait}
	if rcvbuf != 0 {
		d.Control = func(_, _ string, rc syscall.RawConn) error {
			var err error
			_ = rc.Control(func(fd uintptr) {
				err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, rcvbuf)
			})
			return err
		}
	}
	c, err := d.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(wait))
	if _, err := io.WriteString(c, RequestText(extra)); err != nil {
		c.Close()
		return nil, err
	}
	size := 4096
	if rcvbuf != 0 {
		size = 512
	}
	r := &Raw{Conn: c, R: bufio.NewReaderSize(c, size), Client: true}
	resp, err := http.ReadResponse(r.R, nil)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("upgrade response: %w", err)
	}
	r.Header = resp.Header
	if resp.StatusCode != 101 {
		c.Close()
		return nil, fmt.Errorf("upgrade answered with %s", resp.Status)
	}
	if a := resp.Header.Get("Sec-WebSocket-Accept"); a != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		c.Close()
		return nil, fmt.Errorf("Sec-WebSocket-Accept is %q", a)
	}
	return r, nil
}

// MustDial is Dial that fails the test and closes with it.
func MustDial(t testing.TB, addr, extra string) *Raw {
	t.Helper()
	r, err := Dial(addr, extra, 20*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// AcceptKey answers a Sec-WebSocket-Key (RFC 6455 §4.2.2).
func AcceptKey(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Grant is the answer to an upgrade request, with the subprotocol that it names.
func Grant(req *http.Request, extensions string) string {
	ans := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
		"Sec-WebSocket-Accept: " + AcceptKey(req.Header.Get("Sec-WebSocket-Key")) + "\r\n"
	if p := req.Header.Get("Sec-WebSocket-Protocol"); p != "" {
		ans += "Sec-WebSocket-Protocol: " + p + "\r\n"
	}
	if extensions != "" {
		ans += "Sec-WebSocket-Extensions: " + extensions + "\r\n"
	}
	return ans + "\r\n"
}

// Accept takes one connection of a listener and upgrades it; extensions is
// the answer's Sec-WebSocket-Extensions, "" for none.
func Accept(l net.Listener, extensions string, wait time.Duration) (*Raw, error) {
	if d, ok := l.(*net.TCPListener); ok {
		_ = d.SetDeadline(time.Now().Add(wait))
	}
	c, err := l.Accept()
	if err != nil {
		return nil, err
	}
	_ = c.SetDeadline(time.Now().Add(wait))
	r := &Raw{Conn: c, R: bufio.NewReader(c)}
	req, err := http.ReadRequest(r.R)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("upgrade request: %w", err)
	}
	r.Header = req.Header
	if req.Header.Get("Sec-WebSocket-Version") != "13" || !strings.EqualFold(req.Header.Get("Upgrade"), "websocket") {
		c.Close()
		return nil, fmt.Errorf("not an upgrade request: %v", req.Header)
	}
	if _, err := io.WriteString(c, Grant(req, extensions)); err != nil {
		c.Close()
		return nil, err
	}
	return r, nil
}

// Send writes one frame, masked if this side is the client.
func (r *Raw) Send(f Frame) error {
	if r.Client && !f.Masked {
		f.Masked, f.Key = true, [4]byte{0x1a, 0x2b, 0x3c, 0x4d}
	}
	_, err := r.Write(f.Append(nil))
	return err
}

// SendMessage writes a message of one frame.
func (r *Raw) SendMessage(op byte, p []byte) error {
	return r.Send(Frame{Fin: true, Op: op, Payload: p})
}

// Receive reads one frame.
func (r *Raw) Receive() (f Frame, err error) {
	var h [8]byte
	if _, err = io.ReadFull(r.R, h[:2]); err != nil {
		return f, err
	}
	f.Fin, f.Rsv, f.Op, f.Masked = h[0]&0x80 != 0, h[0]>>4&7, h[0]&15, h[1]&0x80 != 0
	n := uint64(h[1] & 0x7f)
	switch n {
	case 126:
		if _, err = io.ReadFull(r.R, h[:2]); err != nil {
			return f, unexpected(err)
		}
		n = uint64(binary.BigEndian.Uint16(h[:]))
		r.NotMinimal = r.NotMinimal || n < 126
	case 127:
		if _, err = io.ReadFull(r.R, h[:8]); err != nil {
			return f, unexpected(err)
		}
		n = binary.BigEndian.Uint64(h[:])
		r.NotMinimal = r.NotMinimal || n < 0x10000
	}
	if n > 1<<30 {
		return f, fmt.Errorf("a frame of %d bytes", n)
	}
	if f.Masked {
		if _, err = io.ReadFull(r.R, f.Key[:]); err != nil {
			return f, unexpected(err)
		}
	}
	f.Payload = make([]byte, n)
	if _, err = io.ReadFull(r.R, f.Payload); err != nil {
		return f, unexpected(err)
	}
	for i := range f.Payload {
		f.Payload[i] ^= f.Key[i&3]
	}
	if f.Masked == r.Client {
		return f, fmt.Errorf("frame %v: masked is %v", f, f.Masked)
	}
	return f, nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// ReceiveMessage reads one message, answering pings on the way.
func (r *Raw) ReceiveMessage() (op byte, p []byte, err error) {
	for {
		f, err := r.Receive()
		switch {
		case err != nil:
			return 0, nil, err
		case f.Op == Ping:
			if err := r.SendMessage(Pong, f.Payload); err != nil {
				return 0, nil, err
			}
			continue
		case f.Op == Pong:
			continue
		case f.Op == Close:
			return 0, nil, fmt.Errorf("closed by the peer: %x", f.Payload)
		case f.Op != Cont:
			op = f.Op
		}
		p = append(p, f.Payload...)
		if f.Fin {
			return op, p, nil
		}
	}
}

// ClosePayload is what a close frame carries.
func ClosePayload(code int, reason string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)
}

// End reads until the stream ends and tells how: nil for FIN right away, an
// error for a reset, more frames, or no end in time.
func (r *Raw) End() error {
	f, err := r.Receive()
	switch {
	case err == nil:
		return fmt.Errorf("one more frame: %v", f)
	case errors.Is(err, io.EOF):
		return r.resetBehindFIN()
	case errors.Is(err, syscall.ECONNRESET):
		return errors.New("ended with RST")
	}
	return err
}

// resetBehindFIN looks for a reset that came after the end of the stream: here
// it did no harm, but on a longer way it can overtake the last bytes.
func (r *Raw) resetBehindFIN() error {
	c, ok := r.Conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	time.Sleep(300 * time.Microsecond)
	rc, err := c.SyscallConn()
	if err != nil {
		return err
	}
	state := 0
	_ = rc.Control(func(fd uintptr) {
		state, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_ERROR)
	})
	if err == nil && state != 0 {
		err = fmt.Errorf("a RST came behind the FIN (%v)", syscall.Errno(state))
	}
	return err
}

// CloseCleanly does the closing handshake.
func (r *Raw) CloseCleanly() error {
	if err := r.SendMessage(Close, ClosePayload(1000, "")); err != nil {
		return err
	}
	f, err := r.Receive()
	if err != nil {
		return fmt.Errorf("waiting for the close frame: %w", err)
	}
	if f.Op != Close || len(f.Payload) < 2 || binary.BigEndian.Uint16(f.Payload) != 1000 {
		return fmt.Errorf("close 1000 was answered with %v", f)
	}
	if r.Client {
		err = r.End()
	}
	r.Close()
	return err
}

// Reset closes with RST.
func (r *Raw) Reset() {
	_ = r.Conn.(*net.TCPConn).SetLinger(0)
	r.Close()
}
