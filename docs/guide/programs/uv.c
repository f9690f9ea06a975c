/* SPDX-License-Identifier: MIT
 *
 * The library in the program's own libuv loop, beside a timer of the program's. Every
 * tick is sent to all.
 *
 *	uv [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

struct session {
	unsigned sent;
};

static struct lws_context *context;
static uv_loop_t loop;
static uv_timer_t timer;
static uv_signal_t on_int, on_term;
static unsigned ticks;

static int callback_ticks(struct lws *wsi, enum lws_callback_reasons reason,
			  void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	unsigned char buf[LWS_PRE + 32];
	int n;

	(void)in;
	(void)len;
	if (reason != LWS_CALLBACK_SERVER_WRITEABLE || s->sent == ticks)
		return 0;
	n = snprintf((char *)buf + LWS_PRE, 32, "tick %u", s->sent = ticks);
	return lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n ? -1 : 0;
}

static const struct lws_protocols protocols[] = {
	{ "ticks", callback_ticks, sizeof(struct session), 64, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void tick(uv_timer_t *t)
{
	(void)t;
	ticks++;
	lws_callback_on_writable_all_protocol(context, &protocols[0]);
}

static void stop(uv_signal_t *s, int sig)
{
	(void)sig;
	uv_stop(s->loop);
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	void *loops[1];

	uv_loop_init(&loop);
	uv_timer_init(&loop, &timer);
	uv_signal_init(&loop, &on_int);
	uv_signal_init(&loop, &on_term);

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	loops[0] = &loop; /* one for each service thread; without it the library makes one */
	info.foreign_loops = loops;
	context = lws_create_context(&info);
	if (!context)
		return 1; /* the log says why: maybe the plugin is missing */

	uv_timer_start(&timer, tick, 20, 20);
	uv_signal_start(&on_int, stop, SIGINT);
	uv_signal_start(&on_term, stop, SIGTERM);
	uv_run(&loop, UV_RUN_DEFAULT); /* in place of lws_service() */

	lws_context_destroy(context);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_close((uv_handle_t *)&on_int, NULL);
	uv_close((uv_handle_t *)&on_term, NULL);
	uv_run(&loop, UV_RUN_DEFAULT); /* lets the handles end, the library's too */
	return uv_loop_close(&loop) ? 1 : 0;
}
