// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <stdlib.h>

struct lws_x509_cert {
	void *cert;
};
*/
import "C"

import (
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/secure"
	"libwebsockets/impl/tls"
)

// nameMax is how long a certificate's name may be that is compared.
const nameMax = 512

//export go_lws_tls_vhost_cert_info
func go_lws_tls_vhost_cert_info(v *C.struct_lws_vhost, what C.enum_lws_tls_cert_info, buf *C.union_lws_tls_cert_info_results, n C.size_t) C.int {
	return onVhost(v, "lws_tls_vhost_cert_info", -1, func(vh *engine.Vhost) C.int {
		if buf == nil {
			return -1
		}
		t := secure.Of(vh)
		if t == nil {
			return -1
		}
		c := t.Server.Cert()
		if c == nil {
			return -1
		}
		return certInfo(c, what, buf, n)
	})
}

//export go_lws_tls_cert_updated
func go_lws_tls_cert_updated(cx *C.struct_lws_context, cert, key, memCert *C.char, lenCert C.size_t, memKey *C.char, lenKey C.size_t) (ret C.int) {
	defer guardOr("lws_tls_cert_updated", &ret, 1)
	ctx := context(cx)
	if ctx == nil || cert == nil || key == nil {
		return 0
	}
	ctx.Lock()
	defer ctx.Unlock()
	secure.Updated(ctx, secure.Identity{
		CertFile: given(cert), KeyFile: given(key),
		Cert: cBlob(unsafe.Pointer(memCert), C.uint(lenCert)), Key: cBlob(unsafe.Pointer(memKey), C.uint(lenKey)),
	})
	return 0
}

//export go_lws_tls_client_vhost_extra_cert_mem
func go_lws_tls_client_vhost_extra_cert_mem(v *C.struct_lws_vhost, der *C.uint8_t, n C.size_t) C.int {
	return onVhost(v, "lws_tls_client_vhost_extra_cert_mem", 1, func(vh *engine.Vhost) C.int {
		t := secure.Of(vh)
		if t == nil || t.Client == nil {
			engine.Errf("lws_tls_client_vhost_extra_cert_mem: vhost %s has no client TLS", vh.Name)
			return 1
		}
		if err := t.Client.TrustMem(cBlob(unsafe.Pointer(der), C.uint(n)), false); err != nil {
			engine.Errf("lws_tls_client_vhost_extra_cert_mem: vhost %s: %v", vh.Name, err)
			return 1
		}
		return 0
	})
}

//export go_lws_x509_create
func go_lws_x509_create(x **C.struct_lws_x509_cert) (ret C.int) {
	defer guardOr("lws_x509_create", &ret, 1)
	if lacks("lws_x509_create", x == nil) {
		return 1
	}
	*x = (*C.struct_lws_x509_cert)(C.calloc(1, C.sizeof_struct_lws_x509_cert))
	return b2i(*x == nil)
}

//export go_lws_x509_destroy
func go_lws_x509_destroy(x **C.struct_lws_x509_cert) {
	defer guard("lws_x509_destroy")
	if lacks("lws_x509_destroy", x == nil) || *x == nil {
		return
	}
	tls.CertAt((*x).cert).Free()
	C.free(unsafe.Pointer(*x))
	*x = nil
}

//export go_lws_x509_parse_from_pem
func go_lws_x509_parse_from_pem(x *C.struct_lws_x509_cert, pem unsafe.Pointer, n C.size_t) (ret C.int) {
	defer guardOr("lws_x509_parse_from_pem", &ret, -1)
	if lacks("lws_x509_parse_from_pem", x == nil || pem == nil) {
		return -1
	}
	c, err := tls.ParseCert(cBlob(pem, C.uint(n)))
	if err != nil {
		engine.Errf("lws_x509_parse_from_pem: %v", err)
		return -1
	}
	tls.CertAt(x.cert).Free()
	x.cert = c.Pointer()
	return 0
}

//export go_lws_x509_verify
func go_lws_x509_verify(x, trusted *C.struct_lws_x509_cert, name *C.char) (ret C.int) {
	defer guardOr("lws_x509_verify", &ret, -1)
	if lacks("lws_x509_verify", x == nil || trusted == nil) || x.cert == nil || trusted.cert == nil {
		return -1
	}
	c := tls.CertAt(x.cert)
	if name != nil && string(c.CommonName(nameMax)) != str(name) {
		engine.Errf("lws_x509_verify: the certificate is for '%s', not '%s'", c.CommonName(nameMax), str(name))
		return -1
	}
	if !tls.CertAt(trusted.cert).Issued(c) {
		engine.Errf("lws_x509_verify: the certificate was not issued by the trusted one")
		return -1
	}
	return 0
}

//export go_lws_x509_info
func go_lws_x509_info(x *C.struct_lws_x509_cert, what C.enum_lws_tls_cert_info, buf *C.union_lws_tls_cert_info_results, n C.size_t) (ret C.int) {
	defer guardOr("lws_x509_info", &ret, -1)
	if lacks("lws_x509_info", x == nil || buf == nil) || x.cert == nil {
		return -1
	}
	return certInfo(tls.CertAt(x.cert), what, buf, n)
}

//export go_lws_ssl_remove_wsi_from_buffered_list
func go_lws_ssl_remove_wsi_from_buffered_list(wsi *C.struct_lws) {
	withConn(wsi, "lws_ssl_remove_wsi_from_buffered_list", func(c *engine.Conn) {
		if c.TLS != nil {
			c.TLS.Forget()
		}
	})
}
