/* SPDX-License-Identifier: MIT */
#include "rig.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rig rig;

/* Lines are kept by connection: the order between connections is not
 * compared. Stream 0 is for what belongs to none. */
#define STREAMS 256
#define LINES 64
static struct stream {
	struct lws *wsi;
	char kind;
	int count;
	struct line {
		char text[96];
		int times;
	} lines[LINES];
} streams[STREAMS];
static int used = 1;

static struct stream *
stream_of(struct lws *wsi)
{
	int n;

	if (!wsi)
		return &streams[0];
	for (n = used - 1; n > 0; n--)
		if (streams[n].wsi == wsi)
			return &streams[n];
	if (used == STREAMS)
		abort();
	streams[used].wsi = wsi;
	return &streams[used++];
}

void
say(struct lws *wsi, const char *format, ...)
{
	struct stream *s = stream_of(wsi);
	struct line *l;
	char text[96];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (getenv("LOOPS_LIVE"))
		fprintf(stderr, "%d %s\n", (int)(s - streams), text);
	if (s->count && !strcmp(s->lines[s->count - 1].text, text)) {
		s->lines[s->count - 1].times++;
		return;
	}
	if (s->count == LINES)
		abort();
	l = &s->lines[s->count++];
	snprintf(l->text, sizeof(l->text), "%s", text);
	l->times = 1;
}

static int
by_text(const void *a, const void *b)
{
	const struct stream *x = *(struct stream *const *)a;
	const struct stream *y = *(struct stream *const *)b;
	int n, d;

	for (n = 0; n < x->count && n < y->count; n++) {
		d = strcmp(x->lines[n].text, y->lines[n].text);
		if (d)
			return d;
	}
	return x->count - y->count;
}

void
say_all(void)
{
	struct stream *order[STREAMS];
	int n, i;

	for (n = 0; n < used; n++)
		order[n] = &streams[n];
	qsort(order + 1, (size_t)used - 1, sizeof(order[0]), by_text);
	for (n = 0; n < used; n++) {
		printf("-- %s\n", n ? "connection" : "program");
		for (i = 0; i < order[n]->count; i++) {
			printf("%s", order[n]->lines[i].text);
			if (order[n]->lines[i].times > 1)
				printf(" x%d", order[n]->lines[i].times);
			printf("\n");
		}
	}
}

/* ---- the connections ---- */

/* With TLS they are longer than what is read at once. */
#define LONGEST 13000
#define SIZE(n) (((n)*37) % (rig.tls ? LONGEST : 1400) + (rig.tls ? 6000 : 1))

struct session {
	int n;		/* client: messages sent */
	int waiting;	/* client: an echo is on its way */
	size_t len;	/* server: to be echoed */
	unsigned char buf[LWS_PRE + 20000];
};

static struct lws *servers[STREAMS];

void
each_server(void (*fn)(struct lws *wsi))
{
	int n;

	for (n = 0; n < STREAMS; n++)
		if (servers[n])
			fn(servers[n]);
}

static void
server_list(struct lws *was, struct lws *is)
{
	int n;

	for (n = 0; n < STREAMS; n++)
		if (servers[n] == was) {
			servers[n] = is;
			return;
		}
}

/* What every connection's callback does with a reason that is told of. */
static int
common(struct lws *wsi, const char *who, enum lws_callback_reasons reason,
       void *in, size_t len)
{
	if (rig.other) {
		int r = rig.other(wsi, reason, in, len);
		if (r)
			return r;
	}
	switch (reason) {
	case LWS_CALLBACK_ADD_POLL_FD: /* v4.3 tells of these in every loop */
	case LWS_CALLBACK_DEL_POLL_FD:
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
	case LWS_CALLBACK_LOCK_POLL:
	case LWS_CALLBACK_UNLOCK_POLL:
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_ADD_HEADERS:
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
	case LWS_CALLBACK_OPENSSL_PERFORM_SERVER_CERT_VERIFICATION:
	case LWS_CALLBACK_VHOST_CERT_AGING:
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED: /* as often as it wakes up */
		break;
	case LWS_CALLBACK_PROTOCOL_INIT:
	case LWS_CALLBACK_PROTOCOL_DESTROY:
	case LWS_CALLBACK_GET_THREAD_ID:
		say(NULL, "%s %d", who, (int)reason);
		break;
	case LWS_CALLBACK_WSI_DESTROY:
		say(wsi, "%s %d", who, (int)reason);
		stream_of(wsi)->wsi = NULL;
		break;
	case LWS_CALLBACK_RECEIVE:
	case LWS_CALLBACK_CLIENT_RECEIVE: /* the pieces are not compared */
		if (lws_is_final_fragment(wsi))
			say(wsi, "%s %d", who, (int)reason);
		break;
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		say(wsi, "%s %d %s", who, (int)reason, in ? "text" : "-");
		break;
	default:
		say(wsi, "%s %d", who, (int)reason);
	}
	return 0;
}

static void
closed(void)
{
	if (--rig.open)
		return;
	if (rig.messages)
		say(NULL, "echoed %d", rig.echoed);
	if (rig.all_closed)
		rig.all_closed();
}

static int
server(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
       size_t len)
{
	struct session *s = user;
	int r = common(wsi, "server", reason, in, len);

	if (r)
		return r < 0 ? -1 : 0;
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		rig.open++;
		server_list(NULL, wsi);
		break;
	case LWS_CALLBACK_RECEIVE:
		if (s->len + len > sizeof(s->buf) - LWS_PRE)
			return -1;
		memcpy(s->buf + LWS_PRE + s->len, in, len);
		s->len += len;
		if (lws_is_final_fragment(wsi))
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (s->len && lws_write(wsi, s->buf + LWS_PRE, s->len,
					LWS_WRITE_BINARY) < (int)s->len)
			return -1;
		s->len = 0;
		break;
	case LWS_CALLBACK_CLOSED:
		server_list(wsi, NULL);
		closed();
		break;
	default:
		break;
	}
	return 0;
}

static int
client(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
       size_t len)
{
	struct session *s = user;
	int r = common(wsi, "client", reason, in, len);

	if (r)
		return r < 0 ? -1 : 0;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		rig.open++;
		rig.established++;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (s->waiting)
			break;
		if (s->n == rig.messages) {
			if (!rig.messages)
				break; /* stays open */
			lws_close_reason(wsi, 1000, NULL, 0);
			return -1;
		}
		s->n++;
		s->waiting = 1;
		memset(s->buf + LWS_PRE, s->n, (size_t)SIZE(s->n));
		if (lws_write(wsi, s->buf + LWS_PRE, (size_t)SIZE(s->n),
			      LWS_WRITE_BINARY) < SIZE(s->n))
			return -1;
		s->len = 0;
		break;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		s->len += len;
		if (!lws_is_final_fragment(wsi))
			break;
		if ((int)s->len != SIZE(s->n) || !len ||
		    *(unsigned char *)in != (s->n & 0xff))
			say(wsi, "WRONG ECHO");
		s->waiting = 0;
		rig.echoed++;
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
		closed();
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols server_protocols[] = {
	{ "echo", server, sizeof(struct session), 1500, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 },
};
static const struct lws_protocols client_protocols[] = {
	{ "echo", client, sizeof(struct session), 1500, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 },
};
static struct lws_vhost *client_vhost;

static void
finalized(struct lws_vhost *vh, void *arg)
{
	(void)vh;
	say(NULL, "finalized %s", (const char *)arg);
}

int
make_context(void)
{
	struct lws_context_creation_info info;
	struct lws_vhost *vh;
	void *loops[1] = { rig.loop };

	memset(&info, 0, sizeof(info));
	info.options = the_loop.option | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       (rig.tls ? LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT : 0);
	info.pcontext = rig.pcontext ? rig.pcontext : &rig.context;
	info.signal_cb = rig.signal_cb;
	if (rig.loop)
		info.foreign_loops = loops;
	rig.context = lws_create_context(&info);
	if (!rig.context) {
		say(NULL, "no context");
		return 1;
	}
	if (rig.tls) {
		info.ssl_cert_filepath = getenv("LOOPS_CERT");
		info.ssl_private_key_filepath = getenv("LOOPS_KEY");
	}
	info.port = rig.port;
	info.iface = "127.0.0.1";
	info.protocols = server_protocols;
	info.vhost_name = "server";
	info.finalize = finalized;
	info.finalize_arg = (void *)"server";
	vh = lws_create_vhost(rig.context, &info);
	if (!vh) {
		say(NULL, "no vhost");
		return 1;
	}
	if (!rig.port)
		rig.port = lws_get_vhost_listen_port(vh);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.ssl_cert_filepath = info.ssl_private_key_filepath = NULL;
	info.protocols = client_protocols;
	info.vhost_name = "client";
	info.finalize_arg = (void *)"client";
	client_vhost = lws_create_vhost(rig.context, &info);
	return !client_vhost;
}

struct lws *
make_client(void)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = rig.context;
	i.vhost = client_vhost;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = rig.port;
	i.path = "/";
	i.protocol = "echo";
	if (rig.tls)
		i.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_SELFSIGNED |
				   LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	return lws_client_connect_via_info(&i);
}

/* ---- the program's own loop, timer and pipe ---- */

static int pipe_fds[2];

static void
pipe_readable(void)
{
	char b[64];
	ssize_t n = read(pipe_fds[0], b, sizeof(b));

	if (n > 0)
		rig.pipe_bytes += (int)n;
}

static void
tick(void)
{
	rig.ticks++;
	if (write(pipe_fds[1], "x", 1) != 1)
		abort();
	if (rig.limit && rig.ticks >= rig.limit) {
		say(NULL, "LIMIT");
		the_loop.stop();
		return;
	}
	if (rig.ticked)
		rig.ticked();
}

void
make_loop(void)
{
	if (pipe(pipe_fds))
		abort();
	rig.loop = the_loop.make(pipe_fds[0], pipe_readable, tick);
}

int
end_loop(void)
{
	int r;

	the_loop.unwatch();
	r = the_loop.end();
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	say(NULL, "own timer %s, own pipe %s, loop end %d",
	    rig.ticks ? "ran" : "DEAD", rig.pipe_bytes ? "ran" : "DEAD", r);
	rig.loop = NULL;
	return r;
}

void
destroy(const char *where)
{
	if (!rig.context)
		return;
	if (strcmp(where, "again")) /* whether it takes that is not compared */
		say(NULL, "destroy %s", where);
	lws_context_destroy(rig.context);
}
