/* SPDX-License-Identifier: MIT */
/* What peers read: heads, bodies, frames, handshakes; and how it is printed. */
#include "peer.h"

#include <errno.h>
#include <strings.h>
#include <sys/socket.h>

/* Reads some more; false at the end, which it notes. */
static bool more(peer *p)
{
	ssize_t n;

	if (p->ended || p->fd < 0 || p->have == ROOM)
		return false;
	n = io_recv(p, p->buf + p->have, ROOM - p->have);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		say(p->name, "<- silence");
	if (n <= 0) {
		p->ended = true;
		return false;
	}
	p->have += (size_t)n;
	return true;
}

static void say_end(peer *p)
{
	if (!p->told)
		say(p->name, "<- end");
	p->told = true;
}

static bool want(peer *p, size_t n)
{
	while (p->have < n)
		if (!more(p))
			return false;
	return true;
}

static void take(peer *p, size_t n)
{
	memmove(p->buf, p->buf + n, p->have - n);
	p->have -= n;
}

const char *p_header(peer *p, const char *name, char *value, size_t size)
{
	size_t n = strlen(name);

	for (char *l = p->head; l; l = strstr(l, "\r\n") ? strstr(l, "\r\n") + 2 : NULL)
		if (!strncasecmp(l, name, n) && l[n] == ':') {
			l += n + 1;
			while (*l == ' ')
				l++;
			snprintf(value, size, "%.*s", (int)strcspn(l, "\r"), l);
			return value;
		}
	return NULL;
}

/* Prints a head line without what changes from run to run. */
static void print_line(peer *p, const char *line, size_t n)
{
	static const char *const volatiles[] = {"date", "etag", "last-modified", "expires",
	                                        "sec-websocket-key"};
	char text[1024], port[12], *at;

	snprintf(text, sizeof text, "%.*s", (int)n, line);
	for (size_t i = 0; i < LWS_ARRAY_SIZE(volatiles); i++) {
		size_t v = strlen(volatiles[i]);

		if (!strncasecmp(text, volatiles[i], v) && text[v] == ':')
			snprintf(text + v + 1, sizeof text - v - 1, " *");
	}
	snprintf(port, sizeof port, ":%d", rig.port);
	at = strstr(text, port);
	if (rig.port && at) {
		memmove(at + 5, at + strlen(port), strlen(at + strlen(port)) + 1);
		memcpy(at, ":PORT", 5);
	}
	say(p->name, "<- %s", text);
}

static void print_head(peer *p)
{
	for (char *l = p->head; *l && strncmp(l, "\r\n", 2); l = strstr(l, "\r\n") + 2)
		print_line(p, l, strcspn(l, "\r"));
}

static bool head(peer *p, bool print)
{
	char *end;

	for (;;) {
		p->buf[p->have] = 0;
		end = strstr((char *)p->buf, "\r\n\r\n");
		if (end)
			break;
		if (!more(p)) {
			if (p->have)
				say(p->name, "<- %s and the end", RENDER(p->buf, p->have));
			else
				say_end(p);
			p->have = 0;
			return false;
		}
	}
	end += 4;
	snprintf(p->head, sizeof p->head, "%.*s", (int)(end - (char *)p->buf), p->buf);
	take(p, (size_t)(end - (char *)p->buf));
	if (print)
		print_head(p);
	return true;
}

bool p_head(peer *p)
{
	return head(p, true);
}

bool p_head_quiet(peer *p)
{
	return head(p, false);
}

void p_body(peer *p, size_t n)
{
	while (n) {
		size_t part = n < 4096 ? n : 4096;

		if (!want(p, part)) {
			say_bytes(p->name, "<- body", p->buf, p->have);
			say(p->name, "<- end, %zu short", n - p->have);
			p->have = 0;
			return;
		}
		say_bytes(p->name, "<- body", p->buf, part);
		take(p, part);
		n -= part;
	}
}

static void chunks(peer *p)
{
	for (;;) {
		char *eol, *digits_end;
		size_t n;

		p->buf[p->have] = 0;
		while (!(eol = strstr((char *)p->buf, "\r\n"))) {
			if (!more(p)) {
				say(p->name, "<- end inside chunks");
				return;
			}
			p->buf[p->have] = 0;
		}
		n = strtoul((char *)p->buf, &digits_end, 16);
		if (digits_end == (char *)p->buf) {
			say(p->name, "<- no chunk size");
			return;
		}
		take(p, (size_t)(eol + 2 - (char *)p->buf));
		p_body(p, n);
		if (!want(p, 2) || memcmp(p->buf, "\r\n", 2)) {
			say(p->name, "<- chunk without its end");
			return;
		}
		take(p, 2);
		if (!n) {
			say(p->name, "<- last chunk");
			return;
		}
	}
}

bool p_response(peer *p)
{
	char v[64];
	int status = 0;

	do { /* 100 (Continue) is for who waits for it (quirk 188) */
		if (!head(p, false))
			return false;
		sscanf(p->head, "HTTP/%*s %d", &status);
	} while (status == 100);
	print_head(p);
	if (p_header(p, "transfer-encoding", v, sizeof v))
		chunks(p);
	else if (p_header(p, "content-length", v, sizeof v))
		p_body(p, strtoul(v, NULL, 10));
	else if (status != 304 && status != 204)
		p_rest(p);
	return true;
}

/* Reads one frame head; false at the end. */
static bool frame_head(peer *p, int *first, uint64_t *len, unsigned char key[4])
{
	size_t n = 2, at;

	if (!want(p, 2))
		return false;
	*first = p->buf[0];
	*len = p->buf[1] & 0x7f;
	n += *len == 126 ? 2 : *len == 127 ? 8 : 0;
	at = n;
	n += p->buf[1] & 0x80 ? 4 : 0;
	if (!want(p, n))
		return false;
	if (at > 2) {
		*len = 0;
		for (size_t i = 2; i < at; i++)
			*len = *len << 8 | p->buf[i];
	}
	memset(key, 0, 4);
	if (p->buf[1] & 0x80)
		memcpy(key, p->buf + at, 4);
	take(p, n);
	return true;
}

static const char *frame_name(int first)
{
	static const char *const names[16] = {"cont", "text", "bin", "op3", "op4",  "op5", "op6", "op7",
	                                      "close", "ping", "pong", "opb", "opc", "opd", "ope", "opf"};

	return names[first & 15];
}

/* What a library writes for people into an error's close frame is no interface. */
static void print_close(peer *p, int code, const void *why, size_t len)
{
	bool error = code == 1002 || code == 1003 || (code >= 1007 && code <= 1010);

	say(p->name, "<- close %d %s", code, error ? "(words)" : RENDER(why, len));
}

bool p_frames(peer *p, int n)
{
	while (n--) {
		unsigned char key[4], *data;
		uint64_t len;
		int first;

		if (!frame_head(p, &first, &len, key) || len > ROOM || !want(p, (size_t)len)) {
			if (p->have)
				say(p->name, "<- part of a frame, %zu", p->have);
			say_end(p);
			p->have = 0;
			return false;
		}
		data = p->buf;
		for (size_t i = 0; i < len; i++)
			data[i] ^= key[i & 3];
		if ((first & 15) == 8 && len >= 2)
			print_close(p, data[0] << 8 | data[1], data + 2, (size_t)len - 2);
		else
			say(p->name, "<- %s%s%s %zu %s", frame_name(first), first & 0x80 ? "" : " nofin",
			    first & 0x70 ? " rsv" : "", (size_t)len, RENDER(data, (size_t)len));
		take(p, (size_t)len);
	}
	return true;
}

void p_drain(peer *p, size_t total)
{
	uint32_t h = FNV0;
	size_t got = 0;
	int frames = 0;

	while (got < total) {
		unsigned char key[4];
		uint64_t len;
		int first;

		if (!frame_head(p, &first, &len, key))
			break;
		frames++;
		for (uint64_t left = len; left;) {
			size_t part = left < 4096 ? (size_t)left : 4096;

			if (!want(p, part))
				break;
			for (size_t i = 0; i < part; i++)
				p->buf[i] ^= key[(len - left + i) & 3];
			h = fnv(h, p->buf, part);
			take(p, part);
			left -= part;
			got += part;
		}
	}
	say(p->name, "<- %zu bytes in %d frames, fnv=%08x", got, frames, h);
}

void p_rest(peer *p)
{
	do {
		if (p->have)
			say_bytes(p->name, "<- bytes", p->buf, p->have);
		p->have = 0;
	} while (more(p));
	say_end(p);
}

void p_rest_frames(peer *p)
{
	while (p_frames(p, 1))
		;
}

/* ---- WebSocket handshakes ---- */

bool p_upgrade(peer *p, const char *proto, const char *more_lines)
{
	char req[2048];

	snprintf(req, sizeof req,
	         "GET /chat HTTP/1.1\r\nHost: trace.test\r\nUpgrade: websocket\r\n"
	         "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
	         "Sec-WebSocket-Version: 13\r\n%s%s%s%s\r\n",
	         proto ? "Sec-WebSocket-Protocol: " : "", proto ? proto : "", proto ? "\r\n" : "",
	         more_lines ? more_lines : "");
	p_put(p, req);
	return head(p, true) && !strncmp(p->head, "HTTP/1.1 101", 12);
}

const char *p_accept_key(peer *p)
{
	static char out[64];
	char key[64], both[128];
	unsigned char sum[20];

	if (!p_header(p, "sec-websocket-key", key, sizeof key))
		return "";
	snprintf(both, sizeof both, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
	lws_SHA1((unsigned char *)both, strlen(both), sum);
	lws_b64_encode_string((char *)sum, 20, out, sizeof out);
	return out;
}

bool p_accept_ws(peer *p, const char *more_lines)
{
	char answer[1024];

	if (!p_accept(p) || !head(p, true))
		return false;
	snprintf(answer, sizeof answer,
	         "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
	         "Sec-WebSocket-Accept: %s\r\n%s\r\n",
	         p_accept_key(p), more_lines ? more_lines : "");
	p_put(p, answer);
	return true;
}
