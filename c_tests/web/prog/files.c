/* SPDX-License-Identifier: MIT */
/*
 * A server of files: by a mount, by lws_serve_http_file() below /call, and from a zip
 * archive below /zip. Plain and over TLS, there HTTP/2 as well. /count tells how many
 * LWS_CALLBACK_HTTP_FILE_COMPLETION there were.
 */
#include "serve.h"

static char root[256], archive[300];
static int completed;

static int file(struct lws *wsi, const char *name)
{
	unsigned char own[LWS_PRE + 64], *end = own + LWS_PRE;
	char path[600];
	int n;

	if (!strncmp(name, "own-", 4) &&
	    lws_add_http_header_by_name(wsi, (const unsigned char *)"accept-ranges:", (const unsigned char *)"none", 4,
	                                &end, own + sizeof own))
		return -1;
	snprintf(path, sizeof path, "%s/%s", root, name);
	n = lws_serve_http_file(wsi, path, "text/plain", (const char *)own + LWS_PRE, (int)(end - own) - LWS_PRE);
	return n < 0 || (n > 0 && lws_http_transaction_completed(wsi)) ? -1 : 0;
}

static int http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	char text[32];

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (!strncmp(in, "/call/", 6))
			return file(wsi, (const char *)in + 6);
		snprintf(text, sizeof text, "completed %d", completed);
		if (lws_return_http_status(wsi, strcmp(in, "/count") ? 404 : 200, text))
			return -1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		completed++;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{"http", http, 0, 0, 0, NULL, 0},
	{NULL, NULL, 0, 0, 0, NULL, 0},
};

static const struct lws_protocol_vhost_options interpret = {NULL, NULL, ".shtml", "http"};
static const struct lws_protocol_vhost_options shtml = {NULL, NULL, ".shtml", "text/html"};

#define MOUNT(path, next) .mountpoint = path, .mountpoint_len = sizeof(path) - 1, .mount_next = next
static const struct lws_http_mount mounts[] = {
	{MOUNT("/", mounts + 1), .origin = root, .def = "index.html", .origin_protocol = LWSMPRO_FILE,
	 .interpret = &interpret, .extra_mimetypes = &shtml},
	{MOUNT("/zip", mounts + 2), .origin = archive, .def = "index.html", .origin_protocol = LWSMPRO_FILE},
	{MOUNT("/call", NULL), .origin = "http", .origin_protocol = LWSMPRO_CALLBACK},
};

/* File operations of the program's own, with and without a seek. */
static lws_fop_fd_t own_open(const struct lws_plat_file_ops *fops, const char *name, const char *vpath,
                             lws_fop_flags_t *flags)
{
	return _lws_plat_file_open(fops, name, vpath, flags);
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info i = {0};

	if (argc != 4)
		return 2;
	snprintf(root, sizeof root, "%s/files", argv[1]);
	snprintf(archive, sizeof archive, "%s/pages.zip", argv[1]);
	if (!make_context(LLL_ERR))
		return 1;
	if (getenv("FILES_OPS"))
		lws_get_fops(context)->LWS_FOP_OPEN = own_open;
	if (getenv("FILES_OPS") && !strcmp(getenv("FILES_OPS"), "no seek"))
		lws_get_fops(context)->LWS_FOP_SEEK_CUR = NULL;
	i.protocols = protocols;
	i.mounts = mounts;
#if defined(UNCOMPRESSED) /* answers differ in nothing else */
	i.http_no_compression = 1;
#endif
#if defined(PRECOMPRESSED)
	i.http_precompressed = 1;
#endif
	return serve(&i, argv);
}
