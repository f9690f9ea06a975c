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

struct job {
	struct job *next;
	unsigned long client; /* a number, no pointer: the client may go before the answer */
	unsigned long n, answer;
};

struct session {
	struct session *next;
	struct lws *wsi;
	unsigned long id;
	struct job *done; /* an answer that waits for WRITEABLE */
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;
static struct session *sessions; /* the service thread's alone */
static unsigned long ids;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for what follows */
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static struct job *todo, *done;
static int finish;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static void push(struct job **list, struct job *j) /* to the end */
{
	while (*list)
		list = &(*list)->next;
	j->next = NULL;
	*list = j;
}

static struct job *pop(struct job **list)
{
	struct job *j = *list;

	if (j)
		*list = j->next;
	return j;
}

static void *worker(void *arg)
{
	struct job *j;
	unsigned long i;

	pthread_mutex_lock(&lock);
	for (;;) {
		while (!finish && !todo)
			pthread_cond_wait(&more, &lock);
		if (finish)
			break;
		j = pop(&todo);
		pthread_mutex_unlock(&lock);
		for (i = 1, j->answer = 0; i <= j->n; i++) /* the slow work */
			j->answer += i;
		pthread_mutex_lock(&lock);
		push(&done, j);
		lws_cancel_service(context); /* safe from any thread */
	}
	pthread_mutex_unlock(&lock);
	return arg;
}

static void deliver(void)
{
	struct session *s;
	struct job *j;

	pthread_mutex_lock(&lock);
	while ((j = pop(&done))) {
		for (s = sessions; s && s->id != j->client; s = s->next)
			;
		if (!s) {
			free(j); /* its client has gone */
			continue;
		}
		s->done = j;
		lws_callback_on_writable(s->wsi);
	}
	pthread_mutex_unlock(&lock);
}

static int callback_sums(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user, **p;
	unsigned char buf[LWS_PRE + 64];
	struct job *j;
	int n;

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		s->wsi = wsi;
		s->id = ++ids;
		s->next = sessions;
		sessions = s;
		break;

	case LWS_CALLBACK_RECEIVE:
		if (len >= sizeof buf || !(j = (struct job *)calloc(1, sizeof *j)))
			return -1;
		memcpy(buf, in, len);
		buf[len] = '\0';
		j->n = strtoul((char *)buf, NULL, 10);
		j->client = s->id;
		pthread_mutex_lock(&lock); /* held for a moment only */
		push(&todo, j);
		pthread_cond_signal(&more);
		pthread_mutex_unlock(&lock);
		lws_rx_flow_control(wsi, 0); /* one at a time of each client */
		break;

	case LWS_CALLBACK_EVENT_WAIT_CANCELLED: /* of no connection: s and wsi mean nothing */
		deliver();
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->done)
			break;
		n = snprintf((char *)buf + LWS_PRE, 64, "1+...+%lu=%lu", s->done->n, s->done->answer);
		free(s->done);
		s->done = NULL;
		if (lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n)
			return -1;
		lws_rx_flow_control(wsi, 1);
		break;

	case LWS_CALLBACK_CLOSED:
		for (p = &sessions; *p != s; p = &(*p)->next)
			;
		*p = s->next;
		free(s->done);
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
	struct job *j;
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
	while ((j = pop(&todo)) || (j = pop(&done)))
		free(j);
	return 0;
}
