/* SPDX-License-Identifier: MIT
 *
 * A server for tests of HTTP/2: small answers, long ones, uploads, files, a
 * WebSocket that echoes. It prints PORT, and at SIGTERM what it saw.
 *
 *   server [-c cert -k key] [-p] [-s streams] [-w window] [-m mount] [-H header limit] [-l level] [-b] [-r rate]
 *     -p  plain HTTP/2 from the first byte    -b  bodies are written without asking for the allowance
 *     -m  a folder below /file, and by a call of the program's own below /serve
 *     -r  bodies have to come with so many bytes a second, in 2 s
 */
#include "../../harness/prog/term.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE 8192

struct session {
	size_t left;
	unsigned long long got;
	unsigned int hash;
	int kind; /* 1: a long answer, 2: an upload, 3: events */
	int begun, sent;
	unsigned char *msg;
	size_t msg_len;
	int binary;
};

static const char *folder;
static int careless, streams, streams_max, connections;

/* The answer's head; n is the body's length. */
static int
head(struct lws *wsi, const char *type, lws_filepos_t n)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof(buf) - 1;

	if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, type, n, &p, end))
		return 1;
	return lws_finalize_write_http_header(wsi, start, &p, end);
}

static int
body(struct lws *wsi, struct session *s)
{
	unsigned char buf[LWS_PRE + PIECE];
	lws_fileofs_t may = lws_get_peer_write_allowance(wsi);
	size_t n = s->left < PIECE ? s->left : PIECE;

	if (s->kind == 3) {
		n = (size_t)lws_snprintf((char *)buf + LWS_PRE, 64, "data: %d\r\n\r\n", s->sent++);
		if (lws_write(wsi, buf + LWS_PRE, n, s->sent == 5 ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) != (int)n)
			return -1;
		if (s->sent == 5)
			return lws_http_transaction_completed(wsi) ? -1 : 0;
		lws_callback_on_writable(wsi);
		return 0;
	}
	if (!careless && may >= 0 && (lws_fileofs_t)n > may)
		n = (size_t)may;
	if (!n) {
		lws_callback_on_writable(wsi);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		buf[LWS_PRE + i] = (unsigned char)('a' + (s->left - i) % 26);
	s->left -= n;
	if (lws_write(wsi, buf + LWS_PRE, n, s->left ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) != (int)n)
		return -1;
	if (!s->left)
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
hello(struct lws *wsi)
{
	unsigned char buf[LWS_PRE + 8];

	memcpy(buf + LWS_PRE, "hello", 5);
	if (head(wsi, "text/plain", 5) || lws_write(wsi, buf + LWS_PRE, 5, LWS_WRITE_HTTP_FINAL) != 5)
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
callback_http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;
	unsigned char buf[LWS_PRE + 256];
	int n;

	switch (reason) {
	case LWS_CALLBACK_WSI_CREATE:
		if (++streams > streams_max)
			streams_max = streams;
		break;
	case LWS_CALLBACK_WSI_DESTROY:
		streams--;
		break;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		connections++;
		break;
	case LWS_CALLBACK_HTTP: {
		const char *uri = in;

		memset(s, 0, sizeof(*s));
		if (!strncmp(uri, "/big/", 5)) {
			s->kind = 1;
			s->left = strtoul(uri + 5, NULL, 10);
			if (head(wsi, "text/plain", s->left))
				return 1;
			lws_callback_on_writable(wsi);
			return 0;
		}
		if (!strcmp(uri, "/events")) {
			s->kind = 3;
			if (head(wsi, "text/event-stream", LWS_ILLEGAL_HTTP_CONTENT_LEN))
				return 1;
			lws_http_mark_sse(wsi);
			lws_callback_on_writable(wsi);
			return 0;
		}
		if (folder && !strncmp(uri, "/serve/", 7))
			return serve_by_call(wsi, uri + 7);
		if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) || lws_hdr_total_length(wsi, WSI_TOKEN_PUT_URI)) {
			s->kind = 2;
			s->hash = 2166136261u;
			return 0;
		}
		if (!strncmp(uri, "/hang", 5))
			return 0;
		return hello(wsi);
	}
	case LWS_CALLBACK_HTTP_BODY:
		s->got += len;
		for (size_t i = 0; i < len; i++)
			s->hash = (s->hash ^ ((unsigned char *)in)[i]) * 16777619u;
		break;
	case LWS_CALLBACK_HTTP_BODY_COMPLETION:
		n = lws_snprintf((char *)buf + LWS_PRE, 128, "got %llu %08x", s->got, s->hash);
		if (head(wsi, "text/plain", (lws_filepos_t)n) ||
		    lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_HTTP_FINAL) != n)
			return 1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (s && s->kind)
			return body(wsi, s);
		break;
	default:
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	}
	return 0;
}

static int
callback_echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct session *s = user;
	unsigned char *p;

	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		s->got += len;
		p = realloc(s->msg, LWS_PRE + s->msg_len + len);
		if (!p)
			return -1;
		s->msg = p;
		memcpy(p + LWS_PRE + s->msg_len, in, len);
		s->msg_len += len;
		s->binary = lws_frame_is_binary(wsi);
		if (lws_is_final_fragment(wsi) && !lws_remaining_packet_payload(wsi)) {
			s->begun = 1;
			lws_callback_on_writable(wsi);
		}
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->begun)
			break;
		s->begun = 0;
		if (lws_write(wsi, s->msg + LWS_PRE, s->msg_len, s->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT) < (int)s->msg_len)
			return -1;
		s->msg_len = 0;
		break;
	case LWS_CALLBACK_CLOSED:
		printf("ECHOED %llu\n", s->got);
		fflush(stdout);
		free(s->msg);
		s->msg = NULL;
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", callback_http, sizeof(struct session), 0, 0, NULL, 0 },
	{ "echo", callback_echo, sizeof(struct session), 4096, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_http_mount mount;
	int c, level = LLL_ERR | LLL_WARN;

	memset(&info, 0, sizeof(info));
	memset(&mount, 0, sizeof(mount));
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	while ((c = getopt(argc, argv, "c:k:ps:w:m:H:l:bt:r:")) != -1)
		switch (c) {
		case 'c':
			info.ssl_cert_filepath = optarg;
			info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
			break;
		case 'k':
			info.ssl_private_key_filepath = optarg;
			break;
		case 'p':
			info.options |= LWS_SERVER_OPTION_H2_PRIOR_KNOWLEDGE;
			break;
		case 's':
			info.http2_settings[H2SET_MAX_CONCURRENT_STREAMS] = (uint32_t)atoi(optarg);
			break;
		case 'w':
			info.http2_settings[H2SET_INITIAL_WINDOW_SIZE] = (uint32_t)atoi(optarg);
			break;
		case 'm':
			mount.mountpoint = "/file";
			mount.mountpoint_len = 5;
			mount.origin = folder = optarg;
			mount.def = "index.html";
			mount.origin_protocol = LWSMPRO_FILE;
			info.mounts = &mount;
			break;
		case 'H':
			info.max_http_header_data = (unsigned short)atoi(optarg);
			break;
		case 'l':
			level = atoi(optarg);
			break;
		case 'b':
			careless = 1;
			break;
		case 't':
			info.keepalive_timeout = atoi(optarg);
			break;
		case 'r':
			info.http_min_rx_rate = (unsigned int)atoi(optarg);
			info.timeout_secs = 2;
			break;
		default:
			return 2;
		}
	if (info.http2_settings[H2SET_MAX_CONCURRENT_STREAMS] || info.http2_settings[H2SET_INITIAL_WINDOW_SIZE]) {
		info.http2_settings[0] = 1;
		info.http2_settings[H2SET_HEADER_TABLE_SIZE] = 4096;
		if (!info.http2_settings[H2SET_MAX_CONCURRENT_STREAMS])
			info.http2_settings[H2SET_MAX_CONCURRENT_STREAMS] = 24;
		info.http2_settings[H2SET_MAX_FRAME_SIZE] = 16384;
	}
	lws_set_log_level(level, NULL);
	signal(SIGTERM, on_term);
	info.protocols = protocols;
	info.port = 0;
	info.iface = "127.0.0.1";
	context = lws_create_context(&info);
	if (!context)
		return 1;
	printf("PORT %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(context, "default")));
	fflush(stdout);
	while (!stopping && lws_service(context, 0) >= 0)
		;
	printf("left %d most %d connections %d\n", streams, streams_max, connections);
	fflush(stdout);
	lws_context_destroy(context);
	return 0;
}
