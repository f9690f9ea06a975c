/* SPDX-License-Identifier: MIT
 *
 * A chat server of which any number serve the same rooms, through Redis, behind HAProxy:
 * docs/cluster.md. The library and hiredis share one libuv loop.
 *
 *	cluster-chat [--port 7681] [--host ADDRESS] [--redis HOST:PORT | --redis /SOCKET] …
 *
 * SIGTERM: health is bad, nobody new comes in, those who are here are sent elsewhere, the
 * end. A second one: the end at once.
 */
#include "cluster.h"
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

struct settings settings = {
	.port = 7681, .redis_host = "127.0.0.1", .redis_port = 6379, .keep_messages = 10000, .keep_seconds = 7 * 86400,
	.dedupe_seconds = 600, .rate = 20, .clients = 100000, .grace_ms = 3000, .spread_ms = 10000,
};
struct lws_context *context;
uv_loop_t loop;
int draining;

static uv_signal_t on_int, on_term;
static uv_timer_t second, drain;
static uint64_t drain_at;
static int closed_to_new;
static unsigned at_drain;
static char id[32];

/* A page of health has a fixed length, so that its numbers may change until it is written. */
#define HEALTH 200

static int health(struct lws *wsi)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;
	unsigned code = draining || !store_up() ? HTTP_STATUS_SERVICE_UNAVAILABLE : HTTP_STATUS_OK;

	if (lws_add_http_common_headers(wsi, code, "application/json", HEALTH, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int health_body(struct lws *wsi)
{
	unsigned char buf[LWS_PRE + HEALTH + 1];

	memset(buf + LWS_PRE, ' ', HEALTH);
	snprintf((char *)buf + LWS_PRE, HEALTH,
		 "{\"server\":\"%s\",\"redis\":%d,\"draining\":%d,\"clients\":%u,\"rooms\":%u,\"sent\":%llu}", settings.id,
		 store_up(), draining, sessions.count, rooms_count, (unsigned long long)messages_sent);
	buf[LWS_PRE + strlen((char *)buf + LWS_PRE)] = '\n';
	if (lws_write(wsi, buf + LWS_PRE, HEALTH, LWS_WRITE_HTTP_FINAL) != HEALTH)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int callback_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_HTTP) {
		if (lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) == (int)strlen("/health"))
			return health(wsi);
		if (lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL) || lws_http_transaction_completed(wsi))
			return -1;
		return 0;
	}
	if (reason == LWS_CALLBACK_HTTP_WRITEABLE)
		return health_body(wsi);
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static void on_second(uv_timer_t *t)
{
	(void)t;
	rooms_second();
}

/* on_drain: ten times a second. First HAProxy has time to hear of it, then the listening
 * sockets go, then the clients, some at a time: they come to the other servers. */
static void on_drain(uv_timer_t *t)
{
	uint64_t gone = uv_now(&loop) - drain_at;
	int left = (int)sessions.count;

	if (gone < (uint64_t)settings.grace_ms)
		return;
	if (!closed_to_new) {
		closed_to_new = 1;
		at_drain = sessions.count;
		lws_context_deprecate(context, NULL);
		lwsl_user("drain: closed to new clients, %d are to leave\n", left);
	}
	left = sessions_leave(1 + (unsigned)((uint64_t)at_drain * 100 / (uint64_t)(settings.spread_ms + 1)));
	if (!left || gone > (uint64_t)settings.grace_ms + (uint64_t)settings.spread_ms + 10000) {
		lwsl_user("drain: done, %d are left\n", left);
		uv_stop(t->loop);
	}
}

static void on_signal(uv_signal_t *s, int sig)
{
	if (draining || sig == SIGINT) {
		uv_stop(s->loop);
		return;
	}
	draining = 1;
	drain_at = uv_now(&loop);
	lwsl_user("drain: begins, %u clients\n", sessions.count);
	uv_timer_start(&drain, on_drain, 0, 100);
}

static int usage(const char *bad)
{
	fprintf(stderr, "cluster-chat: %s\n"
		"  --port N --host ADDRESS    where to listen, 7681 everywhere\n"
		"  --id WORD                  this server's name, host-port\n"
		"  --page FOLDER              what / is\n"
		"  --redis HOST:PORT|/SOCKET  127.0.0.1:6379; its password is REDIS_PASSWORD\n"
		"  --keep N --keep-s N        messages of a room, and how long after the last: 10000, a week\n"
		"  --dedupe-s N               how long a message's key is remembered, 600\n"
		"  --rate N                   what a client may ask for a second, 20\n"
		"  --clients N                at most, 100000\n"
		"  --grace-ms N --spread-ms N a drain's first part and second, 3000 and 10000\n", bad);
	return 2;
}

static int redis_at(char *where)
{
	char *colon = strrchr(where, ':');

	if (*where == '/') {
		settings.redis_path = where;
		return 0;
	}
	if (!colon)
		return -1;
	*colon = 0;
	settings.redis_host = where;
	settings.redis_port = atoi(colon + 1);
	return settings.redis_port > 0 ? 0 : -1;
}

static int options(int argc, char **argv)
{
	static const struct option known[] = {
		{ "port", 1, NULL, 'p' }, { "host", 1, NULL, 'h' }, { "id", 1, NULL, 'i' }, { "page", 1, NULL, 'g' },
		{ "redis", 1, NULL, 'r' }, { "keep", 1, NULL, 'k' }, { "keep-s", 1, NULL, 'K' }, { "dedupe-s", 1, NULL, 'd' },
		{ "rate", 1, NULL, 'R' }, { "clients", 1, NULL, 'c' }, { "grace-ms", 1, NULL, 'G' },
		{ "spread-ms", 1, NULL, 's' }, { NULL, 0, NULL, 0 },
	};
	int c, n;

	while ((c = getopt_long(argc, argv, "", known, NULL)) >= 0) {
		n = optarg ? atoi(optarg) : 0;
		switch (c) {
		case 'h': settings.host = optarg; continue;
		case 'i': settings.id = optarg; continue;
		case 'g': settings.page = optarg; continue;
		case 'r':
			if (redis_at(optarg))
				return usage("--redis is HOST:PORT or /SOCKET");
			continue;
		}
		if (n < 0 || (!n && c != 'p' && c != 'G' && c != 's'))
			return usage("what is that?");
		*(c == 'p' ? &settings.port : c == 'k' ? &settings.keep_messages : c == 'K' ? &settings.keep_seconds :
		  c == 'd' ? &settings.dedupe_seconds : c == 'R' ? &settings.rate : c == 'c' ? &settings.clients :
		  c == 'G' ? &settings.grace_ms : &settings.spread_ms) = n;
	}
	return optind < argc ? usage("no arguments") : 0;
}

static int serve(void)
{
	static const lws_retry_bo_t silence = { NULL, 0, 0, 30, 45, 0 }; /* s until a PING, and the end */
	static struct lws_protocols protocols[] = { { "http", callback_http, 0, 0, 0, NULL, 0 }, { NULL, NULL, 0, 0, 0, NULL, 0 },
						    { NULL, NULL, 0, 0, 0, NULL, 0 } };
	static struct lws_http_mount files, is_well;
	struct lws_context_creation_info info;
	void *loops[1] = { &loop };

	protocols[1] = session_protocol;
	is_well.mountpoint = "/health";
	is_well.mountpoint_len = (unsigned char)strlen(is_well.mountpoint);
	is_well.origin_protocol = LWSMPRO_CALLBACK;
	is_well.protocol = "http";
	files.mountpoint = "/";
	files.mountpoint_len = 1;
	files.origin = settings.page;
	files.def = "index.html";
	files.origin_protocol = LWSMPRO_FILE;
	if (settings.page)
		is_well.mount_next = &files;

	memset(&info, 0, sizeof info);
	info.port = settings.port;
	info.iface = settings.host;
	info.protocols = protocols;
	info.mounts = &is_well;
	info.foreign_loops = loops;
	info.retry_and_idle_policy = &silence;
	info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND | LWS_SERVER_OPTION_VALIDATE_UTF8;
	context = lws_create_context(&info);
	return context ? 0 : -1;
}

int main(int argc, char **argv)
{
	char host[20] = "";
	int bad = options(argc, argv);

	if (bad)
		return bad;
	if (!settings.id) {
		gethostname(host, sizeof host - 1);
		snprintf(id, sizeof id, "%s-%d", host, settings.port);
		settings.id = id;
	}
	if (strlen(settings.id) >= sizeof id || !word_ok(settings.id))
		return usage("an --id is letters, digits, _ . -, at most 31");
	signal(SIGPIPE, SIG_IGN);
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER, NULL);
	uv_loop_init(&loop);
	uv_signal_init(&loop, &on_int);
	uv_signal_init(&loop, &on_term);
	uv_timer_init(&loop, &second);
	uv_timer_init(&loop, &drain);
	if (serve())
		return 1;
	uv_signal_start(&on_int, on_signal, SIGINT);
	uv_signal_start(&on_term, on_signal, SIGTERM);
	uv_timer_start(&second, on_second, 1000, 1000);
	store_open();
	printf("PORT %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
	fflush(stdout);
	uv_run(&loop, UV_RUN_DEFAULT);

	rooms_end();
	uv_run(&loop, UV_RUN_NOWAIT); /* says so to Redis */
	lws_context_destroy(context);
	store_close();
	rooms_end();
	uv_close((uv_handle_t *)&on_int, NULL);
	uv_close((uv_handle_t *)&on_term, NULL);
	uv_close((uv_handle_t *)&second, NULL);
	uv_close((uv_handle_t *)&drain, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop) ? 1 : 0;
}
