/* SPDX-License-Identifier: MIT */
/* Several HTTP transactions on one connection (LCCSCF_PIPELINE), and keeping it warm. */
#include "httpc.h"

#define OK(n, text) "HTTP/1.1 200 OK\r\nContent-Length: " n "\r\n\r\n" text
#define HEADS 6

static const char *const names[] = {"cli0", "cli1", "cli2", "cli3"};
static const char *const paths[] = {"/zero", "/one", "/two", "/three"};
static int count = 2;
static const char *answers[HEADS];
static const char *methods[4];

static void connect_all(void *arg)
{
	const char *method = hc_method;

	(void)arg;
	hc_flags |= LCCSCF_PIPELINE;
	if (!hc_host)
		hc_host = "127.0.0.1"; /* only who is called as it is addressed is shared */
	for (int i = 0; i < count; i++) {
		hc_path = paths[i];
		hc_method = methods[i] ? methods[i] : method;
		hc_connect(names[i]);
	}
}

static void all_starter(peer *p)
{
	(void)p;
	in_loop(connect_all, NULL);
}

/* Answers requests in order; an answer that begins with ! ends the connection behind it. */
static void answers_script(peer *p)
{
	bool open = false;

	for (int i = 0; answers[i]; i++) {
		if (!open && !p_accept(p))
			return;
		if (!open)
			say(p->name, "a connection");
		open = true;
		if (!p_head(p))
			return;
		p_put(p, answers[i] + (answers[i][0] == '!'));
		if (answers[i][0] == '!') {
			p_close(p);
			open = false;
		}
	}
	if (open)
		p_rest(p);
}

static void queue(hook_fn hook)
{
	if (no_server(hc_protocols, hook)) {
		peer_listen("peer0", answers_script);
		peer_start("peer1", all_starter);
		finish();
	}
}

static void two(void)
{
	answers[0] = OK("5", "first");
	answers[1] = OK("6", "second");
	queue(hc_reader);
}

static void four(void)
{
	count = 4;
	for (int i = 0; i < 4; i++)
		answers[i] = OK("5", "hello");
	queue(hc_reader);
}

static void chunked(void)
{
	answers[0] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n";
	answers[1] = OK("6", "second");
	queue(hc_reader);
}

static void empty(void)
{
	answers[0] = OK("0", "");
	answers[1] = OK("6", "second");
	queue(hc_reader);
}

static void leader_closes(void)
{
	answers[0] = "!HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfirst";
	answers[1] = OK("6", "second");
	queue(hc_reader);
}

static void leader_dies(void)
{
	answers[0] = "!";
	answers[1] = OK("6", "second");
	queue(hc_reader);
}

/* Its host is another name than its address. */
static void other_host(void)
{
#if ABI19 /* whether it has the first one's session depends on when that comes */
	rig.info.options |= LWS_SERVER_OPTION_DISABLE_TLS_SESSION_CACHE;
#endif
	hc_host = "trace.test";
	answers[0] = "!HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfirst";
	answers[1] = OK("6", "second");
	queue(hc_reader);
}

/* A WebSocket that waits its turn, then upgrades the same connection. */
static void ws_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, OK("5", "first"));
	if (!hc_grant(p, "Sec-WebSocket-Protocol: web\r\n"))
		return;
	p_frame_plain(p, TEXT, "behind", 6);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

static void connect_ws(void *arg)
{
	hc_flags = LCCSCF_PIPELINE;
	hc_host = "127.0.0.1";
	(void)arg;
	hc_connect("cli0");
	hc_method = NULL;
	hc_connect("cli1");
}

static void ws_starter(peer *p)
{
	(void)p;
	in_loop(connect_ws, NULL);
}

static void ws_behind(void)
{
	if (no_server(hc_protocols, hc_reader)) {
		peer_listen("peer0", ws_script);
		peer_start("peer1", ws_starter);
		finish();
	}
}

static int refuse_first(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ && !strcmp(e->conn, "cli0"))
		return -1;
	return hc_reader(e);
}

static void leader_refuses(void)
{
	answers[0] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";
	answers[1] = NULL;
	count = 1;
	queue(refuse_first);
}

/* A method that is not queued. */
static void solo_script(peer *p)
{
	p->have = 0;
	for (int i = 0; i < 2; i++) {
		if (!p_accept(p) || !p_head_quiet(p))
			return;
		p_put(p, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
		p_close(p);
	}
	say(p->name, "two connections");
}

static void unshared(void)
{
	methods[1] = "DELETE";
	if (no_server(hc_protocols, hc_reader)) {
		peer_listen("peer0", solo_script);
		peer_start("peer1", all_starter);
		finish();
	}
}

/* The second comes when the first is done, and finds its connection idle. */
static void second_now(void *arg)
{
	(void)arg;
	hc_path = "/one";
	hc_connect("cli1");
}

static void late_starter(peer *p)
{
	hc_flags = LCCSCF_PIPELINE;
	hc_host = "127.0.0.1";
	hc_path = "/zero";
	hc_starter(p);
	await("COMPLETED_CLIENT_HTTP");
	in_loop(second_now, NULL);
}

static void late(void)
{
	answers[0] = OK("5", "first");
	answers[1] = OK("6", "second");
	if (no_server(hc_protocols, hc_reader)) {
		peer_listen("peer0", answers_script);
		peer_start("peer1", late_starter);
		finish();
	}
}

static void keep_warm(void)
{
	count = 1;
	answers[0] = OK("5", "first");
	queue(hc_reader);
}

/* The server ends the idle connection. */
static void idle_end_script(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	p_put(p, OK("5", "first"));
	await("COMPLETED_CLIENT_HTTP");
	p_close(p);
}

static void idle_end(void)
{
	count = 1;
	if (no_server(hc_protocols, hc_reader)) {
		peer_listen("peer0", idle_end_script);
		peer_start("peer1", all_starter);
		finish();
	}
}

/* Uploads that wait for each other. */
static int upload_hook(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: {
		unsigned char **p = e->in, *end = *p + e->len;

		if (lws_add_http_header_by_token(e->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, (unsigned char *)"4", 1, p,
		                                 end))
			return -1;
		lws_client_http_body_pending(e->wsi, 1);
		lws_callback_on_writable(e->wsi);
		return 0;
	}
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE: {
		static int sent[4];
		int n = e->conn[3] - '0';

		if (!sent[n]++) {
			lws_client_http_body_pending(e->wsi, 0);
			put(e, "data", 4, LWS_WRITE_HTTP_FINAL);
		}
		return 0;
	}
	default:
		break;
	}
	return hc_reader(e);
}

static void upload_script(peer *p)
{
	if (!p_accept(p))
		return;
	for (int i = 0; i < 2; i++) {
		if (!p_head(p))
			return;
		p_body(p, 4);
		p_put(p, OK("5", "taken"));
	}
	p_rest(p);
}

static void uploads(void)
{
	hc_method = "POST";
	if (no_server(hc_protocols, upload_hook)) {
		peer_listen("peer0", upload_script);
		peer_start("peer1", all_starter);
		finish();
	}
}

static const scenario sc_client_queue[] = {
    {"hcq-two", two},
    {"hcq-four", four},
    {"hcq-chunked", chunked},
    {"hcq-empty", empty},
    {"hcq-leader-closes", leader_closes},
    {"hcq-leader-dies", leader_dies},
    {"hcq-leader-refuses", leader_refuses},
    {"hcq-other-host", other_host},
    {"hcq-ws-behind", ws_behind},
    {"hcq-unshared", unshared},
    {"hcq-late", late},
    {"hcq-keep-warm", keep_warm},
    {"hcq-idle-end", idle_end},
    {"hcq-uploads", uploads},
    {NULL, NULL},
};

SCENARIOS(sc_client_queue)
