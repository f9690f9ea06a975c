/* SPDX-License-Identifier: MIT
 *
 * config DIR: makes contexts and vhosts of configurations, in DIR as if there were
 * nothing else, and in a network of its own. Standard input: a length of four bytes, the
 * configuration, and so on. For each a line is printed.
 */
#include <libwebsockets.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM 4096
#define BEHIND 64 /* which nobody may touch */

static int
all(void *to, size_t len)
{
	size_t n = 0;
	ssize_t r;

	while (n < len) {
		r = read(0, (char *)to + n, len - n);
		if (r <= 0)
			return 0;
		n += (size_t)r;
	}
	return 1;
}

static int
keep(const char *name, const void *text, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600), ok;

	ok = fd >= 0 && write(fd, text, len) == (ssize_t)len;
	if (fd >= 0)
		close(fd);
	return ok;
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)wsi;
	(void)reason;
	(void)user;
	(void)in;
	(void)len;
	return 0;
}

static const struct lws_protocols protocols[] = { { .name = "http", .callback = callback }, { .name = NULL } };

/* Goes through what was made, as far as it leads. */
static size_t
lengths(const struct lws_protocol_vhost_options *o)
{
	size_t n = 0;

	for (; o; o = o->next)
		n += (o->name ? strlen(o->name) : 0) + (o->value ? strlen(o->value) : 0) + lengths(o->options);
	return n;
}

static void
one(void)
{
	struct lws_context_creation_info info, of_context;
	char *texts = calloc(1, ROOM + BEHIND), *at = texts, untouched[BEHIND] = { 0 };
	const struct lws_http_mount *m;
	struct lws_context *cx;
	int room = ROOM, g, v;
	size_t n = 0;

	memset(&info, 0, sizeof(info));
	memset(&of_context, 0, sizeof(of_context));
	g = lwsws_get_config_globals(&info, "/", &at, &room);
	if (!g)
		n += lengths(info.reject_service_keywords) + (info.server_string ? strlen(info.server_string) : 0);
	of_context.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	of_context.fd_limit_per_thread = 64;
	cx = lws_create_context(&of_context);
	if (!cx)
		exit(1);
	memset(&info, 0, sizeof(info));
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	v = lwsws_get_config_vhosts(cx, &info, "/", &at, &room);
	if (!v) {
		n += lengths(info.pvo) + lengths(info.headers);
		for (m = info.mounts; m; m = m->mount_next)
			n += strlen(m->mountpoint) + strlen(m->origin) + lengths(m->cgienv);
		lws_service(cx, -1);
	}
	lws_context_destroy(cx);
	if (memcmp(texts + ROOM, untouched, BEHIND))
		abort();
	free(texts);
	printf("%d %d %zu\n", g, v, n);
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	char *text;
	uint32_t len;

	if (argc < 2 || unshare((geteuid() ? CLONE_NEWUSER : 0) | CLONE_NEWNET) < 0 || chroot(argv[1]) < 0 || chdir("/") < 0)
		return 77;
	mkdir("conf.d", 0700);
	lws_set_log_level(0, NULL);
	while (all(&len, sizeof(len))) {
		text = malloc(len + 1);
		if (!text || !all(text, len) || !keep("conf", text, len) || !keep("conf.d/a", text, len))
			return 1;
		free(text);
		one();
	}
	return 0;
}
