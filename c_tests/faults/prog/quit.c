/* SPDX-License-Identifier: MIT
 *
 * quit: destroys its context in the SIGALRM handler, as some of the original's
 * examples do on ctrl-C, wherever the loop is at that moment.
 */
#include "common.h"
#include <sys/time.h>

static void
on_alarm(int sig)
{
	(void)sig;
	lws_context_destroy(context);
}

int
main(int argc, const char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = echo_callback,
		  .per_session_data_size = sizeof(struct echo) },
		{ 0 }
	};
	struct itimerval once = { { 0, 0 }, { 0, 0 } };

	once.it_value.tv_usec = 100000 + 997 * (argc > 1 ? atoi(argv[1]) : 0);
	signal(SIGALRM, on_alarm);
	if (!begin(protocols))
		return 3;
	setitimer(ITIMER_REAL, &once, NULL);
	while (lws_service(context, 0) >= 0)
		;
	printf("END\n");
	return 0;
}
