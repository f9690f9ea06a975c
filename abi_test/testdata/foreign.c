/* SPDX-License-Identifier: MIT
 *
 * What the original's event loop plugins call, with a context of another library. */
#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int
main(void)
{
	struct lws_context_creation_info info;
	struct lws_pollfd fd = { 0, LWS_POLLIN, LWS_POLLIN };
	struct timespec from, to;
	struct lws_context *own, *other = malloc(1 << 16);

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	own = lws_create_context(&info);
	if (!own || !other)
		return 1;
	for (int fill = 0; fill < 256; fill += 0x41) {
		memset((void *)other, fill, 1 << 16);
		printf("%d", lws_service_fd(other, &fd));
		printf(" %d", lws_service_fd_tsi(other, &fd, 0));
		printf(" %d", lws_service_adjust_timeout(other, 1000, 0));
		printf(" %d", _lws_plat_service_forced_tsi(other, 0));
		printf(" %d", lws_service(other, -1));
		lws_service_do_ripe_rxflow((struct lws_context_per_thread *)other);
		lws_context_destroy(other);
		puts("");
	}
	printf("%d\n", lws_service(own, -1));
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int n = 0; n < 200; n++)
		lws_service_fd(other, &fd);
	clock_gettime(CLOCK_MONOTONIC, &to);
	puts((to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000 < 100 ? "at once" : "slowly");
	lws_context_destroy(own);
	return 0;
}
