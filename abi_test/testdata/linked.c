/* SPDX-License-Identifier: MIT
 *
 * A program that has the original linked in makes a context in an event loop: its
 * own plugin loader must not take our plugins for the original's. */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *cx;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	if (argc > 1)
		info.options = strtoull(argv[1], NULL, 0);
	cx = lws_create_context(&info);
	printf("context: %s\n", cx ? "made" : "none");
	lws_context_destroy(cx);
	puts("end");
	return 0;
}
