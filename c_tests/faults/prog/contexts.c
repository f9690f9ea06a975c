/* SPDX-License-Identifier: MIT
 *
 * contexts N: makes N contexts and serves each, then asks for service of what is no
 * context of the library's: memory that cannot even be read. Prints what the calls
 * returned, and "DONE".
 */
#include "common.h"
#include <sys/mman.h>

int
main(int argc, char **argv)
{
	static struct lws_context *cx[400];
	struct lws_pollfd none = { .fd = -1 };
	struct lws_context *foreign;
	int n, count, bad = 0;

	count = argc > 1 ? atoi(argv[1]) : 1;
	lws_set_log_level(LLL_ERR, NULL);
	for (n = 0; n < count && n < 400; n++) {
		cx[n] = bare_context();
		if (!cx[n])
			BAD("no context %d", n);
	}
	for (n = 0; n < count; n++)
		bad += lws_service(cx[n], -1) < 0;
	printf("refused %d of ours\n", bad);
	foreign = mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("foreign %d %d %d %d\n", lws_service(foreign, -1), lws_service_tsi(foreign, -1, 0),
	       lws_service_fd(foreign, &none), lws_service_adjust_timeout(foreign, 1000, 0));
	for (n = 0; n < count; n += 2)
		lws_context_destroy(cx[n]);
	for (n = 1, bad = 0; n < count; n += 2)
		bad += lws_service(cx[n], -1) < 0;
	printf("refused %d of what is left\nDONE\n", bad);
	return 0;
}
