/* SPDX-License-Identifier: MIT */
/* A WebSocket client and raw servers: handshakes that work and that fail. */
#include "client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

static int all_hook(event *e)
{
	char v[64];

	if (strcmp(e->conn, GLOBAL))
		say(e->conn, "  user %s", e->user ? "set" : "NULL");
	if (e->reason == LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH ||
	    e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
		int n = lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_PROTOCOL);

		say(e->conn, "  protocol header %d %s", n, n > 0 ? v : "");
		n = lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_ACCEPT);
		say(e->conn, "  accept header %d", n);
		n = lws_hdr_copy(e->wsi, v, sizeof v, WSI_TOKEN_HTTP);
		say(e->conn, "  status line %d %s", n, n > 0 ? v : "");
		say(e->conn, "  response %u", lws_http_client_http_response(e->wsi));
	}
	if (e->reason == LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER) {
		char **p = e->in;

		say(e->conn, "  room %s", e->len > 1000 ? "ample" : "short");
		*p += sprintf(*p, "X-Extra: some\r\n");
	}
	return talk(e);
}

static void complete(void)
{
	rig.flat = true;
	client_with(all_hook, chat_script);
}

/* The request line and headers in their variants. */
static void request_variants(void)
{
	want_host = "other.host:99";
	want_origin = "elsewhere.test";
	want_path = "/a/b?c=d&e=f";
	want_protocol = "other, chat";
	client_with(talk, chat_script);
}

static void request_bare(void)
{
	want_path = "/";
	no_origin = true;
	want_protocol = NULL;
	client_with(talk, no_protocol_script);
}

static void remote_name_script(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: remote-name\r\n"))
		return;
	p_frames(p, 1);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void local_name(void)
{
	want_protocol = "remote-name";
	local_protocol = "other";
	client_with(talk, remote_name_script);
}

static int plain_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED)
		lws_callback_on_writable(e->wsi);
	if (e->reason == LWS_CALLBACK_CLIENT_WRITEABLE) {
		static int sent;

		if (!sent++)
			puts_ws(e, "hello");
	}
	return PASS;
}

static void none_wanted(void)
{
	want_protocol = NULL;
	client_with(plain_hook, no_protocol_script);
}

static void none_granted(void) { client_with(plain_hook, no_protocol_script); }

/* ---- failures ---- */

static int error_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR)
		say(e->conn, "  user %s", e->user ? "set" : "NULL");
	return talk(e);
}

static const char *answer;

static void answer_script(peer *p)
{
	if (!p_accept(p) || !p_head_quiet(p))
		return;
	p_put(p, answer);
	p_rest(p);
}

static void answered(const char *text)
{
	answer = text;
	client_with(error_hook, answer_script);
}

static void answer_404(void)
{
	answered("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
}
static void answer_200(void) { answered("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"); }
static void answer_401(void) { answered("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"); }
static void answer_no_accept(void) { answered(UP101 "Sec-WebSocket-Protocol: chat\r\n\r\n"); }
static void answer_bad_accept(void)
{
	answered(UP101 "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n"
	               "Sec-WebSocket-Protocol: chat\r\n\r\n");
}
static void answer_no_upgrade(void)
{
	answered("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
	         "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
}
static void answer_no_connection(void)
{
	answered("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	         "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
}
static void answer_bad_upgrade(void)
{
	answered("HTTP/1.1 101 Switching Protocols\r\nUpgrade: tractor\r\nConnection: Upgrade\r\n"
	         "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
}
static void answer_garbage(void) { answered("no http at all\r\n\r\n"); }

static void wrong_protocol_script(peer *p)
{
	if (p_accept_ws(p, "Sec-WebSocket-Protocol: gamma\r\n"))
		p_rest(p);
}

static void wrong_protocol(void) { client_with(error_hook, wrong_protocol_script); }

static void unoffered_script(peer *p)
{
	if (p_accept_ws(p, "Sec-WebSocket-Protocol: other\r\n"))
		p_rest(p);
}

static void unoffered_protocol(void) { client_with(error_hook, unoffered_script); }

static void unasked_extension_script(peer *p)
{
	if (p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"
	                   "Sec-WebSocket-Extensions: x-unknown\r\n"))
		p_rest(p);
}

static void unasked_extension(void) { client_with(error_hook, unasked_extension_script); }

static void hang_up_script(peer *p)
{
	if (p_accept(p))
		p_head_quiet(p);
	p_close(p);
}

static void server_hangs_up(void) { client_with(error_hook, hang_up_script); }

static void half_answer_script(peer *p)
{
	if (p_accept(p) && p_head_quiet(p))
		p_put(p, "HTTP/1.1 101 Swit");
	p_close(p);
}

static void server_hangs_up_inside(void) { client_with(error_hook, half_answer_script); }

static void reset_now(void *p) { p_reset(p); }

static void reset_script(peer *p)
{
	if (p_accept(p) && p_head_quiet(p))
		in_loop(reset_now, p); /* not while the client is yet about to wait for the answer */
}

static void server_resets(void) { client_with(error_hook, reset_script); }

static void silent_script(peer *p)
{
	if (p_accept(p) && p_head_quiet(p))
		p_rest(p);
}

static void server_silent(void)
{
	rig.info.timeout_secs = 2;
	client_with(error_hook, silent_script);
}

static void refused(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&a, n) || getsockname(fd, (struct sockaddr *)&a, &n))
		abort();
	rig.port = ntohs(a.sin_port); /* bound, nobody listens */
	client_with(error_hook, NULL);
	close(fd);
}

static void unknown_vhost_protocol(void)
{
	local_protocol = "nowhere";
	client_with(error_hook, silent_script);
}

/* ---- answers of the program ---- */

static enum lws_callback_reasons refuse_at;

static int refuse_hook(event *e)
{
	return e->reason == refuse_at ? -1 : talk(e);
}

static void refuse(enum lws_callback_reasons at)
{
	refuse_at = at;
	client_with(refuse_hook, chat_script);
}

static void refuse_append(void) { refuse(LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER); }
static void refuse_pre(void) { refuse(LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH); }
static void refuse_established(void) { refuse(LWS_CALLBACK_CLIENT_ESTABLISHED); }
static void refuse_receive(void) { refuse(LWS_CALLBACK_CLIENT_RECEIVE); }
static void refuse_writeable(void) { refuse(LWS_CALLBACK_CLIENT_WRITEABLE); }

static const scenario sc_ws_client[] = {
    {"cli-complete", complete},
    {"cli-request-variants", request_variants},
    {"cli-request-bare", request_bare},
    {"cli-local-name", local_name},
    {"cli-none-wanted", none_wanted},
    {"cli-none-granted", none_granted},
    {"cli-answer-404", answer_404},
    {"cli-answer-200", answer_200},
    {"cli-answer-401", answer_401},
    {"cli-answer-no-accept", answer_no_accept},
    {"cli-answer-bad-accept", answer_bad_accept},
    {"cli-answer-no-upgrade", answer_no_upgrade},
    {"cli-answer-no-connection", answer_no_connection},
    {"cli-answer-bad-upgrade", answer_bad_upgrade},
    {"cli-answer-garbage", answer_garbage},
    {"cli-wrong-protocol", wrong_protocol},
    {"cli-unoffered-protocol", unoffered_protocol},
    {"cli-unasked-extension", unasked_extension},
    {"cli-hang-up", server_hangs_up},
    {"cli-hang-up-inside", server_hangs_up_inside},
    {"cli-reset", server_resets},
    {"cli-silent", server_silent},
    {"cli-refused", refused},
    {"cli-unknown-local", unknown_vhost_protocol},
    {"cli-refuse-append", refuse_append},
    {"cli-refuse-pre-establish", refuse_pre},
    {"cli-refuse-established", refuse_established},
    {"cli-refuse-receive", refuse_receive},
    {"cli-refuse-writeable", refuse_writeable},
    {NULL, NULL},
};

SCENARIOS(sc_ws_client)
