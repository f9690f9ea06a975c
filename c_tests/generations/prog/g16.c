/* SPDX-License-Identifier: MIT */
/* A program of v1.6, v1.7 or v2.0 (pkg-config libwebsockets-1.6): callbacks as today, files on plain descriptors.
 * The server writes from a thread of its own, as those generations' pthreads server; the client lives in a libuv
 * loop, which v1.7 was told of with a signal callback in between. */
#define LWS_USE_LIBUV
#include "gen.h"
#include <libwebsockets.h>
#include <pthread.h>
#include "gen_file.h"

static void ask_writeable(void);
#define GEN_ECHO_ANSWER(wsi) ask_writeable()
#include "gen_echo.h"

static const struct lws_protocols protocols[];
static struct lws_context *context;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int wanted;

/* The answer is written as the program likes: head, then the file in pieces. */
struct file {
	lws_filefd_type fd;
	int open;
};

static int
file_begin(struct lws *wsi, struct file *f)
{
	unsigned char buf[LWS_SEND_BUFFER_PRE_PADDING + 512 + LWS_SEND_BUFFER_POST_PADDING];
	unsigned char *p = buf + LWS_SEND_BUFFER_PRE_PADDING, *start = p, *end = p + 512;
	unsigned long size;

	f->fd = lws_plat_file_open(wsi, gen_file, &size, LWS_O_RDONLY);
	if (f->fd == LWS_INVALID_FILE)
		return -1;
	f->open = 1;
	if (try_write(wsi) || lws_add_http_header_status(wsi, 200, &p, end) ||
	    lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE,
					 (const unsigned char *)"text/plain", 10, &p, end) ||
	    lws_add_http_header_content_length(wsi, size, &p, end) || lws_finalize_http_header(wsi, &p, end))
		return -1;
	if (lws_write(wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS) < 0)
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
file_go_on(struct lws *wsi, struct file *f)
{
	unsigned char buf[LWS_SEND_BUFFER_PRE_PADDING + 100 + LWS_SEND_BUFFER_POST_PADDING];
	unsigned long n;

	if (!f->open)
		return 0;
	if (lws_plat_file_seek_cur(wsi, f->fd, 0) == (unsigned long)-1 ||
	    lws_plat_file_read(wsi, f->fd, &n, buf + LWS_SEND_BUFFER_PRE_PADDING, 100))
		return -1;
	if (n) {
		if (lws_write(wsi, buf + LWS_SEND_BUFFER_PRE_PADDING, n, LWS_WRITE_HTTP) < 0)
			return -1;
		lws_callback_on_writable(wsi);
		return 0;
	}
	lws_plat_file_close(wsi, f->fd);
	f->open = 0;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
callback_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	int n;

	(void)len;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (!strcmp(in, "/hand"))
			return file_begin(wsi, user);
		n = lws_serve_http_file(wsi, gen_file, "text/plain", NULL, 0);
		if (!opened || n < 0 || (n > 0 && lws_http_transaction_completed(wsi)))
			return -1;
		break;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return file_go_on(wsi, user);
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		break;
	}
	return 0;
}

/* The client's first connection leads to its second. */
static int
callback_gen(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	static int seconds;

	if (reason == LWS_CALLBACK_CLIENT_ESTABLISHED && !seconds++) {
		client_wsi = lws_client_connect_extended(context, "127.0.0.1", gen_port, 0, "/", "localhost",
							 "localhost", "gen", -1, NULL);
		if (!client_wsi)
			gen_stop = 1;
		return -1;
	}
	return gen_echo(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
    {"http-only", callback_http, sizeof(struct file), 0, 0, NULL, 0},
    {"gen", callback_gen, sizeof(struct gen), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

/* Another thread does the rest. */
static void
ask_writeable(void)
{
	pthread_mutex_lock(&lock);
	wanted = 1;
	pthread_mutex_unlock(&lock);
}

static void *
asker(void *arg)
{
	(void)arg;
	while (!gen_stop) {
		pthread_mutex_lock(&lock);
		if (wanted)
			lws_callback_on_writable_all_protocol(context, &protocols[1]);
		wanted = 0;
		pthread_mutex_unlock(&lock);
		usleep(200);
	}
	return NULL;
}

static void
look(uv_timer_t *t)
{
	(void)t;
	if (gen_stop)
		lws_libuv_stop(context);
}

static void
on_signal(uv_signal_t *w, int signum)
{
	(void)w;
	(void)signum;
	gen_stop = 1;
}

static int
client_in_uv(void)
{
	static uv_timer_t timer; /* the loop closes it when the context goes */

	lws_uv_sigint_cfg(context, 1, on_signal);
	if (lws_uv_initloop(context, NULL, on_signal, 0))
		return 1;
	uv_timer_init(lws_uv_getloop(context, 0), &timer);
	uv_timer_start(&timer, look, 20, 20);
	client_wsi = lws_client_connect(context, "127.0.0.1", gen_port, 0, "/", "localhost", "localhost", "gen", -1);
	if (client_wsi)
		lws_libuv_run(context, 0);
	uv_timer_stop(&timer);
	uv_close((uv_handle_t *)&timer, NULL);
	return !client_wsi;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	int server = gen_args(argc, argv);
	pthread_t t;

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.extensions = lws_get_internal_extensions();
	info.gid = -1;
	info.uid = -1;
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8 | (server ? 0 : LWS_SERVER_OPTION_LIBUV);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	platform = *lws_get_fops(context);
	lws_get_fops(context)->open = count_open;
	if (server && pthread_create(&t, NULL, asker, NULL))
		return 1;
	if (ARRAY_SIZE(protocols) != 3 || (!server && client_in_uv()))
		return 1;
	while (server && !gen_stop && lws_service(context, 50) >= 0)
		;
	if (server)
		pthread_join(t, NULL);
	lws_context_destroy(context);
	return gen_report(server);
}
