/* SPDX-License-Identifier: MIT */
#include "h2peer.h"

#include <stdarg.h>
#include <sys/socket.h>

bool h2_show_resets, h2_show_settings;

static unsigned char out[65536];
static size_t used;

void h2_frame(int type, int flags, unsigned stream, const void *payload, size_t len)
{
	unsigned char *h = out + used;

	if (used + 9 + len > sizeof out)
		abort();
	h[0] = (unsigned char)(len >> 16);
	h[1] = (unsigned char)(len >> 8);
	h[2] = (unsigned char)len;
	h[3] = (unsigned char)type;
	h[4] = (unsigned char)flags;
	for (int i = 0; i < 4; i++)
		h[5 + i] = (unsigned char)(stream >> (24 - 8 * i));
	if (len)
		memcpy(h + 9, payload, len);
	used += 9 + len;
}

void h2_flush(peer *p)
{
	size_t n = used;

	used = 0;
	p_send(p, out, n);
}

static size_t literal(unsigned char *b, const char *text)
{
	size_t n = strlen(text);

	if (n > 126)
		abort();
	*b = (unsigned char)n;
	memcpy(b + 1, text, n);
	return n + 1;
}

static void head_of(int flags, unsigned stream, const char *const *kv)
{
	unsigned char b[2048];
	size_t n = 0;

	for (; kv[0]; kv += 2) {
		b[n++] = 0;
		n += literal(b + n, kv[0]);
		n += literal(b + n, kv[1]);
	}
	h2_frame(H2_HEADERS, flags | END_HEADERS, stream, b, n);
}

void h2_head(int flags, unsigned stream, ...)
{
	const char *kv[32] = {0};
	va_list ap;

	va_start(ap, stream);
	for (int i = 0; i < 30 && (kv[i] = va_arg(ap, const char *)); i++)
		;
	va_end(ap);
	head_of(flags, stream, kv);
}

void h2_request(int flags, unsigned stream, const char *method, const char *path)
{
	h2_head(flags, stream, ":method", method, ":scheme", "http", ":path", path, ":authority", "trace.test", NULL);
}

void h2_data(int flags, unsigned stream, const char *text)
{
	h2_frame(H2_DATA, flags, stream, text, strlen(text));
}

void h2_window(unsigned stream, unsigned n)
{
	unsigned char b[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n};

	h2_frame(H2_WINDOW, 0, stream, b, 4);
}

/* ---- reading ---- */

static struct {
	unsigned id;
	char text[8192];
	size_t n;
	unsigned char body[262144];
	size_t len;
	bool headed, ended;
} streams[16];
static unsigned stream_count;

static unsigned stream_at(unsigned id)
{
	for (unsigned i = 0; i < stream_count; i++)
		if (streams[i].id == id)
			return i;
	if (stream_count == LWS_ARRAY_SIZE(streams))
		abort();
	streams[stream_count].id = id;
	return stream_count++;
}

static bool read_some(peer *p, size_t n)
{
	while (p->have < n) {
		ssize_t k;

		if (p->ended || p->fd < 0 || (k = io_recv(p, p->buf + p->have, ROOM - p->have)) <= 0) {
			p->ended = true;
			return false;
		}
		p->have += (size_t)k;
	}
	return true;
}

/* Takes a header block of plain literals apart. */
static void print_head(unsigned s, const unsigned char *b, size_t n)
{
	size_t at = 0, len[2];

	while (at < n && !b[at]) {
		at++;
		for (int i = 0; i < 2; i++) {
			len[i] = b[at++];
			if (len[i] == 0x7f) {
				int shift = 0;

				do
					len[i] += (size_t)(b[at] & 0x7f) << shift;
				while (shift += 7, b[at++] & 0x80);
			}
			streams[s].n += (size_t)snprintf(streams[s].text + streams[s].n, sizeof streams[s].text - streams[s].n,
			                                 "%s%.*s%s", i ? ": " : "<- ", (int)len[i], (const char *)b + at,
			                                 i ? "\n" : "");
			at += len[i];
		}
	}
	streams[s].headed = true;
}

static const char *where(peer *p, unsigned id)
{
	static char name[32];

	snprintf(name, sizeof name, "%s.%u", p->name, id);
	return name;
}

static void tell(peer *p, unsigned s)
{
	char *line = streams[s].text, *end;

	for (; (end = strchr(line, '\n')); line = end + 1)
		say(where(p, streams[s].id), "%.*s", (int)(end - line), line);
	if (streams[s].len)
		say(where(p, streams[s].id), "<- body %zu %s", streams[s].len, RENDER(streams[s].body, streams[s].len));
	streams[s].n = streams[s].len = 0;
	streams[s].text[0] = 0;
}

/* One frame; its type, or -1 at the end of the connection. */
static int next(peer *p, unsigned *stream)
{
	unsigned char *b = p->buf;
	size_t len;
	unsigned s;
	int type, flags;

	if (!read_some(p, 9))
		return -1;
	len = (size_t)b[0] << 16 | (size_t)b[1] << 8 | b[2];
	type = b[3];
	flags = b[4];
	*stream = (unsigned)b[5] << 24 | (unsigned)b[6] << 16 | (unsigned)b[7] << 8 | b[8];
	if (!read_some(p, 9 + len))
		return -1;
	switch (type) {
	case H2_HEADERS:
		s = stream_at(*stream);
		print_head(s, b + 9, len);
		streams[s].ended |= flags & END_STREAM;
		break;
	case H2_DATA:
		s = stream_at(*stream);
		if (streams[s].len + len > sizeof streams[s].body)
			abort();
		memcpy(streams[s].body + streams[s].len, b + 9, len);
		streams[s].len += len;
		streams[s].ended |= flags & END_STREAM;
		break;
	case H2_SETTINGS:
		for (size_t i = 0; h2_show_settings && i < len; i += 6)
			say(p->name, "<- setting %u = %u", (unsigned)b[9 + i] << 8 | b[10 + i],
			    (unsigned)b[11 + i] << 24 | (unsigned)b[12 + i] << 16 | (unsigned)b[13 + i] << 8 | b[14 + i]);
		if (!(flags & 1)) {
			h2_frame(H2_SETTINGS, 1, 0, NULL, 0);
			h2_flush(p);
		}
		break;
	case H2_RST:
		s = stream_at(*stream);
		streams[s].ended = true;
		if (h2_show_resets)
			say(where(p, *stream), "<- reset %u", (unsigned)b[12]);
		break;
	case H2_PING:
		if (flags & 1)
			say(p->name, "<- pong %.8s", (const char *)b + 9);
		break;
	default:
		break;
	}
	memmove(p->buf, p->buf + 9 + len, p->have - 9 - len);
	p->have -= 9 + len;
	return type;
}

bool h2_until(peer *p, unsigned stream)
{
	int type = 0;
	unsigned id;

	while (!stream || !streams[stream_at(stream)].ended)
		if ((type = next(p, &id)) < 0)
			break;
	for (unsigned s = 0; s < stream_count; s++)
		if (!stream || streams[s].id == stream)
			tell(p, s);
	if (type < 0)
		say(p->name, "<- end");
	return type >= 0;
}

unsigned h2_await_head(peer *p)
{
	unsigned id;
	int type;

	while ((type = next(p, &id)) >= 0)
		if (type == H2_HEADERS)
			return id;
	say(p->name, "<- end");
	return 0;
}

bool h2_await_data(peer *p, unsigned stream, size_t n)
{
	unsigned id;

	while (streams[stream_at(stream)].len < n)
		if (next(p, &id) < 0)
			break;
	tell(p, stream_at(stream));
	return !p->ended;
}

/* The other side's SETTINGS, so that no acknowledgement falls behind a DATA frame later (quirk 125). */
static bool h2_await_settings(peer *p)
{
	unsigned id;
	int type;

	while ((type = next(p, &id)) >= 0)
		if (type == H2_SETTINGS)
			return true;
	return false;
}

static const unsigned char settings[] = {0, 3, 0, 0, 0, 100};

void h2_begin(peer *p)
{
	p_connect(p);
	p_put(p, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	h2_frame(H2_SETTINGS, 0, 0, settings, sizeof settings);
	h2_flush(p);
	h2_await_settings(p);
}

bool h2_serve(peer *p)
{
	if (!p_accept(p) || !read_some(p, 24))
		return false;
	say(p->name, "-> preface %s", memcmp(p->buf, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24) ? "wrong" : "right");
	memmove(p->buf, p->buf + 24, p->have -= 24);
	h2_frame(H2_SETTINGS, 0, 0, settings, sizeof settings);
	h2_flush(p);
	return h2_await_settings(p);
}
