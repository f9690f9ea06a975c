/* SPDX-License-Identifier: MIT
 *
 * forked FOLDER [fork]: a context with many a member set, and a vhost made with it; with
 * fork the child of the process that made it serves, else the process itself.
 */
#include "common.h"

static const struct lws_protocol_vhost_options *options;

/* A request is answered with what the members make of it. */
static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	unsigned char buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start,
		      *end = buf + sizeof(buf) - 1;
	const struct lws_protocol_vhost_options *o;
	char text[128];
	int n;

	if (reason == LWS_CALLBACK_PROTOCOL_INIT)
		options = in;
	if (reason != LWS_CALLBACK_HTTP || strncmp(in, "/tell", 5))
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	o = options ? lws_pvo_search(options, "colour") : NULL;
	n = lws_snprintf(text, sizeof(text), "type %d, vhost %s, host %s, colour %s\n",
			 lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE),
			 lws_get_vhost_name(lws_get_vhost(wsi)),
			 lws_canonical_hostname(lws_get_context(wsi)),
			 o ? o->value : "none");
	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain",
					(lws_filepos_t)n, &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return -1;
	memcpy(start, text, (size_t)n);
	if (lws_write(wsi, start, (size_t)n, LWS_WRITE_HTTP_FINAL) != n)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

int
main(int argc, char **argv)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "http", .callback = callback },
		{ 0 }
	};
	static const struct lws_protocol_vhost_options
		header = { NULL, NULL, "x-of:", "info" },
		colour = { NULL, NULL, "colour", "blue" },
		http = { NULL, &colour, "http", "" },
		bot = { NULL, NULL, "bot", "403 no bots" },
		type = { NULL, NULL, ".odd", "text/odd" };
	static struct lws_http_mount elsewhere = {
		.mountpoint = "/away", .mountpoint_len = 5,
		.origin = "example.com/here", .origin_protocol = LWSMPRO_REDIR_HTTP,
	}, files = {
		.mount_next = &elsewhere, .mountpoint = "/files", .mountpoint_len = 6,
		.def = "page.txt", .origin_protocol = LWSMPRO_FILE,
		.extra_mimetypes = &type, .cache_max_age = 77, .cache_reusable = 1,
	};
	static struct lws_token_limits limits;
	struct lws_context_creation_info info;
	struct lws_vhost *vh;

	if (argc < 2)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_term);
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	files.origin = argv[1];
	limits.token_limit[WSI_TOKEN_HTTP_CONTENT_TYPE] = 10;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.iface = "127.0.0.1";
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6 |
		       LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME;
	info.protocols = protocols;
	info.mounts = &files;
	info.token_limits = &limits;
	info.max_http_header_data = 700;
	info.server_string = "forked";
	info.headers = &header;
	info.reject_service_keywords = &bot;
	info.error_document_404 = "/missing";
	info.pvo = &http;
	info.vhost_name = "default";
	info.keepalive_timeout = 1;
	context = lws_create_context(&info);
	if (!context)
		return 3;
	vh = lws_get_vhost_by_name(context, "default");
	printf("PORT %d\n", lws_get_vhost_listen_port(vh));
	if (argc > 2 && fork() > 0)
		_exit(0);
	printf("PID %d\n", (int)getpid());
	alarm(50);
	return serve();
}
