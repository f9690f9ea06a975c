/* SPDX-License-Identifier: MIT
 *
 * A server that a bad peer cannot use up: few connections of each address, short heads,
 * short waits, small messages, PINGs for the silent.
 *
 *	limits [PORT]
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PER_PEER 4
#define LARGEST 1000 /* bytes of a message */

struct session {
	size_t len;
};

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static int callback_limits(struct lws *wsi, enum lws_callback_reasons reason,
			   void *user, void *in, size_t len)
{
	struct session *s = (struct session *)user;
	char path[64];

	(void)in;
	switch (reason) {
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		break; /* nonzero hangs up before a byte has been read; user has the address */

	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		if (lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI) <= 0)
			return -1; /* not there, or too long: the check that is forgotten */
		break;

	case LWS_CALLBACK_RECEIVE:
		if (lws_is_first_fragment(wsi))
			s->len = 0;
		s->len += len;
		/* In pieces as well, and with what the frame announces. */
		if (s->len + lws_remaining_packet_payload(wsi) > LARGEST) {
			lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL, 0);
			return -1;
		}
		break;

	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "limits", callback_limits, sizeof(struct session), 256, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static const lws_retry_bo_t idle = {
	NULL, 0, 0,
	60, /* s of silence until a PING is sent */
	70, /* s of silence until the connection is closed */
	0
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info);
	info.port = argc > 1 ? atoi(argv[1]) : 7681;
	info.protocols = protocols;
	info.ip_limit_wsi = PER_PEER;	    /* connections of one address */
	info.ip_limit_ah = 2;		    /* of them with a request under way */
	info.max_http_header_data = 1024;   /* bytes of a request's head: 431, or 414 */
	info.timeout_secs_ah_idle = 2;	    /* s for the whole head */
	info.timeout_secs = 5;		    /* s for other steps */
	info.keepalive_timeout = 5;	    /* s until the next request */
	info.fd_limit_per_thread = 1000;    /* sockets in all */
	info.retry_and_idle_policy = &idle;
	info.ka_time = 60;		    /* TCP's own question */
	info.ka_probes = 3;
	info.ka_interval = 10;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND |
		       LWS_SERVER_OPTION_VALIDATE_UTF8 |
		       LWS_SERVER_OPTION_HTTP_HEADERS_SECURITY_BEST_PRACTICES_ENFORCE;
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
