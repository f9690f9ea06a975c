/* SPDX-License-Identifier: MIT
 *
 * A form with a file: the file is kept as "upload" in the folder, whatever the client
 * calls it.
 *
 *	form PORT FOLDER
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST (4 << 20)

enum { NAME, COUNT };
static const char *const fields[] = { "name" }; /* kept in memory; files are streamed */

struct session {
	struct lws_spa *spa;
	FILE *file;
	size_t stored;
	char answer[LWS_PRE + 256];
	int len;
};

static const char *folder;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int upload(void *data, const char *name, const char *filename,
		  char *buf, int len, enum lws_spa_fileupload_states state)
{
	struct session *s = (struct session *)data;
	char path[512];

	(void)name;
	(void)filename; /* the client's words: never a path of ours */
	if (state == LWS_UFS_OPEN) {
		snprintf(path, sizeof path, "%s/upload", folder);
		s->stored = 0;
		return s->file || !(s->file = fopen(path, "wb")) ? -1 : 0;
	}
	if (state != LWS_UFS_CLOSE) { /* a piece; the parser's end has none */
		s->stored += (size_t)len;
		if (s->stored > LARGEST || (len && s->file && fwrite(buf, (size_t)len, 1, s->file) != 1))
			return -1;
	}
	if (state != LWS_UFS_CONTENT && s->file) { /* complete, or given up */
		FILE *f = s->file;

		s->file = NULL;
		return fclose(f) ? -1 : 0;
	}
	return 0;
}

static int callback_form(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;
	const char *name;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI))
			return 0; /* the body comes first */
		return lws_return_http_status(wsi, HTTP_STATUS_METHOD_NOT_ALLOWED, NULL) ||
		       lws_http_transaction_completed(wsi);

	case LWS_CALLBACK_HTTP_BODY:
		if (!s->spa && !(s->spa = lws_spa_create(wsi, fields, COUNT, 1024, upload, s)))
			return -1;
		if (lws_spa_process(s->spa, (const char *)in, (int)len))
			return -1; /* malformed, too large, or the disk is full */
		return 0;

	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (s->spa)
			lws_spa_finalize(s->spa);
		name = s->spa ? lws_spa_get_string(s->spa, NAME) : NULL;
		s->len = snprintf(s->answer + LWS_PRE, sizeof s->answer - LWS_PRE, "%.100s sends %lu bytes\n",
				  name ? name : "nobody", (unsigned long)s->stored);
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", (lws_filepos_t)s->len, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return 1;
		lws_callback_on_writable(wsi);
		return 0;

	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!s || !s->len)
			break;
		if (lws_write(wsi, (unsigned char *)s->answer + LWS_PRE, (size_t)s->len, LWS_WRITE_HTTP_FINAL) < s->len)
			return 1;
		s->len = 0;
		return lws_http_transaction_completed(wsi);

	case LWS_CALLBACK_HTTP_DROP_PROTOCOL: /* the end of the request, good or bad */
		if (s && s->spa)
			lws_spa_destroy(s->spa);
		if (s)
			s->spa = NULL;
		break;

	default:
		break;
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ "form", callback_form, sizeof(struct session), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	if (argc != 3)
		return 2;
	folder = argv[2];
	memset(&info, 0, sizeof info);
	info.port = atoi(argv[1]);
	info.protocols = protocols; /* no mounts: the first protocol has it all */
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
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
