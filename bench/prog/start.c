/* SPDX-License-Identifier: MIT
 *
 * What the first lws_create_context of a process takes: one line with µs of wall
 * and of CPU time, and the page faults in it.
 */
#define _GNU_SOURCE
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static double
now(clockid_t c)
{
	struct timespec t;

	clock_gettime(c, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int
main(void)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	struct rusage before, after;
	double wall, cpu;

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = 0;
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	getrusage(RUSAGE_SELF, &before);
	wall = now(CLOCK_MONOTONIC);
	cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	context = lws_create_context(&info);
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	wall = now(CLOCK_MONOTONIC) - wall;
	getrusage(RUSAGE_SELF, &after);
	if (!context)
		return 1;
	printf("%.1f %.1f %ld\n", wall, cpu, after.ru_minflt - before.ru_minflt);
	lws_context_destroy(context);
	return 0;
}
