/* SPDX-License-Identifier: MIT
 *
 * cancel ROUNDS: a thread serves, the main thread cancels it wherever it is
 * and goes on: another context is used and destroyed, then the cancelled one.
 */
#include "common.h"

static int destroyed;

/* Callbacks call what cancels too; it must wait until Go has been left. */
static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	if (reason == LWS_CALLBACK_RECEIVE)
		usleep(200);
	if (reason == LWS_CALLBACK_PROTOCOL_DESTROY)
		destroyed++;
	return echo_callback(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = callback,
	  .per_session_data_size = sizeof(struct echo) },
	{ 0 }
};

static void *
service(void *arg)
{
	for (;;)
		lws_service(arg, 0);
	return NULL;
}

int
main(int argc, char **argv)
{
	int i, rounds = argc > 1 ? atoi(argv[1]) : 3;

	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	for (i = 0; i < rounds; i++) {
		struct lws_context *cx = bare_context(), *other;
		pthread_t th;
		void *how = NULL;

		if (!cx || !add_server(cx, protocols))
			return 3;
		pthread_create(&th, NULL, service, cx);
		/* under load, or idle in the wait */
		usleep(i & 1 ? 100000 : 100000 + (useconds_t)(i * 377));
		pthread_cancel(th);
		if (pthread_join(th, &how) || how != PTHREAD_CANCELED)
			BAD("the thread was not cancelled");
		printf("CANCELLED %d\n", i);

		other = bare_context();
		if (!other)
			BAD("no other context");
		lws_service(other, -1);
		lws_context_destroy(other);

		/* the context itself is not harmed: go on with it */
		lws_cancel_service(cx);
		lws_service(cx, 0);
		destroyed = 0;
		lws_context_destroy(cx);
		if (destroyed != 1)
			BAD("the context was not destroyed");
	}
	printf("DONE\n");
	return 0;
}
