/* SPDX-License-Identifier: MIT
 *
 * What is measured: a WebSocket echo server that also serves files, as a
 * program of libwebsockets is usually written: a queue of messages for each
 * session, one lws_write for each WRITEABLE. What is posted to /post is the
 * answer. The same binary runs on Debian's library and on ours.
 *
 *   server [NAME=VALUE ...]
 *     port=N     0: any; the port is printed as "READY N"
 *     dir=D      serves the files of D at /
 *     cert=F key=F   TLS
 *     buf=N      pt_serv_buf_size
 *     gather=1   echoes whole messages, not fragments as they come
 *     deflate=1  permessage-deflate
 *     threads=N  service threads, where the library has them (ours)
 *     loop=L     uv, ev, glib, or poll: the program's own loop; none: lws_service
 */
#define _GNU_SOURCE
#include <libwebsockets.h>
#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct message {
	struct message *next;
	size_t len, room;
	char first, last, binary;
	unsigned char data[] __attribute__((aligned(16))); /* LWS_PRE bytes in front */
};

struct session {
	struct message *head, **tail;
	struct message *gathering;
};

static struct {
	int port, buf, gather, deflate, threads;
	const char *dir, *cert, *key, *loop;
} opt = { .buf = 65536 };

static volatile sig_atomic_t stopping;
static struct lws_context *context;

/* Messages that are not in use, by size: malloc is not what is measured. A connection's
 * callbacks come on one thread. */
#define SIZES 24

/* Nor is where in a page a message happens to lie, which decides how fast it is copied from
 * and to (REP MOVSB): one of a page or more begins PLACE behind a page's beginning. */
#define PAGE 4096
#ifndef PLACE
#define PLACE 1024
#endif
static __thread struct message *unused[SIZES];

static unsigned int
size_class(size_t n)
{
	unsigned int k = 7;

	while (k < SIZES - 1 && ((size_t)1 << k) < n)
		k++;
	return k;
}

static struct message *
room_for(size_t n)
{
	size_t before = offsetof(struct message, data) + LWS_PRE;
	char *p = n < PAGE ? malloc(before + n) : aligned_alloc(PAGE, PAGE + n);

	if (!p)
		abort();
	return (struct message *)(void *)(n < PAGE ? p : p + PLACE - before);
}

static struct message *
message_new(size_t n)
{
	unsigned int k = size_class(n);
	struct message *m = unused[k];

	if (m) {
		unused[k] = m->next;
	} else {
		m = room_for((size_t)1 << k);
		m->room = (size_t)1 << k;
	}
	m->next = NULL;
	m->len = 0;
	return m;
}

static void
message_free(struct message *m)
{
	unsigned int k = size_class(m->room);

	m->next = unused[k];
	unused[k] = m;
}

static void
append(struct message *m, const void *in, size_t len)
{
	memcpy(m->data + LWS_PRE + m->len, in, len);
	m->len += len;
}

static void
received(struct lws *wsi, struct session *s, const void *in, size_t len)
{
	struct message *m = s->gathering, *bigger;
	int last = lws_is_final_fragment(wsi);

	if (!opt.gather || !m) {
		size_t n = len;

		if (opt.gather && !last)
			n += lws_remaining_packet_payload(wsi);
		m = message_new(n);
		m->first = opt.gather || lws_is_first_fragment(wsi);
		m->binary = (char)lws_frame_is_binary(wsi);
	} else if (m->len + len > m->room) {
		bigger = message_new((m->len + len) * 2);
		append(bigger, m->data + LWS_PRE, m->len);
		bigger->first = m->first;
		bigger->binary = m->binary;
		message_free(m);
		m = bigger;
	}
	append(m, in, len);
	s->gathering = NULL;
	if (opt.gather && !last) {
		s->gathering = m;
		return;
	}
	m->last = (char)last;
	*s->tail = m;
	s->tail = &m->next;
	lws_callback_on_writable(wsi);
}

static int
send_one(struct lws *wsi, struct session *s)
{
	struct message *m = s->head;
	int n;

	if (!m)
		return 0;
	n = lws_write(wsi, m->data + LWS_PRE, m->len,
		      (enum lws_write_protocol)lws_write_ws_flags(
			m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT,
			m->first, m->last));
	if (n < (int)m->len)
		return -1;
	s->head = m->next;
	if (!s->head)
		s->tail = &s->head;
	else
		lws_callback_on_writable(wsi);
	message_free(m);
	return 0;
}

static int
callback_echo(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	      void *in, size_t len)
{
	struct session *s = user;
	struct message *m;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		s->tail = &s->head;
		break;
	case LWS_CALLBACK_RECEIVE:
		received(wsi, s, in, len);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return send_one(wsi, s);
	case LWS_CALLBACK_CLOSED:
		while ((m = s->head)) {
			s->head = m->next;
			message_free(m);
		}
		if (s->gathering)
			message_free(s->gathering);
		break;
	default:
		break;
	}
	return 0;
}

/* The program's own poll loop: what an application with other descriptors does. */
static struct lws_pollfd *fds;
static int *place, count, room;

static void
change_fd(const struct lws_pollargs *a, int add)
{
	int at, size = room ? room * 2 : 1024;

	if (a->fd >= room || count == room) {
		while (size <= a->fd)
			size *= 2;
		fds = realloc(fds, (size_t)size * sizeof(*fds));
		place = realloc(place, (size_t)size * sizeof(*place));
		if (!fds || !place)
			abort();
		room = size;
	}
	if (add) {
		place[a->fd] = count;
		fds[count].fd = a->fd;
		fds[count].revents = 0;
		fds[count++].events = (short)a->events;
		return;
	}
	at = place[a->fd];
	fds[at] = fds[--count];
	place[fds[at].fd] = at;
}

static int
callback_http(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	      void *in, size_t len)
{
	const struct lws_pollargs *a = in;
	int polls = opt.loop && !strcmp(opt.loop, "poll");

	switch (reason) {
	case LWS_CALLBACK_ADD_POLL_FD:
	case LWS_CALLBACK_DEL_POLL_FD:
		if (polls)
			change_fd(a, reason == LWS_CALLBACK_ADD_POLL_FD);
		return 0;
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		if (polls)
			fds[place[a->fd]].events = (short)a->events;
		return 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

struct post {
	size_t len;
	unsigned char data[LWS_PRE + 2048];
};

static int
callback_post(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	      void *in, size_t len)
{
	struct post *p = user;
	unsigned char head[LWS_PRE + 512], *start = head + LWS_PRE, *at = start,
		      *end = head + sizeof(head) - 1;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		p->len = 0;
		return 0;
	case LWS_CALLBACK_HTTP_BODY:
		if (len > sizeof(p->data) - LWS_PRE - p->len)
			return -1;
		memcpy(p->data + LWS_PRE + p->len, in, len);
		p->len += len;
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK,
						"application/octet-stream",
						p->len, &at, end) ||
		    lws_finalize_write_http_header(wsi, start, &at, end))
			return 1;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (lws_write(wsi, p->data + LWS_PRE, p->len,
			      LWS_WRITE_HTTP_FINAL) < (int)p->len)
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ "http", callback_http, 0, 0, 0, NULL, 0 },
	{ "echo", callback_echo, sizeof(struct session), 65536, 0, NULL, 0 },
	{ "post", callback_post, sizeof(struct post), 2048, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static const struct lws_extension deflate[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate,
	  "permessage-deflate; client_max_window_bits" },
	{ NULL, NULL, NULL }
};

static void
on_signal(int sig)
{
	(void)sig;
	if (opt.loop) /* one that runs does not look at stopping */
		_exit(0);
	stopping = 1;
	if (context)
		lws_cancel_service(context);
}

static int
option(const char *a)
{
	static const struct { const char *name; int *n; const char **s; } all[] = {
		{ "port=", &opt.port, NULL }, { "buf=", &opt.buf, NULL },
		{ "gather=", &opt.gather, NULL }, { "deflate=", &opt.deflate, NULL },
		{ "dir=", NULL, &opt.dir }, { "cert=", NULL, &opt.cert },
		{ "key=", NULL, &opt.key }, { "loop=", NULL, &opt.loop },
		{ "threads=", &opt.threads, NULL },
	};
	size_t i, n;

	for (i = 0; i < LWS_ARRAY_SIZE(all); i++) {
		n = strlen(all[i].name);
		if (strncmp(a, all[i].name, n))
			continue;
		if (all[i].n)
			*all[i].n = atoi(a + n);
		else
			*all[i].s = a[n] ? a + n : NULL;
		return 0;
	}
	fprintf(stderr, "what is %s?\n", a);
	return 1;
}

static void
poll_once(void)
{
	int i, n;

	/* what needs service without an event */
	while (!(n = lws_service_adjust_timeout(context, 1000, 0)))
		if (lws_service_tsi(context, -1, 0) < 0)
			return;
	n = poll(fds, (nfds_t)count, n);
	for (i = 0; n > 0 && i < count; i++)
		if (fds[i].revents && lws_service_fd(context, &fds[i]) < 0)
			return;
}

/* Built as for Debian's library, the program has to say that it knows of threads. */
static struct lws_context *
create(struct lws_context_creation_info *info)
{
	struct lws_context *(*sized)(const struct lws_context_creation_info *, size_t);

	*(void **)&sized = dlsym(RTLD_DEFAULT, "lws_create_context_sized");
	info->count_threads = (unsigned int)opt.threads;
	return opt.threads > 1 && sized ? sized(info, sizeof(*info)) :
					  lws_create_context(info);
}

static void *
serve(void *tsi)
{
	while (!stopping &&
	       lws_service_tsi(context, 0, (int)(lws_intptr_t)tsi) >= 0)
		;
	return NULL;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_http_mount mount, post;
	struct lws_vhost *vh;
	struct rlimit lim;
	pthread_t thread[64];
	int i, polls;

	for (i = 1; i < argc; i++)
		if (option(argv[i]))
			return 1;
	if (!getrlimit(RLIMIT_NOFILE, &lim)) {
		lim.rlim_cur = lim.rlim_max;
		setrlimit(RLIMIT_NOFILE, &lim);
	}
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);

	memset(&info, 0, sizeof(info));
	memset(&mount, 0, sizeof(mount));
	memset(&post, 0, sizeof(post));
	info.port = opt.port;
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.pt_serv_buf_size = (unsigned int)opt.buf;
	info.extensions = opt.deflate ? deflate : NULL;
	post.mountpoint = "/post";
	post.mountpoint_len = 5;
	post.origin_protocol = LWSMPRO_CALLBACK;
	post.protocol = "post";
	info.mounts = &post;
	if (opt.dir) {
		mount.mountpoint = "/";
		mount.mountpoint_len = 1;
		mount.origin = opt.dir;
		mount.origin_protocol = LWSMPRO_FILE;
		mount.def = "index.html";
		post.mount_next = &mount;
	}
	if (opt.cert) {
		info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		info.ssl_cert_filepath = opt.cert;
		info.ssl_private_key_filepath = opt.key;
	}
	polls = opt.loop && !strcmp(opt.loop, "poll");
	if (opt.loop && !polls)
		info.options |= !strcmp(opt.loop, "uv") ? LWS_SERVER_OPTION_LIBUV :
				!strcmp(opt.loop, "ev") ? LWS_SERVER_OPTION_LIBEV :
							  LWS_SERVER_OPTION_GLIB;
	info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	context = create(&info);
	if (!context)
		return 1;
	vh = lws_create_vhost(context, &info);
	if (!vh)
		return 1;
	signal(SIGTERM, on_signal); /* in place of libuv's plugin, which would wait for the loop */
	signal(SIGINT, on_signal);
	printf("READY %d\n", lws_get_vhost_listen_port(vh));
	fflush(stdout);
	for (i = 1; i < lws_get_count_threads(context); i++)
		if (pthread_create(&thread[i], NULL, serve, (void *)(lws_intptr_t)i))
			return 1;
	i = 0;
	while (!stopping && i >= 0)
		if (polls)
			poll_once();
		else
			i = lws_service(context, 0);
	for (i = 1; i < lws_get_count_threads(context); i++)
		pthread_join(thread[i], NULL);
	lws_context_destroy(context);
	return 0;
}
