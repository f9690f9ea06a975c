/* SPDX-License-Identifier: MIT
 *
 * A server that runs a program for each request below /run (CGI, RFC 3875).
 *
 *	script PORT PROGRAM
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
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

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 }, /* carries what the program prints */
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_protocol_vhost_options colour;
	struct lws_http_mount run;

	if (argc != 3)
		return 2;
	memset(&colour, 0, sizeof colour); /* one more variable of its environment */
	colour.name = "COLOUR";
	colour.value = "red";

	memset(&run, 0, sizeof run);
	run.mountpoint = "/run";
	run.mountpoint_len = 4;
	run.origin = argv[2]; /* the program's path */
	run.origin_protocol = LWSMPRO_CGI;
	run.cgienv = &colour;
	run.cgi_timeout = 10; /* seconds in which it has to print something; then it is ended */

	memset(&info, 0, sizeof info);
	info.port = atoi(argv[1]);
	info.protocols = protocols;
	info.mounts = &run;
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
