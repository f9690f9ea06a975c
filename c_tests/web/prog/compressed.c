/* SPDX-License-Identifier: MIT */
/*
 * A server whose answers may be compressed: files by a mount, and below /dyn/ what it
 * writes itself, by the way that the path names. Plain and over TLS, there HTTP/2 as well.
 * /log tells of the callbacks since the last one.
 */
#include "serve.h"

static char root[256], said[1 << 16];
static size_t has_said;

#define BIG 300000
#define PIECES 4

struct answer {
	char way[32];
	int next; /* piece */
};

static void say(const char *what, int n)
{
	int w = snprintf(said + has_said, sizeof said - has_said, "%s %d\n", what, n);

	if (w > 0 && has_said + (size_t)w < sizeof said)
		has_said += (size_t)w;
}

static size_t piece_of(const char *way, int n, char *to)
{
	size_t len, k;

	if (!strcmp(way, "big")) {
		for (len = 0; len < BIG; len += k)
			k = (size_t)snprintf(to + len, 40, "line %u of a long answer\n", (unsigned)len);
		return BIG;
	}
	return (size_t)snprintf(to, 200, "piece %d: what is written is written, and written again\n", n);
}

static struct lws *paced; /* writes its next piece when /go is asked for */

static char room[LWS_PRE + BIG + 100];

static int end_of(struct lws *wsi)
{
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

/* What a program says that knows nothing of compression, and the length of what it writes then. */
static const struct own {
	const char *way, *name, *value;
	int len; /* -1: none */
} owns[] = {
	{"own-coding", "Content-Encoding:", "deflate", PIECES * (5 + 55)},
	{"own-coding-nolength", "content-encoding:", "deflate", -1},
	{"own-range", "content-range:", "bytes 0-219/500", PIECES * 55},
	{"own-notransform", "Cache-Control:", "max-age=1, No-Transform", PIECES * 55},
	{"own-chunks", "Transfer-Encoding:", "chunked", -1},
	{"own-length", "Content-Length:", "220", -1},
	{"own-other", "X-Own:", "other", PIECES * 55},
	{"own-token", NULL, "deflate", PIECES * (5 + 55)},
	{"own-by-hand", "", "Content-Encoding: deflate", PIECES * (5 + 55)},
	{"own-head", "", NULL, PIECES * 55},
	{"own-other-head", "", NULL, PIECES * 55},
	{"own-halves", "X-Own:", "other", PIECES * 55},
	{"own-events", "Cache-Control:", "no-cache", -1},
};

static const struct own *own_of(const char *way)
{
	for (size_t i = 0; i < sizeof owns / sizeof owns[0]; i++)
		if (!strcmp(owns[i].way, way))
			return &owns[i];
	return NULL;
}

static int begin_own(struct lws *wsi, const struct own *o)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;
	const unsigned char *value = (const unsigned char *)o->value;
	int n = o->value ? (int)strlen(o->value) : 0;

	if (strcmp(o->way, "own-head") &&
	    lws_add_http_common_headers(wsi, 200, strcmp(o->way, "own-events") ? "text/html" : "text/event-stream",
	                                o->len < 0 ? LWS_ILLEGAL_HTTP_CONTENT_LEN : (lws_filepos_t)o->len, &p, end))
		return -1;
	if (!o->value) {
		n = snprintf((char *)start, 500, "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: %d\r\n\r\n", o->len);
		if (lws_write(wsi, start, (size_t)n, LWS_WRITE_HTTP_HEADERS) < 0)
			return -1;
		return lws_callback_on_writable(wsi) < 0;
	}
	if (!strcmp(o->way, "own-halves")) {
		if (lws_write(wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS | LWS_WRITE_NO_FIN) < 0)
			return -1;
		p = start;
	}
	if (o->name && !o->name[0])
		p += snprintf((char *)p, 200, "%s\r\n", o->value);
	else if (o->name ? lws_add_http_header_by_name(wsi, (const unsigned char *)o->name, value, n, &p, end) :
	                   lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_ENCODING, value, n, &p, end))
		return -1;
	if (lws_finalize_http_header(wsi, &p, end) ||
	    lws_write(wsi, start, (size_t)(p - start), strcmp(o->way, "own-halves") ? LWS_WRITE_HTTP_HEADERS :
	              LWS_WRITE_HTTP_HEADERS_CONTINUATION) < 0)
		return -1;
	return lws_callback_on_writable(wsi) < 0;
}

/* A piece as the program itself encodes it: a stored block of deflate, a chunk, an event. */
static size_t encode_own(const struct own *o, int last, size_t len)
{
	char text[200], *to = room + LWS_PRE;
	size_t n = 0;

	memcpy(text, to, len);
	if (o->value && strstr(o->value, "deflate")) {
		to[n++] = (char)last;
		to[n++] = (char)len;
		to[n++] = 0;
		to[n++] = (char)~len;
		to[n++] = (char)0xff;
	} else if (!strcmp(o->way, "own-chunks"))
		n = (size_t)snprintf(to, 20, "%x\r\n", (unsigned)len);
	memcpy(to + n, text, len);
	n += len;
	if (!strcmp(o->way, "own-chunks"))
		n += (size_t)snprintf(to + n, 20, "\r\n%s", last ? "0\r\n\r\n" : "");
	return n;
}

/* The head of an answer, and what else is to be done at once. */
static int begin(struct lws *wsi, struct answer *a)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;
	const char *way = a->way, *type = "text/plain";
	lws_filepos_t len = LWS_ILLEGAL_HTTP_CONTENT_LEN;
	unsigned int status = 200;
	char text[256];
	size_t n = 0;
	int i;

	if (own_of(way))
		return begin_own(wsi, own_of(way));
	if (!strcmp(way, "length") || !strcmp(way, "nofinal"))
		for (i = 0, len = 0; i < PIECES; i++)
			len += piece_of(way, i, text);
	if (!strcmp(way, "one"))
		len = n = piece_of(way, 0, text);
	if (!strcmp(way, "empty"))
		len = 0;
	if (!strcmp(way, "binary"))
		type = "application/octet-stream";
	if (!strcmp(way, "svg"))
		type = "image/svg+xml";
	if (!strcmp(way, "script"))
		type = "application/javascript";
	if (!strcmp(way, "nothing"))
		status = 204;
	if (!strncmp(way, "apply", 5)) {
		static const unsigned char json[] = "application/json";

		if (lws_add_http_header_status(wsi, 200, &p, end) ||
		    lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, json, sizeof json - 1, &p, end))
			return -1;
#if !defined(WITHOUT)
		say("apply", lws_http_compression_apply(wsi, way[5] ? way + 6 : NULL, &p, end, 0));
#endif
		if (!strcmp(way, "apply")) {
			for (i = 0, len = 0; i < PIECES; i++)
				len += piece_of(way, i, text);
			if (lws_add_http_header_content_length(wsi, len, &p, end))
				return -1;
		}
	} else if (lws_add_http_common_headers(wsi, status, type, len, &p, end))
		return -1;
	if (!strcmp(way, "replaced"))
		return lws_return_http_status(wsi, 404, "replaced") || end_of(wsi) ? -1 : 0;
	if (!strcmp(way, "one") && lws_get_network_wsi(wsi) == wsi) { /* HTTP/2 has frames for each */
		if (lws_finalize_http_header(wsi, &p, end))
			return -1;
		memcpy(p, text, n);
		p += n;
		return lws_write(wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_FINAL) < 0 ? -1 : end_of(wsi);
	}
	if (lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	if (!strcmp(way, "empty") || !strcmp(way, "nothing"))
		return end_of(wsi);
	if (!strcmp(way, "one")) {
		memcpy(room + LWS_PRE, text, n);
		return lws_write(wsi, (unsigned char *)room + LWS_PRE, n, LWS_WRITE_HTTP_FINAL) < 0 ? -1 : end_of(wsi);
	}
	lws_callback_on_writable(wsi);
	return 0;
}

/* One piece of it. */
static int go_on(struct lws *wsi, struct answer *a)
{
	char way[sizeof a->way];
	int last, n;
	size_t len;

	strcpy(way, a->way);
	last = a->next == PIECES - 1 || !strcmp(way, "big");
	len = piece_of(way, a->next++, room + LWS_PRE);
	if (own_of(way))
		len = encode_own(own_of(way), last, len);
	n = lws_write(wsi, (unsigned char *)room + LWS_PRE, len,
	              last && strcmp(way, "nofinal") && strcmp(way, "close") && strcmp(way, "undone") ?
	              LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP);
	say("wrote", n);
	if (n < 0)
		return -1;
	if (!last) {
		if (!strcmp(way, "paced") || !strcmp(way, "own-events"))
			paced = wsi;
		else
			lws_callback_on_writable(wsi);
		return 0;
	}
	a->way[0] = 0;
	if (!strcmp(way, "close"))
		return -1;
	if (!strcmp(way, "nofinal"))
		return 0; /* the length has said it */
	return end_of(wsi);
}

static int http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct answer *a = user;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (!strcmp(in, "/log")) {
			unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;
			static const unsigned char type[] = "application/octet-stream";

			if (!has_said)
				say("nothing", 0);
			if (lws_add_http_header_status(wsi, 200, &p, end) ||
			    lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, type, sizeof type - 1, &p, end) ||
			    lws_add_http_header_content_length(wsi, has_said, &p, end) ||
			    lws_finalize_write_http_header(wsi, start, &p, end))
				return -1;
			memcpy(room + LWS_PRE, said, has_said);
			if (lws_write(wsi, (unsigned char *)room + LWS_PRE, has_said, LWS_WRITE_HTTP_FINAL) < 0)
				return -1;
			has_said = 0;
			return end_of(wsi);
		}
		if (!strcmp(in, "/go")) {
			if (paced)
				lws_callback_on_writable(paced);
			return lws_return_http_status(wsi, paced ? 200 : 404, NULL) || end_of(wsi) ? -1 : 0;
		}
		say("http", 0);
		if (strncmp(in, "/dyn/", 5))
			return lws_return_http_status(wsi, 404, NULL) || end_of(wsi) ? -1 : 0;
		lws_strncpy(a->way, (const char *)in + 5, sizeof a->way);
		a->next = 0;
		return begin(wsi, a);
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!a || !a->way[0])
			return 0;
		say("writeable", a->next);
		return go_on(wsi, a);
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		say("file", 0);
		return end_of(wsi);
	case LWS_CALLBACK_CLOSED_HTTP:
		if (wsi == paced)
			paced = NULL;
		return 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{"http", http, sizeof(struct answer), 0, 0, NULL, 0},
	{NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_http_mount mount = {.mountpoint = "/files", .mountpoint_len = 6, .origin = root,
	.def = "index.html", .origin_protocol = LWSMPRO_FILE};

int main(int argc, char **argv)
{
	struct lws_context_creation_info i = {0};
	int level = LLL_ERR | LLL_WARN;

	if (argc != 4)
		return 2;
#if defined(INFO)
	level |= LLL_INFO;
#endif
	snprintf(root, sizeof root, "%s/files", argv[1]);
	if (!make_context(level))
		return 1;
	i.protocols = protocols;
	i.mounts = &mount;
#if defined(OFF)
	i.http_no_compression = 1;
#endif
	return serve(&i, argv);
}
