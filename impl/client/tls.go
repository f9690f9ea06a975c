// SPDX-License-Identifier: MIT

package client

import (
	"errors"

	"libwebsockets/impl/engine"
)

// TLSRequest is what a client connection wants of TLS.
type TLSRequest struct {
	Flags Flags // LCCSCF_ bits: which faults of a certificate are no fault
	// Host is the name for SNI and for the check of the certificate: the Host
	// header without its port.
	Host string
	Port int
	// ALPN is the list of protocols to offer, by commas; "" offers none.
	ALPN string
	// ClientCert is sys_tls_client_cert: 0, or 1 + the number of the blob.
	ClientCert uint8
}

// SecureConnect starts the client side of TLS on c, which is connected and in
// StateTLSHandshake; nil when the library has no TLS.
//
// It puts its transport into c.TLS, sets c.F.SSL and c.F.IsSSL, and goes on
// when events come ([engine.Transport.Handshake]). done is called once, with the lock held,
// in the service thread, from inside or later: with nil when the peer is who it
// should be, else with an error whose text becomes that of
// CLIENT_CONNECTION_ERROR; then done closes c. The caller of done touches c no
// more but to look whether it is dead.
//
// The handshake waits for POLLOUT with c.WantOut and c.TouchPoll, for POLLIN
// always. Its time limit is set here.
var SecureConnect func(c *engine.Conn, req *TLSRequest, done func(err error))

var errNoTLS = errors.New("no TLS in this vhost")
