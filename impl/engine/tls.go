// SPDX-License-Identifier: MIT

package engine

import "unsafe"

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
