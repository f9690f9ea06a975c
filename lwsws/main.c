/* SPDX-License-Identifier: MIT
 *
 * lwsws: the options.
 */
#define _GNU_SOURCE
#include <libwebsockets.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lwsws.h"

#define PID_FILE_OF_ROOT "/run/lwsws.pid"

static const struct option names[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "debug", required_argument, NULL, 'd' },
	{ "configdir", required_argument, NULL, 'c' },
	{ "no-default-plugins", no_argument, NULL, 'n' },
	{ "daemonize", no_argument, NULL, 'D' },
	{ "pidfile", required_argument, NULL, 'p' },
	{ NULL, 0, NULL, 0 }
};

static int
usage(void)
{
	fprintf(stderr, "Usage: lwsws [-c <config dir>] [-d <log bitfield>] "
			"[--help] [-n] [-D [-p <pid file>]]\n");
	return 1;
}

/* Nothing of the terminal is left behind, nor what lws_daemonize() wants done with
 * signals: the parent looks after them itself. */
static int
detach(struct options *o)
{
	char *dir = realpath(o->dir, NULL);

	if (!dir) {
		fprintf(stderr, "lwsws: %s: %m\n", o->dir);
		return 1;
	}
	o->dir = dir; /* "/" is the folder from now on; kept */
	if (!o->pid_file && !geteuid())
		o->pid_file = PID_FILE_OF_ROOT;
	if (lws_daemonize(o->pid_file))
		return 1;
	signal(SIGHUP, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	return 0;
}

int
main(int argc, char **argv)
{
	struct options o = {
		.dir = "/etc/lwsws",
		.level = LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_USER,
		.default_plugins = 1,
	};
	char *end;
	int c;

	while ((c = getopt_long(argc, argv, "hd:c:nDp:", names, NULL)) >= 0)
		switch (c) {
		case 'd':
			o.level = (int)strtol(optarg, &end, 0);
			if (*end || end == optarg) {
				fprintf(stderr, "lwsws: -d %s: not a number\n", optarg);
				return usage();
			}
			break;
		case 'c':
			o.dir = optarg;
			break;
		case 'n':
			o.default_plugins = 0;
			break;
		case 'D':
			o.daemon = 1;
			break;
		case 'p':
			o.pid_file = optarg;
			break;
		default: /* getopt_long() has said what is wrong */
			return usage();
		}
	if (optind < argc) {
		fprintf(stderr, "lwsws: %s: no such option\n", argv[optind]);
		return usage();
	}
	if (o.daemon && detach(&o))
		return 1;
	return supervise(&o);
}
