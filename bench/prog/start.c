/* SPDX-License-Identifier: MIT
 *
 * What the first lws_create_context of a process takes: one line (start.h).
 */
#define _GNU_SOURCE
#include "start.h"
#include <libwebsockets.h>

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(void)
{
	struct lws_context_creation_info info;
	struct lws_context *context;
	struct once o;

	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	memset(&info, 0, sizeof(info));
	info.port = 0;
	info.iface = "127.0.0.1";
	info.protocols = protocols;
	begin(&o);
	context = lws_create_context(&info);
	end(&o);
	printf(" 0\n");
	if (!context)
		return 1;
	lws_context_destroy(context);
	return 0;
}
