/* SPDX-License-Identifier: MIT
 *
 * Logging: levels, the emitters, timestamps, hex dumps.
 * C because of reasons 2 (variadic), 4 (called from signal handlers) and
 * 6 (called before the program forks).
 */
#define _GNU_SOURCE
#include <libwebsockets.h>
#include "abi.h"
#include "entry.h"
#include "log.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <syslog.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

typedef void (*emit_fn)(int level, const char *line);

#define LINE_MAX_BYTES LWSGO_LINE_MAX
static const char cut_mark[] = "...\n";

static _Atomic int enabled = LLL_ERR | LLL_WARN | LLL_NOTICE;
static _Atomic emit_fn emitter = lwsl_emit_stderr;

/* One letter and one terminal colour (SGR parameters) a level, by bit. */
static const struct {
	char letter;
	const char *sgr;
} levels[LLL_COUNT] = {
	{ 'E', "31;1" }, { 'W', "36;1" }, { 'N', "35;1" }, { 'I', "32;1" },
	{ 'D', "34;1" }, { 'P', "33;1" }, { 'H', "33" },   { 'X', "33" },
	{ 'C', "33" },	 { 'L', "33;1" }, { 'U', "0;1" },  { 'T', "31" },
};

/*
 * localtime_r() takes a lock of libc's, and a handler that interrupts it must
 * not take it again.  So the zone's offset is asked for once a quarter of an
 * hour (no zone changes in between) and kept in one atomic word, together
 * with what it depends on: the quarter, and the zone tzset() has set.
 */
static int
utc_offset(time_t now)
{
	static _Atomic uint64_t kept;
	static _Atomic int asking; /* who interrupts it makes do with the old one */
	const uint64_t zone = ((uint64_t)(timezone + 200000) << 1 |
			       !!daylight) & 0xfffff;
	const uint64_t key = ((uint64_t)(now / 900) << 20 | zone) << 19;
	uint64_t k = atomic_load_explicit(&kept, memory_order_relaxed);
	struct tm tm;

	if (((k & ~UINT64_C(0x7ffff)) != key || !(k & 0x7ffff)) &&
	    !atomic_exchange(&asking, 1)) {
		int known = !!localtime_r(&now, &tm);

		atomic_store(&asking, 0);
		if (!known)
			return 0;
		k = key | (uint64_t)(tm.tm_gmtoff + 200000);
		/* The first localtime_r() sets the zone up: key it anew. */
		if (zone == (((uint64_t)(timezone + 200000) << 1 |
			      !!daylight) & 0xfffff))
			atomic_store_explicit(&kept, k, memory_order_relaxed);
	}
	return k ? (int)(k & 0x7ffff) - 200000 : 0;
}

/* Days since 1970-01-01 to a civil date, by whole 400-year eras. */
static void
civil_date(int64_t days, int *y, int *m, int *d)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153; /* months from March */

	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

/* Level -> index, or -1 where not exactly one known level is given. */
static int
level_index(int level)
{
	int n;

	for (n = 0; n < LLL_COUNT; n++)
		if (level == 1 << n)
			return n;
	return -1;
}

int
lwsl_timestamp(int level, char *p, lwsgo_len len)
{
	LWS_NEEDS(p, 0);
	int y, mo, d, secs, n = level_index(level);
	struct timeval tv;
	int64_t t, days;

	p[0] = '\0';
	if (n < 0)
		return 0;

	gettimeofday(&tv, NULL);
	t = (int64_t)tv.tv_sec + utc_offset(tv.tv_sec);
	days = t / 86400 - (t % 86400 < 0);
	secs = (int)(t - days * 86400);
	civil_date(days, &y, &mo, &d);

	return lws_snprintf(p, (size_t)len,
			    "[%04d/%02d/%02d %02d:%02d:%02d:%04d] %c: ", y, mo,
			    d, secs / 3600, secs / 60 % 60, secs % 60,
			    (int)(tv.tv_usec / 100), levels[n].letter);
}

static int
stderr_is_tty(void)
{
	static _Atomic int known; /* 0 not asked yet, 1 no, 2 yes */
	int k = atomic_load_explicit(&known, memory_order_relaxed);

	if (!k) {
		k = 1 + !!isatty(STDERR_FILENO);
		atomic_store_explicit(&known, k, memory_order_relaxed);
	}
	return k == 2;
}

/*
 * stdio's lock is not safe in a handler that interrupts its holder, so the
 * line goes straight to the descriptor, unless bytes wait in a buffer that
 * the program gave stderr and have to come first.
 */
static void
write_stderr(struct iovec *v, int n)
{
	int fd = fileno(stderr), err = errno;
	ssize_t done;

	if (fd < 0 || __fpending(stderr)) {
		for (; n; n--, v++)
			fwrite(v->iov_base, 1, v->iov_len, stderr);
		return;
	}
	while (n) {
		done = writev(fd, v, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			break;
		for (; n && (size_t)done >= v->iov_len; n--, v++)
			done -= (ssize_t)v->iov_len;
		if (n) {
			v->iov_base = (char *)v->iov_base + done;
			v->iov_len -= (size_t)done;
		}
	}
	errno = err;
}

static struct iovec
piece(const char *s)
{
	return (struct iovec){ (char *)(uintptr_t)s, strlen(s) };
}

static void
emit_stderr(const char *stamp, int level, const char *line)
{
	struct iovec v[6] = { piece(stamp), piece(line) };
	int n = LLL_COUNT - 1;

	if (!stderr_is_tty()) {
		write_stderr(v, 2);
		return;
	}

	/* the colour is that of the highest level bit */
	while (n > 0 && !(level & (1 << n)))
		n--;
	v[0] = piece("\033[");
	v[1] = piece(levels[n].sgr);
	v[2] = piece("m");
	v[3] = piece(stamp);
	v[4] = piece(line);
	v[5] = piece("\033[0m");
	write_stderr(v, 6);
}

void
lwsl_emit_stderr(int level, const char *line)
{
	char stamp[50] = "";

	LWS_NEEDS_VOID(line);
	if (!lwsgo_plain.log_cx) /* else it is in the line */
		lwsl_timestamp(level, stamp, sizeof(stamp));
	emit_stderr(stamp, level, line);
}

void
lwsl_emit_stderr_notimestamp(int level, const char *line)
{
	LWS_NEEDS_VOID(line);
	emit_stderr("", level, line);
}

void
lwsl_emit_syslog(int level, const char *line)
{
	int priority = LOG_DEBUG;

	switch (level) {
	case LLL_ERR:
		priority = LOG_ERR;
		break;
	case LLL_WARN:
		priority = LOG_WARNING;
		break;
	case LLL_NOTICE:
		priority = LOG_NOTICE;
		break;
	case LLL_INFO:
		priority = LOG_INFO;
		break;
	default:
		break;
	}
	syslog(priority, "%s", line);
}

void
lws_set_log_level(int level, void (*func)(int level, const char *line))
{
	atomic_store_explicit(&enabled, level & ~LLLF_LOG_CONTEXT_AWARE,
			      memory_order_relaxed);
	if (func)
		atomic_store_explicit(&emitter, func, memory_order_relaxed);
}

int
lwsgo_log_level(void)
{
	return atomic_load_explicit(&enabled, memory_order_relaxed);
}

void *
lwsgo_log_level_at(void)
{
	return &enabled;
}

emit_fn
lwsgo_log_emitter(void)
{
	return atomic_load_explicit(&emitter, memory_order_relaxed);
}

int
lwsl_visible(int level)
{
	int on = lwsgo_log_level() & level;

	return lwsgo_plain.log_cx ? !!on : on;
}

static void
emit(int level, const char *line)
{
	lwsgo_log_emitter()(level, line);
}

static void
mark_cut(char line[LINE_MAX_BYTES])
{
	memcpy(line + LINE_MAX_BYTES - sizeof(cut_mark), cut_mark,
	       sizeof(cut_mark));
}

size_t
lwsgo_line_stamp(int level, char line[LINE_MAX_BYTES])
{
	if (!lwsgo_plain.log_cx)
		return 0;
	return (size_t)lwsl_timestamp(level, line, LINE_MAX_BYTES);
}

size_t
lwsgo_line_end(char line[LINE_MAX_BYTES], size_t at, int n)
{
	size_t len = at + (n > 0 ? (size_t)n : 0);

	if (len > LINE_MAX_BYTES - 3) {
		len = LINE_MAX_BYTES - 1 - sizeof(cut_mark);
		memcpy(line + len, cut_mark, sizeof(cut_mark));
		return len + sizeof(cut_mark) - 1;
	}
	if (len > at && line[len - 1] != '\n')
		line[len++] = '\n';
	line[len] = '\0';
	return len;
}

void
_lws_logv(int filter, const char *format, va_list vl)
{
	char line[LINE_MAX_BYTES] = "";
	size_t at;
	int n;

	if (!lwsl_visible(filter))
		return;

	at = lwsgo_line_stamp(filter, line);
	n = vsnprintf(line + at, sizeof(line) - 1 - at, format, vl);
	if (lwsgo_plain.log_cx)
		lwsgo_line_end(line, at, n);
	else if (n > (int)sizeof(line) - 1)
		mark_cut(line);
	emit(filter, line);
}

void
_lws_log(int filter, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	_lws_logv(filter, format, ap);
	va_end(ap);
}

void
lwsgo_missing(const char *call, const char *needs)
{
	lwsl_err("%s: an argument is NULL (needs %s)\n", call, needs);
}

/* A line that waits. */
struct lwsgo_line {
	struct lwsgo_line *next;
	struct lws_log_cx *cx; /* NULL: the process' */
	size_t len;
	int level;
	char text[LINE_MAX_BYTES];
};

/*
 * Lines that wait do not come from the program's heap: one that goes on using what it
 * has freed would find them there (csound 6.18 does).
 */
#define POOL_BYTES 8192

pthread_mutex_t lwsgo_log_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lwsgo_line *pool;

static struct lwsgo_line *
take_line(void)
{
	struct lwsgo_line *l;

	pthread_mutex_lock(&lwsgo_log_lock);
	if (!pool) {
		l = mmap(NULL, POOL_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		for (size_t n = l == MAP_FAILED ? 0 : POOL_BYTES / sizeof(*l); n--; pool = l + n)
			l[n].next = pool;
	}
	l = pool;
	if (l)
		pool = l->next;
	pthread_mutex_unlock(&lwsgo_log_lock);
	return l;
}

static void
give_line(struct lwsgo_line *l)
{
	pthread_mutex_lock(&lwsgo_log_lock);
	l->next = pool;
	pool = l;
	pthread_mutex_unlock(&lwsgo_log_lock);
}

void
lwsgo_log(int level, const char *msg, size_t len)
{
	char line[LINE_MAX_BYTES];
	size_t at, room;

	if (!lwsl_visible(level))
		return;

	at = lwsgo_line_stamp(level, line);
	room = sizeof(line) - 1 - at;
	memcpy(line + at, msg, len < room ? len : room);
	if (lwsgo_plain.log_cx)
		len = lwsgo_line_end(line, at, (int)len);
	else if (len > room) {
		len = room;
		mark_cut(line);
	}
	line[len] = '\0';

	if (!lwsgo_log_wait(NULL, level, line, len))
		emit(level, line);
}

int
lwsgo_log_wait(struct lws_log_cx *cx, int level, const char *line, size_t len)
{
	struct lwsgo_thread *self = &lwsgo_self;
	struct lwsgo_line *l = self->depth ? take_line() : NULL;

	if (!l)
		return 0;
	l->next = NULL;
	l->cx = cx;
	l->len = len;
	l->level = level;
	memcpy(l->text, line, len + 1);
	if (!self->lines)
		self->lines_end = &self->lines;
	*self->lines_end = l;
	self->lines_end = &l->next;
	return 1;
}

void
lwsgo_log_emit(void)
{
	struct lwsgo_thread *self = &lwsgo_self;
	struct lwsgo_line *l;

	/* What the emitter causes comes behind what waits already. */
	if (!self->lines || self->emitting)
		return;
	self->emitting = 1;
	while ((l = self->lines)) {
		self->lines = l->next;
		if (l->cx)
			lwsgo_log_cx_emit(l->cx, l->level, l->text, l->len);
		else
			emit(l->level, l->text);
		give_line(l);
	}
	self->emitting = 0;
}

/* One row: offset, 16 columns of hex, the same bytes as text. */
static void
hexdump_row(char line[80], const unsigned char *buf, size_t ofs, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t n, row = len - ofs < 16 ? len - ofs : 16;
	char *p = line;

	p += lws_snprintf(p, 10, "%04X: ", (unsigned int)ofs);
	memset(p, ' ', 16 * 3 + 3);
	for (n = 0; n < row; n++) {
		p[n * 3] = digits[buf[ofs + n] >> 4];
		p[n * 3 + 1] = digits[buf[ofs + n] & 15];
	}
	p += 16 * 3 + 3;
	for (n = 0; n < 16; n++) {
		unsigned char c = n < row ? buf[ofs + n] : ' ';

		*p++ = c >= ' ' && c < 127 ? (char)c : '.';
	}
	*p++ = '\n';
	*p = '\0';
}

void
lwsgo_hexdump(void (*put)(void *to, int level, const char *line), void *to,
	      int level, const void *vbuf, size_t len)
{
	char line[80];
	size_t ofs;

	if (!len || !vbuf) {
		put(to, level, len ? "(hexdump: NULL ptr)\n" :
				     "(hexdump: zero length)\n");
		return;
	}
	put(to, level, "\n");
	for (ofs = 0; ofs < len; ofs += 16) {
		hexdump_row(line, vbuf, ofs, len);
		put(to, level, line);
	}
	put(to, level, "\n");
}

static void
put_line(void *to, int level, const char *line)
{
	(void)to;
	_lws_log(level, "%s", line);
}

void
lwsl_hexdump_level(int level, const void *vbuf, size_t len)
{
	if (lwsl_visible(level))
		lwsgo_hexdump(put_line, NULL, level, vbuf, len);
}

void
lwsl_hexdump(const void *vbuf, size_t len)
{
	lwsl_hexdump_level(LLL_DEBUG, vbuf, len);
}
