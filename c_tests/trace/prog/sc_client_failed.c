/* SPDX-License-Identifier: MIT */
/* Answers that are none: the ways in which a WebSocket client (cf-ws) and an HTTP client (cf-http) fail. */
#include "client.h"
#include "httpc.h"

static bool then_close;

static void script(peer *p)
{
	if (!p_accept(p) || !p_head_quiet(p))
		return;
	p_put(p, hc_answer);
	if (then_close)
		p_close(p);
	else
		p_rest(p);
}

static void ws(const char *text)
{
	rig.info.timeout_secs = 2;
	hc_answer = text;
	client_with(talk, script);
}

static void http(const char *text)
{
	rig.info.timeout_secs = 2;
	hc_answer = text;
	hc_with(hc_reader, script);
}

/* Each answer makes a scenario of a WebSocket client and one of an HTTP client. */
#define BOTH(name, closes, text) \
	static void ws_##name(void) { then_close = closes; ws(text); } \
	static void http_##name(void) { then_close = closes; http(text); }

BOTH(ssh, false, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
BOTH(version, false, "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n")
BOTH(no_colon, false, "HTTP/1.1 101 Yes\r\nthis is no header\r\n\r\n")
BOTH(half_closed, true, "HTTP/1.1 200 OK\r\nContent-Le")
BOTH(half_silent, false, "HTTP/1.1 200 OK\r\nContent-Le")
BOTH(ssh_closed, true, "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")

#define TWO(name, s) {"cf-ws-" name, ws_##s}, {"cf-http-" name, http_##s}

static const scenario sc_client_failed[] = {
    TWO("ssh", ssh),
    TWO("version", version),
    TWO("no-colon", no_colon),
    TWO("half-closed", half_closed),
    TWO("half-silent", half_silent),
    TWO("ssh-closed", ssh_closed),
    {NULL, NULL},
};

SCENARIOS(sc_client_failed)
