// SPDX-License-Identifier: MIT

package tls

// #include <stdlib.h>
// #include "glue.h"
import "C"

import (
	"bytes"
	"errors"
	"unsafe"
)

// Cert is an X509.
type Cert struct {
	p     *C.X509
	owned bool
}

// CertAt wraps an X509 *, which stays its owner's.
func CertAt(p unsafe.Pointer) *Cert {
	if p == nil {
		return nil
	}
	return &Cert{p: (*C.X509)(p)}
}

// ParseCert reads one certificate, PEM or DER.
func ParseCert(b []byte) (*Cert, error) {
	l, err := parseCerts(b)
	if err != nil {
		return nil, err
	}
	freeCerts(l[1:])
	return &Cert{p: l[0], owned: true}, nil
}

// Close frees a certificate that is ours.
func (c *Cert) Close() {
	if c != nil && c.owned {
		C.X509_free(c.p)
		c.p, c.owned = nil, false
	}
}

// Free frees a certificate that another owner gave up; nil is fine.
func (c *Cert) Free() {
	if c != nil {
		C.X509_free(c.p)
		c.p, c.owned = nil, false
	}
}

// Pointer is the X509 *.
func (c *Cert) Pointer() unsafe.Pointer { return unsafe.Pointer(c.p) }

// Validity is the time from and until which the certificate is valid, in seconds since 1970.
func (c *Cert) Validity() (from, to int64, err error) {
	var a, b C.int64_t
	if C.tls_time(C.X509_get0_notBefore(c.p), &a) != 1 || C.tls_time(C.X509_get0_notAfter(c.p), &b) != 1 {
		return 0, 0, errors.New("certificate: unreadable time")
	}
	return int64(a), int64(b), nil
}

// Subject is the subject's name in OpenSSL's one-line form, cut to fit a
// buffer of size bytes with its NUL.
func (c *Cert) Subject(size int) []byte { return oneline(C.X509_get_subject_name(c.p), size) }

// Issuer is Subject for the issuer.
func (c *Cert) Issuer(size int) []byte { return oneline(C.X509_get_issuer_name(c.p), size) }

func oneline(n *C.X509_NAME, size int) []byte {
	if n == nil || size <= 0 {
		return nil
	}
	b := C.malloc(C.size_t(size))
	defer C.free(b)
	if C.X509_NAME_oneline(n, (*C.char)(b), C.int(size)) == nil {
		return nil
	}
	return []byte(C.GoString((*C.char)(b)))
}

// CommonName is what the subject's one-line form says behind "/CN=", the whole
// of it when there is none.
func (c *Cert) CommonName(size int) []byte {
	s := c.Subject(size)
	if _, cn, ok := bytes.Cut(s, []byte("/CN=")); ok {
		return cn
	}
	return s
}

// KeyUsage are the bits of X509_get_key_usage.
func (c *Cert) KeyUsage() uint32 { return uint32(C.X509_get_key_usage(c.p)) }

// PublicKey is the public key in DER; nil when it is longer than limit bytes.
func (c *Cert) PublicKey(limit int) []byte {
	if limit <= 0 {
		return nil
	}
	b := C.malloc(C.size_t(limit))
	defer C.free(b)
	n := C.tls_pubkey(c.p, (*C.uchar)(b), C.int(limit))
	if n <= 0 {
		return nil
	}
	return C.GoBytes(b, n)
}

// DER is the certificate itself.
func (c *Cert) DER() []byte {
	n := C.i2d_X509(c.p, nil)
	if n <= 0 {
		return nil
	}
	b := C.malloc(C.size_t(n))
	defer C.free(b)
	end := (*C.uchar)(b)
	if C.i2d_X509(c.p, &end) != n {
		return nil
	}
	return C.GoBytes(b, n)
}

// AuthorityKeyID is the identifier of the key that signed it, nil where that is not told.
func (c *Cert) AuthorityKeyID() []byte { return octets(C.X509_get0_authority_key_id(c.p)) }

// AuthoritySerial tells whether the serial number of the certificate that signed it is told.
func (c *Cert) AuthoritySerial() bool { return C.X509_get0_authority_serial(c.p) != nil }

// SubjectKeyID is the identifier of its own key, nil where that is not told.
func (c *Cert) SubjectKeyID() []byte { return octets(C.X509_get0_subject_key_id(c.p)) }

func octets(s *C.ASN1_OCTET_STRING) []byte {
	if s == nil {
		return nil
	}
	return C.GoBytes(unsafe.Pointer(C.ASN1_STRING_get0_data(s)), C.ASN1_STRING_length(s))
}

// Issued tells whether c's subject issued o, as far as names and key
// identifiers say; signatures are not looked at.
func (c *Cert) Issued(o *Cert) bool { return C.X509_check_issued(c.p, o.p) == C.X509_V_OK }

// Peer is the certificate that the other side of an SSL * showed, nil when it
// showed none; it is the caller's to close. verified tells whether it was found good.
func Peer(ssl unsafe.Pointer) (c *Cert, verified bool) {
	if ssl == nil {
		return nil, false
	}
	x := C.SSL_get1_peer_certificate((*C.SSL)(ssl))
	if x == nil {
		return nil, false
	}
	return &Cert{p: x, owned: true}, C.SSL_get_verify_result((*C.SSL)(ssl)) == C.X509_V_OK
}
