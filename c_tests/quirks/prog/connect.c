/* SPDX-License-Identifier: MIT
 *
 * A client that does what it is told to, on any libwebsockets, and prints what its callbacks
 * heard of. Arguments are KEY=VALUE: members of the connect info (method=RAW is a raw one, an
 * empty one a WebSocket), and
 *
 *   tls=1   without a look at the certificate's name    ca=FILE    trust=1  a certificate of its own is right
 *   h2=1    HTTP/2 from the first byte    deflate=1    body=N    ping=SECONDS, hangup=SECONDS   how long it is silent
 *   send=TEXT   when it is open    again=N   more connections, one after the other    restriction=N
 *   interval=N   lws_service has N ms, and a PING is sent as often
 */
#include "../../harness/prog/term.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text;
static size_t body;
static int over, again, interval;
static struct lws_client_connect_info i;

static void
begin(void)
{
	while (!lws_client_connect_via_info(&i)) {
		puts("NULL");
		if (!again) {
			over = 1;
			return;
		}
		again--;
	}
	puts("BEGUN");
}

/* One more connection, if there is to be one. */
static int
one_more(void)
{
	if (!again)
		return 0;
	again--;
	begin();
	return 1;
}

static int
send_text(struct lws *wsi, enum lws_write_protocol how)
{
	unsigned char buf[LWS_PRE + 256];
	size_t n = strlen(text);

	memcpy(buf + LWS_PRE, text, n);
	return lws_write(wsi, buf + LWS_PRE, n, how) < 0 ? -1 : 0;
}

static int
send_body(struct lws *wsi)
{
	unsigned char buf[LWS_PRE + 4096];
	size_t n = body < 4096 ? body : 4096;

	if (!body)
		return 0;
	memset(buf + LWS_PRE, 'u', n);
	body -= n;
	if (!body)
		lws_client_http_body_pending(wsi, 0);
	if (lws_write(wsi, buf + LWS_PRE, n, body ? LWS_WRITE_HTTP : LWS_WRITE_HTTP_FINAL) < 0)
		return -1;
	lws_callback_on_writable(wsi);
	return 0;
}

static int
append(struct lws *wsi, unsigned char **p, size_t len)
{
	char number[24];
	int n = lws_snprintf(number, sizeof(number), "%zu", body);

	if (!body)
		return 0;
	lws_client_http_body_pending(wsi, 1);
	lws_callback_on_writable(wsi);
	return lws_add_http_header_by_token(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, (unsigned char *)number, n, p, *p + len);
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	char buf[4096], *p = buf;
	int n = sizeof(buf);

	(void)user;
	switch (reason) {
	case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
		printf("ERROR %.*s\n", (int)len, in ? (char *)in : "");
		if (!one_more())
			over = 1;
		break;
	case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
		return append(wsi, in, len);
	case LWS_CALLBACK_CLIENT_HTTP_WRITEABLE:
		return send_body(wsi);
	case LWS_CALLBACK_ESTABLISHED_CLIENT_HTTP:
		printf("ANSWER %u\n", lws_http_client_http_response(wsi));
		one_more();
		break;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP:
		return lws_http_client_read(wsi, &p, &n) < 0 ? -1 : 0;
	case LWS_CALLBACK_RECEIVE_CLIENT_HTTP_READ:
		printf("READ %zu\n", len);
		break;
	case LWS_CALLBACK_COMPLETED_CLIENT_HTTP:
		puts("COMPLETED");
		break;
	case LWS_CALLBACK_CLOSED_CLIENT_HTTP:
		puts("CLOSED");
		over = 1;
		break;
	case LWS_CALLBACK_CLIENT_ESTABLISHED:
		puts("OPEN");
		if (text)
			lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_CLIENT_WRITEABLE:
		if (interval)
			return lws_write(wsi, (unsigned char *)buf + LWS_PRE, 0, LWS_WRITE_PING) < 0 ? -1 : 0;
		return text ? send_text(wsi, LWS_WRITE_TEXT) : 0;
	case LWS_CALLBACK_CLIENT_RECEIVE:
		printf("MESSAGE %.*s\n", (int)len, (char *)in);
		break;
	case LWS_CALLBACK_CLIENT_CLOSED:
	case LWS_CALLBACK_RAW_CLOSE:
		puts("CLOSED");
		over = 1;
		break;
	case LWS_CALLBACK_RAW_CONNECTED:
		puts("OPEN");
		lws_callback_on_writable(wsi);
		break;
	case LWS_CALLBACK_RAW_WRITEABLE:
		return text ? send_text(wsi, LWS_WRITE_RAW) : 0;
	case LWS_CALLBACK_RAW_RX:
		printf("RAW %.*s\n", (int)len, (char *)in);
		break;
	default:
		break;
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "http", callback, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate; client_no_context_takeover" },
	{ NULL, NULL, NULL }
};

static lws_retry_bo_t policy;

static void
set(struct lws_context_creation_info *c, char *arg)
{
	char *value = strchr(arg, '=');

	if (!value)
		exit(2);
	*value++ = 0;
	if (!strcmp(arg, "port"))
		i.port = atoi(value);
	else if (!strcmp(arg, "path"))
		i.path = value;
	else if (!strcmp(arg, "method"))
		i.method = *value ? value : NULL;
	else if (!strcmp(arg, "host"))
		i.host = value;
	else if (!strcmp(arg, "tls"))
		i.ssl_connection |= LCCSCF_USE_SSL | LCCSCF_SKIP_SERVER_CERT_HOSTNAME_CHECK;
	else if (!strcmp(arg, "trust"))
		i.ssl_connection |= LCCSCF_ALLOW_SELFSIGNED;
	else if (!strcmp(arg, "ca"))
		c->client_ssl_ca_filepath = value;
	else if (!strcmp(arg, "h2"))
		i.ssl_connection |= LCCSCF_H2_PRIOR_KNOWLEDGE | LCCSCF_PIPELINE;
	else if (!strcmp(arg, "alpn"))
		i.alpn = value;
	else if (!strcmp(arg, "deflate"))
		c->extensions = extensions;
	else if (!strcmp(arg, "interval"))
		interval = atoi(value);
	else if (!strcmp(arg, "again"))
		again = atoi(value);
	else if (!strcmp(arg, "restriction"))
		c->simultaneous_ssl_restriction = atoi(value);
	else if (!strcmp(arg, "body"))
		body = strtoul(value, NULL, 10);
	else if (!strcmp(arg, "ping"))
		policy.secs_since_valid_ping = (uint16_t)atoi(value);
	else if (!strcmp(arg, "hangup")) {
		policy.secs_since_valid_hangup = (uint16_t)atoi(value);
		i.retry_and_idle_policy = &policy;
	} else if (!strcmp(arg, "send"))
		text = value;
	else
		exit(2);
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws *wsi = NULL;
	lws_usec_t due = 0;
	int k;

	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(&info, 0, sizeof(info));
	i.address = i.host = i.origin = "127.0.0.1";
	i.method = "GET";
	i.path = "/";
	i.pwsi = &wsi;
	i.local_protocol_name = "http";
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.keepalive_timeout = 60;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.protocols = protocols;
	for (k = 1; k < argc; k++)
		set(&info, argv[k]);
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO, NULL);
	signal(SIGTERM, on_term);
	context = lws_create_context(&info);
	if (!context) {
		puts("NO CONTEXT");
		return 0;
	}
	i.context = context;
	begin();
	while (!stopping && !over && lws_service(context, interval) >= 0)
		if (interval && lws_now_usecs() >= due) {
			due = lws_now_usecs() + interval * 1000;
			lws_callback_on_writable_all_protocol(context, protocols);
		}
	lws_context_destroy(context);
	puts("DONE");
	return 0;
}
