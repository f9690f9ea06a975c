// SPDX-License-Identifier: MIT

package tls

// #include <stdlib.h>
// #include "glue.h"
import "C"

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Hooks is what OpenSSL asks the owner of a connection, from inside the calls
// that read, write and shake hands.
type Hooks interface {
	// Verify is asked for each certificate of the peer's chain and each
	// problem with it; good is OpenSSL's own opinion. false ends the handshake.
	Verify(good bool, s VerifyState) bool
	// Info tells of an event; where and ret are SSL_CTX_set_info_callback's.
	Info(where, ret int)
	// ServerName picks the context for the name that the client asked for; nil
	// stays with what there is.
	ServerName(name string) *Ctx
}

// Bits of Conn.Cross.
const (
	// WriteWantsRead: a write cannot go on before the socket is readable.
	WriteWantsRead = 1
	// ReadWantsWrite: a read cannot go on before the socket is writable.
	ReadWantsWrite = 2
	// Kept: encrypted bytes that the socket did not take wait for Flush.
	Kept = 4
)

// Pool is the buffers that the connections of one service thread share: they
// read ahead into it, and gather in it what is to leave together.
type Pool struct{ p *C.struct_tls_pool }

// NewPool makes a pool; it is freed after Close and the last of its connections.
func NewPool() (*Pool, error) {
	p := C.tls_pool_new()
	if p == nil {
		return nil, errors.New("no memory for TLS buffers")
	}
	return &Pool{p}, nil
}

// Close lets go of the pool.
func (p *Pool) Close() {
	if p != nil && p.p != nil {
		C.tls_pool_free(p.p)
		p.p = nil
	}
}

// Conn is an SSL on a non-blocking socket, which stays its owner's. It is not
// safe for concurrent use; a call from inside one of its own hooks is told to
// come again.
type Conn struct {
	p       *C.SSL
	sock    *C.struct_tls_sock
	id      uintptr
	hooks   Hooks
	busy    bool // inside a call of OpenSSL's
	failed  bool // nothing can be sent any more, not even a goodbye
	done    bool // the handshake is complete
	bye     bool // close_notify was sent
	closed  bool // Close was called inside a call of OpenSSL's
	pending int
	cross   uint8
	waiting bool // something is to be flushed
	io      C.struct_tls_io
}

var (
	once    sync.Once
	exIndex C.int
	bio     *C.BIO_METHOD
)

// NewConn starts a connection on the socket fd. Nothing is sent yet.
func (x *Ctx) NewConn(fd int, client bool, pool *Pool, h Hooks) (*Conn, error) {
	once.Do(func() {
		exIndex = C.tls_new_index()
		bio = C.tls_bio_method()
	})
	c := &Conn{hooks: h}
	c.id = remember(c)
	side := C.int(0)
	if client {
		side = 1
	}
	c.p = C.tls_start(x.p, C.int(fd), side, bio, pool.p, exIndex, C.uintptr_t(c.id), &c.sock, &c.io)
	if c.p == nil {
		forget(c.id)
		return nil, fmt.Errorf("SSL_new: %s", reason(&c.io.text[0]))
	}
	return c, nil
}

// SSL is the SSL *.
func (c *Conn) SSL() unsafe.Pointer { return unsafe.Pointer(c.p) }

// Handshake goes on with the handshake: nil when it is complete, unix.EAGAIN
// when it waits for the socket (Cross says for what), else why it failed. What
// completes it may be left to Flush.
func (c *Conn) Handshake() error {
	if c.done {
		return nil
	}
	if c.p == nil || c.failed {
		return io.ErrClosedPipe
	}
	if c.busy {
		return unix.EAGAIN
	}
	c.busy = true
	C.tls_handshake(c.p, c.sock, &c.io)
	if c.leave() {
		return io.ErrClosedPipe
	}
	c.pending = int(c.io.pending)
	if c.io.n == 1 {
		c.done = true
		c.setCross(0)
		return nil
	}
	if c.io.err == C.SSL_ERROR_WANT_WRITE {
		c.setCross(ReadWantsWrite)
		return unix.EAGAIN
	}
	c.setCross(0)
	return c.result()
}

// setCross notes what waits for the other direction, and what is to be sent.
func (c *Conn) setCross(x uint8) {
	c.waiting = c.io.out != 0
	if c.io.out&C.TLS_KEPT != 0 {
		x |= Kept
	}
	c.cross = x
}

// Read reads decrypted bytes: unix.EAGAIN when there are none, io.EOF when
// the peer said goodbye or is gone.
func (c *Conn) Read(b []byte) (int, error) {
	if c.p == nil || c.failed {
		return 0, io.EOF
	}
	if c.busy || !c.done {
		return 0, unix.EAGAIN
	}
	if len(b) == 0 {
		return 0, nil
	}
	c.busy = true
	C.tls_read(c.p, c.sock, unsafe.Pointer(&b[0]), C.int(len(b)), &c.io)
	if c.leave() {
		return 0, io.EOF
	}
	return c.hasRead()
}

// hasRead is what a read comes to.
func (c *Conn) hasRead() (int, error) {
	c.pending = int(c.io.pending)
	x := c.cross & WriteWantsRead
	if c.io.n > 0 {
		c.setCross(x)
		return int(c.io.n), nil
	}
	c.pending = 0
	if c.io.err == C.SSL_ERROR_WANT_WRITE {
		x |= ReadWantsWrite
	}
	c.setCross(x)
	return 0, c.result()
}

// AtRest tells whether C may read and write by itself: nothing waits on either side, and
// OpenSSL has no question in between, as it may have before TLS 1.3.
func (c *Conn) AtRest() bool {
	return c.p != nil && c.done && !c.failed && !c.bye && !c.busy && c.pending == 0 && c.cross == 0 && !c.waiting &&
		c.io.version == C.TLS1_3_VERSION
}

// Took takes over what C's last call has come to, a struct tls_io: that was a write of
// asked bytes, or, if that is 0, a read.
func (c *Conn) Took(at unsafe.Pointer, asked int) error {
	io := (*C.struct_tls_io)(at)
	c.io.n, c.io.err, c.io.sys, c.io.pending, c.io.out, c.io.lost, c.io.text = io.n, io.err, io.sys, io.pending, io.out, io.lost, io.text
	var err error
	if asked > 0 {
		_, err = c.hasWritten(asked)
	} else {
		_, err = c.hasRead()
	}
	return err
}

// Write encrypts and sends as much of b as the socket takes: unix.EAGAIN when
// that is nothing. Then the same bytes, or more behind them, must come again.
// With more to come, what it made may be left to Flush.
func (c *Conn) Write(b []byte, more bool) (int, error) {
	if c.p == nil || c.failed || c.bye {
		return 0, unix.EPIPE
	}
	if c.busy || !c.done {
		return 0, unix.EAGAIN
	}
	if len(b) == 0 {
		return 0, nil
	}
	c.busy = true
	hold := C.int(0)
	if more {
		hold = 1
	}
	C.tls_write(c.p, c.sock, (*C.char)(unsafe.Pointer(&b[0])), C.int(min(len(b), 1<<30)), hold, &c.io)
	if c.leave() {
		return 0, unix.EPIPE
	}
	return c.hasWritten(len(b))
}

// hasWritten is what a write of asked bytes comes to.
func (c *Conn) hasWritten(asked int) (int, error) {
	x := c.cross & ReadWantsWrite
	if c.io.err == C.SSL_ERROR_WANT_READ {
		x |= WriteWantsRead
	}
	c.setCross(x)
	if c.io.lost != 0 {
		return 0, unix.Errno(c.io.lost)
	}
	n := int(c.io.n)
	if n == asked {
		return n, nil
	}
	err := c.result()
	switch {
	case n > 0: // the next call tells of a failure
		return n, nil
	case err == io.EOF:
		return 0, unix.EPIPE
	}
	return 0, err
}

// Flush sends what was left to it: unix.EAGAIN when the socket does not take
// all of it.
func (c *Conn) Flush() error {
	if !c.waiting || c.p == nil {
		return nil
	}
	C.tls_send(c.sock, &c.io)
	c.setCross(c.cross &^ Kept)
	switch {
	case c.io.n < 0:
		return unix.Errno(c.io.lost)
	case c.io.n == 0:
		return unix.EAGAIN
	}
	return nil
}

// result is the outcome of a call that gave nothing.
func (c *Conn) result() error {
	switch c.io.err {
	case C.SSL_ERROR_ZERO_RETURN:
		return io.EOF
	case C.SSL_ERROR_SSL, C.SSL_ERROR_SYSCALL:
		c.failed = true
		return &Error{Kind: int(c.io.err), Errno: unix.Errno(c.io.sys), Text: C.GoString(&c.io.text[0])}
	}
	return unix.EAGAIN
}

// Pending is how many decrypted bytes wait inside, at least 1 when some may.
func (c *Conn) Pending() int { return c.pending }

// Forget has Pending tell of no bytes until the next Read.
func (c *Conn) Forget() { c.pending = 0 }

// Cross tells what waits for the other direction of the socket.
func (c *Conn) Cross() uint8 { return c.cross }

// Shutdown says goodbye (close_notify), once; Flush sends it, and the socket is
// to be closed then.
func (c *Conn) Shutdown() {
	if c.p == nil || c.bye || c.failed || !c.done || c.busy {
		return
	}
	c.bye, c.busy = true, true
	C.tls_shutdown(c.p, c.sock, &c.io)
	if !c.leave() {
		c.setCross(c.cross &^ Kept)
	}
}

// Close says goodbye and frees the connection. Inside one of its hooks the
// socket is let go at once, the rest follows when the call is over.
func (c *Conn) Close() {
	if c.p == nil {
		return
	}
	if c.busy {
		c.closed = true
		C.tls_unplug(c.p)
		return
	}
	c.Shutdown()
	_ = c.Flush()
	forget(c.id)
	C.SSL_free(c.p)
	c.p, c.sock = nil, nil
}

// leave ends a call of OpenSSL's; true: a hook closed the connection in it.
func (c *Conn) leave() bool {
	c.busy = false
	if c.closed {
		c.failed = true // no goodbye without a socket
		c.Close()
	}
	return c.closed
}

// UseIdentity shows a certificate of its own, with its key, both DER.
func (c *Conn) UseIdentity(cert, key []byte) error {
	if len(cert) == 0 || len(key) == 0 {
		return errors.New("client certificate: empty")
	}
	return try("client certificate", func() bool {
		a, b := C.CBytes(cert), C.CBytes(key)
		defer C.free(a)
		defer C.free(b)
		return C.tls_use_identity(c.p, a, C.int(len(cert)), b, C.int(len(key))) == 1
	})
}

// ALPN is the protocol that both sides chose in the handshake, "" when none.
func (c *Conn) ALPN() string {
	n := int(c.io.alpn_len)
	if !c.done || n == 0 {
		return ""
	}
	if n == C.TLS_LONG {
		return c.longALPN()
	}
	switch name := unsafe.Slice((*byte)(unsafe.Pointer(&c.io.alpn)), n); string(name) {
	case "http/1.1":
		return "http/1.1"
	case "h2":
		return "h2"
	default:
		return string(name)
	}
}

func (c *Conn) longALPN() string {
	var p *C.uchar
	var n C.uint
	if c.p != nil {
		C.SSL_get0_alpn_selected(c.p, &p, &n)
	}
	return C.GoStringN((*C.char)(unsafe.Pointer(p)), C.int(n))
}

// Cipher describes what was negotiated.
func (c *Conn) Cipher() string {
	return C.GoString(C.SSL_get_version(c.p)) + " " + C.GoString(C.SSL_CIPHER_get_name(C.SSL_get_current_cipher(c.p)))
}

// Is tells whether the connection, whose handshake is complete, uses the context, which
// a server's may have changed with the name that the client asked for.
func (c *Conn) Is(x *Ctx) bool { return c.done && x != nil && c.io.ctx == x.p }

// VerifyResult is what the check of the peer's certificate came to: the code,
// 0 for good, and its text.
func (c *Conn) VerifyResult() (int, string) {
	n := C.SSL_get_verify_result(c.p)
	return int(n), C.GoString(C.X509_verify_cert_error_string(n))
}

// Error is a failed connection: OpenSSL's reasons, or the socket's error.
type Error struct {
	Kind  int // SSL_ERROR_SSL or SSL_ERROR_SYSCALL
	Errno unix.Errno
	Text  string
}

// Syscall tells whether the socket failed, not the protocol.
func (e *Error) Syscall() bool { return e.Kind == C.SSL_ERROR_SYSCALL }

func (e *Error) Error() string {
	switch {
	case e.Text != "":
		return e.Text
	case e.Errno != 0:
		return e.Errno.Error()
	}
	return "the peer closed the connection"
}

// Unwrap is the socket's error, if it was one.
func (e *Error) Unwrap() error {
	if e.Text == "" && e.Errno != 0 {
		return e.Errno
	}
	return nil
}

// WantsALPN offers protocols, in order (client).
func (c *Conn) WantsALPN(names []string) error {
	w := wireNames(names)
	if len(w) == 0 {
		return nil
	}
	if C.SSL_set_alpn_protos(c.p, (*C.uchar)(&w[0]), C.uint(len(w))) != 0 {
		return fmt.Errorf("ALPN %v: refused", names)
	}
	return nil
}

// WantsName asks for a server name (SNI); addresses and empty names are left out.
func (c *Conn) WantsName(name string) {
	if name != "" {
		withC(name, func(p *C.char) bool { return C.tls_set_name(c.p, p) == 1 })
	}
}

// MustBe has the peer's certificate checked for a host name or address.
func (c *Conn) MustBe(host string) error {
	return try("host name '"+host+"'", func() bool {
		return withC(host, func(p *C.char) bool { return C.tls_must_be(c.p, p) == 1 })
	})
}

// VerifyPeer has the peer's certificate checked, through the Verify hook.
func (c *Conn) VerifyPeer() { C.tls_verify(c.p) }

// TellInfo has the Info hook called.
func (c *Conn) TellInfo() { C.tls_info(c.p) }

// wireNames puts names in ALPN's form (RFC 7301 §3.1); unusable ones are left out.
func wireNames(names []string) []byte {
	var w []byte
	for _, n := range names {
		if n != "" && len(n) < 256 {
			w = append(append(w, byte(len(n))), n...)
		}
	}
	return w
}
