/* SPDX-License-Identifier: MIT
 *
 * forks MODE CERT KEY FOLDER: programs that fork, and who goes on then.
 *
 *   before    the child of a process that has not called the library serves
 *   pure      ... that has only parsed a few things
 *   context   ... that has made a context, not serviced yet (rtpengine)
 *   started   ... that has serviced it for some turns
 *   daemon    ... with two forks in between, and a session of its own
 *   closed    ... and the child has closed all descriptors
 *   thread    ... and another thread forks while the first services
 *   threads   ... and two threads service a context each, before and after
 *   external  ... and the program polls by itself
 *   both      parent and child serve the same sockets
 *   children  the parent serves; its children end at once, or exec
 *   busy      ... or use the library and its context for a while
 *   callback  the child is made inside a callback, and calls from there
 */
#include "common.h"
#include <fcntl.h>
#include <poll.h>

#define VHOSTS 3

static struct lws_vhost *vhosts[VHOSTS];
static const char *cert, *key;
static int inits, destroys, children;
static void *priv[VHOSTS];
static struct pollfd polled[64];
static int npolled;
static int in_child;
static struct lws_context *second;

struct vhd {
	int number;
};

static int
vhost_index(struct lws *wsi)
{
	int n;

	for (n = 0; n < VHOSTS; n++)
		if (vhosts[n] && lws_get_vhost(wsi) == vhosts[n])
			return n;
	return -1;
}

static void
poll_entry(struct lws_pollargs *a, int add)
{
	int n;

	for (n = 0; n < npolled; n++)
		if (polled[n].fd == a->fd) {
			if (add)
				BAD("descriptor %d is polled twice", a->fd);
			polled[n] = polled[--npolled];
			return;
		}
	if (!add)
		BAD("descriptor %d is not polled", a->fd);
	polled[npolled].fd = a->fd;
	polled[npolled++].events = (short)a->events;
}

static void
poll_mode(struct lws_pollargs *a)
{
	int n;

	for (n = 0; n < npolled; n++)
		if (polled[n].fd == a->fd)
			polled[n].events = (short)a->events;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	struct vhd *vhd;
	int n;

	switch (reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
		n = inits++;
		vhd = lws_protocol_vh_priv_zalloc(lws_get_vhost(wsi),
						  lws_get_protocol(wsi),
						  sizeof(*vhd));
		vhd->number = 100 + n;
		if (n < VHOSTS)
			priv[n] = vhd;
		break;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		destroys++;
		break;
	case LWS_CALLBACK_ADD_POLL_FD:
	case LWS_CALLBACK_DEL_POLL_FD:
		poll_entry(in, reason == LWS_CALLBACK_ADD_POLL_FD);
		break;
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		poll_mode(in);
		break;
	case LWS_CALLBACK_ESTABLISHED:
		vhd = lws_protocol_vh_priv_get(lws_get_vhost(wsi),
					       lws_get_protocol(wsi));
		n = vhost_index(wsi);
		if (n < 0)
			BAD("an unknown vhost %p", (void *)lws_get_vhost(wsi));
		else if (!vhd || vhd != priv[n] || vhd->number != 100 + n)
			BAD("vhost %d lost its private data", n);
		if (lws_get_context(wsi) != context)
			BAD("an unknown context");
		break;
	case LWS_CALLBACK_RECEIVE:
		if (len == 4 && !memcmp(in, "fork", 4)) {
			pid_t pid = fork();
			int status;

			if (!pid) {
				if (lws_callback_on_writable(wsi) >= 0)
					BAD("served inside a callback");
				_exit(0);
			}
			waitpid(pid, &status, 0);
			printf("STATUS %d\n", status);
		}
		break;
	default:
		break;
	}
	return echo_callback(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = callback,
	  .per_session_data_size = sizeof(struct echo) },
	{ 0 }
};

static struct lws_http_mount mount = {
	.mountpoint = "/",
	.mountpoint_len = 1,
	.def = "page.txt",
	.origin_protocol = LWSMPRO_FILE,
};

static void
on_timer(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	printf("TIMER %s\n", in_child ? "child" : "parent");
}

/* One vhost is plain, one speaks TLS, one has files. */
static int
make(void)
{
	static lws_sorted_usec_list_t sul;
	static char name[16];
	struct lws_context_creation_info info;
	int n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6 |
		       LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	context = lws_create_context(&info);
	if (!context)
		return 0;
	for (n = 0; n < VHOSTS; n++) {
		memset(&info, 0, sizeof(info));
		info.iface = "127.0.0.1";
		info.protocols = protocols;
		snprintf(name, sizeof(name), "vhost%d", n);
		info.vhost_name = name;
		info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
		if (n == 1 && cert) {
			info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
			info.ssl_cert_filepath = cert;
			info.ssl_private_key_filepath = key;
		}
		if (n == 2)
			info.mounts = &mount;
		vhosts[n] = lws_create_vhost(context, &info);
		memset(name, '?', sizeof(name) - 1); /* what we gave is ours */
		if (!vhosts[n])
			return 0;
		printf("PORT%d %d\n", n, lws_get_vhost_listen_port(vhosts[n]));
	}
	lws_sul_schedule(context, 0, &sul, on_timer, 200 * LWS_US_PER_MS);
	return 1;
}

static void
turns(int n)
{
	while (n--)
		lws_cancel_service(context), lws_service(context, 0);
}

static int
serve_all(void)
{
	alarm(50);
	turns(1);
	printf("PID %d\n", (int)getpid());
	while (!stopping && lws_service(context, 0) >= 0)
		;
	if (second)
		lws_cancel_service(second);
	lws_context_destroy(context);
	printf("END %s %d inits %d destroys\n", in_child ? "child" : "parent",
	       inits, destroys);
	return 0;
}

static int
serve_polling(int turns)
{
	int n, ms;

	while (!stopping && (turns < 0 || turns--)) {
		ms = lws_service_adjust_timeout(context, 10, 0);
		if (poll(polled, (nfds_t)npolled, ms) < 0)
			continue;
		for (n = 0; n < npolled; n++) {
			if (polled[n].revents & POLLNVAL)
				BAD("descriptor %d is closed", polled[n].fd);
			if (polled[n].revents)
				lws_service_fd(context, &polled[n]);
		}
		lws_service_tsi(context, -1, 0);
	}
	return 0;
}

static void
parse(void)
{
	char uri[] = "wss://example.com:8443/a?b=c", out[32];
	const char *protocol, *address, *path;
	unsigned char digest[20];
	int port;

	if (lws_parse_uri(uri, &protocol, &address, &port, &path) ||
	    port != 8443 || strcmp(address, "example.com"))
		BAD("lws_parse_uri: %s %d", address, port);
	if (lws_SHA1((const unsigned char *)"abc", 3, digest) != digest ||
	    lws_b64_encode_string((char *)digest, 20, out, sizeof(out)) != 28 ||
	    strcmp(out, "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="))
		BAD("lws_SHA1: %s", out);
	printf("PARSED %s\n", in_child ? "child" : "parent");
}

/* The parent's end: its child goes on. */
static void
leave(pid_t pid)
{
	if (pid < 0)
		exit(4);
	exit(0);
}

static void
fork_and_leave(void)
{
	pid_t pid = fork();

	if (pid)
		leave(pid);
	in_child = 1;
}

static void *
forking_thread(void *arg)
{
	usleep(100000);
	fork_and_leave();
	signal(SIGTERM, on_term);
	serve_all();
	_exit(0);
	return arg;
}

static const struct lws_protocols second_protocols[] = {
	{ .name = "echo", .callback = echo_callback,
	  .per_session_data_size = sizeof(struct echo) },
	{ 0 }
};

static void *
servicing_thread(void *arg)
{
	while (!stopping && lws_service(arg, 0) >= 0)
		;
	return NULL;
}

/* Children that end at once or exec, while the parent is under load. */
static void
on_children(lws_sorted_usec_list_t *sul)
{
	pid_t pid = fork();
	int status;

	if (!pid && children % 2)
		execl("/bin/true", "true", (char *)NULL);
	if (!pid)
		_exit(0);
	waitpid(pid, &status, 0);
	if (status)
		BAD("child: status %x", status);
	if (++children < 40)
		lws_sul_schedule(context, 0, sul, on_children, 5000);
	else
		printf("CHILDREN %d\n", children);
}

/* Forks whatever the servicing thread is doing. */
static void *
busy_thread(void *arg)
{
	struct lws_context *mine;
	int n, status;
	pid_t pid;

	for (n = 0; n < 40 && !stopping; n++) {
		usleep(3000);
		pid = fork();
		if (pid < 0)
			BAD("fork: errno %d", errno);
		if (!pid) {
			in_child = 1;
			alarm(20);
			lws_set_log_level(LLL_ERR, NULL);
			parse();
			mine = bare_context();
			turns(3); /* the parent's */
			lws_context_destroy(mine);
			fflush(stdout);
			_exit(mine ? 0 : 3);
		}
		waitpid(pid, &status, 0);
		if (status)
			BAD("child %d: status %x", n, status);
	}
	printf("CHILDREN %d\n", n);
	return arg;
}

int
main(int argc, char **argv)
{
	static lws_sorted_usec_list_t sul;
	const char *mode = argc > 1 ? argv[1] : "before";
	pthread_t thread;
	pid_t pid, parent = getpid();
	int n;

	if (argc > 4) {
		cert = argv[2];
		key = argv[3];
		mount.origin = argv[4];
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!strcmp(mode, "before"))
		fork_and_leave();
	if (!strcmp(mode, "pure")) {
		parse();
		fork_and_leave();
		parse();
	}
	if (!make())
		return 3;
	if (!strcmp(mode, "context"))
		fork_and_leave();
	if (!strcmp(mode, "started")) {
		turns(5);
		fork_and_leave();
	}
	if (!strcmp(mode, "daemon")) {
		fork_and_leave();
		setsid();
		fork_and_leave();
		parse();
	}
	if (!strcmp(mode, "closed")) {
		fork_and_leave();
		while (getppid() == parent)
			usleep(1000); /* it still listens */
		for (n = 3; n < 256; n++)
			close(n);
		for (n = 0; n < 20; n++) /* others take the numbers */
			if (open("/dev/null", O_RDONLY) < 0)
				return 5;
	}
	if (!strcmp(mode, "thread")) {
		if (pthread_create(&thread, NULL, forking_thread, NULL))
			return 5;
		for (;;)
			lws_service(context, 0);
	}
	if (!strcmp(mode, "threads")) {
		second = bare_context();
		if (!second || !add_server(second, second_protocols) ||
		    pthread_create(&thread, NULL, servicing_thread, context) ||
		    pthread_create(&thread, NULL, servicing_thread, second))
			return 5;
		usleep(100000);
		fork_and_leave();
		if (pthread_create(&thread, NULL, servicing_thread, second))
			return 5;
		serve_all();
		return pthread_join(thread, NULL);
	}
	if (!strcmp(mode, "external")) {
		serve_polling(5);
		fork_and_leave();
		printf("PID %d\n", (int)getpid());
		serve_polling(-1);
		lws_context_destroy(context);
		printf("END child %d inits %d destroys\n", inits, destroys);
		return 0;
	}
	if (!strcmp(mode, "both")) {
		printf("WAIT\n");
		while (!stopping) /* the test connects, then asks for the fork */
			lws_service(context, 0);
		stopping = 0;
		pid = fork();
		if (pid < 0)
			return 4;
		in_child = !pid;
	}
	if (!strcmp(mode, "busy") &&
	    pthread_create(&thread, NULL, busy_thread, NULL))
		return 5;
	if (!strcmp(mode, "children"))
		lws_sul_schedule(context, 0, &sul, on_children, 5000);
	return serve_all();
}
