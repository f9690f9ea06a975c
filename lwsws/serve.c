/* SPDX-License-Identifier: MIT
 *
 * lwsws's service process: a context, the vhosts that the configuration tells of, and
 * the service loop.
 */
#define _GNU_SOURCE
#include <libwebsockets.h>
#include <dirent.h>
#include <linux/filter.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <unistd.h>

#include "lwsws.h"

/* Room for the configuration's texts and mounts. */
#define CONFIG_BYTES (1024 * 1024)
/* How often a process that has no listening sockets looks whether it can end. */
#define LOOK_US LWS_US_PER_SEC
#define TRIM_US (60 * LWS_US_PER_SEC)
/* How long who has begun to come to a process that is to stop has for it. */
#define LAST_US (LWS_US_PER_SEC / 2)
#define THREADS_MAX 64

static struct lws_context *context;
static lws_sorted_usec_list_t sul_trim, sul_look, sul_last;
static volatile sig_atomic_t want_end, want_hup, ended;
static int stopping;

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate" },
	{ NULL, NULL, NULL }
};
static const char *const default_plugins[] = {
	INSTALL_DATADIR "/libwebsockets-test-server/plugins/", NULL
};

/* ---- the log ---- */

static void (*out)(int level, const char *line);
static int level;
static const char *config_dir; /* while it is read */
static volatile int complaints; /* about its files */

/* What is wrong with a file is an error line that names it. */
static void
logged(int l, const char *line)
{
	if ((l & LLL_ERR) && config_dir && strstr(line, config_dir))
		complaints++;
	if (l & level)
		out(l, line);
}

/* ---- sockets ---- */

static struct {
	sa_family_t family;
	in_port_t port;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
} *places; /* where this process listened */
static int count_places;

/* The port, or the path of a unix socket, that a socket is bound to. */
static int
place_of(int fd, sa_family_t *family, in_port_t *port, const char **path)
{
	static union {
		struct sockaddr sa;
		struct sockaddr_in in4;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
	} a;
	socklen_t len = sizeof(a);

	memset(&a, 0, sizeof(a));
	if (getsockname(fd, &a.sa, &len) < 0)
		return 0;
	*family = a.sa.sa_family;
	*port = 0;
	*path = "";
	switch (a.sa.sa_family) {
	case AF_INET:
		*port = a.in4.sin_port;
		break;
	case AF_INET6:
		*family = AF_INET;
		*port = a.in6.sin6_port;
		break;
	case AF_UNIX: /* an abstract one begins with a NUL, which '@' stands for */
		if (len > sizeof(sa_family_t) && !a.un.sun_path[0])
			a.un.sun_path[0] = '@';
		*path = a.un.sun_path;
		break;
	default:
		return 0;
	}
	return 1;
}

static int
each_socket(int (*what)(int fd))
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int n = 0;

	if (!d)
		return -1;
	while (!n && (e = readdir(d)))
		if (e->d_name[0] != '.' && atoi(e->d_name) != dirfd(d))
			n = what(atoi(e->d_name));
	closedir(d);
	return n;
}

static int
listens(int fd)
{
	socklen_t len = sizeof(int);
	int yes = 0;

	return !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) && yes;
}

/* A process that takes over listens before this one stops. */
static int
share(int fd)
{
	int yes = 1;

	if (listens(fd)) /* a unix socket is not shared: the new one has its name */
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	return 0;
}

/* Of two processes that listen at one place the first has number 0, the second 1. Sends
 * who comes to one of them, also when the other one has gone; -1: shares them out, as is
 * needed where each thread has a socket of its own. */
static int steered;

static int
steer(int fd)
{
	struct sock_filter number = { .code = BPF_RET | BPF_K, .k = (unsigned int)steered };
	struct sock_fprog program = { .len = 1, .filter = &number };

	if (listens(fd)) /* a kernel that cannot shares them out */
		(void)setsockopt(fd, SOL_SOCKET,
				 steered < 0 ? SO_DETACH_REUSEPORT_BPF :
					       SO_ATTACH_REUSEPORT_CBPF,
				 &program, sizeof(program));
	return 0;
}

static void
steer_all(int to)
{
	steered = lws_get_count_threads(context) > 1 ? -1 : to;
	each_socket(steer);
}

static int
note_place(int fd)
{
	sa_family_t family;
	const char *path;
	in_port_t port;
	void *p;

	if (!listens(fd) || !place_of(fd, &family, &port, &path))
		return 0;
	p = realloc(places, sizeof(*places) * (size_t)(count_places + 1));
	if (!p)
		return 0;
	places = p;
	places[count_places].family = family;
	places[count_places].port = port;
	lws_strncpy(places[count_places].path, path, sizeof(places->path));
	count_places++;
	return 0;
}

/* Nonzero for a connection of somebody who came to one of the places. */
static int
visits(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	sa_family_t family;
	const char *path;
	in_port_t port;
	int n;

	if (getpeername(fd, (struct sockaddr *)&peer, &len) < 0 ||
	    !place_of(fd, &family, &port, &path))
		return 0;
	for (n = 0; n < count_places; n++)
		if (places[n].family == family && places[n].port == port &&
		    !strcmp(places[n].path, path))
			return 1;
	return 0;
}

/* ---- service ---- */

static void
signalled(int sig)
{
	if (sig == SIGHUP)
		want_hup = 1;
	else
		want_end = sig;
	if (context)
		lws_cancel_service(context);
}

static void
trim(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	malloc_trim(4 * 1024);
	lws_sul_schedule(context, 0, &sul_trim, trim, TRIM_US);
}

static void
look(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	if (!each_socket(visits)) {
		ended = 1;
		lws_cancel_service(context);
		return;
	}
	lws_sul_schedule(context, 0, &sul_look, look, LOOK_US);
}

static void
stop_listening(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	lwsl_notice("Dropping listen sockets\n");
	each_socket(note_place);
	lws_context_deprecate(context, NULL);
	look(&sul_look);
}

/* Stops listening soon; the connections that there are go on. */
static void
deprecate(void)
{
	want_hup = 0;
	if (!stopping)
		lws_sul_schedule(context, 0, &sul_last, stop_listening, LAST_US);
	stopping = 1;
}

static void *
other_thread(void *tsi)
{
	while (!want_end && !ended && lws_service_tsi(context, 0, (int)(intptr_t)tsi) >= 0)
		;
	return NULL;
}

static void
loop(void)
{
	pthread_t threads[THREADS_MAX];
	int n, m = lws_get_count_threads(context), failed = 0;

	for (n = 1; n < m && n < THREADS_MAX; n++)
		if (pthread_create(&threads[n], NULL, other_thread, (void *)(intptr_t)n)) {
			lwsl_err("service thread %d cannot be started\n", n);
			break;
		}
	m = n;
	while (!want_end && !ended && !failed) {
		if (want_hup)
			deprecate();
		failed = lws_service(context, 0) < 0;
	}
	if (failed)
		ended = 1;
	lws_cancel_service(context);
	for (n = 1; n < m; n++)
		pthread_join(threads[n], NULL);
}

/* Reads the configuration and makes what it tells of. */
static int
create(const struct options *o, int reload)
{
	struct lws_context_creation_info info;
	int room = CONFIG_BYTES;
	char *texts = malloc(CONFIG_BYTES), *rest = texts;

	if (!texts) {
		lwsl_err("Unable to allocate config strings heap\n");
		return 1;
	}
	memset(&info, 0, sizeof(info));
	info.external_baggage_free_on_destroy = texts;
	info.pt_serv_buf_size = 8192;
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (reload)
		info.options |= LWS_SERVER_OPTION_ALLOW_LISTEN_SHARE;
	if (o->default_plugins)
		info.plugin_dirs = default_plugins;
	lwsl_notice("Using config dir: \"%s\"\n", o->dir);
	config_dir = o->dir;
	if (lwsws_get_config_globals(&info, o->dir, &rest, &room)) {
		free(texts);
		return 1;
	}
	if (reload && complaints) /* while nobody has come here yet */
		return 1;
	context = lws_create_context(&info);
	if (!context) {
		lwsl_err("libwebsocket init failed\n");
		return 1;
	}
	info.extensions = extensions; /* all protocols are plugins' */
	if (lwsws_get_config_vhosts(context, &info, o->dir, &rest, &room))
		return 1;
	if (reload && complaints)
		return 1;
	config_dir = NULL;
	return lws_service(context, -1) < 0; /* user and group, PROTOCOL_INIT */
}

static void
say(int tell, char what)
{
	if (write(tell, &what, 1) != 1)
		lwsl_warn("the parent process is gone\n");
	close(tell);
}

int
serve(const struct options *o, int tell, int reload)
{
	struct sigaction act = { .sa_handler = signalled };

	level = o->level;
	out = o->daemon ? lwsl_emit_syslog : lwsl_emit_stderr_notimestamp;
	lws_set_log_level(level | LLL_ERR, logged);
	lwsl_notice("lwsws libwebsockets web server\n");
	sigaction(SIGHUP, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	if (create(o, reload)) {
		lwsl_err("Context creation failed\n");
		if (reload && context)
			steer_all(0);
		say(tell, REFUSED);
		if (reload && context) { /* who has come here meanwhile */
			deprecate();
			loop();
		}
		lws_context_destroy(context);
		return 1;
	}
	each_socket(share);
	if (reload)
		steer_all(1);
	say(tell, SERVES);
	lws_sul_schedule(context, 0, &sul_trim, trim, TRIM_US);
	loop();
	if (want_end)
		lwsl_err("Signal %d caught\n", (int)want_end);
	lwsl_err("%s: closing\n", __func__);
	lws_sul_cancel(&sul_trim);
	lws_sul_cancel(&sul_look);
	lws_sul_cancel(&sul_last);
	lws_context_destroy(context);
	context = NULL;
	lwsl_err("lwsws exited cleanly: 0\n");
	free(places);
	return 0;
}
