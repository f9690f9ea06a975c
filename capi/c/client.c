/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lws-client.h and of what else belongs to clients. C because of
 * reason 1.
 */
#include "face.h"

extern struct lws *go_lws_client_connect_via_info(const struct lwsgo_connect *n);

LWS_VISIBLE struct lws *
lws_client_connect_via_info(const struct lws_client_connect_info *ccinfo)
{
	struct lwsgo_connect n;
	struct lws *wsi;

	LWS_NEEDS(ccinfo, NULL);
	if (!lwsgo_enter("lws_client_connect_via_info"))
		return NULL;
	lwsgo_connect_of(&n, ccinfo);
	wsi = go_lws_client_connect_via_info(&n);
	lwsgo_leave();
	return wsi;
}

/* Exported by the reference without a declaration in its public headers. */
LWS_VISIBLE struct lws *
lws_client_reset(struct lws **wsi, int ssl, const char *address, int port,
		 const char *path, const char *host, char weak);
LWS_ENTRY(struct lws *, NULL, lws_client_reset,
	  (struct lws * *wsi, int ssl, const char *address, int port,
	   const char *path, const char *host, char weak),
	  (wsi, ssl, address, port, path, host, weak))

LWS_ENTRY(int, -1, lws_http_client_read,
	  (struct lws * wsi, char **buf, int *len), (wsi, buf, len))
LWS_ENTRY(unsigned int, 0, lws_http_client_http_response, (struct lws * wsi),
	  (wsi))
LWS_ENTRY(int, 0, lws_http_is_redirected_to_get, (struct lws * wsi), (wsi))
LWS_ENTRY_VOID(lws_client_http_body_pending,
	       (struct lws * wsi, int something_left_to_send),
	       (wsi, something_left_to_send))
LWS_ENTRY(int, 1, lws_client_http_multipart,
	  (struct lws * wsi, const char *name, const char *filename,
	   const char *content_type, char **p, char *end),
	  (wsi, name, filename, content_type, p, end))
LWS_ENTRY(int, 1, lws_http_basic_auth_gen,
	  (const char *user, const char *pw, char *buf, size_t len),
	  (user, pw, buf, len))
LWS_ENTRY(int, -1, lws_set_proxy, (struct lws_vhost * vhost, const char *proxy),
	  (vhost, proxy))
LWS_ENTRY(int, -1, lws_set_socks, (struct lws_vhost * vhost, const char *socks),
	  (vhost, socks))
