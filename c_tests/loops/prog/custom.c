/* SPDX-License-Identifier: MIT
 *
 * An event loop that the program brings along (info.event_lib_custom), around
 * poll(): what its functions are told, for a server and a client in one context.
 *
 *   custom SCENARIO PORT [CERT KEY]
 */
#include <libwebsockets.h>
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct lws_context *context;
static int port, stop, served_null;
static const char *scenario;

static int
is(const char *name)
{
	return !strcmp(scenario, name);
}

/* ---- the loop ---- */

struct mine { /* what the library keeps for it in its thread */
	struct loop *loop;
	int magic;
};

static struct loop {
	struct pollfd set[32];
	int n;
} the_loop;

/* ---- what is told, by connection ---- */

#define STREAMS 16
static struct stream {
	struct lws *wsi;
	const char *kind;
	int number, watched, gone;
	char text[4096];
} streams[STREAMS];
static int count_streams;

static const char *
kind_of(int fd)
{
	struct sockaddr_in a = { 0 };
	socklen_t len = sizeof(a);
	int domain = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, (len = sizeof(domain), &len)))
		return "wake";
	if (domain == AF_NETLINK)
		return NULL; /* Debian's library has one, ours has not */
	len = sizeof(a);
	if (!getsockname(fd, (struct sockaddr *)&a, &len) &&
	    ntohs(a.sin_port) == port)
		return "server";
	return "client";
}

/* begin: what kind of connection begins, "" where its socket says so; NULL: none */
static struct stream *
stream_of(struct lws *wsi, const char *begin)
{
	struct stream *s;
	const char *kind;
	int n, number = 0;

	for (s = streams; s < streams + count_streams; s++)
		if (s->wsi == wsi && !s->gone)
			return s;
	if (!begin || count_streams == STREAMS)
		return NULL;
	kind = *begin ? begin : kind_of(lws_get_socket_fd(wsi));
	if (!kind)
		return NULL;
	for (n = 0; n < count_streams; n++)
		number += !strcmp(streams[n].kind, kind);
	s->wsi = wsi;
	s->kind = kind;
	s->number = number;
	count_streams++;
	return s;
}

static void
note(struct stream *s, const char *format, ...)
{
	va_list ap;
	size_t at;

	if (!s)
		return;
	at = strlen(s->text);
	va_start(ap, format);
	vsnprintf(s->text + at, sizeof(s->text) - at, format, ap);
	va_end(ap);
	at = strlen(s->text);
	snprintf(s->text + at, sizeof(s->text) - at, "\n");
}

static struct mine *
mine_of(struct lws *wsi)
{
	struct mine *m = lws_evlib_wsi_to_evlib_pt(wsi);

	if (m != lws_evlib_tsi_to_evlib_pt(context, 0) || m->magic != 77)
		printf("BAD the loop's memory\n");
	return m;
}

static struct pollfd *
find(int fd)
{
	int n;

	for (n = 0; n < the_loop.n; n++)
		if (the_loop.set[n].fd == fd)
			return &the_loop.set[n];
	return NULL;
}

static int
init_context(struct lws_context *cx, const struct lws_context_creation_info *info)
{
	context = cx;
	printf("init_context: %s\n", info->user == &the_loop ? "info" : "?");
	return is("refuse-context");
}

static int
init_pt(struct lws_context *cx, void *loop, int tsi)
{
	struct mine *m = lws_evlib_tsi_to_evlib_pt(cx, tsi);

	context = cx;
	printf("init_pt: %s, %d, %s\n",
	       loop == &the_loop ? "the loop" : loop ? "?" : "none", tsi,
	       m->loop || m->magic ? "used" : "zeroed");
	m->loop = loop;
	m->magic = 77;
	return is("refuse-pt");
}

static int
watch(struct lws *wsi, const char *what, const char *kind)
{
	struct stream *s = stream_of(wsi, kind);
	int fd = lws_get_socket_fd(wsi);
	struct pollfd *p = find(fd);

	mine_of(wsi);
	note(s, "%s%s", what, p ? " again" : "");
	if (s && is("refuse-server") && !strcmp(s->kind, "server"))
		return 1;
	if (s && is("refuse-client") && !strcmp(s->kind, "client"))
		return 1;
	if (!p && the_loop.n < 32)
		p = &the_loop.set[the_loop.n++];
	if (p)
		*p = (struct pollfd){ .fd = fd };
	return 0;
}

static int
listening(struct lws *wsi)
{
	return watch(wsi, "init_vhost_listen_wsi", "listen");
}

static int
sock_accept(struct lws *wsi)
{
	return watch(wsi, "sock_accept", "");
}

static void
io(struct lws *wsi, unsigned int flags)
{
	struct stream *s = stream_of(wsi, NULL);
	struct pollfd *p = find(lws_get_socket_fd(wsi));
	int n, bits = (flags & LWS_EV_READ ? POLLIN : 0) |
		      (flags & LWS_EV_WRITE ? POLLOUT : 0);

	mine_of(wsi);
	if (!(flags & (LWS_EV_START | LWS_EV_STOP)))
		printf("BAD io %x\n", flags);
	if (p)
		p->events = (short)(flags & LWS_EV_START ? p->events | bits :
							    p->events & ~bits);
	/* Whether what can be written at once is waited for is the library's affair, and
	 * so is a pause. */
	if (!(flags & LWS_EV_READ) || !s)
		return;
	if (!(flags & LWS_EV_START) == !s->watched)
		return;
	s->watched = flags & LWS_EV_START;
	n = (int)strlen(s->text);
	if (s->watched && n > 7 && !strcmp(s->text + n - 7, "io off\n"))
		s->text[n - 7] = '\0';
	else
		note(s, "io %s", s->watched ? "on" : "off");
}

static void
forget(struct lws *wsi)
{
	struct pollfd *p = find(lws_get_socket_fd(wsi));

	if (p)
		*p = the_loop.set[--the_loop.n];
}

static int
logical_close(struct lws *wsi)
{
	struct stream *s = stream_of(wsi, NULL);

	mine_of(wsi);
	note(s, "wsi_logical_close, %s",
	     lws_get_socket_fd(wsi) < 0 ? "no socket" : "socket");
	forget(wsi);
	return 0;
}

static void
destroy_wsi(struct lws *wsi)
{
	struct stream *s = stream_of(wsi, NULL);

	mine_of(wsi);
	note(s, "destroy_wsi");
	forget(wsi);
	if (s && s->watched)
		note(s, "BAD still watched");
	if (s)
		s->gone = 1;
}

static int
may_connect(struct lws *wsi)
{
	mine_of(wsi);
	printf("check_client_connect_ok\n");
	return is("refuse-connect");
}

static void
destroy_pt(struct lws_context *cx, int tsi)
{
	printf("destroy_pt %d %d\n", cx == context, tsi);
}

static int
context2(struct lws_context *cx)
{
	static int told;

	if (!told++)
		printf("destroy_context2 %d\n", cx == context);
	return 0;
}

static void
turn(void)
{
	int n = lws_service_adjust_timeout(context, 2000, 0);

	if (poll(the_loop.set, (nfds_t)the_loop.n, n) <= 0)
		return;
	for (n = 0; n < the_loop.n; n++)
		if (the_loop.set[n].revents) {
			int fd = the_loop.set[n].fd;

			if (lws_service_fd(context, &the_loop.set[n]) &&
			    the_loop.set[n].fd != fd)
				n--;
		}
}

static void
run_pt(struct lws_context *cx, int tsi)
{
	printf("run_pt %d %d\n", cx == context, tsi);
	while (!stop)
		turn();
}

static struct lws_event_loop_ops ops = {
	.name = "mine",
	.init_context = init_context,
	.init_pt = init_pt,
	.init_vhost_listen_wsi = listening,
	.sock_accept = sock_accept,
	.io = io,
	.wsi_logical_close = logical_close,
	.check_client_connect_ok = may_connect,
	.destroy_pt = destroy_pt,
	.destroy_wsi = destroy_wsi,
	.destroy_context2 = context2,
	.evlib_size_pt = sizeof(struct mine),
	.evlib_size_ctx = 64, .evlib_size_vh = 64, .evlib_size_wsi = 64,
};

/* ---- a server and its client ---- */

static lws_sorted_usec_list_t sul, limit;
static int ticks, messages, closed;

static void
client(void)
{
	struct lws_client_connect_info i = {
		.context = context, .address = "127.0.0.1", .port = port,
		.path = "/", .host = "localhost", .origin = "localhost",
		.ietf_version_or_minus_one = -1,
	};

	if (is("refused"))
		i.port = 1;
	if (is("tls"))
		i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED |
				   LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	if (is("redirect"))
		i.path = "/away";
	if (is("http") || is("redirect"))
		i.method = "GET";
	else
		i.protocol = "echo";
	if (!lws_client_connect_via_info(&i)) {
		printf("no client\n");
		stop = 1;
	}
}

static void
tick(lws_sorted_usec_list_t *s)
{
	printf("tick\n");
	if (++ticks < 3)
		lws_sul_schedule(context, 0, s, tick, 10 * LWS_US_PER_MS);
	else if (is("timers"))
		stop = 1;
}

static void
too_long(lws_sorted_usec_list_t *s)
{
	(void)s;
	printf("BAD stalled\n");
	stop = 1;
}

static void *
other_thread(void *arg)
{
	usleep(100 * 1000);
	lws_cancel_service(context);
	return arg;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	 size_t len)
{
	unsigned char b[LWS_PRE + 512] = { 0 }, *p = &b[LWS_PRE];
	struct stream *s = stream_of(wsi, NULL);

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		if (is("cancel") && ticks++ > 3)
			stop = 1;
		return 0;
	case LWS_CALLBACK_HTTP:
		note(s, "HTTP %s", (char *)in);
		if (!strcmp(in, "/away")) {
			unsigned char *q = p, *end = b + sizeof(b);

			if (lws_http_redirect(wsi, 302, (unsigned char *)"/", 1,
					      &q, end) < 0)
				return -1;
			return lws_http_transaction_completed(wsi) ? -1 : 0;
		}
		if (lws_return_http_status(wsi, 200, "hello"))
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_ESTABLISHED:
		note(s, "ESTABLISHED");
		return 0;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		note(s, "ESTABLISHED");
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		note(s, "WRITEABLE");
		*p = (unsigned char)('a' + messages);
		return lws_write(wsi, p, 1, LWS_WRITE_TEXT) == 1 ? 0 : -1;
	case LWS_CALLBACK_RECEIVE:
		note(s, "RECEIVE %.*s", (int)len, (char *)in);
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		note(s, "WRITEABLE");
		*p = (unsigned char)('A' + messages);
		return lws_write(wsi, p, 1, LWS_WRITE_TEXT) == 1 ? 0 : -1;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		note(s, "RECEIVE %.*s", (int)len, (char *)in);
		if (++messages == 3)
			return -1;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		note(s, "answer %d", (int)lws_http_client_http_response(wsi));
		return 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: {
		char buf[LWS_PRE + 512], *q = buf + LWS_PRE;
		int room = 512;

		return lws_http_client_read(wsi, &q, &room) < 0 ? -1 : 0;
	}
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf("client: connection error\n");
		stop = 1;
		return 0;
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_CLOSED:
	case LWS_CALLBACK_CLOSED_HTTP:
		note(s, "closed");
		if (++closed == 2 || (is("refuse-server") && closed == 1))
			stop = 1;
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		note(s, "WSI_DESTROY");
		return 0;
	default:
		return 0;
	}
}

static int
one_more(struct lws_dll2 *d, void *arg)
{
	(void)d;
	++*(int *)arg;
	return 0;
}

static int
end_it(struct lws_dll2 *d, void *arg)
{
	(void)d;
	++*(int *)arg;
	return 5;
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback }, { 0 }
	};
	lws_plugin_evlib_t lib = {
		.hdr = { "mine", "lws_evlib_plugin", LWS_BUILD_HASH,
			 LWS_PLUGIN_API_MAGIC },
		.ops = &ops,
	};
	void *loops[] = { &the_loop };
	struct lws_context_creation_info info = {
		.protocols = protocols, .iface = "127.0.0.1",
		.options = LWS_SERVER_OPTION_DISABLE_IPV6,
		.event_lib_custom = &lib, .foreign_loops = loops,
		.user = &the_loop, .gid = (gid_t)-1, .uid = (uid_t)-1,
	};
	static const char *const kinds[] = { "wake", "listen", "client",
					     "server" };
	pthread_t t;
	int n, k;

	if (argc < 3)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	scenario = argv[1];
	port = info.port = atoi(argv[2]);
	lws_set_log_level(getenv("LOG") ? atoi(getenv("LOG")) : 0, NULL);
	if (is("no-foreign"))
		info.foreign_loops = NULL;
	if (is("bare")) { /* the library calls nothing, and is served by its own poll */
		memset(&ops, 0, sizeof(ops));
		ops.name = "bare";
		served_null = 1;
	}
	if (is("tls") && argc > 4) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = argv[3];
		info.ssl_private_key_filepath = argv[4];
	}
	if (is("plugin"))
		info.options |= LWS_SERVER_OPTION_LIBUV;
	if (is("no-destroy-wsi"))
		ops.destroy_wsi = NULL;
	if (is("run-pt"))
		ops.run_pt = run_pt;
	context = lws_create_context(&info);
	if (!context) {
		printf("no context\n");
		return 0;
	}
	lws_sul_schedule(context, 0, &limit, too_long, 20 * LWS_US_PER_SEC);
	n = 0;
	lws_vhost_foreach_listen_wsi(context, &n, one_more);
	printf("%d listening\n", n);
	n = lws_vhost_foreach_listen_wsi(context, &n, end_it);
	printf("ends with %d\n", n);
	if (is("fork") && fork()) { /* the child serves */
		wait(&n);
		printf("-- the parent, child %d\n", n);
		lws_context_destroy(context);
		return 0;
	}
	if (is("timers"))
		lws_sul_schedule(context, 0, &sul, tick, 10 * LWS_US_PER_MS);
	else if (is("cancel"))
		pthread_create(&t, NULL, other_thread, NULL), ticks = 3;
	else
		client();
	if (served_null)
		while (!stop && lws_service(context, 0) >= 0)
			;
	else if (is("run-pt"))
		printf("lws_service %d\n", lws_service(context, 0));
	else
		while (!stop)
			turn();
	if (is("cancel"))
		pthread_join(t, NULL);
	lws_sul_cancel(&limit);
	lws_context_destroy(context);
	/* by kind: which end comes first is nobody's affair */
	for (k = 0; k < (int)LWS_ARRAY_SIZE(kinds); k++)
		for (n = 0; n < count_streams; n++)
			if (!strcmp(streams[n].kind, kinds[k]))
				printf("-- %s %d\n%s", kinds[k], streams[n].number,
				       streams[n].text);
	for (n = 0; n < the_loop.n; n++)
		if (kind_of(the_loop.set[n].fd))
			printf("left in the loop: %s\n", kind_of(the_loop.set[n].fd));
	return 0;
}
