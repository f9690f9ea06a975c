/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lwsws's configuration. C because of reason 1.
 */
#define LWS_NO_SIZED_CALLS
#include "entry.h"
#include "lws_private.h"
#include <stddef.h>

LWS_ENTRY(int, 1, lwsws_get_config_globals_sized,
	  (struct lws_context_creation_info * info, const char *d,
	   char **config_strings, int *len, size_t size),
	  (info, d, config_strings, len, size))
LWS_ENTRY(int, 1, lwsws_get_config_vhosts,
	  (struct lws_context * context, struct lws_context_creation_info *info,
	   const char *d, char **config_strings, int *len),
	  (context, info, d, config_strings, len))

/* What a program compiled with Debian's header passes. */
LWS_VISIBLE int
lwsws_get_config_globals(struct lws_context_creation_info *info, const char *d,
			 char **config_strings, int *len)
{
	return lwsws_get_config_globals_sized(
		info, d, config_strings, len,
		offsetof(struct lws_context_creation_info, ip_limit_ah));
}
