/* SPDX-License-Identifier: MIT
 *
 * Wrappers of what acts on connections: writing, asking for callbacks, timers,
 * flow control. C because of reasons 1 and 5.
 */
#include "abi.h"
#include "../evlib/evlib.h"
#include "entry.h"
#include "lws_private.h"
#include "short.h"
#include <poll.h>
#include <string.h>

extern int go_lws_callback_on_writable(struct lws *wsi);
extern void go_lwsgo_asked(struct lws *list);
extern int go_lws_write(struct lws *wsi, unsigned char *buf, size_t len,
			enum lws_write_protocol protocol);
extern void go_lwsgo_noted(struct lws *wsi, int len, int protocol);
extern void go_lwsgo_written(struct lws *wsi);
extern int go_lws_send_pipe_choked(struct lws *wsi);

/* The event loop whose thread calls, from something else that it runs: it can be told
 * without a descriptor that has it wake up (reason 5). */
static struct lwsgo_pt *
loop_of(struct lws *wsi)
{
	struct lws_context *cx = wsi ? wsi->context : NULL;
	struct lwsgo_pt *pt;

	if (!cx || !cx->loop_ops || lwsgo_self.depth)
		return NULL;
	pt = lwsgo_pt_of(cx, wsi->tsi);
	return pt->loop && lwsgo_on_thread(pt) ? pt : NULL;
}

/* Most calls come from a callback, which Go gets back from anyway: they need no
 * way of their own into it (reason 5). */
LWS_VISIBLE int
lws_callback_on_writable(struct lws *wsi)
{
	struct lwsgo_thread *t = &lwsgo_self;
	struct lwsgo_pt *pt;
	int r;

	if (wsi && t->inside && t->inside == wsi->context && wsi->slot &&
	    !wsi->dead && t->outside == t->depth && t->ready) {
		if (!__atomic_exchange_n(&wsi->asked, 1, __ATOMIC_ACQ_REL)) {
			wsi->next_asked = NULL;
			*t->asked_end = wsi;
			t->asked_end = &wsi->next_asked;
		}
		return 1;
	}
	if (wsi && !t->depth && t->ready && lwsgo_short_ask(wsi))
		return 1;
	pt = loop_of(wsi);
	if (!lwsgo_enter("lws_callback_on_writable"))
		return -1;
	if (pt)
		__atomic_store_n(&pt->hushed, 1, __ATOMIC_SEQ_CST);
	r = go_lws_callback_on_writable(wsi);
	if (pt) {
		/* Others who have something for the thread meanwhile rely on us, too. */
		__atomic_store_n(&pt->hushed, 0, __ATOMIC_SEQ_CST);
		if (pt->loop && __atomic_load_n(&pt->pending, __ATOMIC_SEQ_CST))
			wsi->context->loop_ops->soon(pt->loop);
	}
	lwsgo_leave();
	return r;
}

void
lwsgo_tell_asked(void)
{
	struct lws *list = lwsgo_self.asked;

	lwsgo_self.asked = NULL;
	lwsgo_self.asked_end = &lwsgo_self.asked;
	if (!lwsgo_enter("lws_callback_on_writable"))
		return;
	go_lwsgo_asked(list);
	lwsgo_leave();
}

void
lwsgo_tell_noted(void)
{
	struct lwsgo_thread *t = &lwsgo_self;
	struct lws *wsi = t->noting;
	int n = t->noted;

	t->noting = NULL;
	if (t->shortly) {
		if (lwsgo_pt_of(wsi->context, wsi->tsi)->at.num_out &&
		    lwsgo_enter("lws_write")) {
			go_lwsgo_written(wsi);
			lwsgo_leave();
		}
		return;
	}
	t->noted = 0;
	wsi->notes = 0;
	if (!n || !lwsgo_enter("lws_write"))
		return;
	go_lwsgo_noted(wsi, n - 1, t->noted_as);
	lwsgo_leave();
}

/* A small message that a callback writes on its own connection is sent when that
 * ends, or enters Go: it would only be gathered until then (reason 5). */
LWS_VISIBLE int
lws_write(struct lws *wsi, unsigned char *buf, size_t len,
	  enum lws_write_protocol protocol)
{
	struct lwsgo_thread *t = &lwsgo_self;
	struct lwsgo_pt *pt;
	int r;

	if (wsi && wsi == t->noting && !t->noted && buf && len <= LWSGO_NOTE &&
	    (protocol == LWS_WRITE_TEXT || protocol == LWS_WRITE_BINARY) &&
	    t->outside == t->depth && t->ready) {
		pt = lwsgo_pt_of(wsi->context, wsi->tsi);
		if (t->shortly) {
			if (lwsgo_short_write(pt, wsi, buf, len, protocol))
				return (int)len;
			goto go;
		}
		memcpy(pt->note, buf, len);
		t->noted_as = protocol;
		t->noted = (int)len + 1;
		return (int)len;
	}
go:
	if (!lwsgo_enter("lws_write"))
		return -1;
	r = go_lws_write(wsi, buf, len, protocol);
	lwsgo_leave();
	return r;
}

/* Of a connection at rest the socket knows (reason 5). */
LWS_VISIBLE int
lws_send_pipe_choked(struct lws *wsi)
{
	struct pollfd p;
	int r;

	if (wsi && __atomic_load_n(&wsi->lent, __ATOMIC_RELAXED) &&
	    lwsgo_self.ready) {
		wsi->wrote_in = 0;
		p.fd = wsi->fd;
		p.events = POLLOUT;
		p.revents = 0;
		return poll(&p, 1, 0) >= 0 && !(p.revents & POLLOUT);
	}
	if (!lwsgo_enter("lws_send_pipe_choked"))
		return 1;
	r = go_lws_send_pipe_choked(wsi);
	lwsgo_leave();
	return r;
}

LWS_ENTRY(int, -1, lws_handle_POLLOUT_event,
	  (struct lws * wsi, struct lws_pollfd *pollfd), (wsi, pollfd))
LWS_ENTRY(int, -1, lws_callback_on_writable_all_protocol,
	  (const struct lws_context *context,
	   const struct lws_protocols *protocol),
	  (context, protocol))
LWS_ENTRY(int, -1, lws_callback_on_writable_all_protocol_vhost,
	  (const struct lws_vhost *vhost, const struct lws_protocols *protocol),
	  (vhost, protocol))
LWS_ENTRY(int, 1, lws_callback_all_protocol,
	  (struct lws_context * context, const struct lws_protocols *protocol,
	   int reason),
	  (context, protocol, reason))
LWS_ENTRY(int, 1, lws_callback_all_protocol_vhost_args,
	  (struct lws_vhost * vh, const struct lws_protocols *protocol,
	   int reason, void *argp, size_t len),
	  (vh, protocol, reason, argp, len))
LWS_ENTRY(int, 1, lws_callback_vhost_protocols_vhost,
	  (struct lws_vhost * vh, int reason, void *in, size_t len),
	  (vh, reason, in, len))
LWS_ENTRY_AS(int, 1, lws_callback_vhost_protocols,
	     (struct lws * wsi, int reason, void *in, lwsgo_len len),
	     (struct lws * wsi, int reason, void *in, size_t len),
	     (wsi, reason, in, (size_t)len))
LWS_ENTRY_VOID(lws_set_timeout,
	       (struct lws * wsi, enum pending_timeout reason, int secs),
	       (wsi, reason, secs))
LWS_ENTRY_VOID(lws_set_timer_usecs, (struct lws * wsi, lws_usec_t usecs),
	       (wsi, usecs))
LWS_ENTRY_VOID(lws_validity_confirmed, (struct lws * wsi), (wsi))
LWS_ENTRY(int, -1, lws_rx_flow_control, (struct lws * wsi, int enable),
	  (wsi, enable))
LWS_ENTRY_VOID(lws_rx_flow_allow_all_protocol,
	       (const struct lws_context *context,
		const struct lws_protocols *protocol),
	       (context, protocol))
LWS_ENTRY(int, 0, lws_partial_buffered, (struct lws * wsi), (wsi))
LWS_ENTRY(int, -1, lws_raw_transaction_completed, (struct lws * wsi), (wsi))
LWS_ENTRY_VOID(lws_close_free_wsi,
	       (struct lws * wsi, enum lws_close_status reason,
		const char *caller),
	       (wsi, reason, caller))
LWS_ENTRY_VOID(lws_set_wsi_user, (struct lws * wsi, void *user), (wsi, user))
LWS_ENTRY_VOID(lws_close_reason,
	       (struct lws * wsi, enum lws_close_status status,
		unsigned char *buf, size_t len),
	       (wsi, status, buf, len))
LWS_ENTRY(int, -1, lws_set_extension_option,
	  (struct lws * wsi, const char *ext_name, const char *opt_name,
	   const char *opt_val),
	  (wsi, ext_name, opt_name, opt_val))
LWS_ENTRY(struct lws *, NULL, wsi_from_fd,
	  (const struct lws_context *context, int fd), (context, fd))
LWS_ENTRY(int, LWS_ITOSA_NOT_EXIST, lws_interface_to_sa,
	  (int ipv6, const char *ifname, struct sockaddr_in *addr,
	   size_t addrlen),
	  (ipv6, ifname, addr, addrlen))
LWS_ENTRY(const char *, NULL, lws_get_peer_simple_fd,
	  (lws_sockfd_type fd, char *name, size_t namelen), (fd, name, namelen))
LWS_ENTRY_VOID(lws_get_peer_addresses,
	       (struct lws * wsi, lws_sockfd_type fd, char *name, int name_len,
		char *rip, int rip_len),
	       (wsi, fd, name, name_len, rip, rip_len))

LWS_VISIBLE int
lws_callback_all_protocol_vhost(struct lws_vhost *vh,
				const struct lws_protocols *protocol,
				int reason)
{
	return lws_callback_all_protocol_vhost_args(vh, protocol, reason, NULL,
						    0);
}

LWS_VISIBLE const char *
lws_get_peer_simple(struct lws *wsi, char *name, size_t namelen)
{
	LWS_NEEDS(wsi, NULL);
	return lws_get_peer_simple_fd(lws_get_network_wsi(wsi)->fd, name,
				      namelen);
}

/* Only its address matters: a vhost's extension table names it. The
 * negotiation and the work are the engine's. */
LWS_VISIBLE int
lws_extension_callback_pm_deflate(struct lws_context *context,
				  const struct lws_extension *ext,
				  struct lws *wsi,
				  enum lws_extension_callback_reasons reason,
				  void *user, void *in, size_t len)
{
	(void)context;
	(void)ext;
	(void)wsi;
	(void)reason;
	(void)user;
	(void)in;
	(void)len;
	return 0;
}
