/* SPDX-License-Identifier: MIT
 *
 * The library in a GLib main loop: one source with a descriptor and a ready
 * time. C because GLib calls it, and because it must be loadable without GLib
 * being a need of the library (reason 3).
 */
#include "evlib.h"
#include <glib-unix.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>

struct part {
	struct lwsgo_loop_host host;
	GMainLoop *loop;
	GSource *source;
	GSource *sigint;
	unsigned int running; /* calls of run() on the stack */
	int closing;
};

struct source {
	GSource head;
	struct part *part;
};

static gboolean
on_source(GSource *s, GSourceFunc callback, gpointer data)
{
	struct part *p = ((struct source *)s)->part;
	int64_t due;

	(void)callback;
	(void)data;
	due = p->host.turn(p->host.context, p->host.tsi);
	/* GLib's monotonic clock is the library's; 0 is at once, -1 never */
	if (due != LWSGO_LOOP_GONE)
		g_source_set_ready_time(s, due);
	return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_ops = { .dispatch = on_source };

static gboolean
on_signal(gpointer data)
{
	struct part *p = data;

	if (p->host.signal_cb)
		p->host.signal_cb(NULL, 0);
	else
		g_main_loop_quit(p->loop);
	return G_SOURCE_CONTINUE;
}

static void
glib_drop(GSource **s)
{
	if (!*s)
		return;
	g_source_destroy(*s);
	g_source_unref(*s);
	*s = NULL;
}

static void
glib_part_end(struct part *p)
{
	g_main_loop_unref(p->loop);
	free(p);
}

static void
glib_part_close(void *part)
{
	struct part *p = part;

	p->closing = 1;
	glib_drop(&p->source);
	glib_drop(&p->sigint);
	if (!p->host.foreign)
		g_main_loop_quit(p->loop);
	if (!p->running)
		glib_part_end(p);
}

static void
glib_part_run(void *part)
{
	struct part *p = part;

	p->running++;
	g_main_loop_run(p->loop);
	if (!--p->running && p->closing)
		glib_part_end(p);
}

static void *
glib_part_open(const struct lwsgo_loop_host *host)
{
	struct part *p = calloc(1, sizeof(*p));
	GMainContext *gc;

	if (!p) {
		host->log(LLL_ERR, "glib: out of memory\n");
		return NULL;
	}
	p->host = *host;
	gc = host->tsi ? g_main_context_new() : NULL; /* NULL: the process's */
	p->loop = host->foreign ? g_main_loop_ref(host->foreign)
				: g_main_loop_new(gc, FALSE);
	if (gc)
		g_main_context_unref(gc);
	gc = g_main_loop_get_context(p->loop);
	p->source = g_source_new(&source_ops, sizeof(struct source));
	((struct source *)p->source)->part = p;
	g_source_set_name(p->source, "libwebsockets");
	g_source_add_unix_fd(p->source, host->fd, G_IO_IN);
	g_source_set_ready_time(p->source, 0);
	g_source_attach(p->source, gc);
	if (!host->foreign && !host->no_signals) {
		p->sigint = g_unix_signal_source_new(SIGINT);
		g_source_set_callback(p->sigint, on_signal, p, NULL);
		g_source_attach(p->sigint, gc);
	}
	return p;
}

static void
glib_part_forked(void *part)
{
	(void)part; /* GLib polls by number */
}

static void *
glib_part_loop(void *part)
{
	return ((struct part *)part)->loop;
}

static void
glib_part_stop(void *part)
{
	g_main_loop_quit(((struct part *)part)->loop);
}

static void
glib_part_soon(void *part)
{
	g_source_set_ready_time(((struct part *)part)->source, 0);
}

static const struct lwsgo_loop_ops ops = {
	"glib",
	glib_part_open,
	glib_part_run,
	glib_part_close,
	glib_part_forked,
	glib_part_loop,
	glib_part_stop,
	glib_part_soon,
};

LWSGO_EVLIB_EXPORT const struct lwsgo_plugin evlib_glib = {
	"glib event loop", LWSGO_EVLIB_CLASS, LWSGO_EVLIB_MAGIC, &ops,
};
