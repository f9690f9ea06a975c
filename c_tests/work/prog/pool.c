/* SPDX-License-Identifier: MIT
 *
 * A raw server whose clients have tasks run by a thread pool. Each byte of theirs is a
 * command, below; what comes of it is printed. The driver waits for lines before it goes
 * on, so that the order is always the same.
 */
#include "work.h"
#include <pthread.h>
#include <signal.h>

static struct lws_context *cx;
static struct lws_threadpool *pool;
static volatile int interrupted;
static int ended_in_time;

/* What tasks and their driver share. */
static pthread_mutex_t mx = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int gate; /* how often a task may pass */

struct work {
	char kind;
	int id;
	int step;
};

static struct lws_threadpool_task *last; /* enqueued */
static int count;

static const char *
status_name(int s)
{
	static const char *const names[] = { "QUEUED", "RUNNING", "SYNCING", "STOPPING",
					     "FINISHED", "STOPPED" };

	return s >= 0 && s < (int)LWS_ARRAY_SIZE(names) ? names[s] : "?";
}

#ifdef OURS
static struct lws *first; /* the connection that stays to the end */
#endif

static void
cleanup(struct lws *wsi, void *user)
{
	struct work *w = user;

#ifdef OURS /* no lock of the library's is held; the original reads the connection's memory */
	lws_threadpool_get_task_wsi(first);
#endif
	printf("%c%d: cleanup %s\n", w->kind, w->id, wsi ? "with wsi" : "alone");
	free(w);
}

static void
pass_gate(void)
{
	pthread_mutex_lock(&mx);
	while (!gate)
		pthread_cond_wait(&changed, &mx);
	gate--;
	pthread_mutex_unlock(&mx);
}

static enum lws_threadpool_task_return
task(void *user, enum lws_threadpool_task_status s)
{
	struct work *w = user;

	printf("%c%d: step %d %s\n", w->kind, w->id, ++w->step, status_name((int)s));
	switch (w->kind) {
	case 'f':
		return LWS_TP_RETURN_FINISHED;
	case 't':
		return LWS_TP_RETURN_STOPPED;
	case 'l': /* takes its time */
		usleep(200000);
		return w->step == 9 ? LWS_TP_RETURN_FINISHED : LWS_TP_RETURN_CHECKING_IN;
	case 'c': /* checks in */
		return w->step == 3 ? LWS_TP_RETURN_FINISHED : LWS_TP_RETURN_CHECKING_IN;
	case 'e': /* answers that there are not */
		return w->step == 3 ? LWS_TP_RETURN_FINISHED :
				      (enum lws_threadpool_task_return)(3 + w->step + 8);
	case 's': /* lets the service thread write */
	case 'x':
		return w->step == 3 ? LWS_TP_RETURN_FINISHED : LWS_TP_RETURN_SYNC;
	case 'b': /* waits for the driver */
		pass_gate();
		return w->step == 3 ? LWS_TP_RETURN_FINISHED : LWS_TP_RETURN_CHECKING_IN;
	case 'w': /* the same, and syncs */
		pass_gate();
		return w->step == 3 ? LWS_TP_RETURN_FINISHED : LWS_TP_RETURN_SYNC;
	case 'o': /* the same, without its connection */
		pass_gate();
		return (enum lws_threadpool_task_return)
			((w->step == 3 ? LWS_TP_RETURN_FINISHED : LWS_TP_RETURN_CHECKING_IN) |
			 LWS_TP_RETURN_FLAG_OUTLIVE);
	case 'O': /* and it syncs */
		pass_gate();
		return (enum lws_threadpool_task_return)
			((w->step == 3 ? LWS_TP_RETURN_FINISHED : LWS_TP_RETURN_SYNC) |
			 LWS_TP_RETURN_FLAG_OUTLIVE);
	}
	return LWS_TP_RETURN_STOPPED;
}

static void
enqueue(struct lws *wsi, char kind)
{
	struct lws_threadpool_task_args a;
	struct lws_threadpool_task *t;
	struct work *w = calloc(1, sizeof(*w));

	if (!w)
		exit(1);
	w->kind = kind;
	w->id = ++count;
	memset(&a, 0, sizeof(a));
	a.wsi = wsi;
	a.user = w;
	a.task = task;
	a.cleanup = cleanup;
	printf("%c%d: enqueue\n", kind, w->id); /* it may be done before the call returns */
	t = lws_threadpool_enqueue(pool, &a, "%c%d, a name that is longer than there is room for", kind, w->id);
	if (t)
		last = t;
	else {
		printf("refused\n");
		free(w);
	}
}

static int
show(struct lws_threadpool_task *t, void *user)
{
	(void)user;
	printf("task %s\n", status_name((int)lws_threadpool_task_status_noreap(t)));
	return 0;
}

static void
open_gate(int n)
{
	pthread_mutex_lock(&mx);
	gate += n;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&mx);
}

static void
make_pool(int threads, int depth)
{
	struct lws_threadpool_create_args a;

	memset(&a, 0, sizeof(a));
	a.threads = threads;
	a.max_queue_depth = depth;
	pool = lws_threadpool_create(cx, &a, "pool-%d", threads);
	printf("pool %d\n", !!pool);
}

static int drop_dequeues, sync_stops, no_reap;

static int
command(struct lws *wsi, char c)
{
	struct lws_threadpool_task *t;
	void *user = NULL;

	switch (c) {
	case 'g':
		open_gate(1);
		return 0;
	case 'G':
		open_gate(1000);
		return 0;
	case 'q': /* all of its tasks */
		printf("shown %d\n", lws_threadpool_foreach_task_wsi(wsi, NULL, show));
		return 0;
	case 'd':
		t = lws_threadpool_get_task_wsi(wsi);
		printf("dequeue %d\n", t ? lws_threadpool_dequeue_task(t) : -1);
		return 0;
	case 'u': /* the old way */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
		printf("dequeue wsi %d\n", lws_threadpool_dequeue(wsi));
		return 0;
	case 'v':
		t = NULL;
		printf("status wsi %s\n", status_name((int)lws_threadpool_task_status_wsi(wsi, &t, &user)));
		return 0;
#pragma GCC diagnostic pop
	case 'p': /* on its end, tasks are dequeued */
		drop_dequeues = 1;
		return 0;
	case 'y':
		sync_stops = 1;
		return 0;
	case 'n': /* what is done is left alone */
		no_reap = 1;
		return 0;
	case 'k': /* until the task is done */
		while (lws_threadpool_task_status_noreap(last) < LWS_TP_STATUS_FINISHED)
			usleep(1000);
		usleep(20000);
		printf("over\n");
		return 0;
	case 'z': /* without need */
		lws_threadpool_task_sync(lws_threadpool_get_task_wsi(wsi), 0);
		lws_threadpool_task_sync(NULL, 1);
		printf("synced\n");
		return 0;
	case 'L':
		lws_threadpool_dump(pool);
		return 0;
	case 'F':
		lws_threadpool_finish(pool);
		printf("finished\n");
		return 0;
	case 'D':
		lws_threadpool_destroy(pool);
		pool = NULL;
		printf("destroyed\n");
		return 0;
	case 'T': /* closes the connection */
		lws_set_timeout(wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
		return 0;
	case 'X': /* the same, by the callback's result */
		return -1;
	}
	enqueue(wsi, c);
	return 0;
}

static int
writeable(struct lws *wsi)
{
	struct lws_threadpool_task *t = lws_threadpool_get_task_wsi(wsi);
	unsigned char buf[LWS_PRE + 1] = { 0 };
	enum lws_threadpool_task_status s;
	struct work *w;
	void *user = NULL;

	if (!t || no_reap)
		return 0;
	s = lws_threadpool_task_status_noreap(t);
	if (s != LWS_TP_STATUS_SYNCING && s != LWS_TP_STATUS_FINISHED && s != LWS_TP_STATUS_STOPPED)
		return 0; /* when it comes so early, chance decides */
	s = lws_threadpool_task_status(t, &user);
	printf("writeable %s\n", status_name((int)s));
	if (s != LWS_TP_STATUS_SYNCING) {
		if (lws_threadpool_get_task_wsi(wsi))
			lws_callback_on_writable(wsi); /* the next one may be done, too */
		return 0;
	}
	usleep(20000); /* the original loses what comes before the task waits: row 272 of docs/quirks.md */
	w = user;
	buf[LWS_PRE] = (unsigned char)w->kind;
	lws_write(wsi, buf + LWS_PRE, 1, LWS_WRITE_RAW);
	if (w->kind != 'w')
		lws_threadpool_task_sync(t, sync_stops);
	return 0;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)user;
	switch (reason) {
	case LWS_CALLBACK_RAW_ADOPT:
#ifdef OURS
		first = first ? first : wsi;
#endif
		printf("adopted\n");
		break;
	case LWS_CALLBACK_RAW_RX:
		for (size_t n = 0; n < len; n++)
			if (command(wsi, ((char *)in)[n]))
				return -1;
		break;
	case LWS_CALLBACK_RAW_WRITEABLE:
		return writeable(wsi);
	case LWS_CALLBACK_RAW_SKT_DROP_PROTOCOL:
		printf("drop, task %d\n", !!lws_threadpool_get_task_wsi(wsi));
		while (drop_dequeues && lws_threadpool_get_task_wsi(wsi))
			lws_threadpool_dequeue_task(lws_threadpool_get_task_wsi(wsi));
		break;
	case LWS_CALLBACK_RAW_CLOSE:
		printf("closed\n");
		break;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		if (pool && ended_in_time) {
			lws_threadpool_finish(pool);
			lws_threadpool_destroy(pool);
			printf("destroyed with the protocol\n");
		}
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ .name = "work", .callback = callback, .per_session_data_size = 8, .rx_buffer_size = 1024 },
	{ .name = NULL },
};

static void
of_pools(int level, const char *line)
{
	if (strstr(line, "threadpool"))
		to_stdout(level, line);
}

static void
on_int(int sig)
{
	(void)sig;
	interrupted = 1;
	lws_cancel_service(cx);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info i;
	int threads = argc > 2 ? atoi(argv[2]) : 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR | LLL_NOTICE, of_pools);
	if (argc < 2)
		return 1;
	memset(&i, 0, sizeof(i));
	i.port = atoi(argv[1]);
	i.protocols = protocols;
	i.options = LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	i.listen_accept_role = "raw-skt";
	i.listen_accept_protocol = "work";
	cx = lws_create_context(&i);
	if (!cx)
		return 1;
	signal(SIGINT, on_int);
	make_pool(threads, argc > 3 ? atoi(argv[3]) : 4);
	ended_in_time = argc > 4;
	printf("PORT %s\n", argv[1]);
	while (!interrupted && lws_service(cx, 0) >= 0)
		;
	lws_context_destroy(cx);
	if (pool && !ended_in_time) {
		lws_threadpool_destroy(pool);
		printf("destroyed at last\n");
	}
	printf("done\n");
	return 0;
}
