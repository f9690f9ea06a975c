/* SPDX-License-Identifier: MIT */
/* What the scenarios of HTTP servers share. */
#include "web.h"

const struct lws_protocols web_protocols[] = {
    {"http", cb0, sizeof(struct web_session), 0, 0, NULL, 0},
    {"dyn", cb1, sizeof(struct web_session), 0, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

const char *const *requests;
bool at_once;

void requests_peer(peer *p)
{
	int n = 0;

	p_connect(p);
	if (at_once) {
		char all[4096] = "";

		for (; requests[n]; n++)
			strcat(all, requests[n]);
		p_put(p, all);
		for (int i = 0; i < n && p_response(p); i++)
			;
	} else {
		for (; requests[n]; n++) {
			p_put(p, requests[n]);
			if (!p_response(p))
				break;
		}
	}
	p_close(p);
}

void exchange(hook_fn hook, const char *const *r)
{
	requests = r;
	if (server(web_protocols, hook)) {
		peer_start("peer0", requests_peer);
		finish();
	}
}

const char *const get_one[] = {GET("/thing"), NULL};

int web_head(event *e, unsigned code, const char *type, lws_filepos_t length)
{
	uint8_t buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;

	if (lws_add_http_common_headers(e->wsi, code, type, length, &p, end))
		return 1;
	return lws_finalize_write_http_header(e->wsi, start, &p, end);
}

int simple_hook(event *e)
{
	struct web_session *s = e->user;

	switch (e->reason) {
	case LWS_CALLBACK_HTTP:
		s->step = 0;
		if (web_head(e, HTTP_STATUS_OK, "text/plain", 11))
			return 1;
		lws_callback_on_writable(e->wsi);
		return 0;
	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!s)
			return PASS;
		if (!s->step++) {
			put(e, "hello ", 6, LWS_WRITE_HTTP);
			lws_callback_on_writable(e->wsi);
			return 0;
		}
		if (s->step == 2) {
			put(e, "world", 5, LWS_WRITE_HTTP_FINAL);
			if (lws_http_transaction_completed(e->wsi))
				return -1;
			return 0;
		}
		break;
	default:
		break;
	}
	return PASS;
}
