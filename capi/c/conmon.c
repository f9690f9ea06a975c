/* SPDX-License-Identifier: MIT
 *
 * lws-conmon.h: the wrapper, C because of reason 1, and freeing what the program
 * was given (reason 5).
 */
#include "entry.h"
#include <stdlib.h>

LWS_ENTRY_VOID(lws_conmon_wsi_take,
	       (struct lws * wsi, struct lws_conmon *dest), (wsi, dest))

LWS_VISIBLE void
lws_conmon_release(struct lws_conmon *conmon)
{
	if (!conmon)
		return;
	while (conmon->dns_results_copy) {
		struct addrinfo *a = conmon->dns_results_copy;

		conmon->dns_results_copy = a->ai_next;
		free(a);
	}
}
