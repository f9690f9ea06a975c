/* SPDX-License-Identifier: MIT
 *
 * Many threads at one context: those that serve it, peers, and others that write,
 * adopt, connect, cancel, set timers, make and destroy vhosts, and in the end destroy
 * the context, two at a time. No connection may be called by two threads at a time, or
 * by another than its own once it is established. argv: service threads, seconds, the event
 * loop of each of them or "", and a certificate and its key for a vhost with TLS, whose
 * WebSockets the driver uses.
 */
#include "smp.h"

#define LIVE 256
#define HELPERS 7

struct session {
	int inside; /* a callback runs */
	const char *what; /* the last one */
	int on;
	int place;  /* in live */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of live */
static struct lws *live[LIVE];
static struct lws_vhost *vhost;
static int port, over, ending, echoes, served, timers, vhosts, adopted, connected, told, closed;

static void
enter(struct lws *wsi, struct session *s, const char *what, int own)
{
	int was;

	/* one thread alone leaves it to the others what they do */
	if (own && count > 1 && !get(&ending) && self != lws_get_tsi(wsi))
		bad("%s of a connection of thread %d on %d", what,
		    lws_get_tsi(wsi), self);
	if (!s)
		return;
	was = add(&s->inside, 1);
	if (was != 1 && count > 1)
		bad("%s: another callback of the connection runs (%d): %s on %d", what,
		    was, s->what, s->on);
	s->what = what;
	s->on = self;
}

static void
leave(struct session *s)
{
	if (s)
		add(&s->inside, -1);
}

static void
keep(struct lws *wsi, struct session *s)
{
	int n;

	pthread_mutex_lock(&lock);
	for (n = 0; n < LIVE; n++)
		if (!live[n]) {
			live[n] = wsi;
			s->place = n + 1;
			break;
		}
	pthread_mutex_unlock(&lock);
}

static void
forget(struct session *s)
{
	if (!s || !s->place)
		return;
	pthread_mutex_lock(&lock);
	live[s->place - 1] = NULL;
	s->place = 0;
	pthread_mutex_unlock(&lock);
}

static int
on_raw(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 512];
	struct session *s = user;
	int ret = 0;

	switch (r) {
	case LWS_CALLBACK_RAW_ADOPT:
		enter(wsi, s, "adopt", 0);
		keep(wsi, s);
		break;
	case LWS_CALLBACK_RAW_RX:
		enter(wsi, s, "rx", 1);
		if (len > 512)
			len = 512;
		memcpy(b + LWS_PRE, in, len);
		if (lws_write(wsi, b + LWS_PRE, len, LWS_WRITE_RAW) != (int)len)
			ret = -1;
		add(&served, 1);
		if (!any(16))
			lws_callback_on_writable(wsi);
		if (!any(64))
			lws_set_timer_usecs(wsi, any(3000));
		if (!any(64))
			lws_callback_on_writable_all_protocol(cx, lws_get_protocol(wsi));
		if (!any(256))
			ret = -1;
		break;
	case LWS_CALLBACK_RAW_WRITEABLE:
		enter(wsi, s, "writeable", 1);
		add(&told, 1);
		break;
	case LWS_CALLBACK_TIMER:
		enter(wsi, s, "timer", 1);
		add(&timers, 1);
		break;
	case LWS_CALLBACK_USER:
		/* of lws_callback_all_protocol() */
		enter(wsi, s, "user", 1);
		break;
	case LWS_CALLBACK_RAW_CLOSE:
		enter(wsi, s, "close", 1);
		forget(s);
		add(&closed, 1);
		break;
	default:
		return 0;
	}
	leave(s);
	return ret;
}

/* WebSockets are echoed, as they come. */
static int
on_ws(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 8192];
	struct session *s = user;
	int ret = 0;

	switch (r) {
	case LWS_CALLBACK_ESTABLISHED:
		enter(wsi, s, "established", 1);
		keep(wsi, s);
		break;
	case LWS_CALLBACK_RECEIVE:
		enter(wsi, s, "receive", 1);
		memcpy(b + LWS_PRE, in, len);
		if (lws_write(wsi, b + LWS_PRE, len,
			      (enum lws_write_protocol)lws_write_ws_flags(LWS_WRITE_BINARY, lws_is_first_fragment(wsi),
									  lws_is_final_fragment(wsi))) != (int)len)
			ret = -1;
		if (!any(16))
			lws_callback_on_writable_all_protocol(cx, lws_get_protocol(wsi));
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		enter(wsi, s, "ws writeable", 1);
		break;
	case LWS_CALLBACK_USER:
		enter(wsi, s, "ws user", 1);
		break;
	case LWS_CALLBACK_CLOSED:
		enter(wsi, s, "closed", 1);
		forget(s);
		break;
	default:
		return 0;
	}
	leave(s);
	return ret;
}

static int
on_client(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 1] = { 0 };

	(void)user;
	(void)in;
	(void)len;
	switch (r) {
	case LWS_CALLBACK_RAW_CONNECTED:
		enter(wsi, NULL, "connected", 1);
		b[LWS_PRE] = 'c';
		lws_write(wsi, b + LWS_PRE, 1, LWS_WRITE_RAW);
		break;
	case LWS_CALLBACK_RAW_RX:
		enter(wsi, NULL, "client's rx", 1);
		add(&connected, 1);
		return -1;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "raw", .callback = on_raw, .per_session_data_size = sizeof(struct session) },
	{ .name = "client", .callback = on_client },
	{ .name = "echo", .callback = on_ws, .per_session_data_size = sizeof(struct session), .rx_buffer_size = 4096 },
	{ .name = NULL },
};

/* Peers: connect, send, look at what comes back, go. */
static void *
peer(void *arg)
{
	char b[512], got[512];
	int fd, n, len, have, r;

	(void)arg;
	while (!get(&over)) {
		fd = dial(port);
		if (fd < 0)
			break;
		for (n = (int)any(40); n >= 0 && !get(&over); n--) {
			len = 1 + (int)any(sizeof(b));
			memset(b, 'a' + n % 26, (size_t)len);
			if (send(fd, b, (size_t)len, MSG_NOSIGNAL) != len)
				break;
			for (have = 0; have < len; have += r) {
				r = (int)recv(fd, got + have, (size_t)(len - have), 0);
				if (r <= 0)
					break;
			}
			if (have < len)
				break;
			add(&echoes, 1);
		}
		close(fd);
	}
	return NULL;
}

static void
with_one(void (*act)(struct lws *))
{
	int n;

	pthread_mutex_lock(&lock);
	n = (int)any(LIVE);
	if (live[n])
		act(live[n]);
	pthread_mutex_unlock(&lock);
}

static void
ask_writeable(struct lws *wsi)
{
	lws_callback_on_writable(wsi);
}

static void
cancel_one(struct lws *wsi)
{
	lws_cancel_service_pt(wsi);
}

/* At once, where another thread's callback is called for that: here it would want the lock. */
static void
end_one(struct lws *wsi)
{
	lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK,
			count == 1 || any(2) ? LWS_TO_KILL_ASYNC : LWS_TO_KILL_SYNC);
}

static void
stop_one(struct lws *wsi)
{
	lws_rx_flow_control(wsi, 0);
	lws_rx_flow_control(wsi, 1);
}

static void *
meddle(void *arg)
{
	(void)arg;
	while (!get(&over)) {
		with_one(ask_writeable);
		with_one(cancel_one);
		if (!any(50))
			with_one(end_one);
		with_one(stop_one);
		if (!any(20))
			lws_cancel_service(cx);
		if (!any(20))
			lws_callback_all_protocol(cx, &protocols[any(2) * 2], LWS_CALLBACK_USER);
		if (!any(20))
			lws_callback_on_writable_all_protocol(cx, &protocols[0]);
		if (!lws_get_vhost_by_name(cx, "default"))
			bad("no vhost");
		usleep(any(300));
	}
	return NULL;
}

static void *
adopt(void *arg)
{
	struct timeval limit = { 20, 0 };
	int pair[2];

	(void)arg;
	while (!get(&over)) {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
			break;
		setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		if (any(2)) /* it is there before the connection is */
			send(pair[1], "x", 1, MSG_NOSIGNAL);
		if (!lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_SOCKET,
						(lws_sock_file_fd_type)pair[0], "raw", NULL))
			bad("not adopted");
		ask(pair[1], 'x');
		add(&adopted, 1);
		close(pair[1]);
		usleep(any(500));
	}
	return NULL;
}

static void *
connect_out(void *arg)
{
	struct lws_client_connect_info i;

	(void)arg;
	memset(&i, 0, sizeof(i));
	i.context = cx;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = port;
	i.method = "RAW";
	i.local_protocol_name = "client";
	while (!get(&over)) {
		lws_client_connect_via_info(&i);
		usleep(500 + any(1000));
	}
	return NULL;
}

static int gone;

static void
finalized(struct lws_vhost *vh, void *arg)
{
	(void)vh;
	(void)arg;
	add(&gone, 1);
}

static void *
make_vhosts(void *arg)
{
	struct lws_context_creation_info i = settings(1, protocols);
	struct lws_vhost *v;
	int fd[4], n;

	(void)arg;
	i.finalize = finalized;
	i.vhost_name = "passing";
	while (!get(&over)) {
		v = lws_create_vhost(cx, &i);
		if (!v) {
			bad("no vhost");
			break;
		}
		for (n = 0; n < 4; n++) {
			fd[n] = dial(lws_get_vhost_listen_port(v));
			if (fd[n] >= 0 && n < 3)
				ask(fd[n], 'v');
		}
		lws_vhost_destroy(v);
		for (n = 0; n < 4; n++)
			close(fd[n]);
		add(&vhosts, 1);
		usleep(any(2000));
	}
	return NULL;
}

static lws_sorted_usec_list_t suls[8];

static void
fired(lws_sorted_usec_list_t *sul)
{
	int n = (int)(sul - suls);

	if (!get(&ending) && self != n % count)
		bad("a timer of thread %d on %d", n % count, self);
	add(&timers, 1);
	lws_sul_schedule(cx, n % count, sul, fired, 200 + (lws_usec_t)any(500));
}

static void
log_line(int level, const char *line)
{
	(void)level;
	if (strstr(line, "internal error"))
		bad("%s", line);
	fputs(line, stderr);
}

static void
with_tls(char **files)
{
	struct lws_context_creation_info i = settings(1, protocols);
	struct lws_vhost *v;

	i.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	i.vhost_name = "tls";
	i.ssl_cert_filepath = files[0];
	i.ssl_private_key_filepath = files[1];
	v = lws_create_vhost(cx, &i);
	if (!v)
		bad("no vhost with TLS");
	else
		printf("PORT %d\n", lws_get_vhost_listen_port(v));
}

static void *
destroy(void *arg)
{
	lws_context_destroy(arg);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info i = settings(atoi(argv[1]), protocols);
	int seconds = argc > 2 ? atoi(argv[2]) : 2, n;
	void *(*helpers[HELPERS])(void *) = { peer, peer, peer, meddle, adopt, connect_out, make_vhosts };
	pthread_t helper[HELPERS], two[2];
	struct lws_context *it;

	if (argc > 4)
		i.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	if (argc > 3 && argv[3][0])
		i.options |= !strcmp(argv[3], "uv") ? LWS_SERVER_OPTION_LIBUV :
			     !strcmp(argv[3], "ev") ? LWS_SERVER_OPTION_LIBEV :
			     !strcmp(argv[3], "glib") ? LWS_SERVER_OPTION_GLIB :
							LWS_SERVER_OPTION_LIBEVENT;
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm((unsigned int)seconds + 60);
	lws_set_log_level(LLL_ERR, log_line);
	it = cx = lws_create_context(&i);
	if (!cx) {
		puts("BAD no context");
		return 1;
	}
	vhost = lws_get_vhost_by_name(cx, "default");
	port = lws_get_vhost_listen_port(vhost);
	if (argc > 5)
		with_tls(argv + 4);
	start_threads(serve);
	for (n = 0; n < 8; n++)
		lws_sul_schedule(cx, n % count, &suls[n], fired, 100);
	for (n = 0; n < HELPERS; n++)
		pthread_create(&helper[n], NULL, helpers[n], NULL);
	nap(seconds * 1000);
	add(&over, 1);
	for (n = 0; n < HELPERS; n++)
		pthread_join(helper[n], NULL);
	for (n = 0; n < 20000 && get(&gone) < get(&vhosts); n++)
		nap(1);
	if (get(&gone) < get(&vhosts))
		bad("%d of %d vhosts have not gone", get(&vhosts) - get(&gone), get(&vhosts));
	add(&ending, 1);
	for (n = 0; n < 8; n++)
		lws_sul_cancel(&suls[n]);
	for (n = 0; n < 2; n++)
		pthread_create(&two[n], NULL, destroy, it);
	for (n = 0; n < 2; n++)
		pthread_join(two[n], NULL);
	join_threads();
	if (cx)
		bad("the context is still there");
	for (n = 0; n < count; n++)
		if (!returned[n] && (argc <= 3 || !argv[3][0])) /* 1: it had gone before the call */
			bad("thread %d came back with %d", n, returned[n]);
	if (!echoes || !timers || !vhosts || !adopted || !connected || !told || !closed)
		bad("something never happened");
	printf("echoes %d served %d timers %d vhosts %d adopted %d connected %d writeable %d closed %d\n",
	       echoes, served, timers, vhosts, adopted, connected, told, closed);
	puts("OK");
	return 0;
}
