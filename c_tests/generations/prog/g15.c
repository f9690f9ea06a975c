/* SPDX-License-Identifier: MIT */
/* A program between v1.5 and v1.6 (pkg-config libwebsockets-1.5): lws_ names, and the context beside wsi. */
#include "gen.h"
#include <libwebsockets.h>
#include "gen_file.h"

typedef struct lws early_wsi;
typedef struct lws_context early_context;
typedef enum lws_callback_reasons early_reason;
typedef enum lws_write_protocol early_mode;
#define early_write lws_write
#define early_is_final_fragment lws_is_final_fragment
#define early_remaining_packet_payload lws_remaining_packet_payload
#define early_get_reserved_bits lws_get_reserved_bits
#define early_callback_on_writable lws_callback_on_writable
#include "gen_early.h"

static struct lws_protocols protocols[];
static callback_function callback_gen;

/* The whole answer by hand. */
static int
send_file(struct lws_context *context, struct lws *wsi)
{
	unsigned char buf[GEN_ROOM + 8192], *p = buf + GEN_ROOM, *end = buf + sizeof(buf) - GEN_ROOM;
	unsigned long size, n = 0;
	lws_filefd_type fd = lws_plat_file_open(wsi, gen_file, &size, LWS_O_RDONLY);

	if (fd == LWS_INVALID_FILE || size > 4096 || try_write(wsi))
		return -1;
	if (lws_add_http_header_status(context, wsi, 200, &p, end) ||
	    lws_add_http_header_by_token(context, wsi, WSI_TOKEN_HTTP_CONTENT_TYPE,
					 (const unsigned char *)"text/plain", 10, &p, end) ||
	    lws_add_http_header_by_name(context, wsi, (const unsigned char *)"x-gen:",
					(const unsigned char *)"5", 1, &p, end) ||
	    lws_add_http_header_content_length(context, wsi, size, &p, end) ||
	    lws_finalize_http_header(context, wsi, &p, end) ||
	    lws_write(wsi, buf + GEN_ROOM, (size_t)(p - (buf + GEN_ROOM)), LWS_WRITE_HTTP_HEADERS) < 0)
		return -1;
	if (lws_plat_file_seek_cur(wsi, fd, 1) != 1 ||
	    lws_plat_file_seek_cur(wsi, fd, -1) != 0 ||
	    lws_plat_file_read(wsi, fd, &n, buf + GEN_ROOM, 4096) || n != size ||
	    lws_plat_file_close(wsi, fd) ||
	    lws_write(wsi, buf + GEN_ROOM, n, LWS_WRITE_HTTP) < 0)
		return -1;
	return lws_http_transaction_completed(wsi) ? -1 : 0;
}

static int
callback_http(struct lws_context *context, struct lws *wsi, enum lws_callback_reasons reason, void *user,
	      void *in, size_t len)
{
	char name[64], rip[64];
	int n;

	(void)user;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		lws_get_peer_addresses(context, wsi, lws_get_socket_fd(wsi), name, sizeof(name), rip,
				       sizeof(rip));
		if (strcmp(rip, "127.0.0.1") || lws_get_ctx(wsi) != context)
			return -1;
		if (!strcmp(in, "/status")) {
			lws_return_http_status(context, wsi, HTTP_STATUS_FORBIDDEN, "<p>no</p>");
			return -1;
		}
		if (!strcmp(in, "/hand"))
			return send_file(context, wsi);
		n = lws_serve_http_file(context, wsi, gen_file, "text/plain", NULL, 0);
		if (opened < 1 || n < 0 || (n > 0 && lws_http_transaction_completed(wsi)))
			return -1;
		break;
	case LWS_CALLBACK_HTTP_FILE_COMPLETION:
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		return lws_serve_http_file_fragment(context, wsi) < 0;
	default:
		break;
	}
	return 0;
}

/* Each connection of the protocol hears it; there is one. */
static int
heard(struct lws_context *context, struct lws *wsi, struct gen *g)
{
	(void)wsi;
	if (gen_check(g))
		return -1;
	gen_fill(g);
	return lws_callback_all_protocol(context, &protocols[1], LWS_CALLBACK_USER);
}

static int
callback_gen(struct lws_context *context, struct lws *wsi,
	     enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct gen *g = user;

	if (lws_context_user(context) != protocols)
		abort();
	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		if (lws_get_protocol(wsi) != &protocols[1])
			abort();
		lws_rx_flow_control(wsi, 0);
		lws_rx_flow_allow_all_protocol(context, &protocols[1]);
		if (reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
			gen_fill(g);
			lws_callback_on_writable_all_protocol(&protocols[1]);
			lws_callback_on_writable_all_protocol(context, &protocols[1]);
		}
		break;
	case LWS_CALLBACK_USER:
		lws_callback_on_writable(context, wsi);
		break;
	default:
		break;
	}
	return gen_early(context, wsi, reason, g, in, len, heard);
}

static struct lws_protocols protocols[] = {
    {"http-only", callback_http, 0, 0, 0, NULL},
    {"gen", callback_gen, sizeof(struct gen), 0, 1, NULL},
    {NULL, NULL, 0, 0, 0, NULL},
};

int
main(int argc, char **argv)
{
	unsigned char md[20], random[4];
	char b64[64];
	struct lws_context *context;
	struct lws_context_creation_info info;
	int server = gen_args(argc, argv);

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = server ? gen_port : CONTEXT_PORT_NO_LISTEN;
	info.iface = "lo";
	info.protocols = protocols;
	info.extensions = lws_get_internal_extensions();
	info.gid = -1;
	info.uid = -1;
	info.user = protocols;
	lws_set_allocator(gen_realloc);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	platform = *lws_get_fops(context);
	lws_get_fops(context)->open = count_open;
	if (lws_get_random(context, random, sizeof(random)) != sizeof(random) ||
	    !*lws_canonical_hostname(context) || !*lws_get_library_version())
		return 1;
	lws_SHA1((const unsigned char *)"gen", 3, md);
	if (lws_b64_encode_string((char *)md, 3, b64, sizeof(b64)) < 0)
		return 1;
	if (gen_proxy && lws_set_proxy(context, gen_proxy))
		return 1;
	if (!server) {
		client_wsi = lws_client_connect(context, "127.0.0.1", gen_port, 0, "/", "localhost",
							 "localhost", "gen", -1);
		if (!client_wsi)
			return 1;
	}
	while (!gen_stop && lws_service(context, 50) >= 0)
		lws_cancel_service(context);
	lws_context_destroy(context);
	if (gen_done && !gen_allocated)
		return 1;
	return gen_report(server);
}
