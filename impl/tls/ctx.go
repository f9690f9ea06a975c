// SPDX-License-Identifier: MIT

// Package tls binds OpenSSL: contexts (SSL_CTX), connections (SSL) and
// certificates. It knows nothing of the engine; what programs see as SSL * and
// SSL_CTX * are the pointers inside.
package tls

// #cgo LDFLAGS: -lssl -lcrypto
// #include <stdlib.h>
// #include "glue.h"
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"unsafe"
)

// Ctx is an SSL_CTX: the settings, certificates and trust of one side.
type Ctx struct {
	p     *C.SSL_CTX
	owned bool
}

// NewServer makes a context for accepting connections, TLS 1.0 or what the
// system's configuration asks for at the least.
func NewServer() (*Ctx, error) { return newCtx(C.TLS_server_method()) }

// NewClient makes a context for connecting.
func NewClient() (*Ctx, error) { return newCtx(C.TLS_client_method()) }

func newCtx(m *C.SSL_METHOD) (*Ctx, error) {
	var p *C.SSL_CTX
	err := try("SSL_CTX_new", func() bool {
		p = C.SSL_CTX_new(m)
		return p != nil
	})
	if err != nil {
		return nil, err
	}
	x := &Ctx{p: p, owned: true}
	x.SetOptions(C.SSL_OP_NO_SSLv2|C.SSL_OP_NO_SSLv3|C.SSL_OP_NO_COMPRESSION|C.SSL_OP_CIPHER_SERVER_PREFERENCE, 0)
	C.SSL_CTX_ctrl(p, C.SSL_CTRL_MODE, C.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER|C.SSL_MODE_ENABLE_PARTIAL_WRITE|
		C.SSL_MODE_RELEASE_BUFFERS, nil)
	return x, nil
}

// Borrow wraps a program's SSL_CTX, which stays the program's.
func Borrow(p unsafe.Pointer) *Ctx { return &Ctx{p: (*C.SSL_CTX)(p)} }

// Again is the same SSL_CTX for a runtime that was started anew in a forked
// child, where x is its parent's.
func (x *Ctx) Again() *Ctx {
	if x == nil || x.p == nil {
		return nil
	}
	return &Ctx{p: x.p, owned: x.owned}
}

// Pointer is the SSL_CTX *.
func (x *Ctx) Pointer() unsafe.Pointer { return unsafe.Pointer(x.p) }

// Close gives the context back; connections that use it live on.
func (x *Ctx) Close() {
	if x.p == nil {
		return
	}
	if x.owned {
		C.SSL_CTX_free(x.p)
	}
	x.p = nil
}

// try runs fn on one thread and turns false into an error that says what
// OpenSSL's error queue says.
func try(what string, fn func() bool) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	C.tls_clean()
	if fn() {
		C.ERR_clear_error()
		return nil
	}
	return fmt.Errorf("%s: %s", what, queue())
}

// queue empties the thread's error queue into one line.
func queue() string {
	var b [256]C.char
	C.tls_drain(&b[0], C.size_t(len(b)))
	return reason(&b[0])
}

func reason(text *C.char) string {
	if s := C.GoString(text); s != "" {
		return s
	}
	return "no reason given"
}

// withC calls fn with s as a C string.
func withC(s string, fn func(*C.char) bool) bool {
	p := C.CString(s)
	defer C.free(unsafe.Pointer(p))
	return fn(p)
}

// SetOptions sets and clears SSL_OP_ bits.
func (x *Ctx) SetOptions(set, clear uint64) {
	C.SSL_CTX_set_options(x.p, C.uint64_t(set))
	C.SSL_CTX_clear_options(x.p, C.uint64_t(clear))
}

// SetCiphers sets the ciphers up to TLS 1.2, in OpenSSL's notation.
func (x *Ctx) SetCiphers(list string) error {
	return try("ciphers '"+list+"'", func() bool {
		return withC(list, func(p *C.char) bool { return C.SSL_CTX_set_cipher_list(x.p, p) == 1 })
	})
}

// SetSuites sets the cipher suites of TLS 1.3.
func (x *Ctx) SetSuites(list string) error {
	return try("TLS 1.3 ciphers '"+list+"'", func() bool {
		return withC(list, func(p *C.char) bool { return C.SSL_CTX_set_ciphersuites(x.p, p) == 1 })
	})
}

// SetGroups sets the curves for key exchange, separated by colons.
func (x *Ctx) SetGroups(list string) error {
	return try("curve '"+list+"'", func() bool {
		return withC(list, func(p *C.char) bool { return C.tls_set_groups(x.p, p) == 1 })
	})
}

// TrustSystem trusts the system's certificate authorities.
func (x *Ctx) TrustSystem() error {
	return try("system CAs", func() bool { return C.SSL_CTX_set_default_verify_paths(x.p) == 1 })
}

// TrustFile trusts the certificates of a PEM file.
func (x *Ctx) TrustFile(path string) error {
	return try("CA file '"+path+"'", func() bool {
		return withC(path, func(p *C.char) bool { return C.SSL_CTX_load_verify_file(x.p, p) == 1 })
	})
}

// TrustMem trusts the certificates in b, PEM or DER. With only set, nothing
// that was trusted before is any more.
func (x *Ctx) TrustMem(b []byte, only bool) error {
	certs, err := parseCerts(b)
	if err != nil {
		return err
	}
	defer freeCerts(certs)
	if only {
		C.SSL_CTX_set_cert_store(x.p, C.X509_STORE_new())
	}
	return try("CA", func() bool {
		st := C.SSL_CTX_get_cert_store(x.p)
		for _, c := range certs {
			if C.X509_STORE_add_cert(st, c) != 1 {
				return false
			}
		}
		return true
	})
}

// UseCertFile makes the first certificate of a PEM file our own; the rest is its chain.
func (x *Ctx) UseCertFile(path string) error {
	return try("certificate '"+path+"'", func() bool {
		return withC(path, func(p *C.char) bool { return C.SSL_CTX_use_certificate_chain_file(x.p, p) == 1 })
	})
}

// UseCertMem is UseCertFile for memory, PEM or DER.
func (x *Ctx) UseCertMem(b []byte) error {
	certs, err := parseCerts(b)
	if err != nil {
		return err
	}
	defer freeCerts(certs)
	return try("certificate", func() bool {
		if C.SSL_CTX_use_certificate(x.p, certs[0]) != 1 {
			return false
		}
		C.tls_clear_chain(x.p)
		for _, c := range certs[1:] {
			if C.tls_add_chain(x.p, c) != 1 {
				return false
			}
		}
		return true
	})
}

// UseKeyFile makes the key of a PEM file our own.
func (x *Ctx) UseKeyFile(path, password string, hasPassword bool) error {
	return try("private key '"+path+"'", func() bool {
		return withPassword(password, hasPassword, func(pw *C.char) bool {
			return withC(path, func(p *C.char) bool { return C.tls_use_key_file(x.p, p, pw) == 1 })
		})
	})
}

// UseKeyMem is UseKeyFile for memory, PEM or DER.
func (x *Ctx) UseKeyMem(b []byte, password string, hasPassword bool) error {
	if len(b) == 0 {
		return errors.New("private key: empty")
	}
	return try("private key", func() bool {
		return withPassword(password, hasPassword, func(pw *C.char) bool {
			p := C.CBytes(b)
			defer C.free(p)
			return C.tls_use_key_mem(x.p, p, C.int(len(b)), isPEM(b), pw) == 1
		})
	})
}

func withPassword(s string, has bool, fn func(*C.char) bool) bool {
	if !has {
		return fn(nil)
	}
	return withC(s, fn)
}

// CheckKey tells whether our key belongs to our certificate.
func (x *Ctx) CheckKey() error {
	return try("private key and certificate", func() bool { return C.SSL_CTX_check_private_key(x.p) == 1 })
}

// Cert is our own certificate, nil when there is none. It belongs to the context.
func (x *Ctx) Cert() *Cert {
	if x == nil || x.p == nil {
		return nil
	}
	if c := C.SSL_CTX_get0_certificate(x.p); c != nil {
		return &Cert{p: c}
	}
	return nil
}

func isPEM(b []byte) C.int {
	if bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("-----")) || bytes.Contains(b, []byte("-----BEGIN ")) {
		return 1
	}
	return 0
}

// parseCerts reads all certificates of b, PEM or DER: at least one.
func parseCerts(b []byte) ([]*C.X509, error) {
	if len(b) == 0 {
		return nil, errors.New("certificate: empty")
	}
	mem := C.CBytes(b)
	defer C.free(mem)
	pem := isPEM(b)
	var certs []*C.X509
	err := try("certificate", func() bool {
		for at := 0; at < len(b); {
			var used C.long
			x := C.tls_next_cert((*C.uchar)(unsafe.Add(mem, at)), C.long(len(b)-at), pem, &used)
			if x == nil {
				break // what is behind the last certificate is no error
			}
			certs = append(certs, x)
			at += int(used)
		}
		return len(certs) > 0
	})
	return certs, err
}

func freeCerts(l []*C.X509) {
	for _, c := range l {
		C.X509_free(c)
	}
}
