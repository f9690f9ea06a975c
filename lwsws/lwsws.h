/* SPDX-License-Identifier: MIT
 *
 * lwsws, a web server that JSON files configure: what its two processes share.
 */
#ifndef LWSWS_H
#define LWSWS_H

struct options {
	const char *dir;       /* where conf and conf.d are */
	int level;             /* LLL_ bits */
	int default_plugins;   /* look for them in the default folder, too */
	int daemon;            /* in the background: lines go to syslog */
	const char *pid_file;  /* for daemon, or NULL */
};

/* What a service process tells its parent when it serves, and when the configuration
 * that it should have taken over is not usable. */
#define SERVES 's'
#define REFUSED 'r'

/*
 * The service process: serves until SIGINT or SIGTERM; after SIGHUP until the
 * connections that there are have ended.
 *
 * tell: where SERVES or REFUSED goes. reload: another process serves, and goes on if
 * anything is wrong with the configuration. Returns the exit status.
 */
int serve(const struct options *o, int tell, int reload);

/* The parent, which starts service processes. Returns the exit status. */
int supervise(const struct options *o);

#endif
