/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lws-adopt.h. C because of reason 1; the forms differ only in
 * how they are given their arguments.
 */
#include "abi.h"
#include "entry.h"

extern struct lws *go_lwsgo_adopt(struct lws_vhost *vh, int how, int fd,
				  const char *protocol, struct lws *parent,
				  void *opaque);
extern struct lws_vhost *go_lwsgo_first_vhost(struct lws_context *context);
extern int go_lwsgo_feed(struct lws *wsi, const char *b, size_t n);

LWS_ENTRY_AS(struct lws *, NULL, lws_create_adopt_udp,
	  (struct lws_vhost * vhost, const char *ads, int port, int flags,
	   const char *protocol_name, const char *ifname,
	   struct lws *parent_wsi, void *opaque,
	   const lws_retry_bo_t *retry_policy LWSGO_ADOPT_UDP_MORE),
	  (struct lws_vhost * vhost, const char *ads, int port, int flags,
	   const char *protocol_name, const char *ifname,
	   struct lws *parent_wsi, void *opaque,
	   const lws_retry_bo_t *retry_policy),
	  (vhost, ads, port, flags, protocol_name, ifname, parent_wsi, opaque,
	   retry_policy))

LWS_VISIBLE struct lws *
lws_adopt_descriptor_vhost_via_info(const lws_adopt_desc_t *info)
{
	struct lws *wsi;

	LWS_NEEDS(info, NULL);
	if (!lwsgo_enter("lws_adopt_descriptor_vhost_via_info"))
		return NULL;
	wsi = go_lwsgo_adopt(info->vh, (int)info->type, info->fd.sockfd,
			     info->vh_prot_name, info->parent, info->opaque);
	lwsgo_leave();
	return wsi;
}

LWS_VISIBLE struct lws *
lws_adopt_descriptor_vhost(struct lws_vhost *vh, lws_adoption_type type,
			   lws_sock_file_fd_type fd, const char *vh_prot_name,
			   struct lws *parent)
{
	lws_adopt_desc_t info;

	memset(&info, 0, sizeof(info));
	info.vh = vh;
	info.type = type;
	info.fd = fd;
	info.vh_prot_name = vh_prot_name;
	info.parent = parent;
	return lws_adopt_descriptor_vhost_via_info(&info);
}

LWS_VISIBLE struct lws *
lws_adopt_socket_vhost(struct lws_vhost *vh, lws_sockfd_type accept_fd)
{
	lws_sock_file_fd_type fd;

	fd.sockfd = accept_fd;
	return lws_adopt_descriptor_vhost(vh,
					  (lws_adoption_type)(LWS_ADOPT_SOCKET |
							      LWS_ADOPT_HTTP |
							      LWS_ADOPT_ALLOW_SSL),
					  fd, NULL, NULL);
}

LWS_VISIBLE struct lws *
lws_adopt_socket(struct lws_context *context, lws_sockfd_type accept_fd)
{
	struct lws_vhost *vh;

	if (!lwsgo_enter("lws_adopt_socket"))
		return NULL;
	vh = go_lwsgo_first_vhost(context);
	lwsgo_leave();
	return vh ? lws_adopt_socket_vhost(vh, accept_fd) : NULL;
}

/* Hands over what was read from the socket before it was adopted. */
static struct lws *
with_buffer(struct lws *wsi, const char *readbuf, size_t len)
{
	int r;

	if (!wsi || !readbuf || !len)
		return wsi;
	if (!lwsgo_enter("lws_adopt_socket_readbuf"))
		return NULL;
	r = go_lwsgo_feed(wsi, readbuf, len);
	lwsgo_leave();
	return r ? NULL : wsi;
}

LWS_VISIBLE struct lws *
lws_adopt_socket_readbuf(struct lws_context *context, lws_sockfd_type accept_fd,
			 const char *readbuf, size_t len)
{
	return with_buffer(lws_adopt_socket(context, accept_fd), readbuf, len);
}

LWS_VISIBLE struct lws *
lws_adopt_socket_vhost_readbuf(struct lws_vhost *vhost,
			       lws_sockfd_type accept_fd, const char *readbuf,
			       size_t len)
{
	return with_buffer(lws_adopt_socket_vhost(vhost, accept_fd), readbuf,
			   len);
}
