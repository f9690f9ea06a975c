/* SPDX-License-Identifier: MIT
 *
 * Log contexts, of so.19: lines of the process's and of one with parents, their files.
 */
#include "unit.h"

#if V43
#include <fcntl.h>
#include <unistd.h>

static void
to_stdout(int level, const char *line)
{
	printf("%d", level);
	show("line", line, strlen(line));
	putchar('\n');
}

static void
to_stdout_cx(struct lws_log_cx *cx, int level, const char *line, size_t len)
{
	/* the NUL of a line that was cut counts in 4.3.5 */
	printf("cx %s %zu ", (const char *)cx->opaque, len - !line[len - 1]);
	to_stdout(level, line);
}

static void
begins(struct lws_log_cx *cx, void *obj, char **p, char *e)
{
	*p += lws_snprintf(*p, lws_ptr_diff_size_t(e, *p), "<%s %s>", (const char *)cx->opaque, obj ? "obj" : "");
}

static void
users(struct lws_log_cx *cx, int _new)
{
	printf("users of %s: %d, %d\n", (const char *)cx->opaque, (int)cx->refcount, _new);
}

static void
cut(struct lws_log_cx *cx)
{
	char text[300];
	int n;

	memset(text, 'x', sizeof(text));
	for (n = 200; n < 260; n++)
		_lws_log_cx(cx, begins, &n, LLL_WARN, n % 2 ? __func__ : NULL, "%.*s%s", n, text, n % 3 ? "\n" : "");
}

static void
file(const char *text)
{
	char path[] = "/tmp/unit_files_XXXXXX", b[600];
	struct lws_log_cx cx = { .u.emit_cx = lws_log_emit_cx_file, .refcount_cb = lws_log_use_cx_file,
				 .opaque = path, .lll_flags = LLL_ERR | LLLF_LOG_CONTEXT_AWARE };
	int fd = mkstemp(path);
	ssize_t n;

	if (fd < 0 || write(fd, "before\n", 7) != 7)
		exit(3);
	lwsl_refcount_cx(&cx, 1);
	lwsl_refcount_cx(&cx, 1);
	_lws_log_cx(&cx, NULL, NULL, LLL_ERR, __func__, "%s", text);
	_lws_log_cx(&cx, NULL, NULL, LLL_WARN, __func__, "not enabled");
	lwsl_refcount_cx(&cx, -1);
	_lws_log_cx(&cx, NULL, NULL, LLL_ERR, NULL, "the last");
	lwsl_refcount_cx(&cx, -1);
	printf("%d %d", (int)cx.refcount, (int)(intptr_t)cx.stg);
	_lws_log_cx(&cx, NULL, NULL, LLL_ERR, NULL, "behind it");
	n = pread(fd, b, sizeof(b) - 1, 0);
	b[n > 0 ? n : 0] = '\0';
	printf(" %s\n", b);
	close(fd);
	unlink(path);
}

void
unit_log_cx(void)
{
	char opaque[][4] = { "top", "mid", "own" };
	struct lws_log_cx top = { .u.emit = to_stdout, .opaque = opaque[0], .lll_flags = 0xfff };
	struct lws_log_cx mid = top, own = top;
	uint8_t bytes[40];
	size_t n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	dup2(1, 2);
	mid.opaque = opaque[1];
	own.opaque = opaque[2];
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_USER, to_stdout);
	printf("%d %d %d\n", !lwsl_context_get_cx(NULL), !lwsl_vhost_get_cx(NULL), !lwsl_wsi_get_cx(NULL));
	_lws_log_cx(NULL, NULL, NULL, LLL_NOTICE, "f", "process %d", 7);
	_lws_log_cx(NULL, begins, &top, LLL_INFO, "f", "not enabled");
	lwsl_wsi_warn((struct lws *)NULL, "no connection\n");
	lwsl_wsi_user((struct lws *)NULL, "%s", "");
	lwsl_vhost(NULL, 0, "no level");

	_lws_log_cx(&top, NULL, NULL, LLL_ERR, NULL, "plain");
	_lws_log_cx(&top, begins, &top, LLL_ERR, "f", "prepended");
	top.prepend = begins;
	_lws_log_cx(&top, NULL, NULL, LLL_DEBUG, "f", "prepends itself");
	own.parent = &mid;
	mid.parent = &top;
	_lws_log_cx(&own, NULL, NULL, LLL_ERR, "f", "parent");
	mid.prepend = begins;
	own.prepend = begins;
	_lws_log_cx(&own, begins, &top, LLL_ERR, "f", "two parents");
	_lws_log_cx(&mid, begins, &top, LLL_ERR, "f", "one parent");
	own.u.emit_cx = to_stdout_cx;
	own.lll_flags = LLL_ERR | LLL_WARN | LLLF_LOG_CONTEXT_AWARE;
	_lws_log_cx(&own, begins, &top, LLL_WARN, NULL, "aware\n");
	_lws_log_cx(&own, begins, &top, LLL_USER, NULL, "not enabled\n");
	cut(&own);
	cut(&top);
	rnd_bytes(bytes, sizeof(bytes));
	for (n = 0; n < sizeof(bytes); n += 5)
		lwsl_hexdump_level_cx(&own, n % 2 ? begins : NULL, &top, LLL_WARN, bytes, n);
	lwsl_hexdump_level_cx(&own, NULL, NULL, LLL_WARN, NULL, 4);
	lwsl_hexdump_level_cx(&own, NULL, NULL, LLL_INFO, bytes, 4);

	own.refcount_cb = users;
	lwsl_refcount_cx(&own, 1);
	lwsl_refcount_cx(&own, 5);
	lwsl_refcount_cx(&own, 0);
	lwsl_refcount_cx(&own, -1);
	lwsl_refcount_cx(NULL, 1);
	file("a line");
	file("a line with an end\n");
}
#endif
