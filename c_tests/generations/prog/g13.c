/* SPDX-License-Identifier: MIT */
/* A program of v1.3, v1.4 or v1.5 (pkg-config libwebsockets-1.3): every name of those. */
#include "gen.h"
#include <libwebsockets.h>
#include "gen_libwebsocket.h"

static struct libwebsocket_protocols protocols[];
static callback_function callback_gen;

#if !defined(LWS_FEATURE_SERVE_HTTP_FILE_HAS_OTHER_HEADERS_LEN) || !defined(LWS_FEATURE_PROTOCOLS_HAS_ID_FIELD) ||            \
	!defined(LWS_FEATURE_PROTOCOLS_HAS_PEER_WRITE_ALLOWANCE)
#error what v1.3 tells of itself is missing
#endif

/* The whole answer by hand. */
static int
send_file(struct libwebsocket_context *context, struct libwebsocket *wsi)
{
	static unsigned char buf[LWS_SEND_BUFFER_PRE_PADDING + 4096 + LWS_SEND_BUFFER_POST_PADDING];
	unsigned char *start = buf + LWS_SEND_BUFFER_PRE_PADDING, *p = start, *end = start + 4096;
	FILE *f = fopen(gen_file, "rb");
	size_t n;
	long size;

	if (!f || fseek(f, 0, SEEK_END))
		return -1;
	size = ftell(f);
	rewind(f);
	if (size < 0 || size > 4096 || lws_add_http_header_status(context, wsi, 200, &p, end) ||
	    lws_add_http_header_by_token(context, wsi, WSI_TOKEN_HTTP_CONTENT_TYPE,
					 (const unsigned char *)"text/plain", 10, &p, end) ||
	    lws_add_http_header_by_name(context, wsi, (const unsigned char *)"x-gen:",
					(const unsigned char *)"hand", 4, &p, end) ||
	    lws_add_http_header_content_length(context, wsi, (unsigned long)size, &p, end) ||
	    lws_finalize_http_header(context, wsi, &p, end) ||
	    libwebsocket_write(wsi, start, (size_t)(p - start), LWS_WRITE_HTTP_HEADERS) < 0) {
		fclose(f);
		return -1;
	}
	n = fread(start, 1, 4096, f);
	fclose(f);
	if (libwebsocket_write_http(wsi, start, n) < 0)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
callback_http(struct libwebsocket_context *context, struct libwebsocket *wsi,
	      enum libwebsocket_callback_reasons reason, void *user, void *in, size_t len)
{
	char name[64], rip[64], uri[64];
	int n;

	(void)user;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_ADD_POLL_FD:
		if (((struct libwebsocket_pollargs *)in)->fd < 0)
			return -1;
		break;
	case LWS_CALLBACK_HTTP:
		libwebsockets_get_peer_addresses(context, wsi, libwebsocket_get_socket_fd(wsi), name,
						 sizeof(name), rip, sizeof(rip));
		if (strcmp(rip, "127.0.0.1"))
			return -1;
		n = lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI);
		if (n <= 0 || n >= (int)sizeof(uri) ||
		    lws_hdr_copy(wsi, uri, sizeof(uri), WSI_TOKEN_GET_URI) != n || strcmp(uri, in)) {
			libwebsockets_return_http_status(context, wsi, HTTP_STATUS_BAD_REQUEST, NULL);
			return -1;
		}
		if (!strcmp(uri, "/status"))
			return libwebsockets_return_http_status(context, wsi, HTTP_STATUS_FORBIDDEN,
								"<p>no</p>") ? -1 : -1;
		if (!strcmp(uri, "/hand"))
			return send_file(context, wsi);
		if (!strcmp(uri, "/v2")) /* the three lengths of the argument list */
			n = libwebsockets_serve_http_file(context, wsi, gen_file, "text/plain");
		else if (!strcmp(uri, "/v3"))
			n = libwebsockets_serve_http_file(context, wsi, gen_file, "text/plain",
							  "x-gen: 3\x0d\x0a");
		else
			n = libwebsockets_serve_http_file(context, wsi, gen_file, "text/plain",
							  "x-gen: 4\x0d\x0a", 10);
		if (n < 0 || (n > 0 && lws_http_transaction_completed(wsi)))
			return -1;
		break;
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		return -1;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return libwebsockets_serve_http_file_fragment(context, wsi) < 0;
	default:
		break;
	}
	return 0;
}

/* Each connection of the protocol hears it; there is one. */
static int
heard(struct libwebsocket_context *context, struct libwebsocket *wsi, struct gen *g)
{
	(void)context;
	(void)wsi;
	if (gen_check(g))
		return -1;
	gen_fill(g);
	return libwebsocket_callback_all_protocol(&protocols[1], LWS_CALLBACK_USER);
}

static int
callback_gen(struct libwebsocket_context *context, struct libwebsocket *wsi,
	     enum libwebsocket_callback_reasons reason, void *user, void *in, size_t len)
{
	struct gen *g = user;

	if (libwebsocket_context_user(context) != protocols)
		abort();
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		libwebsocket_set_timeout(wsi, NO_PENDING_TIMEOUT, 0);
		if (libwebsockets_get_protocol(wsi) != &protocols[1])
			abort();
		libwebsocket_rx_flow_control(wsi, 0);
		libwebsocket_rx_flow_allow_all_protocol(&protocols[1]);
		if (reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
			gen_fill(g);
			libwebsocket_callback_on_writable_all_protocol(&protocols[1]);
		}
		break;
	case LWS_CALLBACK_USER:
		libwebsocket_callback_on_writable(context, wsi);
		break;
	default:
		break;
	}
	return gen_early(context, wsi, reason, g, in, len, heard);
}

static struct libwebsocket_protocols protocols[] = {
    {"http-only", callback_http, 0, 0, 0, NULL},
    {"gen", callback_gen, sizeof(struct gen), 0, 1, NULL},
    {NULL, NULL, 0, 0, 0, NULL},
};

int
main(int argc, char **argv)
{
	unsigned char md[20], random[4];
	char b64[64], back[64];
	enum libwebsocket_context_options option = LWS_SERVER_OPTION_DISABLE_IPV6;
	struct libwebsocket_context *context;
	struct libwebsocket_extension *extension = libwebsocket_get_internal_extensions();
	extension_callback_function *deflate;
	enum libwebsocket_extension_callback_reasons any = LWS_EXT_CB_CONSTRUCT;
	struct lws_context_creation_info info;
	int server = gen_args(argc, argv);

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.iface = "lo";
	info.protocols = protocols;
	info.extensions = extension;
	info.options = option;
	deflate = extension->callback;
	if (strcmp(extension->name, "permessage-deflate") || !deflate || deflate(NULL, extension, NULL, any, NULL, NULL, 0))
		return 1;
	lws_set_allocator(gen_realloc);
	info.gid = -1;
	info.uid = -1;
	info.user = protocols;
	context = libwebsocket_create_context(&info);
	if (!context)
		return 1;
	if (libwebsockets_get_random(context, random, sizeof(random)) != sizeof(random) ||
	    !*libwebsocket_canonical_hostname(context) || !*lws_get_library_version())
		return 1;
	libwebsockets_SHA1((const unsigned char *)"gen", 3, md);
	if (lws_b64_encode_string((char *)md, 3, b64, sizeof(b64)) < 0 ||
	    libwebsockets_b64_encode_string((char *)md, 20, b64, sizeof(b64)) != 28 ||
	    libwebsockets_b64_decode_string(b64, back, sizeof(back)) != 20 || memcmp(md, back, 20))
		return 1;
	if (gen_proxy && libwebsocket_set_proxy(context, gen_proxy))
		return 1;
	if (!server) {
		client_wsi = libwebsocket_client_connect(context, "127.0.0.1", gen_port, 0, "/", "localhost",
							 "localhost", "gen", -1);
		if (!client_wsi)
			return 1;
	}
	while (!gen_stop && libwebsocket_service(context, 50) >= 0)
		libwebsocket_cancel_service(context);
	libwebsocket_context_destroy(context);
	if (gen_done && !gen_allocated)
		return 1;
	return gen_report(server);
}
