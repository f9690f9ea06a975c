// SPDX-License-Identifier: MIT

package tls

// #include "glue.h"
import "C"

import (
	"sync"
	"unsafe"
)

// VerifyState is a certificate check in progress: an X509_STORE_CTX.
type VerifyState struct{ p *C.X509_STORE_CTX }

// Pointer is the X509_STORE_CTX *.
func (s VerifyState) Pointer() unsafe.Pointer { return unsafe.Pointer(s.p) }

// Err is the problem at hand, 0 for none, its text, and how far up the chain it is.
func (s VerifyState) Err() (code int, text string, depth int) {
	n := C.X509_STORE_CTX_get_error(s.p)
	return int(n), C.GoString(C.X509_verify_cert_error_string(C.long(n))), int(C.X509_STORE_CTX_get_error_depth(s.p))
}

// Forgive makes the problem none.
func (s VerifyState) Forgive() { C.X509_STORE_CTX_set_error(s.p, C.X509_V_OK) }

// Cert is the certificate being looked at; it belongs to the check.
func (s VerifyState) Cert() *Cert {
	return CertAt(unsafe.Pointer(C.X509_STORE_CTX_get_current_cert(s.p)))
}

// Verification problems that programs can choose to ignore.
const (
	ErrSelfSigned       = int(C.X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
	ErrSelfSignedChain  = int(C.X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN)
	ErrNoIssuer         = int(C.X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
	ErrLeafSignature    = int(C.X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE)
	ErrNotYetValid      = int(C.X509_V_ERR_CERT_NOT_YET_VALID)
	ErrExpired          = int(C.X509_V_ERR_CERT_HAS_EXPIRED)
	ErrHostnameMismatch = int(C.X509_V_ERR_HOSTNAME_MISMATCH)
	ErrInvalidCA        = int(C.X509_V_ERR_INVALID_CA)
)

func connOf(s *C.SSL) *Conn {
	c, _ := whose(uintptr(C.tls_get_id(s, exIndex))).(*Conn)
	return c
}

//export lwsgo_tls_verified
func lwsgo_tls_verified(ok C.int, x *C.X509_STORE_CTX) C.int {
	s := (*C.SSL)(C.X509_STORE_CTX_get_ex_data(x, C.SSL_get_ex_data_X509_STORE_CTX_idx()))
	c := connOf(s)
	if c == nil || !c.hooks.Verify(ok == 1, VerifyState{x}) {
		return 0
	}
	return 1
}

//export lwsgo_tls_informed
func lwsgo_tls_informed(s *C.SSL, where, ret C.int) {
	if c := connOf(s); c != nil {
		c.hooks.Info(int(where), int(ret))
	}
}

// lwsgo_tls_named picks the context for the name that a client asks for.
//
//export lwsgo_tls_named
func lwsgo_tls_named(s *C.SSL, name *C.char) *C.SSL_CTX {
	c := connOf(s)
	if c == nil {
		return nil
	}
	if x := c.hooks.ServerName(C.GoString(name)); x != nil {
		return x.p
	}
	return nil
}

// ServeNames has the connections' hook choose by the name that a client asks for (SNI).
func (x *Ctx) ServeNames() { C.tls_serve_names(x.p) }

// alpnIndex is where an SSL_CTX has what it offers.
var alpnIndex = sync.OnceValue(func() C.int { return C.tls_alpn_index() })

// ServeALPN answers with the first of names that the client knows too.
func (x *Ctx) ServeALPN(names []string) error {
	w := wireNames(names)
	if len(w) == 0 {
		return nil
	}
	return try("ALPN", func() bool {
		return C.tls_serve_alpn(x.p, alpnIndex(), unsafe.Pointer(&w[0]), C.uint(len(w))) == 1
	})
}

// VerifyClients asks clients for certificates, which are checked through the
// connections' Verify hook; required refuses those without. id tells sessions
// of this server from others'.
func (x *Ctx) VerifyClients(required bool, id []byte) {
	mode := C.int(C.SSL_VERIFY_PEER)
	if required {
		mode |= C.SSL_VERIFY_FAIL_IF_NO_PEER_CERT
	}
	if len(id) > 0 {
		C.SSL_CTX_set_session_id_context(x.p, (*C.uchar)(&id[0]), C.uint(len(id)))
	}
	C.tls_verify_clients(x.p, mode)
}
