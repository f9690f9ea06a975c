/* SPDX-License-Identifier: MIT */
/* lws_client_reset by the program, redirects to another server, validity, sharing through a proxy, families. */
#include "httpc.h"

#include <poll.h>

#define OK5 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
#define TO(code, where) "HTTP/1.1 " code " Moved\r\nLocation: " where "\r\nContent-Length: 0\r\n\r\n"

/* Exported, and in no header. */
struct lws *lws_client_reset(struct lws **wsi, int ssl, const char *address, int port, const char *path,
                             const char *host, char weak);

static struct lws *cli;
static int second_port;

static void remember(struct lws_client_connect_info *i)
{
	i->pwsi = &cli;
}

/* ---- lws_client_reset ---- */

/* Begins again at the second server, while the first one is silent. */
static void reset_now(void *arg)
{
	struct lws *w = cli, *made;

	(void)arg;
	made = lws_client_reset(&w, over_tls ? LCCSCF_USE_SSL : 0, "127.0.0.1", second_port, "new/path",
	                        "second.test", 1);
	say("cli0", "lws_client_reset: %s, %s", made == cli ? "the same" : made ? "another" : "NULL",
	    w ? "left" : "gone");
}

static void silent_script(peer *p)
{
	if (p_accept(p) && p_head(p)) {
		in_loop(reset_now, NULL);
		p_rest(p);
	}
}

static void two_servers(hook_fn hook, script_fn first, script_fn second)
{
	int port;

	hc_adjust = remember;
	if (!no_server(hc_protocols, hook))
		return;
	peer_listen("peer0", first);
	port = rig.port;
	peer_listen("peer2", second);
	second_port = rig.port;
	rig.port = port;
	peer_start("peer1", hc_starter);
	finish();
}

static void reset_waiting(void)
{
	hc_answer = OK5;
	two_servers(hc_reader, silent_script, hc_answer_script);
}

static void reset_post(void)
{
	hc_method = "POST"; /* without a body */
	hc_answer = OK5;
	two_servers(hc_reader, silent_script, hc_answer_script);
}

/* The one that it is to go to does not listen. */
static void reset_refused(void)
{
	hc_adjust = remember;
	second_port = 1;
	if (no_server(hc_protocols, hc_reader)) {
		peer_listen("peer0", silent_script);
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void again_script(peer *p)
{
	char head[32];

	if (!p_accept(p) || !p_head_quiet(p))
		return;
	for (int i = 0; i <= HC_REDIRECTS; i++) {
		struct pollfd f = {.fd = p->listener, .events = POLLIN};

		in_loop(reset_now, NULL);
		if (i == HC_REDIRECTS)
			break;
		close(p->fd);
		io_drop(p);
		if (poll(&f, 1, 8000) != 1 || !p_accept(p) || !p_head_quiet(p))
			return;
		snprintf(head, sizeof head, "%.20s", p->head);
		say(p->name, "<- %s", head);
	}
	p_put(p, OK5);
	p_rest(p);
}

/* No more than so many times, and the connection is left as it is. */
static void reset_limit(void)
{
	hc_adjust = remember;
	if (no_server(hc_protocols, hc_reader)) {
		peer_listen("peer0", again_script);
		second_port = rig.port;
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void reset_nothing(void)
{
	say(GLOBAL, "of nothing: %s", lws_client_reset(NULL, 0, "a", 1, "b", "c", 0) ? "something" : "NULL");
}

static void grant_script(peer *p)
{
	if (!p_accept(p) || !hc_grant(p, "Sec-WebSocket-Protocol: web\r\n"))
		return;
	p_frame_plain(p, TEXT, "here", 4);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void reset_ws_script(peer *p)
{
	if (p_accept(p) && p_head_quiet(p)) {
		in_loop(reset_now, NULL);
		p_rest(p);
	}
}

static void reset_ws(void)
{
	hc_method = NULL;
	two_servers(hc_reader, reset_ws_script, grant_script);
}

/* In the callback that tells of the answer: the body is not awaited any more. */
static int reset_hook(event *e)
{
	static int times;

	if (e->reason == LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP && !times++) {
		reset_now(NULL);
		return 0;
	}
	return hc_reader(e);
}

static void head_only_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
	p_rest(p);
}

static void reset_established(void)
{
	hc_answer = OK5;
	two_servers(reset_hook, head_only_script, hc_answer_script);
}

/* While it connects to somewhere else. */
static void connect_and_reset(void *arg)
{
	hc_connect("cli0");
	reset_now(arg);
}

static void at_once_starter(peer *p)
{
	(void)p;
	in_loop(connect_and_reset, NULL);
}

static void reset_connecting(void)
{
	hc_answer = OK5;
	hc_adjust = remember;
	if (!no_server(hc_protocols, hc_reader))
		return;
	peer_listen("peer0", hc_answer_script);
	second_port = rig.port;
	hc_address = "127.0.0.11"; /* nobody is there */
	peer_start("peer1", at_once_starter);
	finish();
}

/* ---- redirects ---- */

static const char *leads_to;

static void redirect_script(peer *p)
{
	char text[256];

	if (!p_accept(p) || !p_head(p))
		return;
	if (strstr(p->head, "content-length: 4"))
		p_body(p, 4);
	snprintf(text, sizeof text, leads_to, second_port);
	p_put(p, text);
	p_rest(p);
}

static bool second_only; /* the second server has TLS, the first one has not */

static void last_script(peer *p)
{
	struct pollfd f = {.fd = p->listener, .events = POLLIN};

	if (second_only && poll(&f, 1, 8000) == 1)
		over_tls = true;
	if (!p_accept(p) || !p_head(p))
		return;
	if (strstr(p->head, "content-length: 4"))
		p_body(p, 4);
	p_put(p, OK5);
	p_rest(p);
}

static bool refuses_redirect;

static int redirect_hook(event *e)
{
	static int sent;
	bool body = !strcmp(hc_method, "POST") && !lws_http_is_redirected_to_get(e->wsi);
	unsigned char **p = e->in, *end;

	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_HTTP_REDIRECT:
		say(e->conn, "  redirect code %zu", e->len);
		return refuses_redirect;
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		say(e->conn, "  redirected to GET %d, TLS %d", lws_http_is_redirected_to_get(e->wsi),
		    lws_is_ssl(e->wsi));
		sent = 0;
		if (!body)
			break;
		end = *p + e->len;
		if (lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, (unsigned char *)"4", 1, p,
		                                 end))
			return -1;
		lws_client_http_body_pending(e->wsi, 1);
		return 0;
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		if (body && !sent++) {
			put(e, "body", 4, LWS_WRITE_HTTP_FINAL);
			lws_client_http_body_pending(e->wsi, 0);
		}
		return 0;
	default:
		break;
	}
	return hc_reader(e);
}

static void redirect_to(const char *answer)
{
	leads_to = answer;
	two_servers(redirect_hook, redirect_script, last_script);
}

static const char *second_url(const char *answer)
{
	static char text[256];
	const char *https = strstr(answer, "http:");

	if (!over_tls || !https)
		return answer;
	snprintf(text, sizeof text, "%.*shttps%s", (int)(https - answer), answer, https + 4);
	return text;
}

static void redirect_second(void)
{
	redirect_to(second_url(TO("301", "http://127.0.0.1:%d/there?a=b")));
}

static void redirect_https(void)
{
	if (!over_tls) {
		tls_begin();
		over_tls = false;
		second_only = true;
		rig.info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
		hc_flags = LCCSCF_ALLOW_SELFSIGNED | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	}
	redirect_to(TO("302", "https://127.0.0.1:%d/safe"));
}

static void post_to(const char *answer)
{
	hc_method = "POST";
	redirect_to(second_url(answer));
}

static void redirect_303(void) { post_to(TO("303", "http://127.0.0.1:%d/result")); }
static void redirect_307(void) { post_to(TO("307", "http://127.0.0.1:%d/again")); }
static void redirect_302_post(void) { post_to(TO("302", "http://127.0.0.1:%d/kept")); }

static void redirect_relative_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, TO("302", "two?x=1"));
	p_close(p);
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, OK5);
	p_rest(p);
}

static void redirect_relative(void)
{
	hc_path = "/folder/one";
	hc_with(redirect_hook, redirect_relative_script);
}

static void redirect_refused(void)
{
	refuses_redirect = true;
	leads_to = TO("302", "/x%d");
	hc_with(redirect_hook, redirect_script);
}

static void redirect_303_no_follow(void)
{
	hc_method = "POST";
	hc_flags = LCCSCF_HTTP_NO_FOLLOW_REDIRECT;
	leads_to = "HTTP/1.1 303 See Other\r\nLocation: /x%d\r\nContent-Length: 5\r\n\r\nthere";
	hc_with(redirect_hook, redirect_script);
}

static void redirect_ws_script(peer *p)
{
	char text[256];

	if (!p_accept(p) || !p_head_quiet(p))
		return;
	snprintf(text, sizeof text, leads_to, second_port);
	p_put(p, text);
	p_rest(p);
}

static void redirect_ws(void)
{
	hc_method = NULL;
	leads_to = over_tls ? TO("302", "wss://127.0.0.1:%d/there") : TO("302", "ws://127.0.0.1:%d/there");
	two_servers(hc_reader, redirect_ws_script, grant_script);
}

/* ---- validity ---- */

static const lws_retry_bo_t policy = {.secs_since_valid_ping = 1, .secs_since_valid_hangup = 3};

static void with_policy(struct lws_client_connect_info *i)
{
	i->retry_and_idle_policy = &policy;
}

static void pong_script(peer *p)
{
	if (!p_accept(p) || !hc_grant(p, "Sec-WebSocket-Protocol: web\r\n") || !p_frames(p, 1))
		return;
	p_frame_plain(p, PONG, "", 0);
	if (!p_frames(p, 1))
		return;
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void no_pong_script(peer *p)
{
	if (p_accept(p) && hc_grant(p, "Sec-WebSocket-Protocol: web\r\n"))
		p_rest_frames(p);
}

static void validity_of_client(script_fn script)
{
	hc_method = NULL;
	hc_adjust = with_policy;
	hc_with(hc_reader, script);
}

static void validity_ping(void) { validity_of_client(pong_script); }
static void validity_hangup(void) { validity_of_client(no_pong_script); }

/* The context's policy is for its clients, too. */
static void validity_context(void)
{
	rig.info.retry_and_idle_policy = &policy;
	hc_method = NULL;
	hc_with(hc_reader, no_pong_script);
}

/* The program says that the connection is good for longer than a hang-up takes. */
static lws_sorted_usec_list_t sul_confirm;
static struct lws *confirmed;
static int confirms;

static void confirm(lws_sorted_usec_list_t *sul)
{
	lws_validity_confirmed(confirmed);
	if (++confirms < 13)
		lws_sul_schedule(rig.ctx, 0, sul, confirm, 300 * LWS_US_PER_MS);
	else
		lws_set_timeout(confirmed, PENDING_TIMEOUT_USER_REASON_BASE, LWS_TO_KILL_ASYNC);
}

static int confirming(event *e)
{
	if (e->reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
		confirmed = e->wsi;
		lws_sul_schedule(rig.ctx, 0, &sul_confirm, confirm, 300 * LWS_US_PER_MS);
	}
	return hc_reader(e);
}

static void validity_confirmed(void)
{
	hc_method = NULL;
	hc_adjust = with_policy;
	hc_with(confirming, no_pong_script);
}

/* ---- sharing ---- */

static const char *const names[] = {"cli0", "cli1"};
static const char *const paths[] = {"/zero", "/one"};
static const char *ifaces[2];

static void connect_two(void *arg)
{
	(void)arg;
	hc_flags |= LCCSCF_PIPELINE;
	for (int i = 0; i < 2; i++) {
		hc_path = paths[i];
		hc_iface = ifaces[i];
		hc_connect(names[i]);
	}
}

static void two_starter(peer *p)
{
	(void)p;
	in_loop(connect_two, NULL);
}

static void shared_script(peer *p)
{
	if (!p_accept(p))
		return;
	say(p->name, "a connection");
	for (int i = 0; i < 2 && p_head(p); i++)
		p_put(p, OK5);
	p_rest(p);
}

static void share(void)
{
	if (no_server(hc_protocols, hc_reader)) {
		peer_start("peer1", two_starter);
		finish();
	}
}

static const char *proxy_text_1, *proxy_text_2;

static void through_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, "HTTP/1.1 200 OK\r\n\r\n");
	for (int i = 0; i < 2 && p_head(p); i++)
		p_put(p, OK5);
	p_rest(p);
}

/* The first is sent elsewhere, the second waited behind it. */
static void sent_away_script(peer *p)
{
	char text[256];

	if (!p_accept(p) || !p_head(p))
		return;
	snprintf(text, sizeof text, leads_to, second_port);
	p_put(p, text);
	p_rest(p);
	p_close(p);
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, OK5);
	p_rest(p);
}

static void redirect_leader(void)
{
	int port;

	hc_host = "127.0.0.1";
	leads_to = second_url(TO("302", "http://127.0.0.1:%d/there"));
	if (!no_server(hc_protocols, hc_reader))
		return;
	peer_listen("peer0", sent_away_script);
	port = rig.port;
	peer_listen("peer2", last_script);
	second_port = rig.port;
	rig.port = port;
	peer_start("peer1", two_starter);
	finish();
}

/* Where a redirect led, others can share the connection: it is known by the new address. */
static void connect_behind(void *arg)
{
	(void)arg;
	hc_flags = LCCSCF_PIPELINE;
	hc_port = second_port;
	hc_path = "/behind";
	hc_connect("cli1");
}

static void joined_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	in_loop(connect_behind, NULL);
	p_put(p, OK5);
	if (!p_head(p))
		return;
	p_put(p, OK5);
	p_rest(p);
}

static void redirect_then_share(void)
{
	leads_to = second_url(TO("302", "http://127.0.0.1:%d/there"));
	two_servers(hc_reader, redirect_script, joined_script);
}

static void by_proxy(script_fn script)
{
	static char at[32];

	peer_listen("peer0", script);
	snprintf(at, sizeof at, "127.0.0.1:%d", rig.port);
	rig.info.http_proxy_address = at;
	hc_address = "far.trace";
	hc_host = "far.trace";
	hc_port = 99;
}

static void proxy_shared(void)
{
	by_proxy(through_script);
	share();
}

static void iface_shared(void)
{
	ifaces[1] = "127.0.0.3";
	hc_host = "127.0.0.1";
	peer_listen("peer0", shared_script);
	share();
}

/* The proxy's answer comes in two pieces. */
static void proxy_pieces_script(peer *p)
{
	struct pollfd f = {.events = POLLIN};

	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, proxy_text_1);
	f.fd = p->fd;
	if (proxy_text_2 && !poll(&f, 1, 700))
		p_put(p, proxy_text_2);
	if (!p_head(p))
		return;
	p_put(p, OK5);
	p_rest(p);
}

static void proxy_pieces(const char *one, const char *two)
{
	proxy_text_1 = one;
	proxy_text_2 = two;
	by_proxy(proxy_pieces_script);
	if (no_server(hc_protocols, hc_reader)) {
		peer_start("peer1", hc_starter);
		finish();
	}
}

static void proxy_split(void) { proxy_pieces("HTTP/1.1 2", "00 OK\r\nVia: 1.1 proxy\r\n\r\n"); }
static void proxy_201(void) { proxy_pieces("HTTP/1.1 201 OK\r\n\r\n", NULL); }

/* ---- families ---- */

/* The server's connection goes, its child is a client that waits. */
static int parent_hook(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_HTTP: {
		struct lws_client_connect_info i = client_info("/inner", "web");

		i.method = "GET";
		i.parent_wsi = e->wsi;
		i.port = second_port;
		client("cli0", &i);
		return 0;
	}
	case LWS_CALLBACK_CHILD_CLOSING:
		say(e->conn, "  of %s", e->in ? label(e->in) : "nobody");
		break;
	default:
		break;
	}
	return hc_reader(e);
}

static void child_script(peer *p)
{
	if (p_accept(p) && p_head(p)) {
		mark("inner asked");
		p_rest(p);
	}
}

static void outer_script(peer *p)
{
	if (!p_connect(p))
		return;
	p_put(p, "GET /outer HTTP/1.1\r\nHost: a\r\n\r\n");
	await("inner asked");
	p_close(p);
}

static void parent_first(void)
{
	int port;

	if (!server(hc_protocols, parent_hook))
		return;
	port = rig.port;
	peer_listen("peer2", child_script);
	second_port = rig.port;
	rig.port = port;
	peer_start("peer0", outer_script);
	finish();
}

/* A client's child is a client; the parent is done first. */
static void connect_child(void *arg)
{
	struct lws_client_connect_info i = client_info("/child", "web");

	(void)arg;
	i.method = "GET";
	i.parent_wsi = cli;
	i.port = second_port;
	client("cli1", &i);
}

static void parent_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	in_loop(connect_child, NULL);
	await("inner asked");
	p_close(p);
}

static void parent_client(void) { two_servers(parent_hook, parent_script, child_script); }

/* No sequencers in this build: the field means nothing. */
static void with_seq(struct lws_client_connect_info *i)
{
	i->seq = (struct lws_sequencer *)&second_port;
}

static void seq(void)
{
	hc_adjust = with_seq;
	hc_answered(OK5);
}

static const scenario sc_client_gaps[] = {
    {"hcg-reset-waiting", reset_waiting},
    {"hcg-reset-post", reset_post},
    {"hcg-reset-refused", reset_refused},
    {"hcg-reset-limit", reset_limit},
    {"hcg-reset-nothing", reset_nothing},
    {"hcg-reset-ws", reset_ws},
    {"hcg-reset-established", reset_established},
    {"hcg-reset-connecting", reset_connecting},
    {"hcg-redirect-leader", redirect_leader},
    {"hcg-redirect-then-share", redirect_then_share},
    {"hcg-redirect-second", redirect_second},
    {"hcg-redirect-https", redirect_https},
    {"hcg-redirect-303", redirect_303},
    {"hcg-redirect-307", redirect_307},
    {"hcg-redirect-302-post", redirect_302_post},
    {"hcg-redirect-relative", redirect_relative},
    {"hcg-redirect-refused", redirect_refused},
    {"hcg-redirect-303-no-follow", redirect_303_no_follow},
    {"hcg-redirect-ws", redirect_ws},
    {"hcg-validity-ping", validity_ping},
    {"hcg-validity-hangup", validity_hangup},
    {"hcg-validity-context", validity_context},
    {"hcg-validity-confirmed", validity_confirmed},
    {"hcg-proxy-shared", proxy_shared},
    {"hcg-iface-shared", iface_shared},
    {"hcg-proxy-split", proxy_split},
    {"hcg-proxy-201", proxy_201},
    {"hcg-parent-first", parent_first},
    {"hcg-parent-client", parent_client},
    {"hcg-seq", seq},
    {NULL, NULL},
};

SCENARIOS(sc_client_gaps)
