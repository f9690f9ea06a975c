/* SPDX-License-Identifier: MIT
 *
 * Slow work in a thread of its own. The service thread never waits for it, the worker
 * never touches a connection.
 *
 *	threads [PORT]
 */

#include <libwebsockets.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS 64

struct job {
	unsigned long client; /* a number, no pointer: the client may go before the answer */
	unsigned long n, answer;
};

struct session {
	struct session *next;
	struct lws *wsi;
	unsigned long id;
	struct job job; /* solved, waits for WRITEABLE */
	int ready;
};

static struct session *sessions; /* the service thread's alone */
static unsigned long ids;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for what follows */
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static struct job jobs[JOBS];
static unsigned added, solved, told; /* how many: told <= solved <= added */
static int finish;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static void *worker(void *arg)
{
	unsigned long i, sum;
	struct job *j;

	pthread_mutex_lock(&lock);
	for (;;) {
		while (!finish && solved == added)
			pthread_cond_wait(&more, &lock);
		if (finish)
			break;
		j = &jobs[solved % JOBS];
		pthread_mutex_unlock(&lock);
		for (i = 1, sum = 0; i <= j->n; i++) /* the slow work */
			sum += i;
		pthread_mutex_lock(&lock);
		j->answer = sum;
		solved++;
		lws_cancel_service(context); /* safe from any thread */
	}
	pthread_mutex_unlock(&lock);
	return arg;
}

static int add(const struct job *j)
{
	int full;

	pthread_mutex_lock(&lock); /* held for a moment only */
	full = added - told == JOBS;
	if (!full) {
		jobs[added++ % JOBS] = *j;
		pthread_cond_signal(&more);
	}
	pthread_mutex_unlock(&lock);
	return full;
}

static void deliver(void)
{
	struct session *s;
	struct job *j;

	pthread_mutex_lock(&lock);
	while (told != solved) {
		j = &jobs[told++ % JOBS];
		for (s = sessions; s && s->id != j->client; s = s->next)
			;
		if (!s)
			continue; /* its client has gone */
		s->job = *j;
		s->ready = 1;
		lws_callback_on_writable(s->wsi);
	}
	pthread_mutex_unlock(&lock);
}

static int callback_sums(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user, **p;
	unsigned char buf[LWS_PRE + 64];
	struct job j;
	int n;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		s->wsi = wsi;
		s->id = ++ids;
		s->next = sessions;
		sessions = s;
		break;

	case LWS_CALLBACK_RECEIVE:
		if (len >= sizeof buf)
			return -1;
		memcpy(buf, in, len);
		buf[len] = '\0';
		memset(&j, 0, sizeof j);
		j.client = s->id;
		j.n = strtoul((char *)buf, NULL, 10);
		if (add(&j))
			return -1; /* too busy */
		lws_rx_flow_control(wsi, 0); /* one at a time of each client */
		break;

	case LWS_CALLBACK_EVENT_WAIT_CANCELLED: /* of no connection: s and wsi mean nothing */
		deliver();
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->ready)
			break;
		s->ready = 0;
		n = snprintf((char *)buf + LWS_PRE, 64, "1+...+%lu=%lu", s->job.n, s->job.answer);
		if (lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n)
			return -1;
		lws_rx_flow_control(wsi, 1);
		break;

	case LWS_CALLBACK_CLOSED:
		for (p = &sessions; *p != s; p = &(*p)->next)
			;
		*p = s->next;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "sums", callback_sums, sizeof(struct session), 64, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	pthread_t t;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	if (pthread_create(&t, NULL, worker, NULL)) {
		lws_context_destroy(context);
		return 1;
	}
	while (!stopped && lws_service(context, 0) >= 0)
		;
	pthread_mutex_lock(&lock);
	finish = 1;
	pthread_cond_signal(&more);
	pthread_mutex_unlock(&lock);
	pthread_join(t, NULL); /* nobody calls lws_cancel_service() any more */
	lws_context_destroy(context);
	return 0;
}
