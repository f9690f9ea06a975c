/* SPDX-License-Identifier: MIT */
/*
 * Which time limits of lws_context_creation_info count where (members.h). One second
 * is what a group says, where the defaults are 5 and more: a peer that hears nothing for
 * three seconds was not hung up on.
 */
#include "members.h"
#include "peer.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

/* ---- servers ---- */

static void patience(peer *p)
{
	struct timeval wait = {.tv_sec = 3};

	setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
}

static void end_or_silence(peer *p)
{
	static int accepted;

	await_n("SERVER_NEW_CLIENT_INSTANTIATED", ++accepted);
	patience(p);
	mark("asked");
	p_rest(p);
	p_close(p);
}

static void together(void)
{
	members.together = rig.dummy = true;
}

static void keepalive(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	together();
	i->keepalive_timeout = 1;
}

static void ask_idle(peer *p)
{
	if (p_connect(p)) {
		p_put(p, GET("/none"));
		p_response(p);
	}
	end_or_silence(p);
}

BOTH(keepalive, ask_idle, NULL)

static void ah_idle(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	together();
	i->timeout_secs_ah_idle = 1;
}

static void ask_half_head(peer *p)
{
	if (p_connect(p))
		p_put(p, "GET /none HTTP/1.1\r\nHost:");
	end_or_silence(p);
}

BOTH(ah_idle, ask_half_head, NULL)

/* The context's for all: the vhost's own would be over late. */
static void body(struct lws_context_creation_info *i, const char *of)
{
	together();
	i->timeout_secs = strcmp(of, "own") ? 1 : 60;
}

static void ask_half_body(peer *p)
{
	if (p_connect(p))
		p_put(p, "POST /none HTTP/1.1\r\nHost: trace.test\r\nContent-Length: 100\r\n\r\nsome");
	end_or_silence(p);
}

static int on_body(event *e)
{
	return e->reason == LWS_CALLBACK_HTTP ? 0 : PASS; /* waits for the body */
}

BOTH(body, ask_half_body, on_body)

/* A vhost's own alone. */
static void body_own(struct lws_context_creation_info *i, const char *of)
{
	together();
	i->timeout_secs = strcmp(of, "own") ? 0 : 1;
}

BOTH(body_own, ask_half_body, on_body)

/* ---- clients ---- */

/* Takes the request and never answers. */
static void mute(peer *p)
{
	if (!p_accept(p) || !p_head(p))
		return;
	patience(p);
	p_rest(p);
}

static void reply(struct lws_context_creation_info *i, const char *of)
{
	members.together = true;
	i->timeout_secs = strcmp(of, "own") ? 1 : 60;
}

BOTH_CLIENTS(reply, mute, NULL)

/* Nobody takes the connections to a port whose queue is full: each attempt ends after timeout_secs. */
static void full(struct lws_context_creation_info *i)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	int fd;

	i->timeout_secs = 3;
	if (members.client.port)
		return;
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (void *)&a, n) || listen(fd, 0) || getsockname(fd, (void *)&a, &n))
		abort();
	members.client.port = ntohs(a.sin_port);
	for (int k = 0; k < 4; k++)
		connect(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), (void *)&a, n);
}

static void attempt(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	i->connect_timeout_secs = 1;
}

static void nothing(peer *p)
{
	(void)p;
}

static void attempts(bool explicit)
{
	members.common = full;
	members.together = true;
	members_connect(attempt, nothing, NULL, explicit);
}

static void attempt_explicit(void)
{
	attempts(true);
}

static void attempt_default(void)
{
	attempts(false);
}

/* ---- the kernel's own questions ---- */

static int option(int fd, int level, int which)
{
	int v = -1;
	socklen_t n = sizeof v;

	getsockopt(fd, level, which, &v, &n);
	return v;
}

static void probes(struct lws_context_creation_info *i, const char *of)
{
	bool own = !strcmp(of, "own");

	rig.dummy = true;
	i->ka_time = own ? 30 : 20;
	i->ka_interval = own ? 5 : 4;
	i->ka_probes = own ? 3 : 2;
}

static int on_probes(event *e)
{
	int fd;

	if (e->reason != LWS_CALLBACK_HTTP && e->reason != LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH)
		return PASS;
	fd = lws_get_socket_fd(e->wsi);
	if (option(fd, SOL_SOCKET, SO_KEEPALIVE) != 1)
		say(e->conn, "  no probes");
	else
		say(e->conn, "  after %d, each %d, times %d", option(fd, IPPROTO_TCP, TCP_KEEPIDLE),
		    option(fd, IPPROTO_TCP, TCP_KEEPINTVL), option(fd, IPPROTO_TCP, TCP_KEEPCNT));
	return PASS;
}

static void ask_get(peer *p)
{
	ask_for(p, GET("/none"));
}

BOTH(probes, ask_get, on_probes)

static void client_probes(struct lws_context_creation_info *i, const char *of)
{
	probes(i, of);
	rig.dummy = false;
}

static void greet(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}

BOTH_CLIENTS(client_probes, greet, on_probes)

static const scenario sc_settings_times[] = {
    BOTH_LISTED("settings-keepalive", keepalive),
    BOTH_LISTED("settings-ah-idle", ah_idle),
    BOTH_LISTED("settings-body", body),
    BOTH_LISTED("settings-body-own", body_own),
    BOTH_LISTED("settings-reply", reply),
    BOTH_LISTED("settings-attempt", attempt),
    BOTH_LISTED("settings-probes", probes),
    BOTH_LISTED("settings-client-probes", client_probes),
    {NULL, NULL},
};

SCENARIOS(sc_settings_times)
