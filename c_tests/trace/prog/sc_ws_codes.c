/* SPDX-License-Identifier: MIT */
/* Close codes at the edges, and closing while the program does not want to receive. */
#include "client.h"
#include "frames.h"

/* ---- codes that the peer sends ---- */

static int code;

static void code_peer(peer *p)
{
	p_shut_frame(p, code, "why");
	p_rest_frames(p);
}

static void peer_code(int c)
{
	code = c;
	frames_with(count_only, code_peer);
}

static void code_1012(void) { peer_code(1012); }
static void code_1013(void) { peer_code(1013); }
static void code_1014(void) { peer_code(1014); }
static void code_1015(void) { peer_code(1015); }
static void code_1006(void) { peer_code(1006); }
static void code_3000(void) { peer_code(3000); }
static void code_4999(void) { peer_code(4999); }
static void code_5000(void) { peer_code(5000); }

/* The same to a client. */
static void code_server(peer *p)
{
	char b[2] = {(char)(code >> 8), (char)code};

	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frame_plain(p, SHUT, b, 2);
	p_rest_frames(p);
}

static int client_hook(event *e)
{
	(void)e;
	return PASS;
}

static void client_code(int c)
{
	code = c;
	client_with(client_hook, code_server);
}

static void client_1012(void) { client_code(1012); }
static void client_1013(void) { client_code(1013); }
static void client_1014(void) { client_code(1014); }
static void client_1015(void) { client_code(1015); }

/* ---- codes that the program sends ---- */

static int send_hook(event *e)
{
	if (e->reason == LWS_CALLBACK_RECEIVE) {
		lws_close_reason(e->wsi, (enum lws_close_status)code, (unsigned char *)"ours", 4);
		return -1;
	}
	return PASS;
}

static void send_peer(peer *p)
{
	p_text(p, "close");
	p_frames(p, 1);
	p_shut_frame(p, code, "");
	p_rest_frames(p);
}

static void our_code(int c)
{
	code = c;
	frames_with(send_hook, send_peer);
}

static void our_1012(void) { our_code(1012); }
static void our_1013(void) { our_code(1013); }
static void our_3999(void) { our_code(3999); }

/* ---- closing with the flow off ---- */

static int off_hook(event *e)
{
	switch (e->reason) {
	case LWS_CALLBACK_ESTABLISHED:
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		lws_rx_flow_control(e->wsi, 0);
		lws_callback_on_writable(e->wsi);
		break;
	case LWS_CALLBACK_SERVER_WRITEABLE:
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		lws_close_reason(e->wsi, LWS_CLOSE_STATUS_GOINGAWAY, NULL, 0);
		return -1;
	default:
		break;
	}
	return PASS;
}

/* Answers at once; a library that does not read that waits for its timeout. */
static void off_peer(peer *p)
{
	p_frames(p, 1);
	p_shut_frame(p, 1001, "");
	p_rest_frames(p);
}

static void flow_off_close(void)
{
	rig.info.timeout_secs = 2;
	frames_with(off_hook, off_peer);
}

static void off_server(peer *p)
{
	if (!p_accept_ws(p, "Sec-WebSocket-Protocol: chat\r\n"))
		return;
	p_frames(p, 1);
	p_frame_plain(p, SHUT, "\x03\xe9", 2);
	p_rest_frames(p);
}

static void flow_off_client(void)
{
	rig.info.timeout_secs = 2;
	client_with(off_hook, off_server);
}

static const scenario sc_ws_codes[] = {
    {"code-1012", code_1012},
    {"code-1013", code_1013},
    {"code-1014", code_1014},
    {"code-1015", code_1015},
    {"code-1006", code_1006},
    {"code-3000", code_3000},
    {"code-4999", code_4999},
    {"code-5000", code_5000},
    {"code-client-1012", client_1012},
    {"code-client-1013", client_1013},
    {"code-client-1014", client_1014},
    {"code-client-1015", client_1015},
    {"code-our-1012", our_1012},
    {"code-our-1013", our_1013},
    {"code-our-3999", our_3999},
    {"code-flow-off", flow_off_close},
    {"code-flow-off-client", flow_off_client},
    {NULL, NULL},
};

SCENARIOS(sc_ws_codes)
