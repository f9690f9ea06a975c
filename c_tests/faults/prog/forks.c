/* SPDX-License-Identifier: MIT
 *
 * forks before: the child of a process that has not called the library yet
 * uses it. forks after: in the child of one that has, each call fails and
 * says so; the parent goes on.
 */
#include "common.h"

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = echo_callback,
	  .per_session_data_size = sizeof(struct echo) },
	{ 0 }
};

static int
child_after(void)
{
	struct lws_context *mine = context;
	int i;

	alarm(10); /* a hang ends as a signal, which the parent reports */
	for (i = 0; i < 3; i++)
		printf("CHILD service %d\n", lws_service(mine, 0) < 0);
	printf("CHILD create %d\n", bare_context() == NULL);
	printf("CHILD write %d\n", lws_write(NULL, NULL, 0, LWS_WRITE_TEXT) < 0);
	lws_cancel_service(mine);
	lws_context_destroy(mine);
	printf("CHILD done\n");
	return 0;
}

int
main(int argc, char **argv)
{
	int after = argc > 1 && !strcmp(argv[1], "after"), status = 0;
	pid_t pid;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (after && !begin(protocols))
		return 3;
	pid = fork();
	if (pid < 0)
		return 4;
	if (!pid && after)
		_exit(child_after());
	if (!pid)
		return begin(protocols) ? serve() : 3;
	if (after) {
		while (waitpid(pid, &status, WNOHANG) == 0)
			lws_service(context, -1), usleep(1000);
		printf("STATUS %d\n", status);
		return serve();
	}
	signal(SIGTERM, SIG_IGN);
	printf("PID %d\n", (int)pid);
	waitpid(pid, &status, 0);
	printf("STATUS %d\n", status);
	return WEXITSTATUS(status);
}
