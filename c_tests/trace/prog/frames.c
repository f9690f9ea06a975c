/* SPDX-License-Identifier: MIT */
/* What the scenarios of frames between a raw peer and a server share. */
#include "frames.h"

static const struct lws_protocols protos[] = {
    {"http", cb0, 0, 0, 0, NULL, 0},
    {"dflt", cb1, 32, 0, 0, NULL, 0},
    {"tiny", cb2, 32, 16, 0, NULL, 0},
    {"wide", cb3, 32, 10000, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

const char *frames_proto = "dflt";
static script_fn body;

char *pattern(size_t n)
{
	char *s = malloc(n + 1);

	for (size_t i = 0; i < n; i++)
		s[i] = (char)('a' + (i * 7 + i / 26) % 26);
	s[n] = 0;
	return s;
}

static void ws_peer(peer *p)
{
	p_connect(p);
	if (p_upgrade(p, frames_proto, NULL))
		body(p);
}

/* Runs the script behind an accepted upgrade. */
void frames_with(hook_fn hook, script_fn script)
{
	body = script;
	if (server(protos, hook)) {
		peer_start("peer0", ws_peer);
		finish();
	}
}

int count_only(event *e)
{
	static size_t total;

	if (e->reason == LWS_CALLBACK_RECEIVE) {
		total += e->len;
		if (lws_is_final_fragment(e->wsi) && !lws_remaining_packet_payload(e->wsi)) {
			char t[64];

			snprintf(t, sizeof t, "got %zu", total);
			total = 0;
			puts_ws(e, t);
		}
	}
	return PASS;
}

void bye(peer *p)
{
	p_shut_frame(p, 1000, "");
	p_rest_frames(p);
}
