/* SPDX-License-Identifier: MIT
 *
 * A server of CGIs.
 *
 *   cgi PORT TLSPORT CERT KEY [-q] [-v] [-f FDS] [-t THREADS] /MOUNT=PROGRAM[=TIMEOUT] ... [NAME:VALUE ...]
 *
 * Each mount runs its program with the variables. What the protocol is told is printed;
 * -q: only how each process ends; -t: so many threads serve, and how many CGIs each had is
 * printed last. "/alive" answers with what counts of a server's status
 * (OURS: 4.3.5 has none). The server has a child of its own, which ends at once, and
 * asks for its end last.
 */
#include <libwebsockets.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t stop, children;
static int quiet, had[8];
static struct lws_context *context;

static void
on_signal(int n)
{
	if (n == SIGCHLD)
		children++;
	else
		stop = 1;
}

static int
alive(struct lws *wsi)
{
	char text[64] = "-";

#if defined(OURS)
	static char all[32768];
	const char *p, *q;

	lws_json_dump_context(lws_get_context(wsi), all, sizeof(all), 1);
	p = strstr(all, "\"cgi_spawned\":\"");
	q = strstr(all, "\"cgi_alive\":\"");
	if (p && q)
		snprintf(text, sizeof(text), "%d %d", atoi(p + 15), atoi(q + 13));
#endif
	return lws_return_http_status(wsi, 200, text) || lws_http_transaction_completed(wsi) ? -1 : 0;
}

static const char *
name_of(enum lws_callback_reasons r)
{
	switch (r) {
	case LWS_CALLBACK_HTTP: return "HTTP";
	case LWS_CALLBACK_HTTP_BODY: return "BODY";
	case LWS_CALLBACK_HTTP_BODY_COMPLETION: return "BODY_COMPLETION";
	case LWS_CALLBACK_HTTP_WRITEABLE: return "WRITEABLE";
	case LWS_CALLBACK_CLOSED_HTTP: return "CLOSED_HTTP";
	case LWS_CALLBACK_CHILD_CLOSING: return "CHILD_CLOSING";
	case LWS_CALLBACK_CGI: return "CGI";
	case LWS_CALLBACK_CGI_TERMINATED: return "TERMINATED";
	case LWS_CALLBACK_CGI_STDIN_DATA: return "STDIN_DATA";
	case LWS_CALLBACK_CGI_STDIN_COMPLETED: return "STDIN_COMPLETED";
	case LWS_CALLBACK_CGI_PROCESS_ATTACH: return "ATTACH";
	default: return NULL;
	}
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	 size_t len)
{
	const char *name = name_of(reason);
	struct lws_cgi_args *args = in;
	int ret;

	if (reason == LWS_CALLBACK_HTTP && in && !strcmp((const char *)in, "/alive"))
		return alive(wsi);
	if (reason == LWS_CALLBACK_CGI_PROCESS_ATTACH)
		__atomic_add_fetch(&had[lws_get_tsi(wsi)], 1, __ATOMIC_RELAXED);
	if (name && (!quiet || reason == LWS_CALLBACK_CGI_TERMINATED))
		switch (reason) {
		case LWS_CALLBACK_CGI:
			printf("%s %d\n", name, (int)args->ch);
			break;
		case LWS_CALLBACK_CGI_STDIN_DATA:
			printf("%s %d\n", name, args->len);
			break;
		case LWS_CALLBACK_CGI_TERMINATED:
		case LWS_CALLBACK_CGI_PROCESS_ATTACH:
			printf("%s %s cgi %d\n", name, len > 1 ? "pid" : "no pid", !!lws_is_cgi(wsi));
			break;
		default:
			printf("%s\n", name);
		}
	ret = lws_callback_http_dummy(wsi, reason, user, in, len);
	if (reason == LWS_CALLBACK_CGI_STDIN_DATA && !quiet)
		printf("took %d\n", ret);
	return ret;
}

static const struct lws_protocols protocols[] = {
	{ .name = "p", .callback = callback },
	{ .name = NULL },
};

static void *
serve(void *arg)
{
	int tsi = (int)(intptr_t)arg;

	while (!stop && lws_service_tsi(context, 0, tsi) >= 0)
		;
	lws_cancel_service(context); /* the signal has come to one of them */
	return NULL;
}

int
main(int argc, char **argv)
{
	static struct lws_http_mount mounts[64];
	static struct lws_protocol_vhost_options env[16];
	struct lws_context_creation_info info;
	struct sigaction sa;
	pthread_t more[8];
	int n, own, status, count = 0, vars = 0, threads = 1, level = LLL_ERR | LLL_WARN;

	memset(&info, 0, sizeof(info));
	memset(&sa, 0, sizeof(sa));
	if (argc < 5)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	sa.sa_handler = on_signal;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGCHLD, &sa, NULL);
	own = fork();
	if (!own)
		_exit(7);
	for (n = 5; n < argc; n++) {
		char *p = argv[n], *q;

		if (!strcmp(p, "-q"))
			quiet = 1;
		else if (!strcmp(p, "-v"))
			level |= LLL_NOTICE | LLL_INFO;
		else if (!strcmp(p, "-f"))
			info.fd_limit_per_thread = (unsigned int)atoi(argv[++n]);
		else if (!strcmp(p, "-t"))
			threads = atoi(argv[++n]);
		else if (*p == '/' && (q = strchr(p, '='))) {
			struct lws_http_mount *m = &mounts[count];

			*q++ = '\0';
			m->mountpoint = p;
			m->mountpoint_len = (unsigned char)strlen(p);
			m->origin = q;
			m->origin_protocol = LWSMPRO_CGI;
			if ((q = strchr(q, '='))) {
				*q++ = '\0';
				m->cgi_timeout = atoi(q);
			}
			if (count)
				mounts[count - 1].mount_next = m;
			count++;
		} else if ((q = strchr(p, ':'))) {
			*q++ = '\0';
			env[vars].name = p;
			env[vars].value = q;
			if (vars)
				env[vars - 1].next = &env[vars];
			vars++;
		}
	}
	for (n = 0; n < count && vars; n++)
		mounts[n].cgienv = env;
	lws_set_log_level(level, NULL);
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.count_threads = (unsigned int)threads;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	info.protocols = protocols;
	info.mounts = count ? mounts : NULL;
	info.port = atoi(argv[1]);
	info.vhost_name = "plain";
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	if (!lws_create_vhost(context, &info))
		return 1;
	info.port = atoi(argv[2]);
	info.vhost_name = "tls";
	info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.ssl_cert_filepath = argv[3];
	info.ssl_private_key_filepath = argv[4];
	info.alpn = "h2,http/1.1";
	if (!lws_create_vhost(context, &info))
		return 1;
	printf("ready\n");
	for (n = 1; n < threads; n++)
		pthread_create(&more[n], NULL, serve, (void *)(intptr_t)n);
	serve(NULL);
	for (n = 1; n < threads; n++)
		pthread_join(more[n], NULL);
	for (n = 0; n < threads && threads > 1; n++)
		printf("thread %d: %d CGIs\n", n, had[n]);
	lws_context_destroy(context);
	n = waitpid(own, &status, 0) == own && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	printf("own child %d, signals %d, group %d\n", n, children > 0, getpgrp() == getpid());
	printf("end\n");
	return 0;
}
