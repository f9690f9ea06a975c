/* SPDX-License-Identifier: MIT */
/* The streams of a trace, the labels of connections, the names of reasons. */
#include "trace.h"

#include <ctype.h>
#include <stdarg.h>

#define MAX_STREAMS 32

typedef struct stream {
	char name[24];
	char *text;
	size_t len, cap;
	char what[64];  /* of the running total */
	size_t total;
	uint32_t hash;
	unsigned char start[400];
} stream;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static stream streams[MAX_STREAMS];
static int stream_count;

uint32_t fnv(uint32_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	while (len--)
		h = (h ^ *p++) * 16777619u;
	return h;
}

const char *render(char *buf, size_t size, const void *data, size_t len)
{
	const unsigned char *p = data;
	size_t o = 0;

	if (!data)
		return "(none)";
	for (size_t i = 0; len <= 400 && i <= len; i++) {
		if (i == len) {
			memmove(buf + 1, buf, o);
			buf[0] = '\'';
			snprintf(buf + o + 1, size - o - 1, "'");
			return buf;
		}
		if (p[i] == '\r' || p[i] == '\n') {
			buf[o++] = '\\';
			buf[o++] = p[i] == '\r' ? 'r' : 'n';
		} else if (isprint(p[i]) && p[i] != '\\') {
			buf[o++] = (char)p[i];
		} else {
			break;
		}
	}
	if (len <= 8) {
		o = 0;
		for (size_t i = 0; i < len; i++)
			o += (size_t)snprintf(buf + o, size - o, "%s%02x", i ? " " : "", p[i]);
	} else {
		snprintf(buf, size, "fnv=%08x", fnv(FNV0, data, len));
	}
	return buf;
}

static stream *stream_get(const char *name)
{
	for (int i = 0; i < stream_count; i++)
		if (!strcmp(streams[i].name, name))
			return &streams[i];
	if (stream_count == MAX_STREAMS)
		abort();
	snprintf(streams[stream_count].name, sizeof streams[0].name, "%s", name);
	return &streams[stream_count++];
}

static void append(stream *s, const char *line)
{
	size_t n = strlen(line);

	if (s->len + n + 2 > s->cap) {
		s->cap = (s->len + n + 2) * 2;
		s->text = realloc(s->text, s->cap);
	}
	memcpy(s->text + s->len, line, n);
	s->text[s->len + n] = '\n';
	s->len += n + 1;
	s->text[s->len] = 0;
	if (getenv("TRACE_LIVE"))
		fprintf(stderr, "%s: %s\n", s->name, line);
}

/* Ends a running total; the lock is held. */
static void settle(stream *s)
{
	char line[2048], buf[1024];

	if (!s->what[0])
		return;
	if (s->total <= sizeof s->start)
		render(buf, sizeof buf, s->start, s->total);
	else
		snprintf(buf, sizeof buf, "fnv=%08x", s->hash);
	snprintf(line, sizeof line, "%s %zu %s", s->what, s->total, buf);
	s->what[0] = 0;
	append(s, line);
}

static stream *pick(const char *where, char *prefix, size_t size)
{
	prefix[0] = 0;
	if (getenv("TRACE_FLAT") || (rig.flat && strncmp(where, "peer", 4))) {
		snprintf(prefix, size, "%s: ", where);
		where = "all";
	}
	return stream_get(where);
}

void say(const char *where, const char *fmt, ...)
{
	char line[2048], prefix[40];
	stream *s;
	int n;
	va_list ap;

	pthread_mutex_lock(&lock);
	s = pick(where, prefix, sizeof prefix);
	settle(s);
	n = snprintf(line, sizeof line, "%s", prefix);
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof line - (size_t)n, fmt, ap);
	va_end(ap);
	append(s, line);
	pthread_mutex_unlock(&lock);
}

void say_bytes(const char *where, const char *what, const void *data, size_t len)
{
	char full[64], prefix[40];
	stream *s;

	pthread_mutex_lock(&lock);
	s = pick(where, prefix, sizeof prefix);
	snprintf(full, sizeof full, "%.39s%.24s", prefix, what);
	if (strcmp(s->what, full)) {
		settle(s);
		snprintf(s->what, sizeof s->what, "%s", full);
		s->total = 0;
		s->hash = FNV0;
	}
	for (size_t i = 0; i < len && s->total + i < sizeof s->start; i++)
		s->start[s->total + i] = ((const unsigned char *)data)[i];
	s->total += len;
	s->hash = fnv(s->hash, data, len);
	pthread_mutex_unlock(&lock);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const stream *)a)->name, ((const stream *)b)->name);
}

void dump(void)
{
	pthread_mutex_lock(&lock);
	for (int i = 0; i < stream_count; i++)
		settle(&streams[i]);
	qsort(streams, (size_t)stream_count, sizeof streams[0], by_name);
	for (int i = 0; i < stream_count; i++)
		printf("== %s\n%s", streams[i].name, streams[i].text ? streams[i].text : "");
	fflush(stdout);
	pthread_mutex_unlock(&lock);
}

/* ---- labels ---- */

static struct {
	struct lws *wsi;
	char name[16];
} labels[64];
static int next_server;

void label_set(struct lws *wsi, const char *name)
{
	label_drop(wsi);
	for (size_t i = 0; i < LWS_ARRAY_SIZE(labels); i++)
		if (!labels[i].wsi) {
			labels[i].wsi = wsi;
			snprintf(labels[i].name, sizeof labels[i].name, "%s", name);
			return;
		}
	abort();
}

const char *label(struct lws *wsi)
{
	char name[16];

	for (size_t i = 0; i < LWS_ARRAY_SIZE(labels); i++)
		if (labels[i].wsi == wsi)
			return labels[i].name;
	if (rig.next_label)
		snprintf(name, sizeof name, "%s", rig.next_label);
	else
		snprintf(name, sizeof name, "srv%d", next_server++);
	label_set(wsi, name);
	return label(wsi);
}

bool label_known(struct lws *wsi)
{
	for (size_t i = 0; i < LWS_ARRAY_SIZE(labels); i++)
		if (labels[i].wsi == wsi)
			return true;
	return false;
}

/* The name stays readable until the slot is used again. */
void label_drop(struct lws *wsi)
{
	for (size_t i = 0; i < LWS_ARRAY_SIZE(labels); i++)
		if (labels[i].wsi == wsi)
			labels[i].wsi = NULL;
}

int labels_live(void)
{
	int n = 0;

	for (size_t i = 0; i < LWS_ARRAY_SIZE(labels); i++)
		n += !!labels[i].wsi;
	return n;
}
