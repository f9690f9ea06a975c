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
	struct lws_context_creation_info info;
	struct lws_vhost *vh;
	int before, turn = 0;

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
	if (!context)
		return 3;
	memset(&info, 0, sizeof(info));
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	info.mounts = &mount;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	vh = lws_create_vhost(context, &info);
	if (!vh)
		return 4;
	printf("PORT %d\n", lws_get_vhost_listen_port(vh));
	while (!stopping && lws_service(context, 0) >= 0)
		if (fork_due) {
			pid_t pid = fork();

			fork_due = 0;
			if (!pid)
				while (turn++ < 1000 && lws_service(context, 0) >= 0)
					if (turn == 1)
						printf("CHILD %d\n", (int)getpid());
			if (!pid)
				_exit(0);
		}
	lws_context_destroy(context);
	context = NULL;
	printf("OPEN %d\n", descriptors() - before);
	return 0;
}
