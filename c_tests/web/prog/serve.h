/* SPDX-License-Identifier: MIT */
/* A main that the servers here share: a plain vhost and one over TLS, until SIGTERM. */
#ifndef SERVE_H
#define SERVE_H

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct lws_context *context;
static volatile sig_atomic_t ended, forked;

static void end(int sig)
{
	if (sig == SIGUSR1)
		forked = 1;
	else
		ended = 1;
	lws_cancel_service(context);
}

static pid_t child;

static void pass_on(int sig)
{
	kill(child, sig);
}

static int make_context(int log_level)
{
	struct lws_context_creation_info i = {0};

	lws_set_log_level(log_level, NULL);
	i.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
	            LWS_SERVER_OPTION_DISABLE_IPV6;
	i.gid = i.uid = -1;
	context = lws_create_context(&i);
	return !!context;
}

/* i: what both vhosts have. argv: what the program uses, a certificate, its key. With SIGUSR1
 * a child goes on with the context, and the process does no more than wait for it. */
static int serve(struct lws_context_creation_info *i, char **argv)
{
	struct lws_vhost *plain, *tls;
	int status = 0;

	i->options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
	             LWS_SERVER_OPTION_DISABLE_IPV6;
	i->iface = "127.0.0.1";
	i->vhost_name = "plain.test";
	plain = lws_create_vhost(context, i);
	i->vhost_name = "tls.test";
	i->ssl_cert_filepath = argv[2];
	i->ssl_private_key_filepath = argv[3];
	tls = lws_create_vhost(context, i);
	if (!plain || !tls)
		return 1;
	signal(SIGTERM, end);
	signal(SIGUSR1, end);
	printf("ports %d %d\n", lws_get_vhost_listen_port(plain), lws_get_vhost_listen_port(tls));
	fflush(stdout);
	while (!ended && lws_service(context, 0) >= 0) {
		if (!forked)
			continue;
		forked = 0;
		child = fork();
		if (child > 0) {
			signal(SIGTERM, pass_on);
			waitpid(child, &status, 0);
			_exit(!WIFEXITED(status) || WEXITSTATUS(status));
		}
		fprintf(stderr, "forked\n");
	}
	lws_context_destroy(context);
	return 0;
}

#endif
