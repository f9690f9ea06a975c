/* SPDX-License-Identifier: MIT
 *
 * A server with limits for what one peer may use.
 *
 *   peers PORT AH WSI [PORT4]
 *
 * tells of the connections that it refuses and of requests. "/hold" is not answered. On
 * PORT4, if given, another vhost listens for IPv4 alone.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t stop;

static void
on_signal(int n)
{
	(void)n;
	stop = 1;
}

static int
refused(struct lws_context *cx, lws_sockfd_type fd, lws_sockaddr46 *sa)
{
	char text[64] = "?";

	lws_sa46_write_numeric_address(sa, text, sizeof(text));
	printf("refused %s%s%s\n", text, cx ? "" : " BAD context",
	       fd > 0 ? "" : " BAD socket");
	return 0;
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
	 size_t len)
{
	unsigned char room[LWS_PRE + 512], *start = room + LWS_PRE, *p = start,
		      *end = room + sizeof(room) - 1;

	(void)user;
	(void)len;
	switch (reason) {
	case LWS_CALLBACK_HTTP:
		printf("request %s\n", (const char *)in);
		if (!strcmp(in, "/hold"))
			return 0;
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain",
						2, &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return 1;
		memcpy(start, "ok", 2);
		if (lws_write(wsi, start, 2, LWS_WRITE_HTTP_FINAL) != 2)
			return 1;
		return lws_http_transaction_completed(wsi) ? -1 : 0;
	case LWS_CALLBACK_ESTABLISHED:
		printf("established\n");
		return 0;
	default:
		return 0;
	}
}

static const struct lws_protocols protocols[] = {
	{ .name = "p", .callback = callback },
	{ .name = NULL },
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	struct lws_vhost *vh;

	if (argc < 4)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGTERM, on_signal);
	lws_set_log_level(LLL_ERR, NULL);
	memset(&info, 0, sizeof(info));
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.protocols = protocols;
	info.ip_limit_ah = (unsigned short)atoi(argv[2]);
	info.ip_limit_wsi = (unsigned short)atoi(argv[3]);
	info.pl_notify_cb = refused;
	info.timeout_secs = 30;
	info.timeout_secs_ah_idle = 30;
	info.keepalive_timeout = 30;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	info.port = atoi(argv[1]);
	vh = lws_create_vhost(context, &info);
	if (vh && argc > 4) {
		info.port = atoi(argv[4]);
		info.iface = "127.0.0.1";
		info.vhost_name = "four";
		info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
		vh = lws_create_vhost(context, &info);
	}
	printf(vh ? "ready\n" : "no vhost\n");
	while (vh && !stop && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	printf("end\n");
	return 0;
}
