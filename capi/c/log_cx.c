/* SPDX-License-Identifier: MIT
 *
 * Log contexts (v4.3): lines of one context, vhost or connection, with a
 * destination and levels of their own. C because of reason 2 (variadic).
 */
#define LWS_NO_SIZED_CALLS
#include "abi.h"
#include "log.h"
#include "lws_private.h"
#include "entry.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* What lws_set_log_level() set, seen as a log context. */
static struct lws_log_cx *
default_cx(void)
{
	static __thread struct lws_log_cx cx
		__attribute__((tls_model("initial-exec")));

	cx.u.emit = lwsgo_log_emitter();
	cx.lll_flags = (uint32_t)lwsgo_log_level();
	return &cx;
}

LWS_VISIBLE struct lws_log_cx *
lwsl_context_get_cx(struct lws_context *cx)
{
	if (!cx)
		return NULL;
	return cx->log_cx ? cx->log_cx : default_cx();
}

LWS_VISIBLE struct lws_log_cx *
lwsl_vhost_get_cx(struct lws_vhost *vh)
{
	if (vh && vh->log_cx)
		return vh->log_cx;
	if (vh && vh->context && vh->context->abi->vhost_log_own)
		return default_cx();
	return lwsl_context_get_cx(vh ? vh->context : NULL);
}

LWS_VISIBLE struct lws_log_cx *
lwsl_wsi_get_cx(struct lws *wsi)
{
	if (wsi && wsi->log_cx)
		return wsi->log_cx;
	if (wsi && wsi->vhost && !(wsi->role & LWSGO_CLIENT))
		return lwsl_vhost_get_cx(wsi->vhost);
	return lwsl_context_get_cx(wsi ? wsi->context : NULL);
}

/* Adds to a prefix that ends at e. */
static void
prefix(char **p, char *e, const char *tag)
{
	if (*p < e)
		*p += lws_snprintf(*p, lws_ptr_diff_size_t(e, *p), "%s: ", tag);
}

LWS_VISIBLE void
lws_log_prepend_context(struct lws_log_cx *cx, void *obj, char **p, char *e)
{
	struct lws_context *of = obj;

	(void)cx;
	if (of && of->name)
		prefix(p, e, of->name);
}

LWS_VISIBLE void
lws_log_prepend_vhost(struct lws_log_cx *cx, void *obj, char **p, char *e)
{
	LWS_NEEDS_VOID(p);
	(void)cx;
	prefix(p, e, lws_vh_tag(obj));
}

LWS_VISIBLE void
lws_log_prepend_wsi(struct lws_log_cx *cx, void *obj, char **p, char *e)
{
	LWS_NEEDS_VOID(p);
	(void)cx;
	prefix(p, e, lws_wsi_tag(obj));
}

/* What the parents prepend, the topmost first; a log context without one prepends itself.
 * Returns the last of them. As in the reference. */
static struct lws_log_cx *
prefixes(struct lws_log_cx *cx, char **p, char *e)
{
	if (cx->parent && cx->parent->parent)
		prefixes(cx->parent, p, e);
	if (cx->parent)
		cx = cx->parent;
	if (cx->prepend)
		cx->prepend(cx, NULL, p, e);
	return cx;
}

void
lwsgo_log_cx_emit(struct lws_log_cx *cx, int level, const char *line, size_t len)
{
	if (cx->lll_flags & LLLF_LOG_CONTEXT_AWARE)
		cx->u.emit_cx(cx, level, line, len);
	else
		cx->u.emit(level, line);
}

/* Begins a line: stamps, and what the log context puts in front. Returns whose prefix
 * came last. */
static struct lws_log_cx *
begin(struct lws_log_cx *cx, int level, char line[LWSGO_LINE_MAX], char **p)
{
	char *end = line + LWSGO_LINE_MAX - 1;

	*p = line + lwsgo_line_stamp(level, line);
	if (!lwsgo_plain.log_cx && cx->lll_flags & LLLF_LOG_TIMESTAMP)
		*p += lwsl_timestamp(level, *p, (lwsgo_len)(end - *p));
	return prefixes(cx, p, end);
}

void
lwsgo_log_to(struct lws_log_cx *cx, int level, const char *msg, size_t len)
{
	char line[LWSGO_LINE_MAX] = "", *p;
	size_t room;

	if (!(cx->lll_flags & (uint32_t)level))
		return;
	begin(cx, level, line, &p);
	room = lws_ptr_diff_size_t(line + sizeof(line) - 1, p);
	memcpy(p, msg, len < room ? len : room);
	len = lwsgo_line_end(line, lws_ptr_diff_size_t(p, line), (int)len);
	if (!lwsgo_log_wait(cx, level, line, len))
		lwsgo_log_cx_emit(cx, level, line, len);
}

struct lws_log_cx *
lwsgo_log_cx_of(struct lws *wsi, struct lws_vhost *vh, struct lws_context *cx)
{
	struct lws_log_cx *of = wsi ? lwsl_wsi_get_cx(wsi)
			      : vh  ? lwsl_vhost_get_cx(vh)
				    : lwsl_context_get_cx(cx);

	return of == default_cx() ? NULL : of;
}

static void
logv(struct lws_log_cx *cx, lws_log_prepend_cx_t prep, void *obj, int level,
     const char *function, const char *format, va_list ap)
{
	char line[LWSGO_LINE_MAX] = "", *p = line;
	char *end = line + sizeof(line) - 1;
	struct lws_log_cx *last;
	int n;

	if (!cx)
		cx = default_cx();
	if (!(cx->lll_flags & (uint32_t)level))
		return;
	last = begin(cx, level, line, &p);
	if (prep)
		prep(last, obj, &p, end);
	if (function && p < end)
		p += lws_snprintf(p, lws_ptr_diff_size_t(end, p), "%s: ",
				  function);
	n = vsnprintf(p, lws_ptr_diff_size_t(end, p), format, ap);
	p = line + lwsgo_line_end(line, lws_ptr_diff_size_t(p, line), n);
	lwsgo_log_cx_emit(cx, level, line, lws_ptr_diff_size_t(p, line));
}

LWS_VISIBLE void
_lws_log_cx(lws_log_cx_t *cx, lws_log_prepend_cx_t prep, void *obj, int filter,
	    const char *_fun, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	logv(cx, prep, obj, filter, _fun, format, ap);
	va_end(ap);
}

LWS_VISIBLE void
lwsl_refcount_cx(lws_log_cx_t *cx, int _new)
{
	if (!cx)
		return;
	__atomic_add_fetch(&cx->refcount, _new > 0 ? 1 : -1, __ATOMIC_SEQ_CST);
	if (cx->refcount_cb)
		cx->refcount_cb(cx, _new);
}

struct dump {
	lws_log_cx_t *cx;
	lws_log_prepend_cx_t prep;
	void *obj;
};

static void
dump_line(void *to, int level, const char *line)
{
	struct dump *d = to;

	_lws_log_cx(d->cx, d->prep, d->obj, level, NULL, "%s", line);
}

LWS_VISIBLE void
lwsl_hexdump_level_cx(lws_log_cx_t *cx, lws_log_prepend_cx_t prep, void *obj,
		      int hexdump_level, const void *vbuf, size_t len)
{
	struct dump d = { cx ? cx : default_cx(), prep, obj };

	if (d.cx->lll_flags & (uint32_t)hexdump_level)
		lwsgo_hexdump(dump_line, &d, hexdump_level, vbuf, len);
}

LWS_VISIBLE void
lws_log_emit_cx_file(struct lws_log_cx *cx, int level, const char *line,
		     size_t len)
{
	LWS_NEEDS_VOID(cx && line);
	int fd = (int)(intptr_t)cx->stg;

	(void)level;
	if (fd >= 0 && write(fd, line, len) != (ssize_t)len)
		fprintf(stderr, "log file %s: %s\n", (const char *)cx->opaque,
			strerror(errno));
}

LWS_VISIBLE void
lws_log_use_cx_file(struct lws_log_cx *cx, int _new)
{
	int fd;

	LWS_NEEDS_VOID(cx);
	if (_new > 0) {
		if (cx->refcount != 1)
			return;
		fd = open(cx->opaque, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC,
			  0600);
		if (fd < 0)
			fprintf(stderr, "log file %s: %s\n",
				(const char *)cx->opaque, strerror(errno));
		cx->stg = (void *)(intptr_t)fd;
		return;
	}
	fd = (int)(intptr_t)cx->stg;
	if (cx->refcount || fd < 0)
		return;
	close(fd);
	cx->stg = (void *)(intptr_t)-1;
}
