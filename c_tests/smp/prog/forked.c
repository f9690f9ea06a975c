/* SPDX-License-Identifier: MIT
 *
 * Forks when threads have served, from a thread that serves none: a child that leaves the
 * context alone, and one that destroys it. The parent goes on. argv: threads.
 */
#include "smp.h"
#include <sys/wait.h>

static int
on_raw(struct lws *wsi, enum lws_callback_reasons r, void *user, void *in, size_t len)
{
	unsigned char b[LWS_PRE + 1];

	(void)user;
	if (r != LWS_CALLBACK_RAW_RX || len != 1)
		return 0;
	b[LWS_PRE] = *(unsigned char *)in;
	return lws_write(wsi, b + LWS_PRE, 1, LWS_WRITE_RAW) == 1 ? 0 : -1;
}

static const struct lws_protocols protocols[] = {
	{ .name = "raw", .callback = on_raw },
	{ .name = NULL },
};

static void
leave_alone(void)
{
}

static void
destroy(void)
{
	lws_context_destroy(cx);
	if (cx)
		bad("the child still has the context");
}

/* What a child ends with that does it, and what the parent's connections get behind that. */
static void
forked(const char *what, void (*act)(void), const int *fds, int n, int port)
{
	int status = -1, i, kept = 0, fd;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		alarm(20);
		act();
		fflush(stdout);
		_exit(7);
	}
	waitpid(child, &status, 0);
	for (i = 0; i < n; i++)
		kept += ask(fds[i], 'a' + i) == 'a' + i;
	fd = dial(port);
	printf("%s: %d, kept %d, new %d\n", what, WIFEXITED(status) ? WEXITSTATUS(status) : -status, kept,
	       ask(fd, 'n') == 'n');
	close(fd);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info i = settings(argc > 1 ? atoi(argv[1]) : 1, protocols);
	int fds[6], n, port;

	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(60);
	lws_set_log_level(LLL_ERR, NULL);
	cx = lws_create_context(&i);
	if (!cx)
		return 1;
	start_threads(serve);
	port = lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, "default"));
	for (n = 0; n < 6; n++) {
		fds[n] = dial(port);
		ask(fds[n], 'x');
	}
	forked("left alone", leave_alone, fds, 6, port);
	forked("destroyed", destroy, fds, 6, port);
	forked("destroyed again", destroy, fds, 6, port);
	add(&stop, 1);
	lws_cancel_service(cx);
	join_threads();
	lws_context_destroy(cx);
	puts("done");
	return 0;
}
