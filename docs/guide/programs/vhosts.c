/* SPDX-License-Identifier: MIT
 *
 * Two sites on one port, and a third that comes and goes: the name that the client asks
 * for chooses.
 *
 *	vhosts PORT
 */

#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t toggle;

static struct lws_context *context;
static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
	lws_cancel_service(context);
}

static void usr1(int sig)
{
	(void)sig;
	toggle = 1;
	lws_cancel_service(context);
}

static int callback_site(struct lws *wsi, enum lws_callback_reasons reason,
			 void *user, void *in, size_t len)
{
	const char *page;
	unsigned char buf[LWS_PRE + 512], *start = buf + LWS_PRE, *p = start, *end = buf + sizeof buf - 1;
	int *sent = (int *)user;

	switch (reason) {
	case LWS_CALLBACK_HTTP:
		*sent = 0;
		page = (const char *)lws_vhost_user(lws_get_vhost(wsi)); /* not every callback has a vhost */
		if (lws_add_http_common_headers(wsi, HTTP_STATUS_OK, "text/plain", strlen(page), &p, end) ||
		    lws_finalize_write_http_header(wsi, start, &p, end))
			return 1;
		lws_callback_on_writable(wsi);
		return 0;

	case LWS_CALLBACK_HTTP_WRITEABLE:
		if (!sent || *sent)
			break;
		*sent = 1;
		page = (const char *)lws_vhost_user(lws_get_vhost(wsi));
		len = strlen(page);
		memcpy(start, page, len);
		if (lws_write(wsi, start, len, LWS_WRITE_HTTP_FINAL) < (int)len)
			return 1;
		return lws_http_transaction_completed(wsi);

	default:
		break;
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{ "site", callback_site, sizeof(int), 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

static struct lws_vhost *site(int port, const char *name, const char *page)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof info); /* all that counts for a vhost is said anew for each */
	info.port = port;
	info.vhost_name = name;
	info.protocols = protocols;
	info.user = (void *)page;
	info.options = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	return lws_create_vhost(context, &info);
}

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_vhost *third = NULL;
	int port = argc > 1 ? atoi(argv[1]) : 7681;

	memset(&info, 0, sizeof info);
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS; /* none by itself */
	context = lws_create_context(&info);
	if (!context)
		return 1;
	if (!site(port, "first.example", "the first") || !site(port, "second.example", "the second")) {
		lws_context_destroy(context);
		return 1;
	}
	signal(SIGINT, stop);
	signal(SIGTERM, stop);
	signal(SIGUSR1, usr1);
	while (!stopped && lws_service(context, 0) >= 0)
		if (toggle) {
			toggle = 0;
			if (third) {
				lws_vhost_destroy(third); /* its connections are closed */
				third = NULL;
			} else
				third = site(port, "third.example", "the third");
		}
	lws_context_destroy(context);
	return 0;
}
