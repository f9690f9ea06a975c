/* SPDX-License-Identifier: MIT
 *
 * Several service threads of one context: as many as the library allows. Each
 * connection stays with its thread; who asks is told which one.
 *
 *	smp [PORT]
 */

#include <libwebsockets.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WANTED 4

struct session {
	int asked;
};

static unsigned long served[WANTED]; /* one place a thread: no lock */

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_which(struct lws *wsi, enum lws_callback_reasons reason,
			  void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	int tsi = lws_get_tsi(wsi) % WANTED, n;
	unsigned char buf[LWS_PRE + 64];

	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		s->asked = 1;
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE: /* in the same thread as all of this connection */
		if (!s->asked)
			break;
		s->asked = 0;
		n = snprintf((char *)buf + LWS_PRE, 64, "thread %d of %d, %lu served", tsi,
			     lws_get_count_threads(context), ++served[tsi]);
		if (lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n)
			return -1;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "which", callback_which, sizeof(struct session), 64, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static void *serve(void *arg)
{
	int tsi = (int)(intptr_t)arg;

	while (!stopped && lws_service_tsi(context, 0, tsi) >= 0)
		;
	return NULL;
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	pthread_t threads[WANTED];
	int i, count = 0;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.count_threads = WANTED;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	for (i = 1; i < lws_get_count_threads(context); i++) /* as many as there are */
		if (!pthread_create(&threads[count], NULL, serve, (void *)(intptr_t)i))
			count++;
	serve(NULL); /* this one is thread 0 */
	lws_cancel_service(context); /* wakes all */
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	lws_context_destroy(context);
	return 0;
}
