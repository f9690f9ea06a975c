/* SPDX-License-Identifier: MIT
 *
 * Programs of v1.2 to v1.5, whose callbacks have the context as their first
 * argument (include/compat): each of their protocols is known to the engine
 * with a function of this file as its callback, which calls the program's.
 * C because of reason 5: a callback that only passes on to C.
 */
#define LWS_NO_SIZED_CALLS
#define LWSGO_MODE_POLL_FD
#include "entry.h"
#include "lws_private.h"
#include <libwebsockets/../compat/lws-context-callbacks.h>
#include <stdlib.h>
#include <string.h>

/* One context of such a program. The table stays until its context is gone,
 * and is then used again. */
struct generation {
	struct lws_context *context;
	uint32_t slot; /* the context's, while it lives */
	int room;
	struct lws_protocols *current; /* what the engine knows */
	const struct lws_context_callback_protocol **old;
	struct generation *next;
};

static struct generation *generations;
static pthread_mutex_t generations_lock = PTHREAD_MUTEX_INITIALIZER;
static __thread struct generation *creating
	__attribute__((tls_model("initial-exec")));

static struct generation *
generation_of(const struct lws_context *cx)
{
	struct generation *g;

	if (cx && cx->generation)
		return cx->generation;
	if (creating) /* callbacks that come before the context is returned */
		return creating;
	if (cx)
		return NULL;
	pthread_mutex_lock(&generations_lock);
	for (g = generations; g && !(g->slot && g->context->slot == g->slot);)
		g = g->next;
	pthread_mutex_unlock(&generations_lock);
	return g;
}

/* v1.2 hears of the bits that come and go, and has fd and events in user and len. */
static int
poll_callback(const struct lws_context_callback_protocol *p,
	      struct lws_context *cx, struct lws *wsi,
	      enum lws_callback_reasons reason, struct lws_pollargs *pa)
{
	void *fd = (void *)(intptr_t)pa->fd;
	int on, off, n;

	n = p->callback(cx, wsi, reason, fd, pa, (size_t)pa->events);
	if (n || reason != LWS_CALLBACK_CHANGE_MODE_POLL_FD)
		return n;
	on = pa->events & ~pa->prev_events;
	off = pa->prev_events & ~pa->events;
	if (on)
		n = p->callback(cx, wsi, LWS_CALLBACK_SET_MODE_POLL_FD, fd, pa,
				(size_t)on);
	if (!n && off)
		n = p->callback(cx, wsi, LWS_CALLBACK_CLEAR_MODE_POLL_FD, fd,
				pa, (size_t)off);
	return n;
}

static int
pass_on(int index, struct lws *wsi, enum lws_callback_reasons reason,
	void *user, void *in, size_t len)
{
	struct lws_context *cx = wsi ? lws_get_context(wsi) : NULL;
	struct generation *g = generation_of(cx);
	const struct lws_context_callback_protocol *p;

	if (!g)
		return 0;
	p = g->old[index];
	if (!cx)
		cx = g->context;
	if (in && (reason == LWS_CALLBACK_ADD_POLL_FD ||
		   reason == LWS_CALLBACK_DEL_POLL_FD ||
		   reason == LWS_CALLBACK_CHANGE_MODE_POLL_FD))
		return poll_callback(p, cx, wsi, reason, in);
	return p->callback(cx, wsi, reason, user, in, len);
}

/* A callback is not told for which protocol it was called (protocol 0 hears
 * of connections bound to others), so each index has a function of its own. */
#define AT(n)                                                                  \
	static int at_##n(struct lws *wsi, enum lws_callback_reasons reason,   \
			  void *user, void *in, size_t len)                    \
	{                                                                      \
		return pass_on(n, wsi, reason, user, in, len);                 \
	}
#define EACH(_)                                                                \
	_(0) _(1) _(2) _(3) _(4) _(5) _(6) _(7) _(8) _(9) _(10) _(11) _(12)    \
	_(13) _(14) _(15) _(16) _(17) _(18) _(19) _(20) _(21) _(22) _(23)      \
	_(24) _(25) _(26) _(27) _(28) _(29) _(30) _(31)
EACH(AT)
#define NAME(n) at_##n,
static lws_callback_function *const at[] = { EACH(NAME) };

/* A record for n protocols, of a context that is gone or a new one. */
static struct generation *
generation_get(int n)
{
	struct generation *g;

	pthread_mutex_lock(&generations_lock);
	for (g = generations; g; g = g->next)
		if (g->room >= n && g->slot && g->context->slot != g->slot)
			break;
	if (!g) {
		g = calloc(1, sizeof(*g));
		if (g) {
			g->room = n;
			g->current = calloc((size_t)n + 1, sizeof(*g->current));
			g->old = calloc((size_t)n + 1, sizeof(*g->old));
		}
		if (!g || !g->current || !g->old) {
			if (g) {
				free(g->current);
				free(g->old);
				free(g);
			}
			g = NULL;
		} else {
			g->next = generations;
			generations = g;
		}
	}
	if (g)
		g->slot = 0;
	pthread_mutex_unlock(&generations_lock);
	return g;
}

static void
generation_put(struct generation *g)
{
	struct generation **at_;

	pthread_mutex_lock(&generations_lock);
	for (at_ = &generations; *at_ != g;)
		at_ = &(*at_)->next;
	*at_ = g->next;
	pthread_mutex_unlock(&generations_lock);
	free(g->current);
	free(g->old);
	free(g);
}

LWS_VISIBLE struct lws_context *
lws_context_callbacks_create(const struct lws_context_creation_info *info,
			     size_t size, const void *protocols, size_t stride)
{
	struct lws_context_creation_info i;
	struct lws_context *cx;
	struct generation *g, *before = creating;
	const struct lws_context_callback_protocol *p;
	int n, count;

	for (count = 0; protocols; count++) {
		p = (const void *)((const char *)protocols + count * stride);
		if (!p->callback)
			break;
	}
	if (!count) {
		lwsl_err("lws_create_context: no protocols\n");
		return NULL;
	}
	if (count > (int)LWS_ARRAY_SIZE(at)) {
		lwsl_err("lws_create_context: %d protocols with context "
			 "callbacks, the limit is %d\n",
			 count, (int)LWS_ARRAY_SIZE(at));
		return NULL;
	}
	g = generation_get(count);
	if (!g) {
		lwsl_err("lws_create_context: out of memory\n");
		return NULL;
	}
	memset(g->current, 0, ((size_t)g->room + 1) * sizeof(*g->current));
	for (n = 0; n < count; n++) {
		p = (const void *)((const char *)protocols + n * stride);
		g->old[n] = p;
		g->current[n].name = p->name;
		g->current[n].callback = at[n];
		g->current[n].per_session_data_size = p->per_session_data_size;
		g->current[n].rx_buffer_size = p->rx_buffer_size;
		g->current[n].id = p->id;
		g->current[n].user = (void *)p;
	}
	memset(&i, 0, sizeof(i));
	memcpy(&i, info, size < sizeof(i) ? size : sizeof(i));
	i.protocols = g->current;
	g->context = NULL;
	creating = g;
	cx = lws_create_context_sized(&i, sizeof(i) | LWS_INFO_OF_V2);
	creating = before;
	if (!cx) {
		generation_put(g);
		return NULL;
	}
	g->context = cx;
	cx->generation = g;
	g->slot = cx->slot;
	return cx;
}

LWS_VISIBLE struct lws_extension *
lws_get_internal_extensions(void)
{
	static struct lws_extension all[] = {
		{ "permessage-deflate", lws_extension_callback_pm_deflate,
		  "permessage-deflate; client_no_context_takeover; "
		  "client_max_window_bits" },
		{ NULL, NULL, NULL }
	};

	return all;
}

/* 0, 1, or 2: TLS that takes a certificate which nobody signed. */
static int
ssl_flags(int ssl_connection)
{
	return ssl_connection == 2 ?
		LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED |
		LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK : ssl_connection;
}

LWS_VISIBLE struct lws *
lws_client_connect_extended(struct lws_context *context, const char *address,
			    int port, int ssl_connection, const char *path,
			    const char *host, const char *origin,
			    const char *protocol, int ietf_version_or_minus_one,
			    void *userdata)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = context;
	i.address = address;
	i.port = port;
	i.ssl_connection = ssl_flags(ssl_connection);
	i.path = path;
	i.host = host;
	i.origin = origin;
	i.protocol = protocol;
	i.ietf_version_or_minus_one = ietf_version_or_minus_one;
	i.userdata = userdata;
	return lws_client_connect_via_info(&i);
}

LWS_VISIBLE struct lws *
lws_client_connect(struct lws_context *context, const char *address, int port,
		   int ssl_connection, const char *path, const char *host,
		   const char *origin, const char *protocol,
		   int ietf_version_or_minus_one)
{
	return lws_client_connect_extended(context, address, port,
			ssl_connection, path, host, origin, protocol,
			ietf_version_or_minus_one, NULL);
}

/* Where a program's protocol is used: the context, and what the engine knows it
 * as. Any live context will do when none is named. */
static struct lws_context *
generation_find(const struct lws_context *context, const void *protocol,
		const struct lws_protocols **found)
{
	struct lws_context *cx = NULL;
	struct generation *g;
	int n;

	pthread_mutex_lock(&generations_lock);
	for (g = generations; g && !cx; g = g->next) {
		if (!g->slot || g->context->slot != g->slot ||
		    (context && context != g->context))
			continue;
		for (n = 0; n < g->room && g->current[n].name && !cx; n++)
			if (g->old[n] == protocol) {
				cx = g->context;
				*found = &g->current[n];
			}
	}
	pthread_mutex_unlock(&generations_lock);
	return cx;
}

LWS_VISIBLE const struct lws_protocols *
lws_context_callbacks_protocol(const struct lws_context *context,
			       const void *protocol)
{
	const struct lws_protocols *found;

	if (generation_find(context, protocol, &found))
		return found;
	lwsl_err("protocol %p is not one of a live context\n", protocol);
	return NULL;
}

LWS_VISIBLE struct lws_context *
lws_context_callbacks_context(const void *protocol)
{
	const struct lws_protocols *found;

	return generation_find(NULL, protocol, &found);
}
