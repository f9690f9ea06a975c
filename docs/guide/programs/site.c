/* SPDX-License-Identifier: MIT
 *
 * A web site: files of a folder, a page that is made for each request, a redirect.
 *
 *	site PORT FOLDER
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct session { /* of a request */
	char body[LWS_PRE + 256];
	int len;
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_hello(struct lws *wsi, enum lws_callback_reasons reason,
			  void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;
	char arg[64], name[64];
	const char *value;

	switch (reason) {
	case LWS_CALLBACK_HTTP: /* in is the path behind the mount point */
		value = lws_get_urlarg_by_name(wsi, "name=", arg, sizeof arg);
		strncpy(name, value ? value : "stranger", sizeof name - 1);
		name[sizeof name - 1] = '\0';
		for (value = name; *value; value++) /* it goes into HTML */
			if (strchr("<>&\"'", *value))
				return lws_return_http_status(wsi, HTTP_STATUS_BAD_REQUEST, NULL) ||
				       lws_http_transaction_completed(wsi);
		s->len = snprintf(s->body + LWS_PRE, sizeof s->body - LWS_PRE, "<p>Hello %s</p>\n", name);
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/html", (lws_filepos_t)s->len, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return 1;
		lws_callback_on_writable(wsi); /* the headers were a write, the body is the next */
		return 0;

	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!s || !s->len)
			break;
		if (lws_write(wsi, (unsigned char *)s->body + LWS_PRE, (size_t)s->len, LWS_WRITE_HTTP_FINAL) < s->len)
			return 1;
		s->len = 0;
		return lws_http_transaction_completed(wsi); /* the next request may come */

	default:
		break;
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ "hello", callback_hello, sizeof(struct session), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_http_mount files, hello, old; /* must live as long as the vhost */

	if (argc != 3)
		return 2;
	memset(&files, 0, sizeof files);
	files.mount_next = &hello;
	files.mountpoint = "/";
	files.mountpoint_len = 1;
	files.origin = argv[2];
	files.def = "index.html";
	files.origin_protocol = LWSMPRO_FILE;
	files.cache_max_age = 60;
	files.cache_reusable = 1;

	memset(&hello, 0, sizeof hello);
	hello.mount_next = &old;
	hello.mountpoint = "/hello";
	hello.mountpoint_len = 6;
	hello.origin = "hello"; /* the protocol */
	hello.origin_protocol = LWSMPRO_CALLBACK;

	memset(&old, 0, sizeof old);
	old.mountpoint = "/old";
	old.mountpoint_len = 4;
	old.origin = "localhost/new";
	old.origin_protocol = LWSMPRO_REDIR_HTTPS;

	memset(&info, 0, sizeof info);
	info.port = atoi(argv[1]);
	info.protocols = protocols;
	info.mounts = &files;
	info.error_document_404 = "/404.html";
	info.options = LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE |
		       LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
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
