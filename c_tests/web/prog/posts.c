/* SPDX-License-Identifier: MIT */
/*
 * A server that leaves all to lws_callback_http_dummy(), but that /NUMBER is answered with
 * lws_return_http_status() of that number, and that a request with a body waits for it.
 */
#include "serve.h"

static int http(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	if (reason == LWS_CALLBACK_HTTP) {
		int status = atoi((const char *)in + 1);

		if (lws_hdr_total_length(wsi, WSI_TOKEN_POST_URI) > 0)
			return 0;
		if (status && lws_return_http_status(wsi, (unsigned int)status, "bare"))
			return -1;
		if (status)
			return lws_http_transaction_completed(wsi) ? -1 : 0;
	}
	return lws_callback_http_dummy(wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = {
	{.name = "http", .callback = http},
	{.name = NULL},
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info i = {0};

	if (argc != 4 || !make_context(LLL_ERR | LLL_WARN))
		return 2;
	i.protocols = protocols;
	return serve(&i, argv);
}
