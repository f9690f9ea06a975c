/* SPDX-License-Identifier: MIT
 *
 * Accessors that read the fields the engine mirrors in struct lws and its
 * like. C because of reason 5: programs call them in tight loops, and a
 * crossing would cost many times the work.
 */
#include "abi.h"
#include "lws_private.h"
#include "entry.h"
#include <stdlib.h>

extern char *go_lwsgo_wsi_tag(struct lws *wsi);
extern char *go_lwsgo_vh_tag(struct lws_vhost *vh);

LWS_VISIBLE void *
lws_wsi_user(struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->user;
}

LWS_VISIBLE struct lws_context *
lws_get_context(const struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->context;
}

LWS_VISIBLE void
lws_get_effective_uid_gid(struct lws_context *context, lwsgo_uid *uid,
			  lwsgo_gid *gid)
{
	LWS_NEEDS_VOID(context && uid && gid);
	*uid = (lwsgo_uid)context->uid;
	*gid = (lwsgo_gid)context->gid;
}

LWS_VISIBLE struct lws_vhost *
lws_get_vhost(struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->vhost;
}

LWS_VISIBLE const struct lws_protocols *
lws_get_protocol(struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->protocol;
}

LWS_VISIBLE const struct lws_protocols *
lws_protocol_get(struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->protocol;
}

LWS_VISIBLE lws_sockfd_type lws_get_socket_fd(struct lws *wsi)
{
	return wsi ? wsi->fd : LWS_SOCK_INVALID;
}

LWS_VISIBLE int
lws_is_final_fragment(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return wsi->final && !wsi->rx_remain && !wsi->draining;
}

LWS_VISIBLE int
lws_is_first_fragment(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return wsi->first;
}

LWS_VISIBLE size_t
lws_remaining_packet_payload(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return (size_t)wsi->rx_remain;
}

LWS_VISIBLE int
lws_frame_is_binary(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return wsi->binary;
}

LWS_VISIBLE unsigned char
lws_get_reserved_bits(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return wsi->rsv;
}

LWS_VISIBLE int
lws_get_close_length(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return wsi->close_len;
}

/* What it seldom has, made when it is needed. NULL: no memory. */
static struct lws_seldom *
seldom(struct lws *wsi)
{
	if (!wsi->seldom)
		wsi->seldom = lwsgo_zalloc(sizeof(*wsi->seldom), "wsi seldom");
	return wsi->seldom;
}

LWS_VISIBLE unsigned char *
lws_get_close_payload(struct lws *wsi)
{
	struct lws_seldom *s;

	LWS_NEEDS(wsi, NULL);
	s = seldom(wsi);
	if (!s)
		return NULL;
	if (!s->close_buf)
		s->close_buf = lwsgo_zalloc(LWSGO_CLOSE_MAX, "close payload");
	return s->close_buf;
}

LWS_VISIBLE struct lws *
lws_get_parent(const struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->parent;
}

LWS_VISIBLE struct lws *
lws_get_child(const struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->seldom ? wsi->seldom->child : NULL;
}

LWS_VISIBLE void *
lws_get_opaque_parent_data(const struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->seldom ? wsi->seldom->opaque_parent : NULL;
}

LWS_VISIBLE void
lws_set_opaque_parent_data(struct lws *wsi, void *data)
{
	struct lws_seldom *s;

	LWS_NEEDS_VOID(wsi);
	s = seldom(wsi);
	if (s)
		s->opaque_parent = data;
}

LWS_VISIBLE void *
lws_get_opaque_user_data(const struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->opaque_user;
}

LWS_VISIBLE void
lws_set_opaque_user_data(struct lws *wsi, void *data)
{
	LWS_NEEDS_VOID(wsi);
	wsi->opaque_user = data;
}

/* Children that write through their parent set it (lws_callback_on_writable). */
LWS_VISIBLE int
lws_get_child_pending_on_writable(const struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return wsi->child_pending;
}

LWS_VISIBLE void
lws_clear_child_pending_on_writable(struct lws *wsi)
{
	LWS_NEEDS_VOID(wsi);
	wsi->child_pending = 0;
}

LWS_VISIBLE int
lws_is_ssl(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return wsi->is_ssl;
}

LWS_VISIBLE SSL *
lws_get_ssl(struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return (SSL *)wsi->ssl;
}

LWS_VISIBLE int
lws_is_cgi(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	return !!(wsi->role & LWSGO_CGI);
}

LWS_VISIBLE int
lws_get_tsi(struct lws *wsi)
{
	return wsi ? wsi->tsi : 0;
}

LWS_VISIBLE int
lws_wsi_tsi(struct lws *wsi)
{
	return wsi ? wsi->tsi : 0;
}

LWS_VISIBLE int
lws_get_count_threads(struct lws_context *context)
{
	return context && context->threads ? context->threads : 1;
}

/* What carries a stream; everything else carries itself. */
LWS_VISIBLE struct lws *lws_get_network_wsi(struct lws *wsi)
{
	return wsi && wsi->net ? wsi->net : wsi;
}

LWS_VISIBLE void *
lws_context_user(struct lws_context *context)
{
	LWS_NEEDS(context, NULL);
	return context->user;
}

LWS_VISIBLE struct lws_plat_file_ops *
lws_get_fops(struct lws_context *context)
{
	LWS_NEEDS(context, NULL);
	return (struct lws_plat_file_ops *)context->fops;
}

LWS_VISIBLE void
lws_set_fops(struct lws_context *context, const struct lws_plat_file_ops *fops)
{
	LWS_NEEDS_VOID(context);
	context->fops = fops;
}

LWS_VISIBLE const struct lws_udp *
lws_get_udp(const struct lws *wsi)
{
	LWS_NEEDS(wsi, NULL);
	return wsi->seldom ? wsi->seldom->udp : NULL;
}

LWS_VISIBLE int
lws_context_is_deprecated(struct lws_context *cx)
{
	LWS_NEEDS(cx, 0);
	return cx->deprecated;
}

LWS_VISIBLE void *
lws_vhost_user(struct lws_vhost *vhost)
{
	LWS_NEEDS(vhost, NULL);
	return vhost->user;
}

LWS_VISIBLE void *
lws_get_vhost_user(struct lws_vhost *vhost)
{
	LWS_NEEDS(vhost, NULL);
	return vhost->user;
}

LWS_VISIBLE const char *
lws_get_vhost_name(struct lws_vhost *vhost)
{
	LWS_NEEDS(vhost, NULL);
	return vhost->name;
}

LWS_VISIBLE const char *
lws_get_vhost_iface(struct lws_vhost *vhost)
{
	LWS_NEEDS(vhost, NULL);
	return vhost->iface;
}

LWS_VISIBLE int
lws_get_vhost_port(struct lws_vhost *vhost)
{
	LWS_NEEDS(vhost, -1);
	return vhost->port;
}

LWS_VISIBLE int
lws_get_vhost_listen_port(struct lws_vhost *vhost)
{
	LWS_NEEDS(vhost, -1);
	return vhost->port;
}

/* Another thread may have asked meanwhile: its tag is the one that stays. */
static char *
tagged(char **at, char *tag)
{
	char *was = NULL;

	if (tag && !__atomic_compare_exchange_n(at, &was, tag, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
		free(tag);
		return was;
	}
	return tag;
}

LWS_VISIBLE const char *
lws_wsi_tag(struct lws *wsi)
{
	char *tag;

	if (!wsi)
		return "[null wsi]";
	tag = __atomic_load_n(&wsi->tag, __ATOMIC_ACQUIRE);
	if (!tag && lwsgo_enter("lws_wsi_tag")) {
		tag = tagged(&wsi->tag, go_lwsgo_wsi_tag(wsi));
		lwsgo_leave();
	}
	return tag ? tag : "[wsi]";
}

LWS_VISIBLE const char *
lws_vh_tag(struct lws_vhost *vh)
{
	char *tag;

	if (!vh)
		return "[null vh]";
	tag = __atomic_load_n(&vh->tag, __ATOMIC_ACQUIRE);
	if (!tag && lwsgo_enter("lws_vh_tag")) {
		tag = tagged(&vh->tag, go_lwsgo_vh_tag(vh));
		lwsgo_leave();
	}
	return tag ? tag : "[vh]";
}

LWS_VISIBLE int
lws_context_is_being_destroyed(struct lws_context *context)
{
	LWS_NEEDS(context, 1);
	return __atomic_load_n(&context->ending, __ATOMIC_SEQ_CST);
}

LWS_VISIBLE int
lws_tls_session_is_reused(struct lws *wsi)
{
	LWS_NEEDS(wsi, 0);
	struct lws *net = wsi->net ? wsi->net : wsi;

	return net->ssl && SSL_session_reused((SSL *)net->ssl);
}
