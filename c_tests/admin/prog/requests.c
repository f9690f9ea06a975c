/* SPDX-License-Identifier: MIT
 *
 * A server that notes its requests.
 *
 *   requests PORT TLSPORT LOG FOLDER CERT KEY
 *
 * "/files" is the folder; "/status/N" is answered with that status, "/dump/…" with the
 * status of the server (OURS: 4.3.5 has none); else "ok". SIGHUP
 * makes the vhosts anew.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stop, again;

static void
on_signal(int n)
{
	if (n == SIGHUP)
		again = 1;
	else
		stop = 1;
}

#if defined(OURS)
static int
dump(struct lws *wsi, const char *what)
{
	static unsigned char room[LWS_PRE + 16384];
	unsigned char head[LWS_PRE + 512], *start = head + LWS_PRE, *p = start;
	char *text = (char *)room + LWS_PRE;
	int n, most = (int)sizeof(room) - LWS_PRE;

	if (!strcmp(what, "vhost"))
		n = lws_json_dump_vhost(lws_get_vhost(wsi), text, most);
	else if (!strcmp(what, "short"))
		n = lws_json_dump_context(lws_get_context(wsi), text, 200, 0);
	else
		n = lws_json_dump_context(lws_get_context(wsi), text, most,
					  !strcmp(what, "hide"));
	if (lws_json_dump_vhost(lws_get_vhost(wsi), text, 99) || text[n] ||
	    lws_json_dump_vhost(NULL, text, 999) ||
	    lws_json_dump_context(lws_get_context(wsi), NULL, 999, 0))
		printf("BAD dump\n");
	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "application/json",
					(lws_filepos_t)n, &p, head + sizeof(head) - 1) ||
	    lws_finalize_write_http_header(wsi, start, &p, head + sizeof(head) - 1) ||
	    lws_write(wsi, (unsigned char *)text, (size_t)n, LWS_WRITE_HTTP_FINAL) != n)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}
#endif

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	 size_t len)
{
	unsigned char room[LWS_PRE + 512], *start = room + LWS_PRE, *p = start,
		      *end = room + sizeof(room) - 1;
	const char *path = in;

	(void)user;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI))
			return 0;
#if defined(OURS)
		if (!strncmp(path, "/dump/", 6))
			return dump(wsi, path + 6);
#endif
		if (!strncmp(path, "/status/", 8)) {
			if (lws_return_http_status(wsi, (unsigned)atoi(path + 8), NULL))
				return -1;
			return lws_http_transaction_completed(wsi) ? -1 : 0;
		}
		/* fallthrough */
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain",
						2, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return 1;
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		memcpy(start, "ok", 2);
		if (lws_write(wsi, start, 2, LWS_WRITE_HTTP_FINAL) != 2)
			return 1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
}

static const struct lws_protocols protocols[] = {
	{ .name = "p", .callback = callback },
	{ .name = NULL },
};

static int
vhosts(struct lws_context *context, struct lws_vhost *vh[2], char **argv)
{
	static const struct lws_protocol_vhost_options reject = {
		.name = "Unwanted", .value = "403 Go away",
	};
	struct lws_context_creation_info info;
	static struct lws_http_mount mount = {
		.mountpoint = "/files", .mountpoint_len = 6,
		.origin_protocol = LWSMPRO_FILE, .def = "index.html",
	};

	memset(&info, 0, sizeof(info));
	mount.origin = argv[4];
	info.protocols = protocols;
	info.mounts = &mount;
	info.log_filepath = argv[3];
	info.reject_service_keywords = &reject;
	info.port = atoi(argv[1]);
	info.vhost_name = "plain";
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	vh[0] = lws_create_vhost(context, &info);
	info.port = atoi(argv[2]);
	info.vhost_name = "tls";
	info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.ssl_cert_filepath = argv[5];
	info.ssl_private_key_filepath = argv[6];
	vh[1] = lws_create_vhost(context, &info);
	printf(vh[0] && vh[1] ? "ready\n" : "no vhost\n");
	return !vh[0] || !vh[1];
}

int
main(int argc, char **argv)
{
	static const struct lws_protocol_vhost_options reject = {
		.name = "Unwanted", .value = "403 Go away",
	};
	struct lws_context_creation_info info;
	struct lws_context *context;
	struct lws_vhost *vh[2];

	if (argc < 7)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_signal);
	signal(SIGHUP, on_signal);
	lws_set_log_level(LLL_ERR, NULL);
	memset(&info, 0, sizeof(info));
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.reject_service_keywords = &reject;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	if (!vhosts(context, vh, argv))
		while (!stop && lws_service(context, 0) >= 0)
			if (again) {
				again = 0;
				lws_vhost_destroy(vh[0]);
				lws_vhost_destroy(vh[1]);
				if (vhosts(context, vh, argv))
					break;
			}
	lws_context_destroy(context);
	printf("end\n");
	return 0;
}
