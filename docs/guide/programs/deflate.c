/* SPDX-License-Identifier: MIT
 *
 * permessage-deflate: who sends a number gets so many lines, compressed if the client
 * can take it.
 *
 *	deflate [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE "the quick brown fox jumps over the lazy dog\n"
#define MOST 1000

struct session {
	unsigned lines; /* asked for */
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate,
	  "permessage-deflate; client_no_context_takeover; client_max_window_bits" }, /* what a client offers */
	{ NULL, NULL, NULL }
};

static int callback_lines(struct lws *wsi, enum lws_callback_reasons reason,
			  void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	size_t one = strlen(LINE), all, i;
	unsigned char *buf;
	char number[16];

	switch (reason) {
	case LWS_CALLBACK_ESTABLISHED:
		/* -1: it was not agreed upon, messages go as they are. That is no error. */
		if (lws_set_extension_option(wsi, "permessage-deflate", "compression_level", "3"))
			lwsl_user("a client without compression\n");
		break;

	case LWS_CALLBACK_RECEIVE:
		if (len >= sizeof number || !lws_is_final_fragment(wsi))
			return -1;
		memcpy(number, in, len);
		number[len] = '\0';
		s->lines = (unsigned)atoi(number);
		if (!s->lines || s->lines > MOST)
			return -1;
		lws_rx_flow_control(wsi, 0);
		lws_callback_on_writable(wsi);
		break;

	case LWS_CALLBACK_SERVER_WRITEABLE:
		if (!s->lines)
			break;
		all = s->lines * one;
		if (!(buf = (unsigned char *)malloc(LWS_PRE + all)))
			return -1;
		for (i = 0; i < s->lines; i++)
			memcpy(buf + LWS_PRE + i * one, LINE, one);
		i = (size_t)lws_write(wsi, buf + LWS_PRE, all, LWS_WRITE_TEXT); /* counts what we wrote */
		free(buf); /* it is ours again at once */
		if (i != all)
			return -1;
		s->lines = 0;
		lws_rx_flow_control(wsi, 1);
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "lines", callback_lines, sizeof(struct session), 4096, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.extensions = extensions;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER, NULL);
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
