// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"
*/
import "C"

import (
	"fmt"
	"math"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/secure"
	"libwebsockets/impl/tls"
)

// systemIdentity is the system's client certificate n, and its key.
func systemIdentity(cx *C.struct_lws_context, n C.int) (cert, key []byte, err error) {
	cert = blob(cx, C.LWS_SYSBLOB_TYPE_CLIENT_CERT_DER, n)
	key = blob(cx, C.LWS_SYSBLOB_TYPE_CLIENT_KEY_DER, n)
	if cert == nil || key == nil {
		err = fmt.Errorf("no system client certificate %d", int(n))
	}
	return cert, key, err
}

// blob copies one of the context's system blobs, nil when it is not set.
func blob(cx *C.struct_lws_context, what C.lws_system_blob_item_t, i C.int) []byte {
	b := C.lws_system_get_blob(cx, what, i)
	if b == nil {
		return nil
	}
	n := C.lws_system_blob_get_size(b)
	if n == 0 {
		return nil
	}
	out := make([]byte, n)
	if C.lws_system_blob_get(b, (*C.uint8_t)(&out[0]), &n, 0) != 0 || int(n) != len(out) {
		return nil
	}
	return out
}

// cBlob copies n bytes at p; nil when there is no p.
func cBlob(p unsafe.Pointer, n C.uint) []byte {
	if p == nil {
		return nil
	}
	return C.GoBytes(p, C.int(n))
}

// firstOf is the first string that is given.
func firstOf(a, b *C.char) string {
	if a != nil {
		return str(a)
	}
	return str(b)
}

func given(p *C.char) secure.File { return secure.File{Path: str(p), Given: p != nil} }

// tlsConfig copies what TLS needs out of the program's struct.
func tlsConfig(i *C.struct_lwsgo_info, port int) *secure.Config {
	cfg := &secure.Config{
		Options: engine.Option(i.options), Port: port,
		Curve: str(i.ecdh_curve), ALPN: str(i.alpn), InfoMask: int(i.ssl_info_event_mask),
		Server: secure.Side{
			Identity: secure.Identity{
				CertFile: given(i.ssl_cert_filepath), KeyFile: given(i.ssl_private_key_filepath),
				Cert:     cBlob(i.server_ssl_cert_mem, i.server_ssl_cert_mem_len),
				Key:      cBlob(i.server_ssl_private_key_mem, i.server_ssl_private_key_mem_len),
				Password: str(i.ssl_private_key_password), HasPassword: i.ssl_private_key_password != nil,
			},
			CAFile: given(i.ssl_ca_filepath), CA: cBlob(i.server_ssl_ca_mem, i.server_ssl_ca_mem_len),
			Ciphers: str(i.ssl_cipher_list), Suites: str(i.tls1_3_plus_cipher_list),
			OptsSet: uint64(i.ssl_options_set), OptsClear: uint64(i.ssl_options_clear),
		},
		Client: secure.Side{
			Identity: secure.Identity{
				CertFile: given(i.client_ssl_cert_filepath), KeyFile: given(i.client_ssl_private_key_filepath),
				Cert:        cBlob(i.client_ssl_cert_mem, i.client_ssl_cert_mem_len),
				Key:         cBlob(i.client_ssl_key_mem, i.client_ssl_key_mem_len),
				Password:    firstOf(i.client_ssl_private_key_password, i.ssl_private_key_password),
				HasPassword: i.client_ssl_private_key_password != nil || i.ssl_private_key_password != nil,
			},
			CAFile: given(i.client_ssl_ca_filepath), CA: cBlob(i.client_ssl_ca_mem, i.client_ssl_ca_mem_len),
			Ciphers: firstOf(i.client_ssl_cipher_list, i.ssl_cipher_list), Suites: str(i.client_tls_1_3_plus_cipher_list),
			OptsSet: uint64(i.ssl_client_options_set), OptsClear: uint64(i.ssl_client_options_clear),
		},
	}
	if p := i.provided_client_ssl_ctx; p != nil {
		cfg.Provided = tls.Borrow(unsafe.Pointer(p))
	}
	s := &cfg.Sessions
	s.Secs, s.Max = int(i.tls_session_timeout), int(min(i.tls_session_cache_max, math.MaxInt32))
	s.On = s.Secs != 0 || s.Max != 0 || i.abi.session_cache != 0
	s.Off = i.options&C.LWS_SERVER_OPTION_DISABLE_TLS_SESSION_CACHE != 0
	return cfg
}

// setupTLS notes what a new context says of TLS for all its vhosts.
func setupTLS(ctx *engine.Context, i *C.struct_lwsgo_info) {
	secure.Setup(ctx, int(i.simultaneous_ssl_restriction), int(i.simultaneous_ssl_handshake_restriction), str(i.alpn))
}

// initTLS makes the vhost's TLS contexts.
func initTLS(v *engine.Vhost, i *C.struct_lwsgo_info) error {
	return secure.Init(v, tlsConfig(i, int(i.port)))
}

//export go_lws_init_vhost_client_ssl
func go_lws_init_vhost_client_ssl(i *C.struct_lwsgo_info, v *C.struct_lws_vhost) (ret C.int) {
	defer guardOr("lws_init_vhost_client_ssl", &ret, 1)
	vh := vhostOf(v)
	if vh == nil {
		engine.Errf("lws_init_vhost_client_ssl: no vhost")
		return 1
	}
	vh.Lock()
	defer vh.Unlock()
	if err := secure.InitClient(vh, tlsConfig(i, engine.PortNoListen)); err != nil {
		engine.Errf("lws_init_vhost_client_ssl: vhost %s: %v", vh.Name, err)
		return 1
	}
	return 0
}

// What so.19's headers alone have names for.
const (
	certInfoAuthorityIssuer = C.LWS_TLS_CERT_INFO_AUTHORITY_KEY_ID + 1
	certInfoAuthoritySerial = C.LWS_TLS_CERT_INFO_AUTHORITY_KEY_ID + 2
)

// certInfo answers one question about a certificate, in the caller's union.
func certInfo(c *tls.Cert, what C.enum_lws_tls_cert_info, buf *C.union_lws_tls_cert_info_results, n C.size_t) C.int {
	p := unsafe.Pointer(buf)
	if n == 0 && C.lwsgo_plain.cert_room != 0 {
		n = C.size_t(unsafe.Sizeof(*buf) - unsafe.Sizeof(C.int(0)))
	}
	switch what {
	case C.LWS_TLS_CERT_INFO_VALIDITY_FROM, C.LWS_TLS_CERT_INFO_VALIDITY_TO:
		from, to, err := c.Validity()
		if err != nil {
			return -1
		}
		if what == C.LWS_TLS_CERT_INFO_VALIDITY_TO {
			from = to
		}
		*(*C.time_t)(p) = C.time_t(from)
	case C.LWS_TLS_CERT_INFO_COMMON_NAME:
		return certName(p, c.CommonName(int(n)-2))
	case C.LWS_TLS_CERT_INFO_ISSUER_NAME:
		return certName(p, c.Issuer(int(n)-1))
	case C.LWS_TLS_CERT_INFO_USAGE:
		*(*C.uint)(p) = C.uint(c.KeyUsage())
	case C.LWS_TLS_CERT_INFO_OPAQUE_PUBLIC_KEY:
		k := c.PublicKey(int(n))
		if k == nil {
			return -1
		}
		copy(certBytes(p, len(k)), k)
	case C.LWS_TLS_CERT_INFO_DER_RAW:
		return certBlob(p, c.DER(), int(n))
	case C.LWS_TLS_CERT_INFO_AUTHORITY_KEY_ID:
		return certBlob(p, c.AuthorityKeyID(), int(n))
	case certInfoAuthorityIssuer: // known, and never told by the reference
		return certBlob(p, nil, 0)
	case certInfoAuthoritySerial:
		// the reference tells that there is one, and no more
		certBytes(p, 0)
		return C.int(1 - b2i(c.AuthoritySerial()))
	case C.LWS_TLS_CERT_INFO_SUBJECT_KEY_ID:
		return certBlob(p, c.SubjectKeyID(), int(n))
	default:
		return -1
	}
	return 0
}

// certBytes is ns.name of the union, with n noted in ns.len.
func certBytes(p unsafe.Pointer, n int) []byte {
	*(*C.int)(p) = C.int(n)
	return unsafe.Slice((*byte)(unsafe.Add(p, unsafe.Sizeof(C.int(0)))), n)
}

// certBlob answers with b, where the room has n bytes: 1 if there is none, -1 if it does not fit.
func certBlob(p unsafe.Pointer, b []byte, n int) C.int {
	*(*C.int)(p) = C.int(len(b))
	switch {
	case b == nil:
		return 1
	case len(b) > n:
		return -1
	}
	copy(certBytes(p, len(b)), b)
	return 0
}

func certName(p unsafe.Pointer, s []byte) C.int {
	if s == nil {
		return -1
	}
	b := certBytes(p, len(s)+1)
	b[copy(b, s)] = 0
	*(*C.int)(p) = C.int(len(s))
	return 0
}

//export go_lws_tls_peer_cert_info
func go_lws_tls_peer_cert_info(wsi *C.struct_lws, what C.enum_lws_tls_cert_info, buf *C.union_lws_tls_cert_info_results, n C.size_t) (ret C.int) {
	defer guardOr("lws_tls_peer_cert_info", &ret, -1)
	if lacks("lws_tls_peer_cert_info", wsi == nil || buf == nil) {
		return -1
	}
	c, verified := tls.Peer(unsafe.Pointer(wsi.ssl))
	if c == nil {
		return -1
	}
	defer c.Close()
	if what == C.LWS_TLS_CERT_INFO_VERIFIED {
		*(*C.uint)(unsafe.Pointer(buf)) = C.uint(b2i(verified))
		return 0
	}
	return certInfo(c, what, buf, n)
}
