/* SPDX-License-Identifier: MIT
 *
 * Wrappers of the TLS calls of lws-client.h and lws-x509.h. C because of
 * reason 1.
 */
#define LWS_NO_SIZED_CALLS
#include "entry.h"
#include <stddef.h>

LWS_ENTRY(int, 1, lws_init_vhost_client_ssl_sized,
	  (const struct lws_context_creation_info *info,
	   struct lws_vhost *vhost, size_t size),
	  (info, vhost, size))
LWS_ENTRY(int, -1, lws_tls_peer_cert_info,
	  (struct lws * wsi, enum lws_tls_cert_info type,
	   union lws_tls_cert_info_results *buf, size_t len),
	  (wsi, type, buf, len))

/* What a program compiled with Debian's header passes. */
LWS_VISIBLE int
lws_init_vhost_client_ssl(const struct lws_context_creation_info *info,
			  struct lws_vhost *vhost)
{
	return lws_init_vhost_client_ssl_sized(
		info, vhost,
		offsetof(struct lws_context_creation_info, ip_limit_ah));
}
