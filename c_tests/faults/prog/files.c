/* SPDX-License-Identifier: MIT
 *
 * files FOLDER: serves the folder. SIGUSR1 makes a child, which serves on; what
 * is open when the context has gone is told.
 */
#include "common.h"
#include <dirent.h>

static volatile sig_atomic_t fork_due;

static void
on_usr1(int sig)
{
	(void)sig;
	fork_due = 1;
	lws_cancel_service(context);
}

static int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void
serve_child(void)
{
	int turn;

	for (turn = 0; turn < 1000 && lws_service(context, 0) >= 0; turn++)
		if (!turn)
			printf("CHILD %d\n", (int)getpid());
	_exit(0);
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "http", .callback = lws_callback_http_dummy }, { 0 }
	};
	static struct lws_http_mount mount = {
		.mountpoint = "/", .mountpoint_len = 1, .def = "index.html",
		.origin_protocol = LWSMPRO_FILE,
	};
	int before;

	if (argc != 2)
		return 2;
	mount.origin = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	signal(SIGUSR1, on_usr1);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	lws_context_destroy(bare_context()); /* the runtime keeps some of its own */
	before = descriptors();
	context = bare_context();
	if (!context || !add_site(context, protocols, &mount))
		return 3;
	while (!stopping && lws_service(context, 0) >= 0)
		if (fork_due) {
			fork_due = 0;
			if (!fork())
				serve_child();
		}
	lws_context_destroy(context);
	context = NULL;
	printf("OPEN %d\n", descriptors() - before);
	return 0;
}
