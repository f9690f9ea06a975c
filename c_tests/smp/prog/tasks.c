/* SPDX-License-Identifier: MIT
 *
 * A thread pool and sequencers where several threads serve: each connection's task comes back
 * on the connection's thread, each sequencer has its events on its own. argv: threads, peers.
 */
#include "smp.h"

#define EVENTS 50

struct work {
	int step;
	int told; /* it is SYNCING until its thread has woken */
	char what;
};

static struct lws_threadpool *pool;
static int answers, cleaned, on_others, used[MOST], events[MOST], seq_on_others, made, gone;

static void
cleanup(struct lws *wsi, void *user)
{
	(void)wsi;
	add(&cleaned, 1);
	free(user);
}

/* Runs, lets its connection's thread write, and ends. */
static enum lws_threadpool_task_return
task(void *user, enum lws_threadpool_task_status s)
{
	struct work *w = user;

	if (s == LWS_TP_STATUS_STOPPING)
		return LWS_TP_RETURN_STOPPED;
	return w->step++ ? LWS_TP_RETURN_FINISHED : LWS_TP_RETURN_SYNC;
}

static int
enqueue(struct lws *wsi, char what)
{
	struct lws_threadpool_task_args a;
	struct work *w = calloc(1, sizeof(*w));

	memset(&a, 0, sizeof(a));
	w->what = what;
	a.wsi = wsi;
	a.user = w;
	a.task = task;
	a.cleanup = cleanup;
	if (lws_threadpool_enqueue(pool, &a, "work"))
		return 0;
	free(w);
	return -1;
}

static int
writeable(struct lws *wsi)
{
	enum lws_threadpool_task_status s = LWS_TP_STATUS_RUNNING;
	struct lws_threadpool_task *t;
	unsigned char b[LWS_PRE + 1];
	void *user = NULL;
	struct work *w;

	if (self != lws_get_tsi(wsi))
		add(&on_others, 1);
	do { /* those that are done go */
		t = lws_threadpool_get_task_wsi(wsi);
		if (t)
			s = lws_threadpool_task_status(t, &user);
	} while (t && (s == LWS_TP_STATUS_FINISHED || s == LWS_TP_STATUS_STOPPED));
	w = user;
	if (!t || s != LWS_TP_STATUS_SYNCING || w->told)
		return 0;
	w->told = 1;
	add(&used[self], 1);
	b[LWS_PRE] = (unsigned char)w->what;
	if (lws_write(wsi, b + LWS_PRE, 1, LWS_WRITE_RAW) != 1)
		return -1;
	lws_threadpool_task_sync(t, 0);
	return 0;
}

static int
on_raw(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	(void)user;
	switch (r) {
	case LWS_CALLBACK_RAW_RX:
		return len == 1 ? enqueue(wsi, *(char *)in) : -1;
	case LWS_CALLBACK_RAW_WRITEABLE:
		return writeable(wsi);
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ .name = "raw", .callback = on_raw },
	{ .name = NULL },
};

static lws_seq_cb_return_t
on_event(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	int tsi = lws_seq_name(seq)[0] - '0';

	(void)user, (void)aux, (void)data;
	if (event == LWSSEQ_CREATED)
		add(&made, 1);
	if (event == LWSSEQ_DESTROYED)
		add(&gone, 1);
	if (event != LWSSEQ_DESTROYED && tsi != self)
		add(&seq_on_others, 1);
	if (event < LWSSEQ_USER_BASE)
		return LWSSEQ_RET_CONTINUE;
	return add(&events[tsi], 1) < EVENTS ? LWSSEQ_RET_CONTINUE : LWSSEQ_RET_DESTROY;
}

static void *
peer(void *port)
{
	int fd = dial((int)(intptr_t)port), n;

	for (n = 0; n < 10; n++)
		if (ask(fd, (char)n) == n)
			add(&answers, 1);
	close(fd);
	return NULL;
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info i = settings(atoi(argv[1]), protocols);
	int peers = argc > 2 ? atoi(argv[2]) : 10, n, m, busy = 0;
	struct lws_threadpool_create_args a = { .threads = 3, .max_queue_depth = 100 };
	struct lws_sequencer *seqs[MOST];
	pthread_t peer_threads[100];
	char names[10][2] = { "0" };
	lws_seq_info_t s;
	void *none;

	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(60);
	lws_set_log_level(LLL_ERR, NULL);
	cx = lws_create_context(&i);
	if (!cx)
		return 1;
	pool = lws_threadpool_create(cx, &a, "pool");
	start_threads(serve);
	for (n = 0; n < count && n < 10; n++) {
		names[n][0] = (char)('0' + n);
		memset(&s, 0, sizeof(s));
		s.context = cx;
		s.tsi = n;
		s.puser = &none;
		s.cb = on_event;
		s.name = names[n];
			seqs[n] = lws_seq_create(&s);
		if (!seqs[n])
			bad("no sequencer %d", n);
	}
	for (n = 0; n < peers; n++)
		pthread_create(&peer_threads[n], NULL, peer,
			       (void *)(intptr_t)lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, "default")));
	for (m = 0; m < EVENTS; m++)
		for (n = 0; n < count; n++) {
			while (m > get(&events[n]) + 5)
				nap(1);
			if (seqs[n])
				lws_seq_queue_event(seqs[n], (lws_seq_events_t)LWSSEQ_USER_BASE, NULL, NULL);
		}
	for (n = 0; n < peers; n++)
		pthread_join(peer_threads[n], NULL);
	for (n = 0; n < 20000 && (get(&gone) < count || get(&cleaned) < answers); n++)
		nap(1);
	printf("answers %d, cleaned up %d, on other threads %d\n", answers, cleaned, on_others);
	for (n = 0; n < count; n++)
		busy += used[n] && events[n] == EVENTS;
	printf("made %d, gone %d, on other threads %d; threads %d\n", made, gone, seq_on_others, busy);
	add(&stop, 1);
	lws_cancel_service(cx);
	join_threads();
	lws_threadpool_finish(pool);
	lws_threadpool_destroy(pool);
	lws_context_destroy(cx);
	return 0;
}
