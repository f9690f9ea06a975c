/* SPDX-License-Identifier: MIT
 *
 * What several service threads do, for comparing with the original: sequences of each
 * connection, and where callbacks come. argv: threads, scenario, and "strict" where all
 * callbacks of a connection have to come on its thread, those of its birth among them.
 */
#include "smp.h"

#define CONNS 64

struct conn {
	struct lws *wsi;
	int tsi;
	char trace[512];
};

static struct conn conns[CONNS];
static int born, ended, strict, port, ending; /* as the original, from one thread */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int cancelled[MOST], ids[MOST], inits, destroys, client_tsi = -1;
static int connect_on = -1, destroy_on = -1, destroy_vhost_on = -1, write_on = -1;
static struct lws_vhost *second;

static const char *
name(enum lws_callback_reasons r)
{
	switch (r) {
	case LWS_CALLBACK_WSI_CREATE: return "create";
	case LWS_CALLBACK_RAW_ADOPT: return "adopt";
	case LWS_CALLBACK_RAW_RX: return "rx";
	case LWS_CALLBACK_RAW_WRITEABLE: return "writeable";
	case LWS_CALLBACK_RAW_CLOSE: return "close";
	case LWS_CALLBACK_WSI_DESTROY: return "destroy";
	case LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL: return "bind";
	case LWS_CALLBACK_RAW_SKT_DROP_PROTOCOL: return "drop";
	default: return NULL;
	}
}

static struct conn *
find(struct lws *wsi)
{
	int n;

	for (n = 0; n < born; n++)
		if (conns[n].wsi == wsi)
			return &conns[n];
	return NULL;
}

static void
note(struct lws *wsi, enum lws_callback_reasons r)
{
	struct conn *c;

	if (!name(r))
		return;
	pthread_mutex_lock(&lock);
	c = find(wsi);
	if (r == LWS_CALLBACK_WSI_CREATE && !c && born < CONNS) {
		c = &conns[born++];
		c->wsi = wsi;
		c->tsi = lws_get_tsi(wsi);
	}
	if (c) {
		strcat(c->trace, " ");
		strcat(c->trace, name(r));
		if (self != c->tsi && !ending && (strict || (r != LWS_CALLBACK_WSI_CREATE &&
						  r != LWS_CALLBACK_RAW_SKT_BIND_PROTOCOL &&
						  r != LWS_CALLBACK_RAW_ADOPT)))
			bad("%s of a connection of thread %d on thread %d",
			    name(r), c->tsi, self);
		if (lws_get_tsi(wsi) != c->tsi)
			bad("a connection of thread %d has moved to %d", c->tsi,
			    lws_get_tsi(wsi));
		if (r == LWS_CALLBACK_WSI_DESTROY) {
			c->wsi = NULL;
			add(&ended, 1);
		}
	}
	pthread_mutex_unlock(&lock);
}

static void
client(void)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = cx;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = port;
	i.method = "RAW";
	i.local_protocol_name = "client";
	if (!lws_client_connect_via_info(&i))
		bad("the client cannot connect");
}

static int
on_raw(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 1];
	int tsi = lws_get_tsi(wsi);

	(void)user;
	(void)len;
	switch (r) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		add(&inits, 1);
		return 0;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		add(&destroys, 1);
		return 0;
	case LWS_CALLBACK_GET_THREAD_ID:
		if (self >= 0)
			add(&ids[self], 1);
		return 0;
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
		if (tsi != self)
			bad("cancelled: thread %d is told of %d", self, tsi);
		add(&cancelled[tsi], 1);
		if (lws_get_vhost(wsi) == second)
			return 0;
		if (connect_on == tsi) {
			connect_on = -1;
			client();
		}
		if (destroy_vhost_on == tsi) {
			destroy_vhost_on = -1;
			lws_vhost_destroy(second);
		}
		if (write_on == tsi) {
			write_on = -1;
			lws_callback_on_writable_all_protocol(cx, lws_get_protocol(wsi));
		}
		if (destroy_on == tsi) {
			destroy_on = -1;
			ending = 1;
			lws_context_destroy(cx);
		}
		return 0;
	case LWS_CALLBACK_RAW_RX:
		note(wsi, r);
		b[LWS_PRE] = *(char *)in == 't' ? (unsigned char)('0' + tsi) :
						  *(unsigned char *)in;
		return lws_write(wsi, b + LWS_PRE, 1, LWS_WRITE_RAW) == 1 ? 0 : -1;
	case LWS_CALLBACK_RAW_WRITEABLE:
		note(wsi, r);
		b[LWS_PRE] = 'w';
		return lws_write(wsi, b + LWS_PRE, 1, LWS_WRITE_RAW) == 1 ? 0 : -1;
	default:
		note(wsi, r);
		return 0;
	}
}

static int
on_client(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	switch (r) {
	case LWS_CALLBACK_RAW_CONNECTED:
		if (lws_get_tsi(wsi) != self)
			bad("a client of thread %d is connected on %d",
			    lws_get_tsi(wsi), self);
		__atomic_store_n(&client_tsi, self, __ATOMIC_SEQ_CST);
		return -1;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ .name = "raw", .callback = on_raw },
	{ .name = "client", .callback = on_client },
	{ .name = NULL },
};

static int
until(int *n, int is)
{
	int ms;

	for (ms = 0; ms < 20000 && get(n) < is; ms++)
		nap(1);
	if (get(n) < is)
		bad("waited in vain: %d, not %d", get(n), is);
	return get(n) >= is;
}

/* When nobody has been cancelled for a while. */
static void
settle(int *was)
{
	int n, same = 0;

	while (same < 200) {
		for (n = 0, same++; n < count; n++)
			if (was[n] != get(&cancelled[n])) {
				was[n] = get(&cancelled[n]);
				same = 0;
			}
		nap(1);
	}
}

static void
spread(int how_many, int *fds)
{
	int n;

	printf("threads");
	for (n = 0; n < how_many; n++) {
		fds[n] = dial(port);
		printf(" %c", ask(fds[n], 't'));
	}
	puts("");
}

static void
show(void)
{
	int n;

	until(&ended, get(&born));
	for (n = 0; n < get(&born); n++)
		printf("conn %d:%s\n", n, conns[n].trace);
}

static void
tell_cancelled(const char *what, const int *was)
{
	int n;

	printf("%s", what);
	for (n = 0; n < count; n++)
		printf(" %d", get(&cancelled[n]) - was[n]);
	puts("");
}

static void
finish(void)
{
	stop = ending = 1;
	lws_cancel_service(cx);
	join_threads();
	lws_context_destroy(cx);
	cx = NULL;
	printf("destroy %d\n", destroys);
}

static void
close_all(int *fds, int how_many)
{
	int n;

	for (n = 0; n < how_many; n++)
		close(fds[n]);
	show();
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";
	struct lws_context_creation_info i = settings(atoi(argv[1]), protocols);
	int fds[CONNS], was[MOST] = { 0 }, n, pair[2], many;

	setvbuf(stdout, NULL, _IOLBF, 0);
	/* who adopts is told at once */
	strict = argc > 3 && strcmp(what, "adopt");
	lws_set_log_level(LLL_ERR, NULL);
	if (!strcmp(what, "limit"))
		i.fd_limit_per_thread = 4;
	cx = lws_create_context(&i);
	if (!cx) {
		puts("BAD no context");
		return 1;
	}
	if (!strcmp(what, "vhost")) {
		i.vhost_name = "second";
		i.port = 0;
		second = lws_create_vhost(cx, &i);
		port = lws_get_vhost_listen_port(second);
	} else
		port = lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, "default"));
	start_threads(serve);
	printf("count %d\n", count);
	if (strict) /* the original's waits for the network, where there is none */
		until(&inits, 1);
	settle(was);
	for (n = 0; n < count; n++)
		if (ids[n] != 1)
			bad("thread %d was asked %d times for its id", n, ids[n]);
	many = 2 * count + 1;
	if (!strcmp(what, "spread")) {
		spread(many, fds);
		close(fds[1]);
		until(&ended, 1);
		fds[1] = dial(port); /* to where there is one less */
		printf("again %c\n", ask(fds[1], 't'));
		close_all(fds, many);
	} else if (!strcmp(what, "cancel")) {
		spread(count, fds);
		settle(was);
		for (n = 0; conns[n].tsi != count - 1;)
			n++;
		lws_cancel_service_pt(conns[n].wsi);
		until(&cancelled[count - 1], was[count - 1] + 1);
		nap(100);
		tell_cancelled("cancel_service_pt", was);
		settle(was);
		lws_cancel_service(cx);
		for (n = 0; n < count; n++)
			until(&cancelled[n], was[n] + 1);
		tell_cancelled("cancel_service", was);
		close_all(fds, count);
	} else if (!strcmp(what, "write")) {
		spread(many, fds);
		settle(was);
		write_on = count - 1;
		lws_cancel_service(cx);
		for (n = 0; n < many; n++)
			if (recv(fds[n], pair, 1, 0) != 1)
				bad("no WRITEABLE for connection %d", n);
		close_all(fds, many);
	} else if (!strcmp(what, "client")) {
		for (n = 0; n < count; n++) {
			client_tsi = -1;
			connect_on = n;
			lws_cancel_service(cx);
			while (get(&client_tsi) < 0)
				nap(1);
			printf("client of thread %d is on %d\n", n, get(&client_tsi));
		}
		until(&ended, get(&born));
	} else if (!strcmp(what, "adopt")) {
		for (n = 0; n < many; n++) {
			struct lws *wsi;

			socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair);
			wsi = lws_adopt_descriptor_vhost(
				lws_get_vhost_by_name(cx, "default"),
				LWS_ADOPT_SOCKET, (lws_sock_file_fd_type)pair[0],
				"raw", NULL);
			if (!wsi)
				bad("not adopted");
			fds[n] = pair[1];
			printf("adopted on %c\n", ask(fds[n], 't'));
		}
		close_all(fds, many);
	} else if (!strcmp(what, "vhost")) {
		spread(many, fds);
		settle(was);
		destroy_vhost_on = count - 1;
		lws_cancel_service(cx);
		for (n = 0; n < many; n++)
			if (recv(fds[n], pair, 1, 0) > 0)
				bad("connection %d goes on", n);
		until(&destroys, 1);
		close_all(fds, many);
	} else if (!strcmp(what, "end")) {
		spread(many, fds);
		settle(was);
		destroy_on = count - 1;
		lws_cancel_service(cx);
		join_threads();
		printf("returned");
		for (n = 0; n < count; n++)
			printf(" %d", returned[n]);
		printf("\n");
		if (cx) /* the original wants one more call */
			lws_context_destroy(cx);
		printf("context %s\n", cx ? "is there" : "has gone");
		printf("ended %d of %d\n", get(&ended), get(&born));
		printf("destroy %d\n", destroys);
		return 0;
	} else if (!strcmp(what, "limit")) { /* ours only: the original accepts and closes */
		for (n = 0; n < 4 * count; n++) {
			struct pollfd p = { .events = POLLIN };

			p.fd = fds[n] = dial(port);
			if (write(fds[n], "t", 1) != 1)
				bad("write");
			if (poll(&p, 1, 1500) != 1)
				break;
		}
		printf("served %d\n", n);
		if (n < 4 * count) { /* one that goes makes room */
			close(fds[0]);
			if (recv(fds[n], was, 1, 0) != 1)
				bad("the one that waited is not served");
		}
		printf("bad index %d %d\n", lws_service_tsi(cx, 0, count), lws_service_tsi(cx, 0, -1));
		for (n++; n > 1; n--)
			close(fds[n - 1]);
		until(&ended, get(&born));
	} else {
		bad("no scenario %s", what);
	}
	finish();
	return 0;
}
