/* SPDX-License-Identifier: MIT
 *
 * Event loops that are not ours: finding the plugin of a loop, and what it is
 * given. C because of reason 4: the turn runs on the loop's own stack.
 */
#define _GNU_SOURCE
#define LWSGO_OWN_LOOP_CALLS /* whose types are the loop libraries' */
#include "../evlib/evlib.h"
#include "lws_private.h"
#include "entry.h"
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static const struct loop {
	uint64_t option;
	const char *name;
} loops[] = {
	{ LWS_SERVER_OPTION_LIBUV, "evlib_uv" },
	{ LWS_SERVER_OPTION_LIBEVENT, "evlib_event" },
	{ LWS_SERVER_OPTION_GLIB, "evlib_glib" },
	{ LWS_SERVER_OPTION_LIBEV, "evlib_ev" },
};

/* The plugin in one folder, NULL after a log line. One that was opened stays. */
static const struct lwsgo_loop_ops *
load(const char *dir, const char *name)
{
	const struct lwsgo_plugin *p;
	char path[PATH_MAX];
	void *l;

	lws_snprintf(path, sizeof(path), "%s/libwebsockets-%s.so", dir, name);
	l = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!l) {
		lwsl_err("lws_create_context: event loop plugin: %s\n",
			 dlerror());
		return NULL;
	}
	p = dlsym(l, name);
	if (!p)
		lwsl_err("lws_create_context: event loop plugin: %s\n",
			 dlerror());
	else if (strcmp(p->_class, LWSGO_EVLIB_CLASS))
		lwsl_err("lws_create_context: event loop plugin: %s is made "
			 "for another build of libwebsockets (\"%s\", not "
			 "\"%s\")\n", path, p->_class, LWSGO_EVLIB_CLASS);
	else
		return p->ops;
	dlclose(l);
	return NULL;
}

/* Plugins are looked for beside the library first: the system's folder may
 * have those of another one. */
static const struct lwsgo_loop_ops *
find(const char *name)
{
	const struct lwsgo_loop_ops *ops = NULL;
	char own[PATH_MAX] = "", sys[PATH_MAX], *slash;
	Dl_info self;

	if (dladdr((void *)&loops, &self) && self.dli_fname &&
	    realpath(self.dli_fname, own)) {
		slash = strrchr(own, '/');
		*slash = '\0';
		ops = load(own, name);
	}
	if (!ops && (!realpath(LWS_INSTALL_LIBDIR, sys) || strcmp(own, sys)))
		ops = load(LWS_INSTALL_LIBDIR, name);
	if (!ops)
		lwsl_err("lws_create_context: unable to load evlib plugin %s\n",
			 name);
	return ops;
}

/* The plugin that the options ask for; *wanted is 0 when they ask for none. */
LWSGO_INTERNAL const struct lwsgo_loop_ops *
lwsgo_loop_find(uint64_t options, int *wanted)
{
	size_t n;

	*wanted = 0;
	for (n = 0; n < sizeof(loops) / sizeof(loops[0]); n++)
		if (options & loops[n].option) {
			*wanted = 1;
			return find(loops[n].name);
		}
	return NULL;
}

LWSGO_INTERNAL int
lwsgo_loop_start(struct lws_context *cx, int tsi)
{
	struct lwsgo_pt *pt = &cx->pt[tsi];

	if (pt->loop)
		return 0;
	/* from now on the loop waits, and is to be woken */
	__atomic_store_n(&pt->waiting, 1, __ATOMIC_SEQ_CST);
	pt->loop = cx->loop_ops->open(pt->loop_host);
	return pt->loop ? 0 : -1;
}

LWSGO_INTERNAL int
lwsgo_loop_open(struct lws_context *cx, const struct lwsgo_loop_ops *ops,
		const struct lwsgo_info *info)
{
	struct lwsgo_loop_host *host;
	int tsi;

	lwsl_info("Event loop: %s\n", ops->name);
	cx->loop_ops = ops;
	for (tsi = 0; tsi < cx->threads; tsi++) {
		host = malloc(sizeof(*host));
		if (!host) {
			lwsl_err("lws_create_context: out of memory\n");
			return -1;
		}
		*host = (struct lwsgo_loop_host){
			.context = cx,
			.tsi = tsi,
			.fd = cx->pt[tsi].epfd,
			.foreign = info->foreign_loops ?
					   info->foreign_loops[tsi] : NULL,
			.options = info->options,
			.signal_cb = info->signal_cb,
			.no_signals = tsi > 0, /* the first one has them */
			.turn = lwsgo_loop_turn,
			.destroy = lws_context_destroy,
			.now = lws_now_usecs,
			.log = _lws_log,
		};
		cx->pt[tsi].loop_host = host;
		/* An own loop is made when it is to run: sources of v1.7 to v2.4
		 * put the context into theirs first, and have their own watchers
		 * for signals. */
		if (host->foreign && lwsgo_loop_start(cx, tsi))
			return -1;
	}
	return 0;
}

LWSGO_INTERNAL void
lwsgo_loop_forked(struct lws_context *cx)
{
	int tsi;

	for (tsi = 0; tsi < cx->threads; tsi++)
		if (cx->pt[tsi].loop)
			cx->loop_ops->forked(cx->pt[tsi].loop);
}

LWSGO_INTERNAL void
lwsgo_loop_leave(struct lws_context *cx, int tsi)
{
	void *l = cx->pt[tsi].loop;

	cx->pt[tsi].loop = NULL;
	if (l)
		cx->loop_ops->close(l);
}

LWSGO_INTERNAL void
lwsgo_loop_close(struct lws_context *cx)
{
	int tsi;

	for (tsi = 0; tsi < cx->threads; tsi++) {
		lwsgo_loop_leave(cx, tsi);
		free(cx->pt[tsi].loop_host);
		cx->pt[tsi].loop_host = NULL;
	}
}

/* ---- what sources of v1.7 to v2.4 call (lws-older.h) ---- */

/* Watches with other settings: an own loop is made anew. */
static int
reopen(struct lws_context *cx, int tsi)
{
	lwsgo_loop_leave(cx, tsi);
	return lwsgo_loop_start(cx, tsi) ? 1 : 0;
}

static int
in_loop(struct lws_context *cx, int tsi, const char *what)
{
	if (tsi < 0 || tsi >= cx->threads)
		return 0;
	if (cx->pt[tsi].loop_host)
		return 1;
	lwsl_err("%s: the context is in no event loop (options)\n", what);
	return 0;
}

static int
init_loop(struct lws_context *cx, void *loop, int tsi, const char *what)
{
	struct lwsgo_loop_host *host;

	if (!in_loop(cx, tsi, what))
		return 1;
	host = cx->pt[tsi].loop_host;
	if (!loop || host->foreign == loop)
		return 0;
	host->foreign = loop;
	return reopen(cx, tsi);
}

static int
signal_cfg(struct lws_context *cx, int use, void (*cb)(void), const char *what)
{
	struct lwsgo_loop_host *host;

	if (!in_loop(cx, 0, what))
		return 1;
	host = cx->pt[0].loop_host;
	host->no_signals = !use;
	host->old_signal_cb = cb;
	return cx->pt[0].loop && !host->foreign ? reopen(cx, 0) : 0;
}

LWS_VISIBLE int
lws_uv_initloop(struct lws_context *context, void *loop, int tsi)
{
	return init_loop(context, loop, tsi, __func__);
}

LWS_VISIBLE int
lws_ev_initloop(struct lws_context *context, void *loop, int tsi)
{
	LWS_NEEDS(context, -1);
	return init_loop(context, loop, tsi, __func__);
}

LWS_VISIBLE int
lws_event_initloop(struct lws_context *context, void *loop, int tsi)
{
	LWS_NEEDS(context, -1);
	return init_loop(context, loop, tsi, __func__);
}

LWS_VISIBLE int
lws_uv_sigint_cfg(struct lws_context *context, int use_uv_sigint, void (*cb)(void))
{
	return signal_cfg(context, use_uv_sigint, cb, __func__);
}

LWS_VISIBLE int
lws_ev_sigint_cfg(struct lws_context *context, int use_ev_sigint,
		  void (*cb)(void))
{
	LWS_NEEDS(context, -1);
	return signal_cfg(context, use_ev_sigint, cb, __func__);
}

LWS_VISIBLE int
lws_event_sigint_cfg(struct lws_context *context, int use_event_sigint,
		     void (*cb)(void))
{
	LWS_NEEDS(context, -1);
	return signal_cfg(context, use_event_sigint, cb, __func__);
}

LWS_VISIBLE void *
lws_uv_getloop(struct lws_context *context, int tsi)
{
	return in_loop(context, tsi, __func__) && !lwsgo_loop_start(context, tsi) ?
		context->loop_ops->loop(context->pt[tsi].loop) : NULL;
}

LWS_VISIBLE void
lws_libuv_run(const struct lws_context *context, int tsi)
{
	LWS_NEEDS_VOID(context);
	struct lws_context *cx = (struct lws_context *)(uintptr_t)context;

	if (in_loop(cx, tsi, __func__))
		lws_service_tsi(cx, 0, tsi);
}

LWS_VISIBLE void
lws_libuv_stop(struct lws_context *context)
{
	int tsi;

	LWS_NEEDS_VOID(context);
	for (tsi = 0; tsi < context->threads; tsi++)
		if (context->pt[tsi].loop)
			context->loop_ops->stop(context->pt[tsi].loop);
}
