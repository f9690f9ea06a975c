/* SPDX-License-Identifier: MIT
 *
 * Wrappers of the TLS calls of lws-client.h and lws-x509.h. C because of
 * reason 1.
 */
#define LWS_NO_SIZED_CALLS
#include "abi.h"
#include "face.h"
#include <stddef.h>

LWS_ENTRY(int, -1, lws_tls_peer_cert_info,
	  (struct lws * wsi, enum lws_tls_cert_info type,
	   union lws_tls_cert_info_results *buf, size_t len),
	  (wsi, type, buf, len))

extern int go_lws_init_vhost_client_ssl(const struct lwsgo_info *n,
					struct lws_vhost *vhost);

LWS_VISIBLE int
lws_init_vhost_client_ssl_sized(const struct lws_context_creation_info *info,
				struct lws_vhost *vhost, size_t size)
{
	struct lwsgo_info n;
	int r;

	LWS_NEEDS(info, 1);
	if (!lwsgo_enter("lws_init_vhost_client_ssl"))
		return 1;
	lwsgo_info_of(&n, info, size);
	r = go_lws_init_vhost_client_ssl(&n, vhost);
	lwsgo_leave();
	return r;
}

LWS_VISIBLE int
lws_init_vhost_client_ssl(const struct lws_context_creation_info *info,
			  struct lws_vhost *vhost)
{
	return lws_init_vhost_client_ssl_sized(info, vhost, LWSGO_INFO_ORIGINAL);
}
