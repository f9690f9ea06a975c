/* SPDX-License-Identifier: MIT
 *
 * A long answer, made while it is sent, over HTTP/2 and HTTP/1.1 alike: /COUNT has the
 * numbers up to COUNT, a line each.
 *
 *	numbers PORT CERT KEY
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 4096

struct session { /* of a request: on HTTP/2 many of a connection at a time */
	unsigned long next, last;
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int piece(struct lws *wsi, struct session *s)
{
	unsigned char buf[LWS_PRE + PIECE];
	lws_fileofs_t allowed = lws_get_peer_write_allowance(wsi); /* -1 on HTTP/1 */
	size_t room = PIECE, len = 0;

	if (allowed == 0)
		return 0; /* WRITEABLE comes again when the peer allows more */
	if (allowed > 0 && (size_t)allowed < room)
		room = (size_t)allowed;
	while (s->next <= s->last) {
		char line[24];
		int n = snprintf(line, sizeof line, "%lu\n", s->next);

		if (len + (size_t)n > room)
			break;
		memcpy(buf + LWS_PRE + len, line, (size_t)n);
		len += (size_t)n;
		s->next++;
	}
	if (s->next <= s->last) {
		if (len && lws_write(wsi, buf + LWS_PRE, len, LWS_WRITE_HTTP) < (int)len)
			return 1;
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (lws_write(wsi, buf + LWS_PRE, len, LWS_WRITE_HTTP_FINAL) < (int)len)
		return 1;
	s->last = 0;
	return lws_http_transaction_completed(wsi);
}

static int callback_numbers(struct lws *wsi, enum lws_callback_reasons reason,
			    void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		s->next = 1;
		s->last = strtoul((const char *)in + 1, NULL, 10);
		if (!s->last)
			return lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL) ||
			       lws_http_transaction_completed(wsi);
		/* The length is not known; names of headers are in lower case. */
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", LWS_ILLEGAL_HTTP_CONTENT_LEN, &p, end) ||
		    lws_add_http_header_by_name(wsi, (const unsigned char *)"x-last:", (const unsigned char *)in + 1,
						(int)len - 1, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return 1;
		lws_callback_on_writable(wsi);
		return 0;

	case LWS_CALLBACK_HTTP_WRITEABLE:
		return s && s->last ? piece(wsi, s) : 0;

	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ "numbers", callback_numbers, sizeof(struct session), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	if (argc != 4)
		return 2;
	memset(&info, 0, sizeof info);
	info.port = atoi(argv[1]);
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	info.ssl_cert_filepath = argv[2];
	info.ssl_private_key_filepath = argv[3];
	info.alpn = "h2,http/1.1"; /* also what it is without */
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
