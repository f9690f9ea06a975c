/* SPDX-License-Identifier: MIT
 *
 * Processes without HTTP.
 *
 *   spawn [-p] [-g] [-k] [-d] [-n] [-t MS] [-w DIR] [-i TEXT] PROGRAM ARGUMENT ...
 *
 * -p: the pipes have a protocol's name; -g: a process group; -k: it is killed when it has
 * printed something; -d: the object is destroyed then; -n: its pipes' ends are not passed
 * on; -t: its time; -i: what goes to stdin, which is closed behind it. What happens is
 * printed, until the process has been waited for.
 */
#include <libwebsockets.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct lws_context *context;
static struct lws_spawn_piped *lsp;
static lws_dll2_owner_t owner;
static const char *input;
static int over, kills, destroys, silent, own;
static char mark;

static void
reaped(void *opaque, lws_usec_t *us, siginfo_t *si, int killed)
{
	int sane = us[0] >= 0 && us[1] >= 0 && us[2] >= 0 && us[3] >= 0;

	printf("reaped %s code %d status %d killed %d lsp %s listed %u sane %d\n",
	       opaque == &mark ? "ours" : "?", si->si_code, si->si_status, killed,
	       lsp ? "there" : "gone", (unsigned int)owner.count, sane);
	over = 1;
	lws_cancel_service(context);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	char b[4097];
	int n, ch;

	(void)user;
	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_RAW_RX_FILE:
		ch = lws_spawn_get_stdfd(wsi);
		n = (int)read(lws_get_socket_fd(wsi), b, sizeof(b) - 1);
		if (n < 1)
			return -1;
		b[n] = '\0';
		printf("rx %d of %s: %s\n", ch,
		       lws_get_opaque_user_data(wsi) == &mark ? "ours" : "?", b);
		if (kills) {
			kills = 0;
			printf("kill %d\n", lws_spawn_piped_kill_child_process(lsp));
		}
		if (destroys) {
			destroys = 0;
			lws_spawn_piped_kill_child_process(lsp);
		}
		return 0;
	case LWS_CALLBACK_RAW_WRITEABLE_FILE:
		printf("writeable %d\n", lws_spawn_get_stdfd(wsi));
		if (!input)
			return 0;
		n = (int)write(lws_get_socket_fd(wsi), input, strlen(input));
		if (n < 0 && errno != EAGAIN)
			return -1;
		if (n > 0)
			input += n;
		if (!*input)
			return -1;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_RAW_CLOSE_FILE:
		printf("close %d\n", lws_spawn_get_stdfd(wsi));
		if (!silent)
			lws_spawn_stdwsi_closed(lsp, wsi);
		return 0;
	case LWS_CALLBACK_RAW_ADOPT_FILE:
	case LWS_CALLBACK_RAW_FILE_BIND_PROTOCOL:
	case LWS_CALLBACK_RAW_FILE_DROP_PROTOCOL:
	case LWS_CALLBACK_WSI_CREATE:
	case LWS_CALLBACK_WSI_DESTROY:
		if (lws_get_socket_fd(wsi) >= 0 || reason != LWS_CALLBACK_WSI_DESTROY)
			printf("reason %d\n", (int)reason);
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ .name = "first", .callback = callback },
	{ .name = "pipes", .callback = callback },
	{ .name = NULL },
};

int
main(int argc, char **argv)
{
	static char *env[] = { (char *)"A=b", (char *)"PATH=/usr/bin:/bin", NULL };
	struct lws_spawn_piped_info i;
	struct lws_context_creation_info info;
	int n, status;

	memset(&info, 0, sizeof(info));
	memset(&i, 0, sizeof(i));
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (n = 1; n < argc && argv[n][0] == '-'; n++)
		switch (argv[n][1]) {
		case 'p': i.protocol_name = "pipes"; break;
		case 'b': i.protocol_name = "nobody's"; break;
		case 'g': i.disable_ctrlc = 1; break;
		case 'k': kills = 1; break;
		case 'd': destroys = 1; break;
		case 'n': silent = 1; break;
		case 't': i.timeout_us = atoi(argv[++n]) * LWS_US_PER_MS; break;
		case 'w': i.wd = argv[++n]; break;
		case 'i': input = argv[++n]; break;
		}
	own = fork();
	if (!own)
		_exit(7);
	lws_set_log_level(LLL_ERR, NULL);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	i.vh = lws_get_vhost_by_name(context, "default");
	i.owner = &owner;
	i.exec_array = (const char *const *)&argv[n];
	i.env_array = (void *)env;
	i.plsp = &lsp;
	i.opaque = &mark;
	i.reap_cb = reaped;
	lsp = lws_spawn_piped(&i);
	printf("spawned %d listed %u\n", !!lsp, (unsigned int)owner.count);
	while (lsp && !over && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	n = waitpid(own, &status, 0) == own && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	printf("own child %d, others %d\n", n, wait(NULL) > 0);
	return 0;
}
