/* SPDX-License-Identifier: MIT
 *
 * Each service thread has a poll of its own, of the descriptors that it is told are its
 * connections'. argv: threads, connections, rounds. Peers send a byte and get it back.
 */
#include "smp.h"

#define ROOM 256

/* What one thread polls. Others may be those that are told. */
static struct set {
	pthread_mutex_t lock;
	struct pollfd fds[ROOM];
	int size;
} sets[MOST];

static int rounds, echoes, on_others, used[MOST];

static void
change(struct lws *wsi, enum lws_callback_reasons r, const struct lws_pollargs *a)
{
	struct set *s = &sets[lws_get_tsi(wsi)];
	int n;

	pthread_mutex_lock(&s->lock);
	for (n = 0; n < s->size && s->fds[n].fd != a->fd; n++)
		;
	if (r == LWS_CALLBACK_DEL_POLL_FD) {
		if (n < s->size)
			s->fds[n] = s->fds[--s->size];
	} else if (n < ROOM) {
		if (n == s->size)
			s->size++;
		s->fds[n].fd = a->fd;
		s->fds[n].events = (short)a->events;
	}
	pthread_mutex_unlock(&s->lock);
}

static int
on_raw(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 1];

	(void)user;
	switch (r) {
	case LWS_CALLBACK_ADD_POLL_FD:
	case LWS_CALLBACK_DEL_POLL_FD:
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		change(wsi, r, in);
		break;
	case LWS_CALLBACK_RAW_RX:
		if (self != lws_get_tsi(wsi))
			add(&on_others, 1);
		add(&used[lws_get_tsi(wsi)], 1);
		b[LWS_PRE] = *(unsigned char *)in;
		if (len != 1 || lws_write(wsi, b + LWS_PRE, 1, LWS_WRITE_RAW) != 1)
			return -1;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "raw", .callback = on_raw },
	{ .name = NULL },
};

static void *
serve_polled(void *tsi)
{
	struct pollfd now[ROOM];
	struct set *s;
	int n, size, ms;

	self = (int)(intptr_t)tsi;
	s = &sets[self];
	while (!get(&stop)) {
		pthread_mutex_lock(&s->lock);
		size = s->size;
		memcpy(now, s->fds, sizeof(now[0]) * (size_t)size);
		pthread_mutex_unlock(&s->lock);
		ms = lws_service_adjust_timeout(cx, 30000, self);
		n = poll(now, (nfds_t)size, ms);
		if (!n && ms == 30000)
			bad("thread %d: nothing in half a minute", self);
		if (lws_service_fd_tsi(cx, NULL, self) < 0) /* timers */
			break;
		for (n = 0; n < size; n++)
			if (now[n].revents && lws_service_fd_tsi(cx, &now[n], self) < 0)
				break;
	}
	return NULL;
}

static void *
peer(void *port)
{
	int fd = dial((int)(intptr_t)port), n;

	for (n = 0; n < rounds; n++)
		if (ask(fd, (char)n) != (n & 0xff)) {
			bad("round %d does not come back", n);
			break;
		} else
			add(&echoes, 1);
	close(fd);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info i = settings(atoi(argv[1]), protocols);
	int conns = argc > 2 ? atoi(argv[2]) : 10, n, busy = 0;
	pthread_t peers[ROOM];

	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(60);
	rounds = argc > 3 ? atoi(argv[3]) : 10;
	for (n = 0; n < MOST; n++)
		pthread_mutex_init(&sets[n].lock, NULL);
	lws_set_log_level(LLL_ERR, NULL);
	cx = lws_create_context(&i);
	if (!cx)
		return 1;
	start_threads(serve_polled);
	for (n = 0; n < conns; n++)
		pthread_create(&peers[n], NULL, peer,
			       (void *)(intptr_t)lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, "default")));
	for (n = 0; n < conns; n++)
		pthread_join(peers[n], NULL);
	add(&stop, 1);
	lws_cancel_service(cx);
	join_threads();
	for (n = 0; n < count; n++)
		busy += !!used[n];
	printf("echoes %d, on other threads %d, threads %d\n", echoes, on_others, busy);
	lws_context_destroy(cx);
	for (n = 0; n < count; n++)
		if (sets[n].size)
			bad("thread %d still polls %d", n, sets[n].size);
	return 0;
}
