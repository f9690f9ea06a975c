/* SPDX-License-Identifier: MIT */
/* Calls on connections that few programs make. */
#include "client.h"
#include "web.h"

#include <poll.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* exported, but not declared */
void lws_ssl_remove_wsi_from_buffered_list(struct lws *wsi);
struct lws *lws_client_reset(struct lws **wsi, int ssl, const char *address, int port, const char *path,
                             const char *host, char weak);

/* ---- what a server's connection says of itself ---- */

static int asking(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		say(e->conn, "  cgi %d, thread %d %d, protocol %d, redirected %d", lws_is_cgi(e->wsi), lws_wsi_tsi(e->wsi),
		    lws_get_tsi(e->wsi), lws_protocol_get(e->wsi) == lws_get_protocol(e->wsi),
		    lws_http_is_redirected_to_get(e->wsi));
		say(e->conn, "  credit %d %d, allowance %d, long poll %d, estimate %d",
		    lws_wsi_tx_credit(e->wsi, LWSTXCR_US_TO_PEER, 0), lws_wsi_tx_credit(e->wsi, LWSTXCR_PEER_TO_US, 5),
		    (int)lws_get_peer_write_allowance(e->wsi), lws_h2_client_stream_long_poll_rxonly(e->wsi),
		    lws_h2_get_peer_txcredit_estimate(e->wsi));
		say(e->conn, "  port %d %d", lws_get_vhost_port(lws_get_vhost(e->wsi)) == rig.port,
		    lws_get_vhost_listen_port(lws_get_vhost(e->wsi)) == rig.port);
		lws_ssl_remove_wsi_from_buffered_list(e->wsi);
		lws_validity_confirmed(e->wsi);
		lws_cancel_service_pt(e->wsi);
	}
	return simple_hook(e);
}

static void calls_ask(void) { exchange(asking, get_one); }

/* The reference looks for the h2 part of a connection that has none. */
static int updating(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP)
		say(e->conn, "  update %d", lws_h2_update_peer_txcredit(e->wsi, -1, 100));
	return simple_hook(e);
}

static void calls_h2_update(void) { exchange(updating, get_one); }

static int cancelled_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_EVENT_WAIT_CANCELLED && !strcmp(e->proto, "http"))
		mark("cancelled");
	return PASS;
}

static struct lws *adopted;

static void kill_now(void *arg)
{
	(void)arg;
	lws_set_timeout(adopted, 1, LWS_TO_KILL_ASYNC);
}

static void cancel_peer(peer *p)
{
	(void)p;
	lws_cancel_service_pt(adopted); /* from another thread */
	await("cancelled");
	say("peer0", "told");
	in_loop(kill_now, NULL);
	close(*(int *)lws_context_user(rig.ctx));
}

static void calls_cancel(void)
{
	static int fds[2];
	lws_sock_file_fd_type fd;

	rig.info.user = &fds[1];
	if (pipe(fds))
		abort();
	fd.filefd = fds[0];
	if (!no_server(web_protocols, cancelled_hook))
		return;
	adopted = lws_adopt_descriptor_vhost(lws_get_vhost_by_name(rig.ctx, "default"), LWS_ADOPT_RAW_FILE_DESC, fd, NULL,
	                                     NULL);
	peer_start("peer0", cancel_peer);
	finish();
}

/* ---- headers given back early ---- */

static int detaching(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP) {
		say(e->conn, "  host before %d", lws_hdr_total_length(e->wsi, WSI_TOKEN_HOST));
		say(e->conn, "  detach %d", lws_http_headers_detach(e->wsi));
		say(e->conn, "  host after %d", lws_hdr_total_length(e->wsi, WSI_TOKEN_HOST));
		if (lws_return_http_status(e->wsi, 404, NULL))
			return -1;
		return -1;
	}
	return PASS;
}

static void calls_detach(void) { exchange(detaching, get_one); }

/* ---- closing from outside ---- */

static int close_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_RX) {
		adopted = e->wsi;
		mark("came");
	}
	return PASS;
}

static void close_now(void *arg)
{
	(void)arg;
	lws_close_free_wsi(adopted, LWS_CLOSE_STATUS_NOSTATUS, "test");
	say(GLOBAL, "closed");
}

static void close_peer(peer *p)
{
	p_connect(p);
	p_put(p, "x");
	await("came");
	in_loop(close_now, NULL);
	p_rest(p);
}

static void calls_close(void)
{
	rig.info.listen_accept_role = "raw-skt";
	rig.info.options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	if (server(web_protocols, close_hook)) {
		peer_start("peer0", close_peer);
		finish();
	}
}

/* ---- WRITEABLE by hand ---- */

static int pollout_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_RX) {
		struct lws_pollfd pfd = {.fd = lws_get_socket_fd(e->wsi), .events = POLLOUT, .revents = POLLOUT};

		lws_callback_on_writable(e->wsi);
		say(e->conn, "  handled %d", lws_handle_POLLOUT_event(e->wsi, &pfd));
	}
	if (e->reason == LWS_CALLBACK_RAW_WRITEABLE)
		put(e, "written", 7, LWS_WRITE_RAW);
	return PASS;
}

static void pollout_peer(peer *p)
{
	p_connect(p);
	p_put(p, "x");
	p_body(p, 7);
	p_close(p);
}

static void calls_pollout(void)
{
	rig.info.listen_accept_role = "raw-skt";
	rig.info.options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	if (server(web_protocols, pollout_hook)) {
		peer_start("peer0", pollout_peer);
		finish();
	}
}

/* ---- a retry of a connection's own policy ---- */

static lws_sorted_usec_list_t sul;

static void again(lws_sorted_usec_list_t *s)
{
	(void)s;
	say(GLOBAL, "again");
	mark("again");
}

static int retry_hook(event *e)
{
	uint16_t tries = 0;

	if (e->reason == LWS_CALLBACK_RAW_RX) {
		for (int i = 0; i < 3; i++) {
			say(e->conn, "  retry %d", lws_retry_sul_schedule_retry_wsi(e->wsi, &sul, again, &tries));
			if (i < 2)
				lws_sul_cancel(&sul);
		}
		say(e->conn, "  tries %d, waits %d", tries, !lws_dll2_is_detached(&sul.list));
	}
	return PASS;
}

static void retry_peer(peer *p)
{
	p_connect(p);
	p_put(p, "x");
	await("RAW_RX");
	p_close(p);
}

static void calls_retry(void)
{
	static const uint32_t table[] = {5, 5};
	static const lws_retry_bo_t policy = {.retry_ms_table = table, .retry_ms_table_count = 2, .conceal_count = 2,
	                                      .secs_since_valid_ping = 100, .secs_since_valid_hangup = 110};

	rig.info.retry_and_idle_policy = &policy;
	rig.info.listen_accept_role = "raw-skt";
	rig.info.options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	if (server(web_protocols, retry_hook)) {
		peer_start("peer0", retry_peer);
		finish();
	}
}

/* ---- a client that begins again elsewhere ---- */

static struct lws *moving;

static void move_now(void *arg)
{
	(void)arg;
	say("cli0", "reset %d", lws_client_reset(&moving, !!over_tls, "127.0.0.1", rig.port, "second", "other.host", 0) == moving);
}

static void connect_now(void *arg)
{
	struct lws_client_connect_info i = client_info("/first", NULL);

	(void)arg;
	i.method = "GET";
	moving = client("cli0", &i);
}

static void move_starter(peer *p)
{
	(void)p;
	in_loop(connect_now, NULL);
}

static void move_server(peer *p)
{
	if (!p_accept(p))
		return;
	p_head_quiet(p);
	in_loop(move_now, NULL);
	p_close(p);
	if (!p_accept(p))
		return;
	p_head(p);
	p_put(p, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
	await("CLOSED_CLIENT_HTTP");
	p_close(p);
}

static int move_hook(event *e)
{
	char buf[LWS_PRE + 64], *at = buf + LWS_PRE;
	int n = sizeof buf - LWS_PRE;

	if (e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP)
		return lws_http_client_read(e->wsi, &at, &n) < 0 ? -1 : 0;
	return PASS;
}

static void calls_client_reset(void)
{
	if (no_server(web_protocols, move_hook)) {
		peer_listen("peer0", move_server);
		peer_start("peer1", move_starter);
		finish();
	}
}

/* ---- a multipart form from a client ---- */

/* The boundary is by chance: it becomes a B. */
static void say_form(const char *conn, const char *from, const char *end)
{
	char out[1024], *o = out;

	while (from < end) {
		if (from + 1 < end && from[0] == '-' && from[1] == '-' && end - from > 4) {
			from += 2;
			while (from < end && *from != '\r' && strncmp(from, "--\r", 3))
				from++;
			o += sprintf(o, "--B");
			continue;
		}
		*o++ = *from++;
	}
	say(conn, "  body %s", RENDER(out, (size_t)(o - out)));
}

static int multipart_hook(event *e)
{
	struct lws *wsi = e->wsi;
	char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *at = start, *end = buf + sizeof buf - 1;
	uint8_t **p, *stop;

	switch ((int)e->reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		p = (uint8_t **)e->in;
		stop = *p + e->len - 1;
		if (lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, (const unsigned char *)"999", 3, p, stop))
			return -1;
		lws_client_http_body_pending(wsi, 1);
		lws_callback_on_writable(wsi);
		return 0;
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		say(e->conn, "  room %d", lws_client_http_multipart(wsi, "text", NULL, NULL, &at, end));
		at += lws_snprintf(at, (size_t)(end - at), "value");
		say(e->conn, "  room %d", lws_client_http_multipart(wsi, "file", "a.txt", "text/plain", &at, end));
		at += lws_snprintf(at, (size_t)(end - at), "content");
		say(e->conn, "  room %d", lws_client_http_multipart(wsi, NULL, NULL, NULL, &at, end));
		lws_client_http_body_pending(wsi, 0);
		say_form(e->conn, start, at);
		put(e, start, (size_t)(at - start), LWS_WRITE_HTTP_FINAL);
		return 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: {
		int n = sizeof buf - LWS_PRE;

		return lws_http_client_read(wsi, &start, &n) < 0 ? -1 : 0;
	}
	}
	return PASS;
}

static void multipart_server(peer *p)
{
	if (!p_accept(p))
		return;
	p_head_quiet(p);
	p_put(p, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
	await("COMPLETED_CLIENT_HTTP");
	p_close(p);
}

static void post_now(void *arg)
{
	struct lws_client_connect_info i = client_info("/form", NULL);

	(void)arg;
	i.method = "POST";
	i.ssl_connection |= LCCSCF_HTTP_MULTIPART_MIME;
	client("cli0", &i);
}

static void post_starter(peer *p)
{
	(void)p;
	in_loop(post_now, NULL);
}

static void calls_multipart(void)
{
	if (no_server(web_protocols, multipart_hook)) {
		peer_listen("peer0", multipart_server);
		peer_start("peer1", post_starter);
		finish();
	}
}

/* ---- options of permessage-deflate ---- */

static int option_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
		say(e->conn, "  rx_buf_size %d", lws_set_extension_option(e->wsi, "permessage-deflate", "rx_buf_size", "8"));
		say(e->conn, "  unknown option %d", lws_set_extension_option(e->wsi, "permessage-deflate", "nothing", "8"));
		say(e->conn, "  unknown extension %d", lws_set_extension_option(e->wsi, "nothing", "rx_buf_size", "8"));
	}
	return talk(e);
}

static void option_server(peer *p)
{
	if (!p_accept(p) || !p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"))
		return;
	p_frames(p, 1);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void calls_option(void)
{
	static const struct lws_extension exts[] = {
	    {"permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_no_context_takeover"},
	    {NULL, NULL, NULL},
	};

	rig.info.extensions = exts;
	want_protocol = "chat";
	client_with(option_hook, option_server);
}

/* ---- the end of a vhost and of a context in their steps ---- */

static void calls_vhost_destroy1(void)
{
	struct lws_vhost *vh;

	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (!no_server(web_protocols, NULL))
		return;
	rig.info.vhost_name = "first";
	vh = lws_create_vhost(rig.ctx, &rig.info);
	rig.info.vhost_name = "second";
	lws_create_vhost(rig.ctx, &rig.info);
	lws_service(rig.ctx, -1);
	lws_vhost_destroy1(vh);
	lws_vhost_destroy1(vh);
	say(GLOBAL, "context still serves %d", lws_service(rig.ctx, -1));
	finish();
}

#if !ABI19
static void calls_context_destroy2(void)
{
	if (!no_server(web_protocols, NULL))
		return;
	lws_service(rig.ctx, -1);
	lws_context_destroy2(rig.ctx);
	say(GLOBAL, "context is %s", rig.ctx ? "left" : "gone");
}
#endif

static const scenario sc_calls[] = {
    {"calls-ask", calls_ask},
    {"calls-h2-update", calls_h2_update},
    {"calls-cancel", calls_cancel},
    {"calls-detach", calls_detach},
    {"calls-close", calls_close},
    {"calls-pollout", calls_pollout},
    {"calls-retry", calls_retry},
    {"calls-client-reset", calls_client_reset},
    {"calls-multipart", calls_multipart},
    {"calls-option", calls_option},
    {"calls-vhost-destroy1", calls_vhost_destroy1},
#if !ABI19
    {"calls-context-destroy2", calls_context_destroy2},
#endif
    {NULL, NULL},
};

SCENARIOS(sc_calls)
