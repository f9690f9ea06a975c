/* SPDX-License-Identifier: MIT */
#include "loop.h"
#include <glib-unix.h>
#include <glib.h>

static GMainLoop *loop;
static GSource *timer, *io;
static void (*on_readable)(void);
static void (*on_tick)(void);

static gboolean
timer_cb(gpointer p)
{
	(void)p;
	on_tick();
	return G_SOURCE_CONTINUE;
}

static gboolean
io_cb(gint fd, GIOCondition c, gpointer p)
{
	(void)fd;
	(void)c;
	(void)p;
	on_readable();
	return G_SOURCE_CONTINUE;
}

static void *
make(int fd, void (*readable)(void), void (*tick)(void))
{
	GMainContext *gc = g_main_context_new(); /* not the default one */

	on_readable = readable;
	on_tick = tick;
	loop = g_main_loop_new(gc, FALSE);
	g_main_context_unref(gc);
	timer = g_timeout_source_new(2);
	g_source_set_callback(timer, timer_cb, NULL, NULL);
	g_source_attach(timer, gc);
	io = g_unix_fd_source_new(fd, G_IO_IN);
	g_source_set_callback(io, G_SOURCE_FUNC(io_cb), NULL, NULL);
	g_source_attach(io, gc);
	return loop;
}

static void
run(void)
{
	g_main_loop_run(loop);
}

static void
stop(void)
{
	g_main_loop_quit(loop);
}

static void
unwatch(void)
{
	g_source_destroy(timer);
	g_source_unref(timer);
	g_source_destroy(io);
	g_source_unref(io);
}

static int
end(void)
{
	int left = g_main_context_pending(g_main_loop_get_context(loop));

	g_main_loop_unref(loop);
	return left;
}

const struct loop the_loop = {
	"glib", LWS_SERVER_OPTION_GLIB, make, run, stop, unwatch, end,
};
