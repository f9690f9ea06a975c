/* SPDX-License-Identifier: MIT */
/* What the scenarios of WebSocket clients share. */
#include "client.h"

const struct lws_protocols client_protocols[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"chat", cb1, 32, 0, 0, NULL, 0},
    {"other", cb2, 32, 64, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

const char *want_protocol = "chat";
const char *local_protocol;
const char *want_path = "/chat";
const char *want_host, *want_origin;
bool no_origin;

static void connect_now(void *arg)
{
	struct lws_client_connect_info i = client_info(want_path, want_protocol);

	(void)arg;
	i.local_protocol_name = local_protocol;
	if (want_host)
		i.host = want_host;
	if (want_origin)
		i.origin = want_origin;
	if (no_origin)
		i.origin = NULL;
	client("cli0", &i);
}

/* The first turn initialises the protocols, then the client connects. */
void client_starter(peer *p)
{
	(void)p;
	in_loop(connect_now, NULL);
}

void client_run(const struct lws_protocols *protocols, hook_fn hook, script_fn script, script_fn starter)
{
	if (no_server(protocols, hook)) {
		if (script)
			peer_listen("peer0", script);
		peer_start("peer1", starter);
		finish();
	}
}

void client_with(hook_fn hook, script_fn script)
{
	client_run(client_protocols, hook, script, client_starter);
}

/* Sends hello, then closes normally when the answer came. */
int talk(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		lws_callback_on_writable(e->wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE: {
		int *sent = e->user;
		static int without_user;

		if (!(*(sent ? sent : &without_user))++)
			puts_ws(e, "hello");
		break;
	}
	default:
		break;
	}
	return PASS;
}

void chat_script(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frames(p, 1);
	p_frame_plain(p, TEXT, "welcome", 7);
	p_frame_plain(p, SHUT, "\x03\xe8" "bye", 5);
	p_rest_frames(p);
}

void no_protocol_script(peer *p)
{
	if (!p_accept_ws(p, NULL))
		return;
	p_frames(p, 1);
	p_frame_plain(p, SHUT, "\x03\xe8", 2);
	p_rest_frames(p);
}
