/* SPDX-License-Identifier: MIT */
/*
 * A client that asks for compressed bodies: decoded URL PORT PATH [h2]. It writes the text
 * to stdout, stops receiving now and then, and ends with what it heard last.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct lws_context *context;
static int done, bad, pieces;
static lws_sorted_usec_list_t again;
static struct lws *stopped;

static void resume(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	if (stopped)
		lws_rx_flow_control(stopped, 1);
}

static int http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	switch (reason) {
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: {
		unsigned char **p = in;

		if (lws_http_compression_apply(wsi, NULL, p, *p + len, 1))
			return -1;
		break;
	}
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		fprintf(stderr, "error: %s\n", in ? (const char *)in : "");
		bad = done = 1;
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP: {
		char buf[LWS_PRE + 1000], *at = buf + LWS_PRE;
		int n = sizeof buf - LWS_PRE;

		if (lws_http_client_read(wsi, &at, &n) < 0)
			return -1;
		return 0;
	}
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		fwrite(in, 1, len, stdout);
		if (++pieces % 50 == 0) {
			stopped = wsi;
			lws_rx_flow_control(wsi, 0);
			lws_sul_schedule(context, 0, &again, resume, 1000);
		}
		return 0;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		done = 1;
		lws_cancel_service(context);
		break;
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		stopped = NULL;
		bad = bad || !done;
		done = 1;
		lws_cancel_service(context);
		break;
	default:
		break;
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{"http", http, 0, 0, 0, NULL, 0},
	{NULL, NULL, 0, 0, 0, NULL, 0},
};

/* The most memory that it had. */
static void tell_peak(void)
{
	char line[200];
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, "VmHWM:", 6))
			fputs(line, stderr);
	if (f)
		fclose(f);
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info i = {0};
	struct lws_client_connect_info c = {0};

	if (argc < 4)
		return 2;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.protocols = protocols;
	i.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	context = lws_create_context(&i);
	if (!context)
		return 1;
	c.context = context;
	c.address = c.host = c.origin = "127.0.0.1";
	c.port = atoi(argv[2]);
	c.path = argv[3];
	c.method = "GET";
	c.protocol = protocols[0].name;
	if (strcmp(argv[1], "plain")) {
		c.ssl_connection = LCCSCF_USE_SSL | LCCSCF_ALLOW_INSECURE | LCCSCF_ALLOW_SELFSIGNED |
		                   LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
		c.alpn = strcmp(argv[1], "HTTP/2") ? "http/1.1" : "h2";
	}
	if (!lws_client_connect_via_info(&c))
		return 1;
	while (!done && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	fflush(stdout);
	tell_peak();
	return bad;
}
