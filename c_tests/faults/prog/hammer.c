/* SPDX-License-Identifier: MIT
 *
 * hammer: eight threads call lws_cancel_service as fast as they can while the
 * echo goes on. Prints how often EVENT_WAIT_CANCELLED came.
 */
#include "common.h"

static atomic_int quit;
static atomic_ullong calls;
static unsigned long long seen;

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	if (reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED && ++seen == 1000)
		printf("AWAKE\n"); /* nothing else wakes the service until then */
	return echo_callback(wsi, reason, user, in, len);
}

static void *
hammer(void *arg)
{
	(void)arg;
	while (!atomic_load(&quit)) {
		lws_cancel_service(context);
		atomic_fetch_add(&calls, 1);
	}
	return NULL;
}

int
main(void)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = callback,
		  .per_session_data_size = sizeof(struct echo) },
		{ 0 }
	};
	pthread_t th[8];
	int i;

	if (!begin(protocols))
		return 3;
	for (i = 0; i < 8; i++)
		pthread_create(&th[i], NULL, hammer, NULL);
	while (!stopping && lws_service(context, 0) >= 0)
		;
	atomic_store(&quit, 1);
	for (i = 0; i < 8; i++)
		pthread_join(th[i], NULL);
	printf("CALLS %llu SEEN %llu\n", (unsigned long long)calls, seen);
	return finish();
}
