/* SPDX-License-Identifier: MIT
 *
 * Headers, cookies, arguments of the URL. /login?name=… sets a cookie; a WebSocket is
 * let in with it, from the right origin, and greeted by the name.
 *
 *	headers [PORT]
 */

#include <libwebsockets.h>
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORIGIN "http://good.example"

struct session {
	char name[32], agent[64];
	int greeted;
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_http(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	unsigned char buf[LWS_PRE + 1024], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;
	char arg[40], cookie[80];
	const char *name, *c;

	if (reason != LWS_CALLBACK_HTTP)
		return lws_callback_http_dummy(wsi, reason, user, in, len);
	name = lws_get_urlarg_by_name(wsi, "name=", arg, sizeof arg);
	for (c = name; c && *c; c++)
		if (!isalnum((unsigned char)*c)) /* it goes into a header: nothing else may */
			name = NULL;
	if (strcmp((const char *)in, "/login") || !name || !*name)
		return lws_return_http_status(wsi, HTTP_STATUS_BAD_REQUEST, NULL) || lws_http_transaction_completed(wsi);
	snprintf(cookie, sizeof cookie, "name=%.31s; HttpOnly; SameSite=Strict", name);
	if (lws_add_http_common_headers(wsi, HTTP_STATUS_NO_CONTENT, NULL, 0, &p, end) ||
	    lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_SET_COOKIE, (unsigned char *)cookie, (int)strlen(cookie), &p, end) ||
	    lws_finalize_write_http_header(wsi, start, &p, end))
		return 1;
	return lws_http_transaction_completed(wsi); /* no body */
}

static int callback_hello(struct lws *wsi, enum lws_callback_reasons reason,
			  void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	unsigned char buf[LWS_PRE + 160];
	char origin[64];
	size_t max = sizeof s->name;
	int n;

	(void)in;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION: /* the request is here, nothing is promised */
		if (lws_hdr_copy(wsi, origin, sizeof origin, WSI_TOKEN_ORIGIN) <= 0 || strcmp(origin, ORIGIN))
			return -1; /* a page of somebody else */
		if (lws_http_cookie_get(wsi, "name", s->name, &max))
			return -1;
		break;

	case LWS_CALLBACK_ESTABLISHED: /* the last moment at which headers can be read */
		if (lws_hdr_custom_copy(wsi, s->agent, sizeof s->agent, "x-agent:", 8) < 0)
			strcpy(s->agent, "unknown");
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (s->greeted)
			break;
		s->greeted = 1;
		n = snprintf((char *)buf + LWS_PRE, 160, "hello %s, you use %s", s->name, s->agent);
		if (lws_write(wsi, buf + LWS_PRE, (size_t)n, LWS_WRITE_TEXT) < n)
			return -1;
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", callback_http, 0, 0, 0, NULL, 0 },
	{ "hello", callback_hello, sizeof(struct session), 256, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
