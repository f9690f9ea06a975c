/* SPDX-License-Identifier: MIT
 *
 * A program with faults, to look for with gdb, the sanitizers, valgrind and perf: each
 * message asks for one.
 *
 *	faulty [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static char *volatile lost;

static void crash(char *where)
{
	*where = 1; /* where is NULL */
}

static void use_after_free(void)
{
	lost = (char *)malloc(10);
	free(lost);
	lost[3] = 1;
	lost = NULL;
}

static void leak(void)
{
	lost = (char *)malloc(12345);
	lost = NULL;
}

static unsigned spin(void)
{
	unsigned i, sum = 0;

	for (i = 0; i < 1000000000; i++)
		sum = sum * 3 + i;
	return sum;
}

static int callback_faulty(struct lws *wsi, enum lws_callback_reasons reason,
			   void *user, void *in, size_t len)
{
	(void)wsi;
	(void)user;
	if (reason != LWS_CALLBACK_RECEIVE)
		return 0;
	if (len == 5 && !memcmp(in, "crash", 5))
		crash(lost);
	if (len == 4 && !memcmp(in, "free", 4))
		use_after_free();
	if (len == 4 && !memcmp(in, "leak", 4))
		leak();
	if (len == 4 && !memcmp(in, "spin", 4))
		lwsl_notice("%u\n", spin()); /* nobody else is served meanwhile */
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "faulty", callback_faulty, 0, 64, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
