/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lws-x509.h and of the rest of TLS. C because of reason 1.
 */
#include "entry.h"

LWS_ENTRY(int, -1, lws_tls_vhost_cert_info,
	  (struct lws_vhost * vhost, enum lws_tls_cert_info type,
	   union lws_tls_cert_info_results *buf, size_t len),
	  (vhost, type, buf, len))
LWS_ENTRY(int, 1, lws_tls_cert_updated,
	  (struct lws_context * context, const char *certpath,
	   const char *keypath, const char *mem_cert, size_t len_mem_cert,
	   const char *mem_privkey, size_t len_mem_privkey),
	  (context, certpath, keypath, mem_cert, len_mem_cert, mem_privkey,
	   len_mem_privkey))
LWS_ENTRY(int, 1, lws_tls_client_vhost_extra_cert_mem,
	  (struct lws_vhost * vh, const uint8_t *der, size_t der_len),
	  (vh, der, der_len))
LWS_ENTRY(int, 1, lws_x509_create, (struct lws_x509_cert * *x509), (x509))
LWS_ENTRY_VOID(lws_x509_destroy, (struct lws_x509_cert * *x509), (x509))
LWS_ENTRY(int, -1, lws_x509_parse_from_pem,
	  (struct lws_x509_cert * x509, const void *pem, size_t len),
	  (x509, pem, len))
LWS_ENTRY(int, -1, lws_x509_verify,
	  (struct lws_x509_cert * x509, struct lws_x509_cert *trusted,
	   const char *common_name),
	  (x509, trusted, common_name))
LWS_ENTRY(int, -1, lws_x509_info,
	  (struct lws_x509_cert * x509, enum lws_tls_cert_info type,
	   union lws_tls_cert_info_results *buf, size_t len),
	  (x509, type, buf, len))

/* Not in a header, but in the reference's symbol table. */
LWS_ENTRY_VOID(lws_ssl_remove_wsi_from_buffered_list, (struct lws * wsi), (wsi))
