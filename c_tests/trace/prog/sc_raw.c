/* SPDX-License-Identifier: MIT */
/* Raw sockets: servers, fallback from http, adopted descriptors, raw clients. */
#include "trace.h"

#include <fcntl.h>
#include <sys/socket.h>

struct session {
	int got;
};

static const struct lws_protocols protos[] = {
    {"http", cb0, sizeof(struct session), 0, 0, NULL, 0},
    {"raw", cb1, sizeof(struct session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static int echo(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_RX) {
		put(e, e->in, e->len, LWS_WRITE_RAW);
		mark("echoed");
	}
	return PASS;
}

static void raw_peer(peer *p)
{
	p_connect(p);
	p_put(p, "any bytes");
	p_body(p, 9);
	p_put(p, "more");
	p_body(p, 4);
	p_close(p);
}

static void raw_with(hook_fn hook, script_fn script)
{
	rig.info.listen_accept_role = "raw-skt";
	rig.info.listen_accept_protocol = "raw";
	rig.info.options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	if (server(protos, hook)) {
		peer_start("peer0", script);
		finish();
	}
}

static void server_echo(void) { raw_with(echo, raw_peer); }

static int refuse_hook(event *e)
{
	return e->reason == LWS_CALLBACK_RAW_RX ? -1 : PASS;
}

static void refuse_peer(peer *p)
{
	p_connect(p);
	p_put(p, "go away");
	p_rest(p);
}

static void refuse_rx(void) { raw_with(refuse_hook, refuse_peer); }

static int refuse_adopt_hook(event *e)
{
	return e->reason == LWS_CALLBACK_RAW_ADOPT ? -1 : PASS;
}

static void refuse_adopt(void) { raw_with(refuse_adopt_hook, refuse_peer); }

static int greet_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RAW_ADOPT)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE && !s->got++) {
		put(e, "220 ready\r\n", 11, LWS_WRITE_RAW);
		lws_callback_on_writable(e->wsi);
	} else if (e->reason == LWS_CALLBACK_RAW_WRITEABLE) {
		return -1;
	}
	return PASS;
}

static void greet_peer(peer *p)
{
	p_connect(p);
	p_rest(p);
}

static void greeting(void) { raw_with(greet_hook, greet_peer); }

/* Bytes that are no http fall back to the raw protocol, http goes on. */
static int fallback_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(e->wsi, 200, "web") || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return echo(e);
}

static void fallback_peer(peer *p)
{
	p_connect(p);
	p_put(p, "\x02\x01 no http\n");
	p_body(p, 11);
	p_close(p);
	p_connect(p);
	p_put(p, "GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
	p_response(p);
	p_close(p);
}

static void fallback(void)
{
	rig.info.listen_accept_role = "raw-skt";
	rig.info.listen_accept_protocol = "raw";
	rig.info.options |= LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG;
	if (server(protos, fallback_hook)) {
		peer_start("peer0", fallback_peer);
		finish();
	}
}

/* ---- adopted sockets ---- */

static int pair[2];

static void adopt(void *arg)
{
	lws_sock_file_fd_type fd = {.sockfd = pair[0]};

	(void)arg;
	say(GLOBAL, "adopted %s",
	    lws_adopt_descriptor_vhost(lws_get_vhost_by_name(rig.ctx, "default"), LWS_ADOPT_SOCKET, fd,
	                               "raw", NULL)
	        ? "made"
	        : "NULL");
}

static void adopt_peer(peer *p)
{
	char b[5];
	size_t have = 0;
	ssize_t n;

	(void)p;
	in_loop(adopt, NULL);
	if (write(pair[1], "bytes", 5) != 5)
		abort();
	while (have < sizeof b && (n = read(pair[1], b + have, sizeof b - have)) > 0)
		have += (size_t)n;
	say("peer0", "<- %s", RENDER(b, have));
	close(pair[1]);
}

static void adopt_socket(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		abort();
	if (no_server(protos, echo)) {
		peer_start("peer0", adopt_peer);
		finish();
	}
}

/* The program has read the request already when it hands the socket over. */
static const char read_already[] = "GET /adopted HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";

static void adopt_readbuf_now(void *arg)
{
	(void)arg;
	say(GLOBAL, "adopted %s",
	    lws_adopt_socket_vhost_readbuf(lws_get_vhost_by_name(rig.ctx, "default"), pair[0], read_already,
	                                   sizeof read_already - 1)
	        ? "made"
	        : "NULL");
}

static void adopt_readbuf_peer(peer *p)
{
	char b[512];
	size_t have = 0;
	ssize_t n;

	(void)p;
	in_loop(adopt_readbuf_now, NULL);
	while ((n = read(pair[1], b + have, sizeof b - have)) > 0)
		have += (size_t)n;
	say("peer0", "<- %s", RENDER(b, have));
	close(pair[1]);
}

static int adopt_readbuf_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		if (lws_return_http_status(e->wsi, 200, "web") || lws_http_transaction_completed(e->wsi))
			return -1;
		return 0;
	}
	return PASS;
}

static void adopt_readbuf(void)
{
	rig.flat = true;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		abort();
	if (no_server(protos, adopt_readbuf_hook)) {
		peer_start("peer0", adopt_readbuf_peer);
		finish();
	}
}

static int file_hook(event *e)
{
	char b[16];

	if (e->reason == LWS_CALLBACK_RAW_RX_FILE) {
		ssize_t n = read(pair[0], b, sizeof b);

		say(e->conn, "  read %zd %.*s", n, n > 0 ? (int)n : 0, b);
		mark("read");
		return n <= 0 ? -1 : 0;
	}
	return PASS;
}

static void adopt_file_now(void *arg)
{
	lws_sock_file_fd_type fd = {.filefd = pair[0]};

	(void)arg;
	say(GLOBAL, "adopted %s",
	    lws_adopt_descriptor_vhost(lws_get_vhost_by_name(rig.ctx, "default"), LWS_ADOPT_RAW_FILE_DESC,
	                               fd, "raw", NULL)
	        ? "made"
	        : "NULL");
}

static void adopt_file_peer(peer *p)
{
	(void)p;
	in_loop(adopt_file_now, NULL);
	if (write(pair[1], "line", 4) != 4)
		abort();
	await("read");
	close(pair[1]);
}

static void adopt_file(void)
{
	if (pipe(pair))
		abort();
	if (no_server(protos, file_hook)) {
		peer_start("peer0", adopt_file_peer);
		finish();
	}
}

/* ---- a raw client ---- */

static int client_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RAW_CONNECTED)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE && !s->got++)
		put(e, "hello", 5, LWS_WRITE_RAW);
	return PASS;
}

static void connect_raw(void *arg)
{
	struct lws_client_connect_info i = client_info(NULL, NULL);

	(void)arg;
	i.method = "RAW";
	i.local_protocol_name = "raw";
	client("cli0", &i);
}

static void raw_starter(peer *p)
{
	(void)p;
	in_loop(connect_raw, NULL);
}

static void raw_server_script(peer *p)
{
	if (!p_accept(p))
		return;
	p_body(p, 5);
	p_put(p, "good day");
	await("RAW_RX");
	p_close(p);
}

static void raw_client(void)
{
	if (no_server(protos, client_hook)) {
		peer_listen("peer0", raw_server_script);
		peer_start("peer1", raw_starter);
		finish();
	}
}

static int client_ends_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_RX)
		return -1;
	return client_hook(e);
}

static void raw_server_rest(peer *p)
{
	if (!p_accept(p))
		return;
	p_body(p, 5);
	p_put(p, "good day");
	p_rest(p);
}

static void raw_client_ends(void)
{
	if (no_server(protos, client_ends_hook)) {
		peer_listen("peer0", raw_server_rest);
		peer_start("peer1", raw_starter);
		finish();
	}
}

/* Much more than the socket takes, to a slow reader. */
#define LARGE 2000000

static int large_hook(event *e)
{
	struct session *s = e->user;

	if (e->reason == LWS_CALLBACK_RAW_ADOPT)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE && !s->got++) {
		char *b = malloc(LARGE);

		for (int i = 0; i < LARGE; i++)
			b[i] = (char)('a' + i % 24);
		put(e, b, LARGE, LWS_WRITE_RAW);
		free(b);
	}
	return PASS;
}

static void large_peer(peer *p)
{
	p_connect(p);
	await("RAW_WRITEABLE");
	p_pause(200);
	p_body(p, LARGE);
	p_close(p);
}

static void large(void) { raw_with(large_hook, large_peer); }

static const scenario sc_raw[] = {
    {"raw-echo", server_echo},
    {"raw-refuse-rx", refuse_rx},
    {"raw-refuse-adopt", refuse_adopt},
    {"raw-greeting", greeting},
    {"raw-fallback", fallback},
    {"raw-adopt-socket", adopt_socket},
    {"raw-adopt-file", adopt_file},
    {"adopt-http-readbuf", adopt_readbuf},
    {"raw-client", raw_client},
    {"raw-client-ends", raw_client_ends},
    {"raw-large", large},
    {NULL, NULL},
};

SCENARIOS(sc_raw)
