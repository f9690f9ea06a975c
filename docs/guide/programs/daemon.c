/* SPDX-License-Identifier: MIT
 *
 * A daemon: it leaves the terminal, has its number in a file, logs to syslog, and ends
 * well with SIGTERM.
 *
 *	daemon PORT LOCKFILE
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_pid(struct lws *wsi, enum lws_callback_reasons reason,
			void *user, void *in, size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_HTTP)
		return lws_return_http_status(wsi, HTTP_STATUS_OK, "running") ||
		       lws_http_transaction_completed(wsi);
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", callback_pid, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	if (argc != 3)
		return 2;
	if (lws_daemonize(argv[2])) /* before anything else; the caller's process ends in here */
		return 1;

	/* From here on in the daemon: standard input, output and error lead nowhere. */
	openlog("daemon", LOG_PID, LOG_DAEMON);
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_USER, lwsl_emit_syslog);

	memset(&info, 0, sizeof info);
	info.port = atoi(argv[1]);
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context) {
		unlink(argv[2]);
		return 1;
	}
	signal(SIGTERM, stop); /* in place of the one that removes the file and ends at once */
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	unlink(argv[2]);
	return 0;
}
