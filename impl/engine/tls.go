// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"unsafe"
)

// ContextTLS is what a context keeps for TLS (role/secure); nil: there is none.
type ContextTLS interface {
	// Ready is called when PROTOCOL_INIT has run for the vhosts in fresh.
	Ready(ctx *Context, fresh []*Vhost, first bool)
	// Full tells whether no further TLS connection may be accepted.
	Full() bool
	// Again gives ctx, which a forked child has made anew, and its vhosts what they had.
	Again(ctx *Context)
	Close()
}

// VhostTLS is the TLS of a vhost (role/secure); nil: it has none.
type VhostTLS interface {
	// On tells whether connections to v start with TLS.
	On(v *Vhost) bool
	// Accept starts the server side of TLS on c and attaches its descriptor fd, which
	// is not polled yet; false: the connection is to be closed.
	Accept(c *Conn, fd int) bool
	// Connect starts the client side of TLS on c, which is connected and in
	// StateTLSHandshake. It sets c.TLS, whose Handshake goes on when events come. done
	// is called once, from inside or later: with nil when the peer is who it should
	// be, else with an error for CLIENT_CONNECTION_ERROR; then done closes c.
	Connect(c *Conn, r *TLSRequest, done func(error))
	Close()
}

// TLSRequest is what a client connection wants of TLS.
type TLSRequest struct {
	Allow int // LCCSCF_ bits: which faults of a certificate are no fault
	// Host is the name for SNI and for the check of the certificate: the Host
	// header without its port.
	Host      string
	Port      int
	ALPN      string // comma-separated, "" offers none, as the reference
	Cert, Key []byte // DER, nil for the vhost's
}

// Secured tells whether connections to v start with TLS.
func (v *Vhost) Secured() bool { return v.TLS != nil && v.TLS.On(v) }

// Scarce tells whether connections to v are so many that no further one is accepted,
// and that one which has nothing to do makes room.
func (v *Vhost) Scarce() bool { return v.Secured() && v.Ctx.TLS.Full() }

// NoClientTLS is why v makes no TLS connections.
func (v *Vhost) NoClientTLS() error {
	return fmt.Errorf("no client TLS in vhost %s (lws_init_vhost_client_ssl)", v.Name)
}

// ready is called when PROTOCOL_INIT has run for the vhosts in fresh, the first ones
// of the context or later ones.
func (ctx *Context) ready(fresh []*Vhost, first bool) {
	if ctx.TLS != nil && len(fresh) > 0 {
		ctx.TLS.Ready(ctx, fresh, first)
	}
}

// Transport carries bytes over a secured socket; nil means the plain socket.
type Transport interface {
	// Handshake goes on with a client's handshake; it is called for each event in
	// StateTLSHandshake.
	Handshake(c *Conn)
	// ALPN is the protocol that was settled, "" for none.
	ALPN() string
	Read(b []byte) (int, error)
	// Write may leave what it made to Flush, with more to come.
	Write(b []byte, more bool) (int, error)
	// Flush sends it; EAGAIN when the socket does not take all of it.
	Flush() error
	// Pending is how many decrypted bytes wait inside; Forget has it tell of none until
	// the next Read.
	Pending() int
	Forget()
	// Cross tells what waits for the socket in a way that is not plain to see.
	Cross() uint8
	// AtRest tells whether C may read and write by itself (short.go).
	AtRest() bool
	// Took takes over what C's last call has come to: a write of asked bytes or, if that is
	// 0, a read. The error is that of Read or Write.
	Took(io unsafe.Pointer, asked int) error
	// Moved is called when another connection takes over the socket.
	Moved(to *Conn)
	// Shutdown says goodbye, which Flush sends, for the socket to be closed then;
	// Close sends it too and frees.
	Shutdown()
	Close()
	// SSL is the program-visible SSL *.
	SSL() unsafe.Pointer
}

// Bits of Transport.Cross.
const (
	CrossWrite = 1 // a write waits until the socket is readable
	CrossRead  = 2 // a read waits until it is writable
	CrossKept  = 4 // Flush has something left
)
