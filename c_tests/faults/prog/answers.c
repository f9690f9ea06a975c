/* SPDX-License-Identifier: MIT
 *
 * answers FOLDER [RATE]: answers everything below / in HTTP_WRITEABLE with how long the
 * request's body was, serves the folder below /files, and by a call of its own
 * below /serve. With RATE a body has to come with so many bytes a second.
 */
#include "common.h"

struct asked {
	size_t body;
	unsigned int sum;
};

static const char *folder;

static int
say(struct lws *wsi, const struct asked *a)
{
	unsigned char buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start,
		      *end = buf + sizeof(buf) - 1;
	char text[64];
	int n = lws_snprintf(text, sizeof(text), "body %zu %08x\n", a->body,
			     a->sum);

	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain",
					(lws_filepos_t)n, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	memcpy(start, text, (size_t)n);
	if (lws_write(wsi, start, (size_t)n, LWS_WRITE_HTTP_FINAL) != n)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
serve_by_call(struct lws *wsi, const char *name)
{
	char path[512];
	int n;

	lws_snprintf(path, sizeof(path), "%s/%s", folder, name);
	n = lws_serve_http_file(wsi, path, "text/plain", NULL, 0);
	return n < 0 || (n > 0 && lws_http_transaction_completed(wsi)) ? -1 : 0;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	struct asked *a = user;
	size_t i;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		memset(a, 0, sizeof(*a));
		if (!strncmp(in, "/serve/", 7))
			return serve_by_call(wsi, (const char *)in + 7);
		if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI))
			return 0;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_HTTP_BODY:
		for (i = 0; i < len; i++)
			a->sum = a->sum * 31 + ((unsigned char *)in)[i];
		a->body += len;
		return 0;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return a ? say(wsi, a) : 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "http", .callback = callback,
		  .per_session_data_size = sizeof(struct asked) },
		{ 0 }
	};
	static struct lws_http_mount files = {
		.mountpoint = "/files", .mountpoint_len = 6,
		.def = "index.html", .origin_protocol = LWSMPRO_FILE,
	};
	struct lws_context_creation_info info;

	if (argc < 2)
		return 2;
	files.origin = folder = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6 |
		       LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.timeout_secs = 60; /* who does not read for that long is closed */
	if (argc > 2) {
		info.timeout_secs = 2;
		info.http_min_rx_rate = (unsigned int)atoi(argv[2]);
	}
	context = lws_create_context(&info);
	if (!context || !add_site(context, protocols, &files))
		return 3;
	return serve();
}
