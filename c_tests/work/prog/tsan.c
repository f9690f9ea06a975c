/* SPDX-License-Identifier: MIT
 *
 * The C half of thread pools, sequencers and timers under ThreadSanitizer, which cannot
 * look into Go: what the engine does for them is played here, with its one lock. Clients
 * come and go while their tasks wait, run, synchronize and are done; events come from
 * other threads; pools end while their threads work.
 */
#include "entry.h"
#include "lws_private.h"
#include "threadpool.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ---- what the rest of the library does ---- */

__thread struct lwsgo_thread lwsgo_self;
const struct lwsgo_plain lwsgo_plain = { .sync_secs = 3, .sync_detaches = 1 };

int lwsgo_enter_slow(const char *name) { (void)name; return lwsgo_self.ready = 1; }
void lwsgo_tell_noted(void) {}
void lwsgo_log_emit(void) {}
void lwsgo_missing(const char *call, const char *needs) { printf("%s needs %s\n", call, needs); }
void *lwsgo_zalloc(size_t size, const char *what) { (void)what; return calloc(1, size); }
void lwsgo_free(void *p) { free(p); }
int lwsgo_is_context(const struct lws_context *cx) { (void)cx; return 1; }
int lws_get_tsi(struct lws *wsi) { (void)wsi; return 0; }
int lwsl_visible(int level) { return level != LLL_INFO; }
void _lws_log(int filter, const char *format, ...) { (void)filter, (void)format; }
int lws_dll2_is_detached(const struct lws_dll2 *d) { return !d->owner; }
void lwsgo_kick_pt(struct lws_context *cx, struct lwsgo_pt *pt) { (void)cx, (void)pt; }

int
lws_snprintf(char *str, size_t size, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(str, size, format, ap);
	va_end(ap);
	return (int)strlen(str);
}

char *
lws_strncpy(char *dest, const char *src, size_t size)
{
	snprintf(dest, size, "%s", src);
	return dest;
}

lws_usec_t
lws_now_usecs(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (lws_usec_t)ts.tv_sec * LWS_US_PER_SEC + ts.tv_nsec / 1000;
}

static struct lws_context cx;
static pthread_mutex_t engine = PTHREAD_MUTEX_INITIALIZER; /* Thread.mu */

void
lws_cancel_service(struct lws_context *context)
{
	__atomic_store_n(&context->pt[0].cancel, 1, __ATOMIC_SEQ_CST);
}

int go_lwsgo_pool_made(struct lws_context *c) { return c == &cx; }

int
go_lwsgo_task_put(struct lws *wsi, struct lws_threadpool *tp, struct lws_threadpool_task *task)
{
	int r;

	pthread_mutex_lock(&engine);
	r = wsi->dead ? LWSGO_TASK_REFUSED : lwsgo_task_put(tp, task);
	pthread_mutex_unlock(&engine);
	return r;
}

/* ---- the program ---- */

#define CLIENTS 16
static struct lws clients[CLIENTS];
static int queued, cleaned, ending, events, sequencers;

struct work {
	unsigned int seed;
	int left;
};

static unsigned int
dice(unsigned int *seed, unsigned int n)
{
	*seed = *seed * 1103515245 + 12345;
	return (*seed >> 16) % n;
}

static enum lws_threadpool_task_return
task(void *user, enum lws_threadpool_task_status s)
{
	struct work *w = user;
	int flag = dice(&w->seed, 4) ? 0 : LWS_TP_RETURN_FLAG_OUTLIVE;

	if (s == LWS_TP_STATUS_STOPPING || !w->left--)
		return s == LWS_TP_STATUS_STOPPING ? LWS_TP_RETURN_STOPPED :
						     LWS_TP_RETURN_FINISHED;
	return (enum lws_threadpool_task_return)(
		(dice(&w->seed, 2) ? LWS_TP_RETURN_SYNC : LWS_TP_RETURN_CHECKING_IN) | flag);
}

static void
cleanup(struct lws *wsi, void *user)
{
	(void)wsi;
	free(user);
	__atomic_add_fetch(&cleaned, 1, __ATOMIC_SEQ_CST);
}

static void
enqueue(struct lws_threadpool *tp, struct lws *wsi, unsigned int *seed)
{
	struct lws_threadpool_task_args a = { .wsi = wsi, .task = task, .cleanup = cleanup };
	struct work *w = calloc(1, sizeof(*w));

	w->seed = *seed;
	w->left = (int)dice(seed, 4);
	a.user = w;
	if (lws_threadpool_enqueue(tp, &a, "task %u", *seed))
		__atomic_add_fetch(&queued, 1, __ATOMIC_SEQ_CST);
	else
		free(w);
}

static int
look(struct lws_threadpool_task *t, void *user)
{
	unsigned int *seed = user;
	void *u;

	switch (lws_threadpool_task_status(t, &u)) {
	case LWS_TP_STATUS_SYNCING:
		lws_threadpool_task_sync(t, !dice(seed, 5));
		break;
	default:
		if (!dice(seed, 10)) /* maybe the one that has just gone */
			lws_threadpool_dequeue_task(t);
		break;
	}
	return 0;
}

static void
serve(unsigned int *seed)
{
	struct lws *w, *next;

	if (!__atomic_exchange_n(&cx.pt[0].cancel, 0, __ATOMIC_SEQ_CST))
		return;
	pthread_mutex_lock(&engine);
	w = lwsgo_tasks_asking(&cx, 0);
	pthread_mutex_unlock(&engine);
	for (; w; w = next) {
		next = w->next_asked;
		__atomic_store_n(&w->asked, 0, __ATOMIC_SEQ_CST);
		lws_threadpool_foreach_task_wsi(w, seed, look);
	}
}

static void
restart(struct lws *wsi)
{
	pthread_mutex_lock(&engine);
	wsi->dead = 1;
	lwsgo_tasks_part(wsi);
	pthread_mutex_unlock(&engine);
	pthread_mutex_lock(&engine);
	wsi->dead = 0;
	pthread_mutex_unlock(&engine);
}

static struct lws_sequencer *seqs[4];
static pthread_mutex_t seqs_lock = PTHREAD_MUTEX_INITIALIZER;

static lws_seq_cb_return_t
on_event(struct lws_sequencer *seq, void *user, int event, void *data, void *aux)
{
	(void)user, (void)data, (void)aux;
	__atomic_add_fetch(&events, 1, __ATOMIC_SEQ_CST);
	if (event == LWSSEQ_CREATED)
		lws_seq_timeout_us(seq, 100);
	if (event == LWSSEQ_DESTROYED)
		__atomic_sub_fetch(&sequencers, 1, __ATOMIC_SEQ_CST);
	return event == LWSSEQ_USER_BASE + 1 ? LWSSEQ_RET_DESTROY : LWSSEQ_RET_CONTINUE;
}

static void
make_seq(int n)
{
	static lws_seq_info_t i = { .context = &cx, .user_size = 8, .cb = on_event };
	void *user;

	i.puser = &user;
	__atomic_add_fetch(&sequencers, 1, __ATOMIC_SEQ_CST);
	pthread_mutex_lock(&seqs_lock);
	seqs[n] = lws_seq_create(&i);
	pthread_mutex_unlock(&seqs_lock);
}

struct other {
	struct lws_threadpool *tp;
	unsigned int seed;
};

/* Another thread of the program. */
static void *
other(void *arg)
{
	struct other *o = arg;
	struct lws_sequencer *seq;

	while (!__atomic_load_n(&ending, __ATOMIC_SEQ_CST)) {
		if (!dice(&o->seed, 3))
			enqueue(o->tp, &clients[dice(&o->seed, CLIENTS)], &o->seed);
		pthread_mutex_lock(&seqs_lock);
		seq = seqs[dice(&o->seed, 4)];
		pthread_mutex_unlock(&seqs_lock);
		lws_seq_queue_event(seq, (lws_seq_events_t)(LWSSEQ_USER_BASE + !dice(&o->seed, 20)), NULL, NULL);
		lws_threadpool_dump(o->tp);
		usleep(100);
	}
	return NULL;
}

static void
one_round(unsigned int seed)
{
	struct lws_threadpool_create_args a = { .threads = 3, .max_queue_depth = 20 };
	struct lws_threadpool *tp = lws_threadpool_create(&cx, &a, "pool %u", seed);
	struct other o[2] = { { tp, seed + 1 }, { tp, seed + 2 } };
	pthread_t t[2];
	int n, k;

	ending = 0;
	for (n = 0; n < 4; n++)
		make_seq(n);
	for (n = 0; n < 2; n++)
		pthread_create(&t[n], NULL, other, &o[n]);
	for (n = 0; n < 1500; n++) {
		unsigned int c = dice(&seed, CLIENTS);

		if (!dice(&seed, 4))
			enqueue(tp, &clients[c], &seed);
		if (!dice(&seed, 12))
			restart(&clients[c]);
		usleep(50);
		serve(&seed);
		lwsgo_sul_run(&cx.pt[0], lws_now_usecs());
		k = (int)dice(&seed, 4);
		if (!dice(&seed, 100)) { /* it may have gone by itself */
			lws_seq_destroy(&(struct lws_sequencer *){ seqs[k] });
			make_seq(k);
		}
	}
	if (dice(&seed, 2))
		lws_threadpool_finish(tp);
	lws_threadpool_destroy(tp);
	__atomic_store_n(&ending, 1, __ATOMIC_SEQ_CST);
	for (n = 0; n < 2; n++)
		pthread_join(t[n], NULL); /* their calls fail meanwhile */
}

int
main(void)
{
	int n;

	for (n = 0; n < CLIENTS; n++)
		clients[n].context = &cx;
	cx.external = 2;
	cx.threads = 1;
	for (n = 0; n < 5; n++)
		one_round((unsigned int)n);
	lwsgo_seq_end(&cx);
	printf("tasks %s, cleaned %s, events %s, sequencers left %d\n", queued > 300 ? "many" : "few",
	       queued == cleaned ? "all" : "not all", events > 500 ? "many" : "few", sequencers);
	return 0;
}
